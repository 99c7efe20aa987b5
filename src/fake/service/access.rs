//! What a kind of database needs of an endpoint, which no request's type can know.

use crate::fake::answer::Refused;
use crate::v2019_03_06::types::{DatabaseAccess, DatabaseType, EndpointInstanceType, PlanSource};

/// Where a source is, and how DBS logs in.
pub(crate) fn source_access(
    source: &PlanSource,
) -> (EndpointInstanceType, Option<&DatabaseAccess>) {
    match source {
        PlanSource::Endpoint(endpoint) => (endpoint.instance_type(), endpoint.access()),
        PlanSource::DatabaseGateway(endpoint) => {
            (EndpointInstanceType::DatabaseGateway, Some(&endpoint.access))
        }
    }
}

/// Names of the parameters that a login travels in.
pub(crate) struct Login {
    user_name: &'static str,
    database_name: &'static str,
    oracle_sid: &'static str,
}

pub(crate) const SOURCE: Login = Login {
    user_name: "SourceEndpointUserName",
    database_name: "SourceEndpointDatabaseName",
    oracle_sid: "SourceEndpointOracleSID",
};

pub(crate) const DESTINATION: Login = Login {
    user_name: "DestinationEndpointUserName",
    database_name: "DestinationEndpointDatabaseName",
    oracle_sid: "DestinationEndpointOracleSID",
};

/// What the kind of database needs, which the request's type cannot know.
pub(crate) fn check_access(
    database: DatabaseType,
    instance_type: EndpointInstanceType,
    access: Option<&DatabaseAccess>,
    login: &Login,
) -> Result<(), Refused> {
    let by_gateway_account =
        database == DatabaseType::SqlServer && instance_type == EndpointInstanceType::Agent;
    let logs_in = database != DatabaseType::Redis && !by_gateway_account;
    if logs_in && access.and_then(DatabaseAccess::user_name).is_none() {
        return Err(needed(login.user_name, database));
    }
    match database {
        DatabaseType::PostgreSql | DatabaseType::MongoDb
            if access.and_then(DatabaseAccess::database_name).is_none() =>
        {
            Err(needed(login.database_name, database))
        }
        DatabaseType::Oracle if access.and_then(DatabaseAccess::oracle_sid).is_none() => {
            Err(needed(login.oracle_sid, database))
        }
        _ => Ok(()),
    }
}

/// A parameter is missing that the kind of database needs.
pub(crate) fn needed(parameter: &str, database: DatabaseType) -> Refused {
    let message = format!("{parameter} is needed for {database}.");
    Refused::business("Param.NotFound", message)
}
