//! Plans as the fake service keeps them, and how they live.

use fastrand::Rng;
use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::access::{SOURCE, check_access, source_access};
use crate::fake::service::backups::{FullBackup, next_scheduled};
use crate::fake::service::logs::Logs;
use crate::fake::service::pre_checks::PreCheck;
use crate::fake::world::ids::{self, Ids};
use crate::fake::world::state::Failures;
use crate::fake::world::times::after;
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, CreateBackupPlan, ModifyBackupSetDownloadRules, ModifyStorageStrategy,
};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, BackupSetId, OrderId, PlanSource, StopMethod,
};

/// A plan: what was done with it and when. Its state at a moment follows from that.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) id: BackupPlanId,
    pub(crate) order_id: OrderId,
    pub(crate) created_at: OffsetDateTime,
    /// End of the subscription.
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) purchase: CreateBackupPlan,
    pub(crate) name: Option<String>,
    pub(crate) configuration: Option<ConfigureBackupPlan>,
    /// Where the database is; a configuration does not know every kind.
    pub(crate) source: Option<PlanSource>,
    pub(crate) pre_check: Option<PreCheck>,
    pub(crate) storage: Option<ModifyStorageStrategy>,
    pub(crate) download_rules: Option<ModifyBackupSetDownloadRules>,
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

/// Something that happens to a plan by itself.
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
        purchase: CreateBackupPlan,
        ids: &mut Ids,
        now: OffsetDateTime,
    ) -> Result<Self, Refused> {
        let mut random = ids.fork();
        let term = purchase.billing.period().map(crate::fake::service::billing::length);
        Ok(Self {
            id: ids.text("dbs", 9)?,
            order_id: ids.order()?,
            created_at: now,
            expires_at: term.map(|term| now.saturating_add(term)),
            name: None,
            configuration: None,
            source: None,
            pre_check: None,
            storage: None,
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
            (Stage::Running, _, Some(ConfigureBackupPlan { schedule: Some(schedule), .. })) => {
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

    /// Takes a configuration, or says why not.
    pub(crate) fn configure(
        &mut self,
        configuration: ConfigureBackupPlan,
        source: PlanSource,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<(), Refused> {
        match self.status_at(now) {
            status @ (BackupPlanStatus::Running | BackupPlanStatus::Locked) => {
                return Err(Refused::plan_is(status, "be configured"));
            }
            BackupPlanStatus::Wait
                if now < after(self.created_at, CreateBackupPlan::SETTLING_TIME) =>
            {
                return Err(Refused::denied("The backup plan is still being created."));
            }
            _ => {}
        }
        self.set_up(configuration, source, now, failures)
    }

    /// [`configure`](Self::configure) in whatever state the plan is.
    pub(crate) fn set_up(
        &mut self,
        configuration: ConfigureBackupPlan,
        source: PlanSource,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<(), Refused> {
        let (instance_type, access) = source_access(&source);
        check_access(self.purchase.database_type, instance_type, access, &SOURCE)?;
        let starts_itself = configuration.auto_start_backup == Some(true);
        self.name = Some(configuration.backup_plan_name.clone());
        self.configuration = Some(configuration);
        self.source = Some(source);
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
    pub(crate) fn change(
        &mut self,
        now: OffsetDateTime,
    ) -> Result<&mut ConfigureBackupPlan, Refused> {
        let status = self.status_at(now);
        match &mut self.configuration {
            Some(configuration) if status != BackupPlanStatus::Locked => Ok(configuration),
            _ => Err(Refused::plan_is(status, "be changed")),
        }
    }

    /// The schedule begins anew: what it missed before stays missed.
    pub(crate) fn reschedule(&mut self, now: OffsetDateTime) {
        self.scheduled_from = now;
    }

    pub(crate) fn start_by_itself(&mut self) {
        self.starts_itself = true;
    }

    pub(crate) fn start(
        &mut self,
        now: OffsetDateTime,
        failures: &mut Failures,
    ) -> Result<BackupSetId, Refused> {
        match self.status_at(now) {
            BackupPlanStatus::CheckPass | BackupPlanStatus::Pause => self.run(now, failures),
            status => Err(Refused::plan_is(status, "be started")),
        }
    }

    fn run(&mut self, at: OffsetDateTime, failures: &mut Failures) -> Result<BackupSetId, Refused> {
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
    ) -> Result<BackupSetId, Refused> {
        let id: BackupSetId = ids::text(&mut self.random, "1", 11)?;
        let size = self.random.u64(1 << 20..1 << 33);
        let failure = failures.full_backups.pop_front();
        let objects = self.configuration.as_ref().and_then(|known| known.backup_objects.clone());
        self.backups.push(FullBackup::new(id.clone(), at, size, failure, objects));
        Ok(id)
    }

    pub(crate) fn stop(&mut self, method: StopMethod, now: OffsetDateTime) -> Result<(), Refused> {
        match self.status_at(now) {
            BackupPlanStatus::Running => {}
            status => return Err(Refused::plan_is(status, "be stopped")),
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
