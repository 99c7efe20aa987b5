//! Creates and starts restore tasks and downloads.

use time::OffsetDateTime;

use crate::fake::world::download::{Download, DownloadedSet};
use crate::fake::world::endpoint_checks::check_destination;
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
                return Err(WorldError::RestoreTimeOutOfRange);
            }
            RestorePoint::Time(_) => {}
        }
        let method = plan.purchase.backup_method;
        let id: RestoreTaskId = self.ids.string("s", 11)?;
        let failing = self.failures.pre_checks.pop_front();
        let pre_check = PreCheck::for_restore_task(now, failing, &mut self.ids.fork());
        self.restores.push(RestoreTask::new(id.clone(), order, now, pre_check, method));
        Ok(id)
    }

    pub(crate) fn start_restore(
        &mut self,
        id: &RestoreTaskId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let task = self.restores.iter_mut().find(|task| task.id == *id);
        let task = task.ok_or_else(|| WorldError::RestoreTaskNotFound(id.clone()))?;
        match task.status(now) {
            RestoreStatus::CheckPass => task.start(self.failures.restores.pop_front(), now),
            status => return Err(WorldError::RestoreTaskState(status)),
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
        let (plan, backup) = found.ok_or_else(|| WorldError::BackupSetNotFound(set.clone()))?;
        let status = backup.status(now);
        if status != FullBackupStatus::Finish {
            return Err(WorldError::BackupSetState(status));
        }
        let files = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: set.clone(),
            job_id: None,
            format,
            size: backup.size,
            database: plan.purchase.database_type,
        };
        self.download(files, now)
    }

    pub(crate) fn download_log(
        &mut self,
        set: &BackupSetId,
        job: &BackupSetJobId,
        format: BackupSetDataFormat,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, WorldError> {
        let plan = self.plans.iter().find(|plan| plan.logs.job_id == *job);
        let plan = plan.ok_or_else(|| WorldError::LogJobNotFound(job.clone()))?;
        let file = plan.logs.files(now).into_iter().find(|file| file.id == *set);
        let file = file.ok_or_else(|| WorldError::BackupSetNotFound(set.clone()))?;
        let files = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: file.id,
            job_id: Some(job.clone()),
            format,
            size: file.size,
            database: plan.purchase.database_type,
        };
        self.download(files, now)
    }

    fn download(
        &mut self,
        set: DownloadedSet,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, WorldError> {
        let mut downloads = self.downloads.iter();
        if downloads.any(|other| other.finished_at(now).is_none() && other.set.is_same(&set)) {
            return Err(WorldError::DownloadRunning);
        }
        let id: BackupSetDownloadTaskId = self.ids.string("dl", 10)?;
        self.downloads.push(Download { id: id.clone(), set, created_at: now });
        Ok(id)
    }
}
