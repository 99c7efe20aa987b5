//! Restoring and downloading backups.

use time::OffsetDateTime;

use crate::fake::world::access::check_destination;
use crate::fake::world::download::{Download, DownloadedSet};
use crate::fake::world::pre_check::PreCheck;
use crate::fake::world::ranges::can_restore_to;
use crate::fake::world::restore::{RestoreOrder, RestoreTask};
use crate::fake::world::state::World;
use crate::fake::world::world_error::{PlanAction, WorldError};
use crate::v2019_03_06::types::{
    BackupPlanStatus, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId, BackupSetJobId,
    FullBackupStatus, RestorePoint, RestoreStatus, RestoreTaskId,
};

impl World {
    pub(crate) fn create_restore(
        &mut self,
        order: RestoreOrder,
        now: OffsetDateTime,
    ) -> Result<RestoreTaskId, WorldError> {
        let plan = self.plan(&order.backup_plan_id)?;
        check_destination(plan.purchase.database_type, &order.destination)?;
        let status = plan.status_at(now);
        if status == BackupPlanStatus::Locked {
            return Err(WorldError::PlanState(status, PlanAction::Restore));
        }
        match &order.point {
            RestorePoint::BackupSet(set) => {
                let backup = plan.backup(set);
                if backup.and_then(|backup| backup.finished_at(now)).is_none() {
                    return Err(WorldError::NotRestorable(set.clone()));
                }
            }
            RestorePoint::Time(at) if !can_restore_to(plan, *at, now) => {
                return Err(WorldError::OutOfRange);
            }
            RestorePoint::Time(_) => {}
        }
        let method = plan.purchase.backup_method;
        let id: RestoreTaskId = self.ids.text("s", 11)?;
        let failing = self.failures.pre_checks.pop_front();
        let pre_check = PreCheck::of_task(now, failing, &mut self.ids.fork());
        self.restores.push(RestoreTask::new(id.clone(), order, now, pre_check, method));
        Ok(id)
    }

    pub(crate) fn start_restore(
        &mut self,
        id: &RestoreTaskId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let task = self.restores.iter_mut().find(|task| task.id == *id);
        let task = task.ok_or(WorldError::NoRestoreTask)?;
        match task.status(now) {
            RestoreStatus::CheckPass => task.start(self.failures.restores.pop_front(), now),
            status => return Err(WorldError::TaskState(status)),
        }
        Ok(())
    }

    pub(crate) fn download_backup(
        &mut self,
        set: &BackupSetId,
        format: BackupSetDataFormat,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, WorldError> {
        let mut plans = self.plans.iter();
        let found = plans.find_map(|plan| Some((plan, plan.backup(set)?)));
        let (plan, backup) = found.ok_or(WorldError::NoBackupSet)?;
        let status = backup.status(now);
        if status != FullBackupStatus::Finish {
            return Err(WorldError::BackupState(status));
        }
        let wanted = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: set.clone(),
            job_id: None,
            format,
            size: backup.size,
            database: plan.purchase.database_type,
        };
        self.download(wanted, now)
    }

    pub(crate) fn download_log(
        &mut self,
        set: &BackupSetId,
        job: &BackupSetJobId,
        format: BackupSetDataFormat,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, WorldError> {
        let plan = self.plans.iter().find(|plan| plan.logs.job_id == *job);
        let plan = plan.ok_or(WorldError::NoLogJob)?;
        let file = plan.logs.files(now).into_iter().find(|file| file.id == *set);
        let file = file.ok_or(WorldError::NoBackupSet)?;
        let wanted = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: file.id,
            job_id: Some(job.clone()),
            format,
            size: file.size,
            database: plan.purchase.database_type,
        };
        self.download(wanted, now)
    }

    fn download(
        &mut self,
        set: DownloadedSet,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, WorldError> {
        let mut downloads = self.downloads.iter();
        if downloads.any(|known| known.finished_at(now).is_none() && known.set.is_same(&set)) {
            return Err(WorldError::DownloadRuns);
        }
        let id: BackupSetDownloadTaskId = self.ids.text("dl", 10)?;
        self.downloads.push(Download { id: id.clone(), set, created_at: now });
        Ok(id)
    }
}
