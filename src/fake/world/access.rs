//! What a kind of database needs of an endpoint, beyond what the endpoint's type can know.

use super::world_error::{Lack, LoginPart, Side, WorldError};
use crate::v2019_03_06::types::{
    DatabaseAccess, DatabaseType, EndpointInstanceType, PlanSource, RestoreDestination,
};

/// Checks what a kind of database needs of its source.
pub(super) fn check_source(database: DatabaseType, source: &PlanSource) -> Result<(), WorldError> {
    let (instance_type, access) = match source {
        PlanSource::Endpoint(endpoint) => (endpoint.instance_type(), endpoint.access()),
        PlanSource::DatabaseGateway(endpoint) => {
            (EndpointInstanceType::DatabaseGateway, Some(&endpoint.access))
        }
    };
    check_login(database, instance_type, access, Side::Source)
}

/// Checks what a kind of database needs of a changed source, beyond [`check_source`].
pub(super) fn check_changed_source(
    database: DatabaseType,
    source: &PlanSource,
) -> Result<(), WorldError> {
    let lacks_name = match source {
        PlanSource::Endpoint(endpoint) => {
            endpoint.instance_type() == EndpointInstanceType::Agent
                && endpoint.access().and_then(DatabaseAccess::database_name).is_none()
        }
        PlanSource::DatabaseGateway(_) => false,
    };
    if database == DatabaseType::SqlServer && lacks_name {
        let lack = Lack::Login(Side::Source, LoginPart::DatabaseName);
        return Err(WorldError::Lacks(lack, database));
    }
    Ok(())
}

/// Checks what a kind of database needs of the place it is restored to.
pub(super) fn check_destination(
    database: DatabaseType,
    destination: &RestoreDestination,
) -> Result<(), WorldError> {
    let instance_type = destination.instance_type();
    check_login(database, instance_type, destination.access(), Side::Destination)?;
    let has_no_directory =
        matches!(destination, RestoreDestination::Agent { restore_dir: None, .. });
    if database == DatabaseType::MySql && has_no_directory {
        return Err(WorldError::Lacks(Lack::RestoreDir, database));
    }
    Ok(())
}

fn check_login(
    database: DatabaseType,
    instance_type: EndpointInstanceType,
    access: Option<&DatabaseAccess>,
    side: Side,
) -> Result<(), WorldError> {
    let lacks = |part| Err(WorldError::Lacks(Lack::Login(side, part), database));
    let by_gateway_account =
        database == DatabaseType::SqlServer && instance_type == EndpointInstanceType::Agent;
    let logs_in = database != DatabaseType::Redis && !by_gateway_account;
    if logs_in && access.and_then(DatabaseAccess::user_name).is_none() {
        return lacks(LoginPart::UserName);
    }
    match database {
        DatabaseType::PostgreSql | DatabaseType::MongoDb
            if access.and_then(DatabaseAccess::database_name).is_none() =>
        {
            lacks(LoginPart::DatabaseName)
        }
        DatabaseType::Oracle if access.and_then(DatabaseAccess::oracle_sid).is_none() => {
            lacks(LoginPart::OracleSid)
        }
        _ => Ok(()),
    }
}
