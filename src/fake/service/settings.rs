//! Configures, starts, stops and changes plans.

use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::configuration::{DownloadRules, NewSource, Retention, RetentionPeriods};
use crate::fake::world::state::World;
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, ConfigureBackupPlanResponse, DisableBackupLog, DisableBackupLogResponse,
    EnableBackupLog, EnableBackupLogResponse, ModifyBackupObjects, ModifyBackupObjectsResponse,
    ModifyBackupPlanName, ModifyBackupPlanNameResponse, ModifyBackupSetDownloadRules,
    ModifyBackupSetDownloadRulesResponse, ModifyBackupSourceEndpoint,
    ModifyBackupSourceEndpointResponse, ModifyBackupStrategy, ModifyBackupStrategyResponse,
    ModifyStorageStrategy, ModifyStorageStrategyResponse, StartBackupPlan, StartBackupPlanResponse,
    StopBackupPlan, StopBackupPlanResponse,
};
use crate::v2019_03_06::types::{BackupSchedule, NewSchedule, PlanSource};

impl Handle for ConfigureBackupPlan {
    const REQUIRED: &'static [&'static str] =
        &["BackupPlanId", "BackupPlanName", "SourceEndpointInstanceType"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let (id, name) = (self.backup_plan_id.clone(), self.backup_plan_name.clone());
        world.configure(&id, name, self.into(), now)?;
        Ok(ConfigureBackupPlanResponse { backup_plan_id: Some(id) })
    }
}

impl Handle for StartBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let queued = world.start(&self.backup_plan_id, now)?;
        Ok(StartBackupPlanResponse {
            backup_plan_id: Some(self.backup_plan_id),
            created_full_backup_set_id: Some(queued),
        })
    }
}

impl Handle for StopBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "StopMethod"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        world.stop(&self.backup_plan_id, self.stop_method, now)?;
        Ok(StopBackupPlanResponse { backup_plan_id: Some(self.backup_plan_id) })
    }
}

impl Handle for ModifyBackupPlanName {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "BackupPlanName"];

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        world.rename(&self.backup_plan_id, self.backup_plan_name)?;
        Ok(ModifyBackupPlanNameResponse { backup_plan_id: Some(self.backup_plan_id) })
    }
}

impl Handle for ModifyBackupSourceEndpoint {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "SourceEndpointInstanceType"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let new = NewSource {
            source: PlanSource::Endpoint(self.source.endpoint().clone()),
            objects: self.source.objects().cloned(),
            enable_source_endpoint_ssl: self.enable_source_endpoint_ssl,
            ssl_ca_pem: self.ssl_ca_pem,
            source_endpoint_oracle_home: self.source_endpoint_oracle_home,
            cross_account: self.cross_account,
        };
        world.change_source(&self.backup_plan_id, new, now)?;
        Ok(ModifyBackupSourceEndpointResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(true),
        })
    }
}

impl Handle for ModifyBackupObjects {
    const REQUIRED: &'static [&'static str] = &["BackupObjects", "BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        world.change_objects(&self.backup_plan_id, self.backup_objects, now)?;
        Ok(ModifyBackupObjectsResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(true),
        })
    }
}

impl Handle for ModifyBackupStrategy {
    const REQUIRED: &'static [&'static str] = &["BackupPeriod", "BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let schedule = match self.schedule {
            NewSchedule::Weekly { weekdays, start_time } => {
                BackupSchedule::Weekly { weekdays, start_time }
            }
            NewSchedule::Manual { .. } => BackupSchedule::Manual,
        };
        let seconds = self.backup_log_interval_seconds;
        world.change_schedule(&self.backup_plan_id, schedule, seconds, now)?;
        Ok(ModifyBackupStrategyResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(false),
        })
    }
}

impl Handle for ModifyStorageStrategy {
    const REQUIRED: &'static [&'static str] = &[
        "BackupPlanId",
        "BackupRetentionPeriod",
        "DuplicationArchivePeriod",
        "DuplicationInfrequentAccessPeriod",
    ];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let retention = Retention {
            lifecycle: self.lifecycle,
            encrypt_method: self.backup_storage_encrypt_method,
            increments: RetentionPeriods {
                kept: self.increment_backup_retention_period,
                infrequent_access: self.increment_duplication_infrequent_access_period,
                archive: self.increment_duplication_archive_period,
            },
            logs: RetentionPeriods {
                kept: self.log_backup_retention_period,
                infrequent_access: self.log_duplication_infrequent_access_period,
                archive: self.log_duplication_archive_period,
            },
        };
        world.change_retention(&self.backup_plan_id, retention, now)?;
        Ok(ModifyStorageStrategyResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(false),
        })
    }
}

impl Handle for ModifyBackupSetDownloadRules {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let rules = DownloadRules {
            auto_download: self.auto_download,
            gateway_id: self.backup_gateway_id,
            directory: self.backup_set_download_dir,
            target_type: self.backup_set_download_target_type,
            full_data_format: self.full_data_format,
            increment_data_format: self.increment_data_format,
        };
        world.change_download_rules(&self.backup_plan_id, rules, now)?;
        Ok(ModifyBackupSetDownloadRulesResponse { backup_plan_id: Some(self.backup_plan_id) })
    }
}

impl Handle for EnableBackupLog {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let physical = self.enable_mysql_physical_backup_binlog;
        world.enable_logs(&self.backup_plan_id, physical, now)?;
        Ok(EnableBackupLogResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(true),
        })
    }
}

impl Handle for DisableBackupLog {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let only_physical = self.disable_mysql_physical_backup_binlog_only == Some(true);
        world.disable_logs(&self.backup_plan_id, only_physical, now)?;
        Ok(DisableBackupLogResponse {
            backup_plan_id: Some(self.backup_plan_id),
            need_precheck: Some(false),
        })
    }
}
