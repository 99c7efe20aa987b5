//! `Plan`: what was done with a plan, and how it lives.

use std::time::Duration;

use fastrand::Rng;
use time::OffsetDateTime;

use super::access::check_source;
use super::backup::{FullBackup, next_scheduled};
use super::configuration::{Configuration, DownloadRules, Retention};
use super::failures::Failures;
use super::ids::{self, Ids};
use super::log::Logs;
use super::pre_check::PreCheck;
use super::purchase::{Purchase, length};
use super::times::{after, days_after};
use super::world_error::{PlanAction, WorldError};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, BackupSetId, OrderId, PlanSource, RetentionDays, StopMethod,
    StorageMethod,
};

/// How long a new plan cannot be configured.
pub(crate) const SETTLING_TIME: Duration = Duration::from_secs(5);

/// A plan: what was done with it and when. Its state at a moment follows from that.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) id: BackupPlanId,
    pub(crate) order_id: OrderId,
    pub(crate) created_at: OffsetDateTime,
    /// End of the subscription.
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) purchase: Purchase,
    pub(crate) name: Option<String>,
    pub(crate) configuration: Option<Configuration>,
    pub(crate) pre_check: Option<PreCheck>,
    pub(crate) retention: Option<Retention>,
    pub(crate) download_rules: Option<DownloadRules>,
    pub(crate) backups: Vec<FullBackup>,
    pub(crate) logs: Logs,
    stage: Stage,
    starts_itself: bool,
    locked: bool,
    /// Why the plan broke, until it is configured again.
    broken: Option<String>,
    /// Moments of the schedule up to this one are done with.
    scheduled_from: OffsetDateTime,
    random: Rng,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Bought,
    Configured,
    Running,
    Paused,
}

/// Something that happens to a plan by time alone.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    pub(crate) at: OffsetDateTime,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Expires,
    StartsItself,
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
            id: ids.text("dbs", 9)?,
            order_id: ids.order()?,
            created_at: now,
            expires_at: term.map(|term| now.saturating_add(term)),
            name: None,
            configuration: None,
            pre_check: None,
            retention: None,
            download_rules: None,
            backups: Vec::new(),
            logs: Logs::new(purchase.database_type, &mut random)?,
            stage: Stage::Bought,
            starts_itself: false,
            locked: false,
            broken: None,
            scheduled_from: now,
            purchase,
            random,
        })
    }

    /// The state, given that what was due has happened.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> BackupPlanStatus {
        match (self.stage, &self.pre_check) {
            _ if self.locked => BackupPlanStatus::Locked,
            _ if self.broken.is_some() => BackupPlanStatus::Stop,
            (Stage::Running, _) => BackupPlanStatus::Running,
            (Stage::Paused, _) => BackupPlanStatus::Pause,
            (Stage::Configured, Some(check)) if check.will_pass() && now >= check.ends_at() => {
                BackupPlanStatus::CheckPass
            }
            (Stage::Configured, _) => BackupPlanStatus::Init,
            (Stage::Bought, _) => BackupPlanStatus::Wait,
        }
    }

    /// Why the plan broke, or why the pre-check failed as long as it stands in the way.
    pub(crate) fn error_message(&self, now: OffsetDateTime) -> Option<&str> {
        if self.broken.is_some() {
            return self.broken.as_deref();
        }
        self.pre_check.as_ref().filter(|_| self.stage == Stage::Configured)?.failure(now)
    }

    pub(crate) fn next_due(&self) -> Option<Due> {
        if self.locked {
            return None;
        }
        let expires = self.expires_at.map(|at| Due { at, what: What::Expires });
        if self.broken.is_some() {
            return expires;
        }
        let by_itself = match (self.stage, &self.pre_check, &self.configuration) {
            (Stage::Configured, Some(check), _) if self.starts_itself && check.will_pass() => {
                let at = check.ends_at().max(self.scheduled_from);
                Some(Due { at, what: What::StartsItself })
            }
            (Stage::Running, _, Some(Configuration { schedule: Some(schedule), .. })) => {
                next_scheduled(*schedule, self.scheduled_from)
                    .map(|at| Due { at, what: What::FullBackup })
            }
            _ => None,
        };
        by_itself.into_iter().chain(expires).min_by_key(|due| due.at)
    }

    pub(crate) fn happen(&mut self, due: Due, failures: &mut Failures) {
        match due.what {
            What::Expires => self.lock(due.at),
            What::StartsItself => drop(self.run(due.at, failures)),
            What::FullBackup => {
                self.scheduled_from = due.at;
                drop(self.queue_backup(due.at, failures));
            }
        }
    }

    pub(crate) fn fail(&mut self, message: String, now: OffsetDateTime) {
        self.broken = Some(message);
        self.pause_backups(now);
    }

    pub(crate) fn lock(&mut self, now: OffsetDateTime) {
        self.locked = true;
        self.logs.close(now);
    }

    /// Goes on where it was locked.
    pub(crate) fn unlock(&mut self, now: OffsetDateTime) {
        if !std::mem::take(&mut self.locked) {
            return;
        }
        self.scheduled_from = now;
        if self.stage == Stage::Running && self.broken.is_none() && self.logs_on() {
            self.logs.open(now);
        }
    }

    pub(crate) fn logs_on(&self) -> bool {
        self.configuration.as_ref().and_then(|known| known.enable_backup_log).unwrap_or(false)
    }

    /// Takes a configuration, and begins a pre-check.
    pub(crate) fn configure(
        &mut self,
        configuration: Configuration,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<(), WorldError> {
        match self.status_at(now) {
            status @ (BackupPlanStatus::Running | BackupPlanStatus::Locked) => {
                return Err(WorldError::PlanState(status, PlanAction::Configure));
            }
            BackupPlanStatus::Wait if now < after(self.created_at, SETTLING_TIME) => {
                return Err(WorldError::PlanIsNew);
            }
            _ => {}
        }
        self.set_up(configuration, now, failures)
    }

    /// [`configure`](Self::configure) in whatever state the plan is.
    pub(crate) fn set_up(
        &mut self,
        configuration: Configuration,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<(), WorldError> {
        check_source(self.purchase.database_type, &configuration.source)?;
        let starts_itself = configuration.auto_start_backup == Some(true);
        self.configuration = Some(configuration);
        self.check_again(now, failures);
        self.starts_itself = starts_itself;
        Ok(())
    }

    /// Begins a pre-check, after which the plan must be started.
    pub(crate) fn check_again(&mut self, now: OffsetDateTime, failures: &mut Failures) {
        let failing = failures.pre_checks.pop_front();
        let logs_on = self.logs_on();
        self.pre_check = Some(PreCheck::of_plan(now, logs_on, failing, &mut self.random));
        self.stage = Stage::Configured;
        self.broken = None;
        self.starts_itself = false;
        self.logs.close(now);
    }

    /// The configuration, to change it, if the state allows that.
    pub(crate) fn change(&mut self, now: OffsetDateTime) -> Result<&mut Configuration, WorldError> {
        let status = self.status_at(now);
        match &mut self.configuration {
            Some(configuration) if status != BackupPlanStatus::Locked => Ok(configuration),
            _ => Err(WorldError::PlanState(status, PlanAction::Change)),
        }
    }

    /// Restarts the schedule: backups that it missed before are not caught up on.
    pub(crate) fn reschedule(&mut self, now: OffsetDateTime) {
        self.scheduled_from = now;
    }

    /// Makes the plan start once its pre-check has passed.
    pub(super) fn start_after_pre_check(&mut self) {
        self.starts_itself = true;
    }

    pub(crate) fn start(
        &mut self,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<BackupSetId, WorldError> {
        match self.status_at(now) {
            BackupPlanStatus::CheckPass | BackupPlanStatus::Pause => self.run(now, failures),
            status => Err(WorldError::PlanState(status, PlanAction::Start)),
        }
    }

    fn run(
        &mut self,
        at: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<BackupSetId, WorldError> {
        self.stage = Stage::Running;
        self.starts_itself = false;
        self.scheduled_from = at;
        if self.logs_on() {
            self.logs.open(at);
        }
        self.queue_backup(at, failures)
    }

    fn queue_backup(
        &mut self,
        at: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<BackupSetId, WorldError> {
        let id: BackupSetId = ids::text(&mut self.random, "1", 11)?;
        let size = self.random.u64(1 << 20..1 << 33);
        let failure = failures.full_backups.pop_front();
        let objects = self.configuration.as_ref().and_then(|known| known.backup_objects.clone());
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
        self.stage = Stage::Paused;
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

/// What is known of a plan.
impl Plan {
    /// Returns the plan's name; a plan without one is listed by its id.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    pub(crate) fn source(&self) -> Option<&PlanSource> {
        self.configuration.as_ref().map(|known| &known.source)
    }

    /// Returns how many days a log file is kept.
    pub(crate) fn log_retention_days(&self) -> u32 {
        let changed = self.retention.as_ref().and_then(|known| known.logs.kept);
        changed.unwrap_or_else(|| self.retention_days().into())
    }

    /// Returns the size of the finished full backups.
    pub(crate) fn full_bytes(&self, now: OffsetDateTime) -> u64 {
        let finished = self.backups.iter().filter(|backup| backup.finished_at(now).is_some());
        finished.map(|backup| backup.size).sum()
    }

    pub(crate) fn backup(&self, id: &BackupSetId) -> Option<&FullBackup> {
        self.backups.iter().find(|backup| backup.id == *id)
    }

    pub(crate) fn retention_days(&self) -> u16 {
        let configured =
            self.configuration.as_ref().and_then(|known| known.backup_retention_period);
        configured.map_or(730, RetentionDays::get)
    }

    pub(crate) fn infrequent_access_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration.and_then(|known| known.duplication_infrequent_access_period).unwrap_or(180)
    }

    pub(crate) fn archive_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration.and_then(|known| known.duplication_archive_period).unwrap_or(365)
    }

    /// Where a backup is kept that was finished at a moment.
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
