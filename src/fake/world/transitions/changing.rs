//! Configures, starts, stops and changes plans.

use time::OffsetDateTime;

use crate::fake::world::configuration::{Configuration, DownloadRules, NewSource, Retention};
use crate::fake::world::endpoint_checks::check_changed_source;
use crate::fake::world::state::World;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanId, BackupSchedule, BackupSetId, BackupStorage, RetentionDays,
    StopMethod,
};

impl World {
    pub(crate) fn configure(
        &mut self,
        id: &BackupPlanId,
        name: String,
        configuration: Configuration,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, failures) = self.plan_mut(id)?;
        plan.configure(configuration, now, failures)?;
        plan.name = Some(name);
        Ok(())
    }

    pub(crate) fn rename(&mut self, id: &BackupPlanId, name: String) -> Result<(), WorldError> {
        self.plan_mut(id)?.0.name = Some(name);
        Ok(())
    }

    /// Starts a plan, and returns the full backup that it queues.
    pub(crate) fn start(
        &mut self,
        id: &BackupPlanId,
        now: OffsetDateTime,
    ) -> Result<BackupSetId, WorldError> {
        let (plan, failures) = self.plan_mut(id)?;
        plan.start(now, failures)
    }

    pub(crate) fn stop(
        &mut self,
        id: &BackupPlanId,
        method: StopMethod,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        self.plan_mut(id)?.0.stop(method, now)?;
        if method == StopMethod::All {
            for task in self.restores.iter_mut().filter(|task| task.order.backup_plan_id == *id) {
                task.pause(now);
            }
        }
        Ok(())
    }

    pub(crate) fn change_source(
        &mut self,
        id: &BackupPlanId,
        new: NewSource,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, failures) = self.plan_mut(id)?;
        let mut changed = plan.configuration_mut(now)?.clone();
        check_changed_source(plan.purchase.database_type, &new.source)?;
        changed.source = new.source;
        if new.objects.is_some() {
            changed.backup_objects = new.objects;
        }
        changed.enable_source_endpoint_ssl = new.enable_source_endpoint_ssl;
        changed.ssl_ca_pem = new.ssl_ca_pem;
        changed.source_endpoint_oracle_home = new.source_endpoint_oracle_home;
        changed.cross_account = new.cross_account;
        // After a change, a caller must start the plan.
        changed.auto_start_backup = None;
        plan.apply_configuration(changed, now, failures)
    }

    pub(crate) fn change_objects(
        &mut self,
        id: &BackupPlanId,
        objects: BackupObjects,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, failures) = self.plan_mut(id)?;
        plan.configuration_mut(now)?.backup_objects = Some(objects);
        plan.restart_pre_check(now, failures);
        Ok(())
    }

    /// Changes the schedule, and the interval of log backups if it is `Some`.
    pub(crate) fn change_schedule(
        &mut self,
        id: &BackupPlanId,
        schedule: BackupSchedule,
        log_interval_seconds: Option<u32>,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        let configuration = plan.configuration_mut(now)?;
        configuration.schedule = Some(schedule);
        if log_interval_seconds.is_some() {
            configuration.backup_log_interval_seconds = log_interval_seconds;
        }
        plan.reschedule(now);
        Ok(())
    }

    pub(crate) fn change_retention(
        &mut self,
        id: &BackupPlanId,
        retention: Retention,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        let configuration = plan.configuration_mut(now)?;
        let lifecycle = retention.lifecycle;
        configuration.backup_retention_period = RetentionDays::new(lifecycle.retention_days()).ok();
        configuration.duplication_infrequent_access_period =
            Some(lifecycle.infrequent_access_days().into());
        configuration.duplication_archive_period = Some(lifecycle.archive_days().into());
        if retention.encrypt_method.is_some() {
            configuration.backup_storage_encrypt_method = retention.encrypt_method;
        }
        plan.retention = Some(retention);
        Ok(())
    }

    pub(crate) fn change_download_rules(
        &mut self,
        id: &BackupPlanId,
        rules: DownloadRules,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        if plan.configuration_mut(now)?.storage != Some(BackupStorage::System) {
            return Err(WorldError::StorageNotBuiltIn);
        }
        plan.download_rules = Some(rules);
        Ok(())
    }

    /// Enables log backups. `physical` sets whether physical backups include the binary log.
    pub(crate) fn enable_logs(
        &mut self,
        id: &BackupPlanId,
        physical: Option<bool>,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, failures) = self.plan_mut(id)?;
        let configuration = plan.configuration_mut(now)?;
        configuration.enable_backup_log = Some(true);
        if physical.is_some() {
            configuration.enable_mysql_physical_backup_binlog = physical;
        }
        plan.restart_pre_check(now, failures);
        Ok(())
    }

    /// Disables log backups, or only the binary log of physical backups.
    pub(crate) fn disable_logs(
        &mut self,
        id: &BackupPlanId,
        only_physical: bool,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        let configuration = plan.configuration_mut(now)?;
        configuration.enable_mysql_physical_backup_binlog = None;
        if !only_physical {
            configuration.enable_backup_log = Some(false);
            plan.logs.close(now);
        }
        Ok(())
    }

    pub(crate) fn lock(
        &mut self,
        id: &BackupPlanId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        self.plan_mut(id)?.0.lock(now);
        Ok(())
    }

    pub(crate) fn unlock(
        &mut self,
        id: &BackupPlanId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        self.plan_mut(id)?.0.unlock(now);
        Ok(())
    }

    pub(crate) fn fail(
        &mut self,
        id: &BackupPlanId,
        message: String,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        self.plan_mut(id)?.0.fail(message, now);
        Ok(())
    }
}
