//! Restore tasks: what they write, and how far they are.

use std::time::Duration;

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::access::{DESTINATION, check_access, needed};
use crate::fake::service::endpoints::Place;
use crate::fake::service::pre_checks::PreCheck;
use crate::fake::service::ranges::can_restore_to;
use crate::fake::world::state::{Handle, Page, State, find};
use crate::fake::world::times::{after, millis, percent};
use crate::v2019_03_06::operations::restore::{
    CreateRestoreTaskResponse, DescribeRestoreTaskListResponse, RestoreTaskDetail,
    StartRestoreTaskResponse,
};
use crate::v2019_03_06::operations::{
    CreateRestoreTask, DescribeRestoreTaskList, StartRestoreTask,
};
use crate::v2019_03_06::types::{
    BackupMethod, BackupPlanStatus, DatabaseType, PreCheckStatus, RestoreDestination, RestorePoint,
    RestoreStatus, RestoreTaskId, RestoreTaskSelection,
};

/// How long each of the four steps of a restore takes.
const STEP_TIME: Duration = Duration::from_secs(15);
/// How far a restore that fails comes.
const FAILS_AFTER: Duration = Duration::from_secs(30);

/// A restore task.
#[derive(Clone, Debug)]
pub(crate) struct RestoreTask {
    pub(crate) id: RestoreTaskId,
    pub(crate) request: CreateRestoreTask,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) pre_check: PreCheck,
    pub(crate) started_at: Option<OffsetDateTime>,
    method: BackupMethod,
    failure: Option<String>,
    paused_at: Option<OffsetDateTime>,
}

impl RestoreTask {
    fn ends_at(&self) -> Option<OffsetDateTime> {
        let length = if self.failure.is_some() { FAILS_AFTER } else { STEP_TIME * 4 };
        Some(after(self.started_at?, length))
    }

    pub(crate) fn status(&self, now: OffsetDateTime) -> RestoreStatus {
        match self.ends_at() {
            None if self.pre_check.status(now) == PreCheckStatus::Finish => {
                RestoreStatus::CheckPass
            }
            None => RestoreStatus::Init,
            Some(_) if self.paused_at.is_some() => RestoreStatus::Pause,
            Some(end) if self.failure.is_some() && now >= end => RestoreStatus::Stop,
            // No value for a finished task is published.
            Some(_) => RestoreStatus::Running,
        }
    }

    /// When it was finished, if it has been.
    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let is_whole = self.failure.is_none() && self.paused_at.is_none();
        self.ends_at().filter(|end| is_whole && now >= *end)
    }

    /// Why the task or its pre-check failed.
    pub(crate) fn error_message(&self, now: OffsetDateTime) -> Option<&str> {
        match self.status(now) {
            RestoreStatus::Init => self.pre_check.failure(now),
            RestoreStatus::Stop => self.failure.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn pause(&mut self, now: OffsetDateTime) {
        let is_running = self.status(now) == RestoreStatus::Running;
        if is_running && self.finished_at(now).is_none() {
            self.paused_at = Some(now);
        }
    }

    /// How much of a step is done, counted from 0.
    fn step(&self, step: u32, now: OffsetDateTime) -> u8 {
        let (Some(start), Some(end)) = (self.started_at, self.ends_at()) else { return 0 };
        let now = self.paused_at.unwrap_or(now).min(end);
        percent(after(start, STEP_TIME * step), STEP_TIME, now)
    }

    /// The whole, in percent.
    pub(crate) fn percent(&self, now: OffsetDateTime) -> u8 {
        let whole = (0..4).map(|step| u32::from(self.step(step, now))).sum::<u32>() / 4;
        u8::try_from(whole).unwrap_or(100)
    }

    fn row(&self, now: OffsetDateTime) -> RestoreTaskDetail {
        let request = &self.request;
        let place = Place::of_destination(&request.destination);
        let (backup_set_id, restore_time) = match &request.restore_point {
            RestorePoint::BackupSet(id) => (Some(id.clone()), None),
            RestorePoint::Time(at) => (None, Some(*at)),
        };
        let physical = self.method == BackupMethod::Physical;
        let logical = |step| (!physical).then(|| self.step(step, now));
        let of_physical = |step| physical.then(|| self.step(step, now));
        let cross = request.cross_account.as_ref();
        RestoreTaskDetail {
            restore_task_id: self.id.clone(),
            restore_task_name: Some(request.restore_task_name.clone()),
            restore_status: self.status(now).into(),
            backup_plan_id: Some(request.backup_plan_id.clone()),
            backup_set_id,
            restore_time,
            restore_task_create_time: Some(self.created_at),
            restore_task_finish_time: self.finished_at(now),
            error_message: self.error_message(now).map(str::to_owned),
            structure_before_restore_progress: logical(0),
            full_data_restore_progress: logical(1),
            structure_after_restore_progress: logical(2),
            continuous_restore_progress: logical(3),
            physical_backup_recover_progress: physical.then(|| self.percent(now)),
            physical_full_backup_recover_progress: of_physical(0),
            physical_increment_backup_recover_progress: of_physical(1),
            physical_full_and_increment_backup_recover_progress: of_physical(2),
            physical_database_online_progress: of_physical(3),
            restore_objects: request.destination.objects().cloned().map(Into::into),
            restore_dir: match &request.destination {
                RestoreDestination::Agent { restore_dir, .. } => restore_dir.clone(),
                _ => None,
            },
            restore_destination_mode: request.restore_destination_mode.map(Into::into),
            backup_source_oss_region: None,
            destination_endpoint_instance_type: Some(place.instance_type.into()),
            destination_endpoint_region: place.region.map(Into::into),
            destination_endpoint_ip_port: place.ip_port(),
            destination_endpoint_host: place.host(),
            destination_endpoint_port: place.port(),
            destination_endpoint_database_name: place.database_name(),
            destination_endpoint_user_name: place.user_name(),
            destination_endpoint_oracle_sid: place.oracle_sid(),
            destination_endpoint_enable_ssl: request.enable_destination_endpoint_ssl,
            backup_gateway_id: place.gateway_id,
            destination_endpoint_instance_id: place.instance_id,
            backup_gateway_identifier: None,
            cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
            cross_role_name: cross.map(|cross| cross.role_name.clone()),
        }
    }
}

impl Handle for CreateRestoreTask {
    const REQUIRED: &'static [&'static str] =
        &["BackupPlanId", "DestinationEndpointInstanceType", "RestoreTaskName"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let State { plans, ids, failures, restores, .. } = state;
        let plan = find(plans, &self.backup_plan_id)?;
        let database = plan.purchase.database_type;
        let instance_type = self.destination.instance_type();
        check_access(database, instance_type, self.destination.access(), &DESTINATION)?;
        if database == DatabaseType::MySql
            && matches!(self.destination, RestoreDestination::Agent { restore_dir: None, .. })
        {
            return Err(needed("RestoreDir", database));
        }
        if plan.status_at(now) == BackupPlanStatus::Locked {
            return Err(Refused::plan_is(BackupPlanStatus::Locked, "be restored"));
        }
        match &self.restore_point {
            RestorePoint::BackupSet(set) => {
                let backup = plan.backup(set);
                if backup.and_then(|backup| backup.finished_at(now)).is_none() {
                    let message = format!("{set} is not a finished backup set of the plan.");
                    return Err(Refused::invalid(message));
                }
            }
            RestorePoint::Time(at) if !can_restore_to(plan, *at, now) => {
                let message = "RestoreTime is not in a range that can be restored.";
                return Err(Refused::invalid(message));
            }
            RestorePoint::Time(_) => {}
        }
        let id: RestoreTaskId = ids.text("s", 11)?;
        let failing = failures.pre_checks.pop_front();
        restores.push(RestoreTask {
            id: id.clone(),
            request: self.clone(),
            created_at: now,
            pre_check: PreCheck::of_task(now, failing, &mut ids.fork()),
            started_at: None,
            method: plan.purchase.backup_method,
            failure: None,
            paused_at: None,
        });
        Ok(CreateRestoreTaskResponse { restore_task_id: id })
    }
}

impl Handle for StartRestoreTask {
    const REQUIRED: &'static [&'static str] = &["RestoreTaskId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let task = state.restore(&self.restore_task_id)?;
        match task.status(now) {
            RestoreStatus::CheckPass => task.started_at = Some(now),
            status => return Err(Refused::task_is(status, "be started")),
        }
        let failure = state.failures.restores.pop_front();
        state.restore(&self.restore_task_id)?.failure = failure;
        Ok(StartRestoreTaskResponse { restore_task_id: self.restore_task_id.clone() })
    }
}

impl Handle for DescribeRestoreTaskList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        if let RestoreTaskSelection::BackupPlan(plan) = &self.selection {
            find(&mut state.plans, plan)?;
        }
        let fits = |task: &&RestoreTask| {
            let is_selected = match &self.selection {
                RestoreTaskSelection::BackupPlan(plan) => task.request.backup_plan_id == *plan,
                RestoreTaskSelection::RestoreTask(id) => task.id == *id,
                RestoreTaskSelection::RestoreTasks(ids) => ids.contains(&task.id),
            };
            is_selected
                && self.start_timestamp.is_none_or(|start| millis(task.created_at) >= millis(start))
                && self.end_timestamp.is_none_or(|end| millis(task.created_at) <= millis(end))
        };
        let rows = state.restores.iter().filter(fits).collect();
        let page: Page<&RestoreTask> =
            Page::of(rows, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeRestoreTaskListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.into_iter().map(|task| task.row(now)).collect(),
        })
    }
}
