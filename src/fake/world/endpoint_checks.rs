//! Checks that an endpoint has the fields that a database type requires.

use super::world_error::{EndpointSide, LoginField, MissingField, WorldError};
use crate::v2019_03_06::types::{
    DatabaseAccess, DatabaseType, EndpointInstanceType, PlanSource, RestoreDestination,
};

/// Checks the login fields of a source.
pub(super) fn check_source(database: DatabaseType, source: &PlanSource) -> Result<(), WorldError> {
    let (instance_type, access) = match source {
        PlanSource::Endpoint(endpoint) => (endpoint.instance_type(), endpoint.access()),
        PlanSource::DatabaseGateway(endpoint) => {
            (EndpointInstanceType::DatabaseGateway, Some(&endpoint.access))
        }
    };
    check_login(database, instance_type, access, EndpointSide::Source)
}

/// Checks the fields that a changed source needs beyond those of [`check_source`].
pub(super) fn check_changed_source(
    database: DatabaseType,
    source: &PlanSource,
) -> Result<(), WorldError> {
    let has_no_name = match source {
        PlanSource::Endpoint(endpoint) => {
            endpoint.instance_type() == EndpointInstanceType::Agent
                && endpoint.access().and_then(DatabaseAccess::database_name).is_none()
        }
        PlanSource::DatabaseGateway(_) => false,
    };
    if database == DatabaseType::SqlServer && has_no_name {
        let field = MissingField::Login(EndpointSide::Source, LoginField::DatabaseName);
        return Err(WorldError::FieldMissing(field, database));
    }
    Ok(())
}

/// Checks the fields of a restore destination.
pub(super) fn check_destination(
    database: DatabaseType,
    destination: &RestoreDestination,
) -> Result<(), WorldError> {
    let instance_type = destination.instance_type();
    check_login(database, instance_type, destination.access(), EndpointSide::Destination)?;
    let has_no_directory =
        matches!(destination, RestoreDestination::Agent { restore_dir: None, .. });
    if database == DatabaseType::MySql && has_no_directory {
        return Err(WorldError::FieldMissing(MissingField::RestoreDir, database));
    }
    Ok(())
}

fn check_login(
    database: DatabaseType,
    instance_type: EndpointInstanceType,
    access: Option<&DatabaseAccess>,
    side: EndpointSide,
) -> Result<(), WorldError> {
    let missing = |field| Err(WorldError::FieldMissing(MissingField::Login(side, field), database));
    // A backup gateway logs in to SQL Server with its own account.
    let has_gateway_account =
        database == DatabaseType::SqlServer && instance_type == EndpointInstanceType::Agent;
    let needs_login = database != DatabaseType::Redis && !has_gateway_account;
    if needs_login && access.and_then(DatabaseAccess::user_name).is_none() {
        return missing(LoginField::UserName);
    }
    match database {
        DatabaseType::PostgreSql | DatabaseType::MongoDb
            if access.and_then(DatabaseAccess::database_name).is_none() =>
        {
            missing(LoginField::DatabaseName)
        }
        DatabaseType::Oracle if access.and_then(DatabaseAccess::oracle_sid).is_none() => {
            missing(LoginField::OracleSid)
        }
        _ => Ok(()),
    }
}
