//! Restore tasks: destination, state and progress.

use std::time::Duration;

use time::OffsetDateTime;

use super::pre_check::PreCheck;
use super::times::{after, percent};
use crate::v2019_03_06::types::{
    BackupMethod, BackupPlanId, ClientToken, CrossAccount, DuplicateConflict, PreCheckStatus,
    RestoreDestination, RestoreDestinationMode, RestorePoint, RestoreStatus, RestoreTaskId,
};

/// How long each of the four steps of a restore takes.
const STEP_TIME: Duration = Duration::from_secs(15);
/// How long a failing restore runs.
const FAILS_AFTER: Duration = Duration::from_secs(30);

/// What a task restores, and where to.
#[derive(Clone, Debug)]
pub(crate) struct RestoreOrder {
    pub(crate) backup_plan_id: BackupPlanId,
    pub(crate) name: String,
    pub(crate) point: RestorePoint,
    pub(crate) destination: RestoreDestination,
    pub(crate) duplicate_conflict: Option<DuplicateConflict>,
    pub(crate) restore_home: Option<String>,
    pub(crate) cross_account: Option<CrossAccount>,
    pub(crate) enable_ssl: Option<bool>,
    pub(crate) ssl_ca_pem: Option<String>,
    pub(crate) destination_mode: Option<RestoreDestinationMode>,
    pub(crate) client_token: Option<ClientToken>,
}

/// A restore task. Its state follows from the time.
#[derive(Clone, Debug)]
pub(crate) struct RestoreTask {
    pub(crate) id: RestoreTaskId,
    pub(crate) order: RestoreOrder,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) pre_check: PreCheck,
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) method: BackupMethod,
    failure: Option<String>,
    paused_at: Option<OffsetDateTime>,
}

impl RestoreTask {
    pub(super) const fn new(
        id: RestoreTaskId,
        order: RestoreOrder,
        created_at: OffsetDateTime,
        pre_check: PreCheck,
        method: BackupMethod,
    ) -> Self {
        let (started_at, failure, paused_at) = (None, None, None);
        Self { id, order, created_at, pre_check, started_at, method, failure, paused_at }
    }

    /// Starts the task, which fails halfway if `failure` is `Some`.
    pub(super) fn start(&mut self, failure: Option<String>, now: OffsetDateTime) {
        self.started_at = Some(now);
        self.failure = failure;
    }

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
            // The vendor publishes no state for a finished task.
            Some(_) => RestoreStatus::Running,
        }
    }

    /// Returns when the task finished, or `None` before that and if it failed.
    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let can_finish = self.failure.is_none() && self.paused_at.is_none();
        self.ends_at().filter(|end| can_finish && now >= *end)
    }

    /// Returns why the task or its pre-check failed, or `None` if neither did.
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

    /// Returns the progress of a step in percent. Steps count from 0.
    pub(crate) fn step(&self, step: u32, now: OffsetDateTime) -> u8 {
        let (Some(start), Some(end)) = (self.started_at, self.ends_at()) else { return 0 };
        let now = self.paused_at.unwrap_or(now).min(end);
        percent(after(start, STEP_TIME * step), STEP_TIME, now)
    }

    /// Returns the total progress in percent.
    pub(crate) fn percent(&self, now: OffsetDateTime) -> u8 {
        let total = (0..4).map(|step| u32::from(self.step(step, now))).sum::<u32>() / 4;
        u8::try_from(total).unwrap_or(100)
    }
}
