//! Converts the requests that configure a plan to its configuration, and back.

use std::net::IpAddr;

use crate::fake::world::configuration::Configuration;
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateAndStartBackupPlan};
use crate::v2019_03_06::types::{
    BackupPlanId, DatabaseGatewayEndpoint, DatabaseHost, PlanSource, Port, SourceEndpoint,
};

impl From<ConfigureBackupPlan> for Configuration {
    fn from(request: ConfigureBackupPlan) -> Self {
        Self {
            source: PlanSource::Endpoint(request.source_endpoint),
            enable_source_endpoint_ssl: request.enable_source_endpoint_ssl,
            ssl_ca_pem: request.ssl_ca_pem,
            source_endpoint_oracle_home: request.source_endpoint_oracle_home,
            cross_account: request.cross_account,
            backup_objects: request.backup_objects,
            schedule: request.schedule,
            auto_start_backup: request.auto_start_backup,
            enable_backup_log: request.enable_backup_log,
            backup_log_interval_seconds: request.backup_log_interval_seconds,
            enable_mysql_physical_backup_binlog: request.enable_mysql_physical_backup_binlog,
            backup_rate_limit: request.backup_rate_limit,
            backup_speed_limit: request.backup_speed_limit,
            storage: request.storage,
            backup_storage_encrypt_method: request.backup_storage_encrypt_method,
            backup_retention_period: request.backup_retention_period,
            duplication_infrequent_access_period: request.duplication_infrequent_access_period,
            duplication_archive_period: request.duplication_archive_period,
            resource_group_id: request.resource_group_id,
            client_token: request.client_token,
        }
    }
}

impl From<CreateAndStartBackupPlan> for Configuration {
    fn from(request: CreateAndStartBackupPlan) -> Self {
        Self {
            source: request.source,
            enable_source_endpoint_ssl: None,
            ssl_ca_pem: None,
            source_endpoint_oracle_home: None,
            cross_account: request.cross_account,
            backup_objects: request.backup_objects,
            schedule: request.schedule,
            auto_start_backup: None,
            enable_backup_log: request.enable_backup_log,
            backup_log_interval_seconds: request.method.log_interval_seconds(),
            enable_mysql_physical_backup_binlog: None,
            backup_rate_limit: request.backup_rate_limit,
            backup_speed_limit: request.backup_speed_limit,
            storage: request.storage,
            backup_storage_encrypt_method: None,
            backup_retention_period: request.backup_retention_period,
            duplication_infrequent_access_period: request.duplication_infrequent_access_period,
            duplication_archive_period: request.duplication_archive_period,
            resource_group_id: request.resource_group_id,
            client_token: request.client_token,
        }
    }
}

/// Returns a configuration as the request that configures the plan.
pub(in crate::fake) fn as_request(
    id: BackupPlanId,
    name: String,
    configuration: Configuration,
) -> ConfigureBackupPlan {
    ConfigureBackupPlan {
        backup_plan_id: id,
        backup_plan_name: name,
        source_endpoint: match configuration.source {
            PlanSource::Endpoint(endpoint) => endpoint,
            PlanSource::DatabaseGateway(endpoint) => as_other_endpoint(endpoint),
        },
        enable_source_endpoint_ssl: configuration.enable_source_endpoint_ssl,
        ssl_ca_pem: configuration.ssl_ca_pem,
        source_endpoint_oracle_home: configuration.source_endpoint_oracle_home,
        cross_account: configuration.cross_account,
        backup_objects: configuration.backup_objects,
        schedule: configuration.schedule,
        auto_start_backup: configuration.auto_start_backup,
        enable_backup_log: configuration.enable_backup_log,
        backup_log_interval_seconds: configuration.backup_log_interval_seconds,
        enable_mysql_physical_backup_binlog: configuration.enable_mysql_physical_backup_binlog,
        backup_rate_limit: configuration.backup_rate_limit,
        backup_speed_limit: configuration.backup_speed_limit,
        storage: configuration.storage,
        backup_storage_encrypt_method: configuration.backup_storage_encrypt_method,
        backup_retention_period: configuration.backup_retention_period,
        duplication_infrequent_access_period: configuration.duplication_infrequent_access_period,
        duplication_archive_period: configuration.duplication_archive_period,
        resource_group_id: configuration.resource_group_id,
        client_token: configuration.client_token,
    }
}

/// Returns the host and port of a database gateway, which `ConfigureBackupPlan` cannot express.
fn as_other_endpoint(endpoint: DatabaseGatewayEndpoint) -> SourceEndpoint {
    SourceEndpoint::Other {
        host: endpoint.host.unwrap_or_else(|| DatabaseHost::from(IpAddr::from([0, 0, 0, 0]))),
        port: endpoint.port.unwrap_or(Port::MYSQL),
        access: endpoint.access,
    }
}
