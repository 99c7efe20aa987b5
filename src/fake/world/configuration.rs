//! The configuration of a plan: source, schedule, storage and retention.

use crate::v2019_03_06::types::{
    AutoDownload, BackupGatewayId, BackupObjects, BackupSchedule, BackupSetDataFormat,
    BackupStorage, ClientToken, CrossAccount, DownloadTargetType, KilobytesPerSecond, PlanSource,
    ResourceGroupId, RetentionDays, StorageEncryptMethod, StorageLifecycle,
};

/// The configuration of a plan, with all later changes.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    pub(crate) source: PlanSource,
    pub(crate) enable_source_endpoint_ssl: Option<bool>,
    pub(crate) ssl_ca_pem: Option<String>,
    pub(crate) source_endpoint_oracle_home: Option<String>,
    pub(crate) cross_account: Option<CrossAccount>,
    pub(crate) backup_objects: Option<BackupObjects>,
    pub(crate) schedule: Option<BackupSchedule>,
    pub(crate) auto_start_backup: Option<bool>,
    pub(crate) enable_backup_log: Option<bool>,
    pub(crate) backup_log_interval_seconds: Option<u32>,
    pub(crate) enable_mysql_physical_backup_binlog: Option<bool>,
    pub(crate) backup_rate_limit: Option<KilobytesPerSecond>,
    pub(crate) backup_speed_limit: Option<KilobytesPerSecond>,
    pub(crate) storage: Option<BackupStorage>,
    pub(crate) backup_storage_encrypt_method: Option<StorageEncryptMethod>,
    pub(crate) backup_retention_period: Option<RetentionDays>,
    pub(crate) duplication_infrequent_access_period: Option<u32>,
    pub(crate) duplication_archive_period: Option<u32>,
    pub(crate) resource_group_id: Option<ResourceGroupId>,
    pub(crate) client_token: Option<ClientToken>,
}

/// A new source for a configured plan.
#[derive(Clone, Debug)]
pub(crate) struct NewSource {
    pub(crate) source: PlanSource,
    /// `None` keeps the present objects.
    pub(crate) objects: Option<BackupObjects>,
    pub(crate) enable_source_endpoint_ssl: Option<bool>,
    pub(crate) ssl_ca_pem: Option<String>,
    pub(crate) source_endpoint_oracle_home: Option<String>,
    pub(crate) cross_account: Option<CrossAccount>,
}

/// How long backups are kept, and when they move to cheaper storage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    pub(crate) lifecycle: StorageLifecycle,
    /// `None` keeps the present method.
    pub(crate) encrypt_method: Option<StorageEncryptMethod>,
    pub(crate) increments: RetentionPeriods,
    pub(crate) logs: RetentionPeriods,
}

/// How many days a file is kept, and after how many it moves to cheaper storage.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RetentionPeriods {
    pub(crate) kept: Option<u32>,
    pub(crate) infrequent_access: Option<u32>,
    pub(crate) archive: Option<u32>,
}

/// Whether and where finished backup sets are downloaded to.
#[derive(Clone, Debug)]
pub(crate) struct DownloadRules {
    pub(crate) auto_download: Option<AutoDownload>,
    pub(crate) gateway_id: Option<BackupGatewayId>,
    pub(crate) directory: Option<String>,
    pub(crate) target_type: Option<DownloadTargetType>,
    pub(crate) full_data_format: Option<BackupSetDataFormat>,
    pub(crate) increment_data_format: Option<BackupSetDataFormat>,
}
