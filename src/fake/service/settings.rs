//! Configuring, starting, stopping and changing plans.

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::access::needed;
use crate::fake::world::state::{Handle, State, find};
use crate::v2019_03_06::operations::plan::{
    ConfigureBackupPlanResponse, ModifyBackupPlanNameResponse, StartBackupPlanResponse,
    StopBackupPlanResponse,
};
use crate::v2019_03_06::operations::settings::{
    DisableBackupLogResponse, EnableBackupLogResponse, ModifyBackupObjectsResponse,
    ModifyBackupSetDownloadRulesResponse, ModifyBackupSourceEndpointResponse,
    ModifyBackupStrategyResponse, ModifyStorageStrategyResponse,
};
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, DisableBackupLog, EnableBackupLog, ModifyBackupObjects,
    ModifyBackupPlanName, ModifyBackupSetDownloadRules, ModifyBackupSourceEndpoint,
    ModifyBackupStrategy, ModifyStorageStrategy, StartBackupPlan, StopBackupPlan,
};
use crate::v2019_03_06::types::{
    BackupSchedule, BackupStorage, DatabaseAccess, DatabaseType, EndpointInstanceType, NewSchedule,
    PlanSource, RetentionDays, StopMethod,
};

impl Handle for ConfigureBackupPlan {
    const REQUIRED: &'static [&'static str] =
        &["BackupPlanId", "BackupPlanName", "SourceEndpointInstanceType"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let source = PlanSource::Endpoint(self.source_endpoint.clone());
        plan.configure(self.clone(), source, now, &mut state.failures)?;
        Ok(ConfigureBackupPlanResponse { backup_plan_id: self.backup_plan_id.clone() })
    }
}

impl Handle for StartBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let queued = plan.start(now, &mut state.failures)?;
        Ok(StartBackupPlanResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            created_full_backup_set_id: Some(queued),
        })
    }
}

impl Handle for StopBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "StopMethod"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let id = &self.backup_plan_id;
        find(&mut state.plans, id)?.stop(self.stop_method, now)?;
        if self.stop_method == StopMethod::All {
            for task in &mut state.restores {
                if task.request.backup_plan_id == *id {
                    task.pause(now);
                }
            }
        }
        Ok(StopBackupPlanResponse { backup_plan_id: id.clone() })
    }
}

impl Handle for ModifyBackupPlanName {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "BackupPlanName"];

    fn handle(&self, state: &mut State, _: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        plan.name = Some(self.backup_plan_name.clone());
        if let Some(configuration) = &mut plan.configuration {
            configuration.backup_plan_name.clone_from(&self.backup_plan_name);
        }
        Ok(ModifyBackupPlanNameResponse { backup_plan_id: self.backup_plan_id.clone() })
    }
}

impl Handle for ModifyBackupSourceEndpoint {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "SourceEndpointInstanceType"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let mut changed = plan.change(now)?.clone();
        let endpoint = self.source.endpoint().clone();
        let database = plan.purchase.database_type;
        if database == DatabaseType::SqlServer
            && endpoint.instance_type() == EndpointInstanceType::Agent
            && endpoint.access().and_then(DatabaseAccess::database_name).is_none()
        {
            return Err(needed("SourceEndpointDatabaseName", database));
        }
        changed.source_endpoint = endpoint.clone();
        if let Some(objects) = self.source.objects() {
            changed.backup_objects = Some(objects.clone());
        }
        changed.enable_source_endpoint_ssl = self.enable_source_endpoint_ssl;
        changed.ssl_ca_pem.clone_from(&self.ssl_ca_pem);
        changed.source_endpoint_oracle_home.clone_from(&self.source_endpoint_oracle_home);
        changed.cross_account.clone_from(&self.cross_account);
        // AutoStartBackup was for the configuration; after a change the plan must be started.
        changed.auto_start_backup = None;
        plan.set_up(changed, PlanSource::Endpoint(endpoint), now, &mut state.failures)?;
        Ok(ModifyBackupSourceEndpointResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: true,
        })
    }
}

impl Handle for ModifyBackupObjects {
    const REQUIRED: &'static [&'static str] = &["BackupObjects", "BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        plan.change(now)?.backup_objects = Some(self.backup_objects.clone());
        plan.check_again(now, &mut state.failures);
        Ok(ModifyBackupObjectsResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: true,
        })
    }
}

impl Handle for ModifyBackupStrategy {
    const REQUIRED: &'static [&'static str] = &["BackupPeriod", "BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let configuration = plan.change(now)?;
        configuration.schedule = Some(match self.schedule {
            NewSchedule::Weekly { weekdays, start_time } => {
                BackupSchedule::Weekly { weekdays, start_time }
            }
            NewSchedule::Manual { .. } => BackupSchedule::Manual,
        });
        if let Some(seconds) = self.backup_log_interval_seconds {
            configuration.backup_log_interval_seconds = Some(seconds);
        }
        plan.reschedule(now);
        Ok(ModifyBackupStrategyResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: false,
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

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let configuration = plan.change(now)?;
        let lifecycle = self.lifecycle;
        configuration.backup_retention_period = RetentionDays::new(lifecycle.retention_days()).ok();
        configuration.duplication_infrequent_access_period =
            Some(lifecycle.infrequent_access_days().into());
        configuration.duplication_archive_period = Some(lifecycle.archive_days().into());
        if let Some(method) = self.backup_storage_encrypt_method {
            configuration.backup_storage_encrypt_method = Some(method);
        }
        plan.storage = Some(self.clone());
        Ok(ModifyStorageStrategyResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: false,
        })
    }
}

impl Handle for ModifyBackupSetDownloadRules {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        if plan.change(now)?.storage != Some(BackupStorage::System) {
            return Err(Refused::invalid("Download rules need BackupStorageType system."));
        }
        plan.download_rules = Some(self.clone());
        Ok(ModifyBackupSetDownloadRulesResponse { backup_plan_id: self.backup_plan_id.clone() })
    }
}

impl Handle for EnableBackupLog {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let configuration = plan.change(now)?;
        configuration.enable_backup_log = Some(true);
        if let Some(physical) = self.enable_mysql_physical_backup_binlog {
            configuration.enable_mysql_physical_backup_binlog = Some(physical);
        }
        plan.check_again(now, &mut state.failures);
        Ok(EnableBackupLogResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: true,
        })
    }
}

impl Handle for DisableBackupLog {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let configuration = plan.change(now)?;
        configuration.enable_mysql_physical_backup_binlog = None;
        if self.disable_mysql_physical_backup_binlog_only != Some(true) {
            configuration.enable_backup_log = Some(false);
            plan.logs.close(now);
        }
        Ok(DisableBackupLogResponse {
            backup_plan_id: self.backup_plan_id.clone(),
            need_precheck: false,
        })
    }
}
