//! `Plan`: a backup plan, with its history and state.

use std::time::Duration;

use fastrand::Rng;
use time::OffsetDateTime;

use super::backup::{FullBackup, next_scheduled};
use super::configuration::{Configuration, DownloadRules, Retention};
use super::endpoint_checks::check_source;
use super::failures::PlannedFailures;
use super::ids::{self, Ids};
use super::log::LogBackups;
use super::pre_check::PreCheck;
use super::purchase::{Purchase, length};
use super::times::{after, days_after};
use super::world_error::{PlanAction, WorldError};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, BackupSetId, OrderId, PlanSource, RetentionDays, StopMethod,
    StorageMethod,
};

/// How long a new plan needs before it can be configured.
pub(crate) const SETTLING_TIME: Duration = Duration::from_secs(5);

/// A backup plan. Its state at a given time is computed from its history.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) id: BackupPlanId,
    pub(crate) order_id: OrderId,
    pub(crate) created_at: OffsetDateTime,
    /// The end of the subscription; `None` for pay as you go.
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) purchase: Purchase,
    pub(crate) name: Option<String>,
    pub(crate) configuration: Option<Configuration>,
    pub(crate) pre_check: Option<PreCheck>,
    pub(crate) retention: Option<Retention>,
    pub(crate) download_rules: Option<DownloadRules>,
    pub(crate) backups: Vec<FullBackup>,
    pub(crate) logs: LogBackups,
    stage: PlanStage,
    starts_after_pre_check: bool,
    locked: bool,
    /// Why the plan failed. The next pre-check clears it.
    failure: Option<String>,
    /// Times of the schedule up to this one were handled.
    scheduled_from: OffsetDateTime,
    random: Rng,
}

/// How far a plan got, regardless of locks and failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PlanStage {
    Bought,
    Configured,
    Running,
    Paused,
}

/// A change of a plan that time makes, without a request.
#[derive(Clone, Copy)]
pub(crate) struct PlanEvent {
    pub(crate) at: OffsetDateTime,
    kind: EventKind,
}

#[derive(Clone, Copy)]
enum EventKind {
    Expires,
    Starts,
    FullBackup,
}

impl Plan {
    pub(crate) fn new(
        purchase: Purchase,
        ids: &mut Ids,
        now: OffsetDateTime,
    ) -> Result<Self, WorldError> {
        let mut random = ids.fork();
        let term = purchase.billing.period().map(length);
        Ok(Self {
            id: ids.string("dbs", 9)?,
            order_id: ids.order()?,
            created_at: now,
            expires_at: term.map(|term| now.saturating_add(term)),
            name: None,
            configuration: None,
            pre_check: None,
            retention: None,
            download_rules: None,
            backups: Vec::new(),
            logs: LogBackups::new(purchase.database_type, &mut random)?,
            stage: PlanStage::Bought,
            starts_after_pre_check: false,
            locked: false,
            failure: None,
            scheduled_from: now,
            purchase,
            random,
        })
    }

    /// Returns the state. Due events must have been applied.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> BackupPlanStatus {
        match (self.stage, &self.pre_check) {
            _ if self.locked => BackupPlanStatus::Locked,
            _ if self.failure.is_some() => BackupPlanStatus::Stop,
            (PlanStage::Running, _) => BackupPlanStatus::Running,
            (PlanStage::Paused, _) => BackupPlanStatus::Pause,
            (PlanStage::Configured, Some(check)) if check.will_pass() && now >= check.ends_at() => {
                BackupPlanStatus::CheckPass
            }
            (PlanStage::Configured, _) => BackupPlanStatus::Init,
            (PlanStage::Bought, _) => BackupPlanStatus::Wait,
        }
    }

    /// Returns why the plan failed, or why the pre-check that it must pass failed.
    pub(crate) fn error_message(&self, now: OffsetDateTime) -> Option<&str> {
        if self.failure.is_some() {
            return self.failure.as_deref();
        }
        self.pre_check.as_ref().filter(|_| self.stage == PlanStage::Configured)?.failure(now)
    }

    /// Returns the next change that time makes, or `None`.
    pub(crate) fn next_event(&self) -> Option<PlanEvent> {
        if self.locked {
            return None;
        }
        let expires = self.expires_at.map(|at| PlanEvent { at, kind: EventKind::Expires });
        if self.failure.is_some() {
            return expires;
        }
        let next = match (self.stage, &self.pre_check, &self.configuration) {
            (PlanStage::Configured, Some(check), _)
                if self.starts_after_pre_check && check.will_pass() =>
            {
                let at = check.ends_at().max(self.scheduled_from);
                Some(PlanEvent { at, kind: EventKind::Starts })
            }
            (PlanStage::Running, _, Some(Configuration { schedule: Some(schedule), .. })) => {
                next_scheduled(*schedule, self.scheduled_from)
                    .map(|at| PlanEvent { at, kind: EventKind::FullBackup })
            }
            _ => None,
        };
        next.into_iter().chain(expires).min_by_key(|event| event.at)
    }

    pub(crate) fn apply_event(&mut self, event: PlanEvent, failures: &mut PlannedFailures) {
        match event.kind {
            EventKind::Expires => self.lock(event.at),
            EventKind::Starts => drop(self.run(event.at, failures)),
            EventKind::FullBackup => {
                self.scheduled_from = event.at;
                drop(self.queue_backup(event.at, failures));
            }
        }
    }

    pub(crate) fn fail(&mut self, message: String, now: OffsetDateTime) {
        self.failure = Some(message);
        self.pause_backups(now);
    }

    pub(crate) fn lock(&mut self, now: OffsetDateTime) {
        self.locked = true;
        self.logs.close(now);
    }

    /// Unlocks the plan, which continues in the state that it had before.
    pub(crate) fn unlock(&mut self, now: OffsetDateTime) {
        if !std::mem::take(&mut self.locked) {
            return;
        }
        self.scheduled_from = now;
        if self.stage == PlanStage::Running && self.failure.is_none() && self.logs_enabled() {
            self.logs.open(now);
        }
    }

    pub(crate) fn logs_enabled(&self) -> bool {
        self.configuration
            .as_ref()
            .and_then(|configuration| configuration.enable_backup_log)
            .unwrap_or(false)
    }

    /// Configures the plan, and begins a pre-check.
    pub(crate) fn configure(
        &mut self,
        configuration: Configuration,
        now: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) -> Result<(), WorldError> {
        match self.status_at(now) {
            status @ (BackupPlanStatus::Running | BackupPlanStatus::Locked) => {
                return Err(WorldError::PlanState(status, PlanAction::Configure));
            }
            BackupPlanStatus::Wait if now < after(self.created_at, SETTLING_TIME) => {
                return Err(WorldError::PlanNotSettled);
            }
            _ => {}
        }
        self.apply_configuration(configuration, now, failures)
    }

    /// Works as [`configure`](Self::configure), in any state.
    pub(crate) fn apply_configuration(
        &mut self,
        configuration: Configuration,
        now: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) -> Result<(), WorldError> {
        check_source(self.purchase.database_type, &configuration.source)?;
        let starts_after_pre_check = configuration.auto_start_backup == Some(true);
        self.configuration = Some(configuration);
        self.restart_pre_check(now, failures);
        self.starts_after_pre_check = starts_after_pre_check;
        Ok(())
    }

    /// Begins a pre-check, after which a caller must start the plan.
    pub(crate) fn restart_pre_check(
        &mut self,
        now: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) {
        let failing = failures.pre_checks.pop_front();
        let logs_enabled = self.logs_enabled();
        self.pre_check = Some(PreCheck::for_plan(now, logs_enabled, failing, &mut self.random));
        self.stage = PlanStage::Configured;
        self.failure = None;
        self.starts_after_pre_check = false;
        self.logs.close(now);
    }

    /// Returns the configuration to change.
    ///
    /// # Errors
    ///
    /// When the plan is not configured or is locked.
    pub(crate) fn configuration_mut(
        &mut self,
        now: OffsetDateTime,
    ) -> Result<&mut Configuration, WorldError> {
        let status = self.status_at(now);
        match &mut self.configuration {
            Some(configuration) if status != BackupPlanStatus::Locked => Ok(configuration),
            _ => Err(WorldError::PlanState(status, PlanAction::Change)),
        }
    }

    /// Restarts the schedule from now on, and skips backups that it missed.
    pub(crate) fn reschedule(&mut self, now: OffsetDateTime) {
        self.scheduled_from = now;
    }

    /// Makes the plan start when its pre-check passes.
    pub(super) fn start_after_pre_check(&mut self) {
        self.starts_after_pre_check = true;
    }

    pub(crate) fn start(
        &mut self,
        now: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) -> Result<BackupSetId, WorldError> {
        match self.status_at(now) {
            BackupPlanStatus::CheckPass | BackupPlanStatus::Pause => self.run(now, failures),
            status => Err(WorldError::PlanState(status, PlanAction::Start)),
        }
    }

    fn run(
        &mut self,
        at: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) -> Result<BackupSetId, WorldError> {
        self.stage = PlanStage::Running;
        self.starts_after_pre_check = false;
        self.scheduled_from = at;
        if self.logs_enabled() {
            self.logs.open(at);
        }
        self.queue_backup(at, failures)
    }

    fn queue_backup(
        &mut self,
        at: OffsetDateTime,
        failures: &mut PlannedFailures,
    ) -> Result<BackupSetId, WorldError> {
        let id: BackupSetId = ids::string(&mut self.random, "1", 11)?;
        let size = self.random.u64(1 << 20..1 << 33);
        let failure = failures.full_backups.pop_front();
        let objects = self
            .configuration
            .as_ref()
            .and_then(|configuration| configuration.backup_objects.clone());
        self.backups.push(FullBackup::new(id.clone(), at, size, failure, objects));
        Ok(id)
    }

    pub(crate) fn stop(
        &mut self,
        method: StopMethod,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        match self.status_at(now) {
            BackupPlanStatus::Running => {}
            status => return Err(WorldError::PlanState(status, PlanAction::Stop)),
        }
        self.stage = PlanStage::Paused;
        if method == StopMethod::All {
            self.pause_backups(now);
        }
        Ok(())
    }

    fn pause_backups(&mut self, now: OffsetDateTime) {
        self.logs.close(now);
        for backup in &mut self.backups {
            backup.pause(now);
        }
    }
}

/// Read access to a plan.
impl Plan {
    /// Returns the name of the plan, or its id if it has none.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    pub(crate) fn source(&self) -> Option<&PlanSource> {
        self.configuration.as_ref().map(|configuration| &configuration.source)
    }

    /// Returns how many days a log file is kept.
    pub(crate) fn log_retention_days(&self) -> u32 {
        let changed = self.retention.as_ref().and_then(|retention| retention.logs.kept);
        changed.unwrap_or_else(|| self.retention_days().into())
    }

    /// Returns the total size of the finished full backups in bytes.
    pub(crate) fn full_bytes(&self, now: OffsetDateTime) -> u64 {
        let finished = self.backups.iter().filter(|backup| backup.finished_at(now).is_some());
        finished.map(|backup| backup.size).sum()
    }

    pub(crate) fn backup(&self, id: &BackupSetId) -> Option<&FullBackup> {
        self.backups.iter().find(|backup| backup.id == *id)
    }

    pub(crate) fn retention_days(&self) -> u16 {
        let configured = self
            .configuration
            .as_ref()
            .and_then(|configuration| configuration.backup_retention_period);
        configured.map_or(730, RetentionDays::get)
    }

    pub(crate) fn infrequent_access_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration
            .and_then(|configuration| configuration.duplication_infrequent_access_period)
            .unwrap_or(180)
    }

    pub(crate) fn archive_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration
            .and_then(|configuration| configuration.duplication_archive_period)
            .unwrap_or(365)
    }

    /// Returns the storage class of a backup that finished at a given time.
    pub(crate) fn storage_method(
        &self,
        finished_at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> StorageMethod {
        match finished_at {
            None => StorageMethod::Unknown,
            Some(at) if now >= days_after(at, self.archive_days()) => StorageMethod::Archive,
            Some(at) if now >= days_after(at, self.infrequent_access_days()) => {
                StorageMethod::InfrequentAccess
            }
            Some(_) => StorageMethod::Standard,
        }
    }
}
