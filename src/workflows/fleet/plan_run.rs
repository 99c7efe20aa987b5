//! `PlanWork`: one plan of a fleet, until it runs or a later run must continue.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use time::OffsetDateTime;

use super::context::FleetContext;
use super::control::{HeldMark, Mode, StageMark, backoff};
use super::lease::Lease;
use super::outcome::{FleetError, FleetOutcome, FleetOutcomeKind, OtherPlan};
use super::spec::FleetSpec;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::journal::{Claim, Entry, JournalError, JournalErrorKind, PlanKey, WorkerId};
use crate::workflows::provision::decision::SentPurchase;
use crate::workflows::provision::options::PurchaseHistory;
use crate::workflows::provision::{
    CreatedPlan, Provision, ProvisionError, ProvisionStage, ProvisionStep,
};

/// The longest pause before a plan is tried again that another worker has leased.
const MAX_HELD_PAUSE: Duration = Duration::from_secs(5);
/// The shortest such pause.
const MIN_HELD_PAUSE: Duration = Duration::from_millis(100);

/// One plan of a fleet, and what this process knows about it.
pub(super) struct PlanWork {
    pub(super) spec: FleetSpec,
    pub(super) worker: WorkerId,
    pub(super) context: Arc<FleetContext>,
    started: Duration,
    pub(super) runs: u32,
    /// The outcome of the purchases that this process has sent.
    sent: SentPurchase,
    anyway_since: Option<OffsetDateTime>,
    /// The plan, if this process knows it, whether or not it is recorded.
    pub(super) plan: Option<BackupPlanId>,
    /// Whether an earlier run or another worker had entered the name.
    pub(super) resumed: bool,
    is_leased: bool,
    /// Whether the entry of this worker is in the journal.
    pub(super) entered: bool,
    /// When to try again, by the client's clock.
    due: Duration,
    held: Option<HeldMark>,
}

/// How a slot ends.
pub(super) enum SlotEnd {
    Ended(FleetOutcome),
    /// Another worker has leased the plan.
    Deferred(Box<PlanWork>),
}

/// How one attempt at a plan ends.
pub(super) enum AttemptEnd {
    Ended(FleetOutcomeKind),
    /// Another worker has the lease.
    Held(Duration),
    /// The fleet is cancelled, or the lease is lost.
    Stopped,
    /// The same may succeed later.
    Retry(FleetError),
    /// The journal has changed.
    Again,
}

impl From<FleetError> for AttemptEnd {
    fn from(error: FleetError) -> Self {
        Self::Ended(FleetOutcomeKind::Failed(error))
    }
}

impl PlanWork {
    pub(super) fn new(spec: FleetSpec, context: Arc<FleetContext>) -> Self {
        Self {
            spec,
            worker: context.worker(),
            started: context.clock().elapsed(),
            context,
            runs: 0,
            sent: SentPurchase::Never,
            anyway_since: None,
            plan: None,
            resumed: false,
            is_leased: false,
            entered: false,
            due: Duration::ZERO,
            held: None,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        self.due <= self.context.clock().elapsed()
    }

    /// Returns the outcome of the plan.
    pub(super) fn ended(self, kind: FleetOutcomeKind) -> FleetOutcome {
        FleetOutcome {
            name: self.spec.name,
            generation: self.spec.generation,
            kind,
            runs: self.runs,
            elapsed: self.context.clock().elapsed().saturating_sub(self.started),
        }
    }

    /// Provisions the plan, and repeats what may pass.
    pub(super) async fn run(mut self) -> SlotEnd {
        let context = self.context.clone();
        let pause = self.due.saturating_sub(context.clock().elapsed());
        if !pause.is_zero() {
            let pause = context.clock().sleep(pause);
            if context.control.unless(Mode::Draining, pause).await.is_none() {
                return SlotEnd::Ended(self.ended(FleetOutcomeKind::Cancelled));
            }
        }
        self.held = None;
        let FleetSpec { name, generation, .. } = &self.spec;
        let key = match PlanKey::new(&context.options.fleet, name, *generation) {
            Ok(key) => key,
            Err(error) => {
                let failed = FleetOutcomeKind::Failed(FleetError::InvalidName(error));
                return SlotEnd::Ended(self.ended(failed));
            }
        };
        if let Some(Err(error)) = self.spec.work.as_ref().map(|work| work.spec.check()) {
            let failed = FleetOutcomeKind::Failed(FleetError::Reconcile(error.into()));
            return SlotEnd::Ended(self.ended(failed));
        }
        loop {
            let end = self.attempt(&key).await;
            let kind = match end {
                AttemptEnd::Again => continue,
                AttemptEnd::Ended(kind) => kind,
                AttemptEnd::Held(remaining) => return self.deferred(remaining),
                AttemptEnd::Stopped if context.control.is_cancelled() => {
                    FleetOutcomeKind::Cancelled
                }
                AttemptEnd::Stopped => return self.deferred(MAX_HELD_PAUSE),
                AttemptEnd::Retry(error) if self.runs >= context.options.max_runs => {
                    FleetOutcomeKind::Failed(error)
                }
                AttemptEnd::Retry(error) => {
                    tracing::warn!(name = self.spec.name, %error, "provisioning failed, retrying");
                    // The next run enters the name again, so that its token is young.
                    self.withdraw(&key).await;
                    let pause = context.clock().sleep(backoff(context.clock(), self.runs));
                    if context.control.unless(Mode::Cancelled, pause).await.is_some() {
                        continue;
                    }
                    FleetOutcomeKind::Cancelled
                }
            };
            if let FleetOutcomeKind::Failed(error) = &kind
                && error.stops_fleet()
            {
                context.control.stop_by(error.to_string());
            }
            self.withdraw(&key).await;
            if self.is_leased {
                // An error costs the rest of the lease.
                let _ = context.options.journal.release(&key, &self.worker).await;
            }
            return SlotEnd::Ended(self.ended(kind));
        }
    }

    fn deferred(mut self, remaining: Duration) -> SlotEnd {
        let pause = remaining.clamp(MIN_HELD_PAUSE, MAX_HELD_PAUSE);
        self.due = self.context.clock().elapsed().saturating_add(pause);
        self.is_leased = false;
        self.held = Some(HeldMark::new(self.context.control.clone()));
        SlotEnd::Deferred(Box::new(self))
    }

    /// Removes the entry of this worker if nothing was executed, so that the name is not unresolved
    /// later.
    ///
    /// Without token memory, an entry stays: its worker may send at any age. Without a lease, it
    /// stays too: another worker may have read it, and the journal does not know.
    async fn withdraw(&mut self, key: &PlanKey) {
        let may_withdraw = self.entered
            && self.is_leased
            && self.sent != SentPurchase::Unknown
            && self.plan.is_none()
            && self.anyway_since.is_none()
            && !self.context.options.token_memory.is_zero();
        if may_withdraw {
            // An error leaves an entry that a later run continues or reports.
            let _ = self.context.options.journal.withdraw(key, &self.worker).await;
        }
    }

    /// Enters the name, and returns what the journal has.
    pub(super) async fn enter(&mut self, key: &PlanKey) -> Result<Entry, AttemptEnd> {
        let context = self.context.clone();
        let (create, worker) = (self.spec.create.clone(), self.worker.clone());
        let fresh = Entry::new(key.client_token(), create, context.clock().now(), worker);
        let journal = &context.options.journal;
        let entered = context.journal(Some(Mode::Cancelled), || journal.enter(key, &fresh)).await;
        let entry = entered.map_err(|error| self.journal_failed(error))?;
        self.entered = entry.entered_by == self.worker;
        Ok(entry)
    }

    pub(super) fn journal_failed(&self, error: JournalError) -> AttemptEnd {
        match error.kind() {
            JournalErrorKind::Unavailable if self.context.control.is_cancelled() => {
                AttemptEnd::Stopped
            }
            _ => FleetError::Journal(error).into(),
        }
    }

    async fn attempt(&mut self, key: &PlanKey) -> AttemptEnd {
        self.claim_and_provision(key).await.unwrap_or_else(|end| end)
    }

    /// Leases the name and provisions it. Both results end the attempt.
    async fn claim_and_provision(&mut self, key: &PlanKey) -> Result<AttemptEnd, AttemptEnd> {
        let context = self.context.clone();
        let options = &context.options;
        let mut entry = self.enter(key).await?;
        if let Some(end) = self.done(&entry).await {
            return Ok(end);
        }
        let claimed = context.clock().elapsed();
        let claim = || options.journal.claim(key, &self.worker, options.lease);
        let claim = match context.journal(Some(Mode::Cancelled), claim).await {
            // Its worker has withdrawn it.
            Err(error) if error.kind() == JournalErrorKind::NotEntered => {
                return Ok(AttemptEnd::Again);
            }
            Err(error) => return Ok(self.journal_failed(error)),
            Ok(Claim::Held { remaining, .. }) => return Ok(AttemptEnd::Held(remaining)),
            Ok(claim) => claim,
        };
        self.is_leased = claim == Claim::Granted;
        if !self.entered {
            // Its worker may have recorded a plan before the claim.
            entry = self.enter(key).await?;
            if let Some(end) = self.done(&entry).await {
                return Ok(end);
            }
        }
        self.runs += 1;
        if entry.plan.is_none() && !self.is_listed() {
            // First the list, then the entry: a plan that is configured before the list was
            // recorded before it, so the entry has it.
            match context.control.unless(Mode::Cancelled, self.list()).await {
                None => return Ok(AttemptEnd::Stopped),
                Some(Err(error)) => return Ok(self.failed(ProvisionError::not_started(error))),
                Some(Ok(())) => {}
            }
            self.runs -= 1;
            self.withdraw(key).await;
            return Ok(AttemptEnd::Again);
        }
        if let Some(end) = self.adopted(key, &entry).await {
            return Ok(end);
        }
        let (key_of_lease, worker) = (key.clone(), self.worker.clone());
        let lease = Lease { context: context.clone(), key: key_of_lease, worker, claimed };
        let is_leased = self.is_leased;
        let is_lost = AtomicBool::new(false);
        let mut lease = pin!(lease.keep());
        let is_change = self.spec.work.is_some() && entry.plan.is_some();
        let mut provisioning = pin!(async {
            if is_change {
                self.change(key, &entry, &is_lost).await
            } else {
                self.provision(key, entry, &is_lost).await
            }
        });
        let end = poll_fn(|context| {
            if is_leased
                && !is_lost.load(Ordering::Relaxed)
                && lease.as_mut().poll(context).is_ready()
            {
                is_lost.store(true, Ordering::Relaxed);
            }
            provisioning.as_mut().poll(context)
        });
        Ok(end.await)
    }

    /// Provisions the plan once.
    ///
    /// Ends early if the fleet is cancelled or the lease is lost, but not during a purchase: the plan
    /// is recorded first.
    async fn provision(&mut self, key: &PlanKey, entry: Entry, is_lost: &AtomicBool) -> AttemptEnd {
        let context = self.context.clone();
        let mut provision = match self.prepared(key, entry) {
            Ok(provision) => provision,
            Err(error) => return error.into(),
        };
        let mut stage = StageMark::new(&context.control);
        let mut is_buying = false;
        loop {
            let step = poll_fn(|poll| match provision.poll_step(poll) {
                Poll::Ready(step) => Poll::Ready(Some(step)),
                Poll::Pending => {
                    let ends = context.control.is_cancelled() || is_lost.load(Ordering::Relaxed);
                    if ends && !is_buying { Poll::Ready(None) } else { Poll::Pending }
                }
            });
            let step = match step.await {
                None => return AttemptEnd::Stopped,
                Some(None) => break,
                Some(Some(Ok(step))) => step,
                Some(Some(Err(error))) => {
                    return match self.failed(error) {
                        AttemptEnd::Ended(FleetOutcomeKind::Unresolved(purchase)) => {
                            // Another worker may have recorded the plan.
                            match self.enter(key).await {
                                Ok(Entry { plan: Some(_), .. }) => AttemptEnd::Again,
                                _ => AttemptEnd::Ended(FleetOutcomeKind::Unresolved(purchase)),
                            }
                        }
                        end => end,
                    };
                }
            };
            match &step {
                ProvisionStep::Prepared => is_buying = true,
                ProvisionStep::Created { backup_plan_id, .. } => {
                    is_buying = false;
                    self.plan = Some(backup_plan_id.clone());
                }
                _ => {}
            }
            stage.set(Some(if is_buying { ProvisionStage::Create } else { step.stage() }));
        }
        let plan = match provision.await {
            Ok(provisioned) => provisioned.backup_plan_id,
            Err(error) => return self.failed(error),
        };
        let journal = &context.options.journal;
        match context.journal(None, || journal.done(key)).await {
            Ok(()) => {
                let resumed = self.resumed;
                AttemptEnd::Ended(FleetOutcomeKind::Provisioned { plan, resumed })
            }
            Err(error) => FleetError::Journal(error).into(),
        }
    }

    /// Returns the provisioning that continues from an entry.
    fn prepared(&mut self, key: &PlanKey, entry: Entry) -> Result<Provision, FleetError> {
        let context = self.context.clone();
        let options = &context.options;
        let FleetSpec { name, create, configure, .. } = &self.spec;
        let given = options.resume.get(name);
        if let (Some(recorded), Some(given)) = (&entry.plan, given)
            && recorded != given
        {
            return Err(FleetError::TwoPlans { recorded: recorded.clone(), bought: given.clone() });
        }
        // An own entry with a plan is of an earlier run of this worker.
        self.resumed |= !self.entered;
        let earlier = entry.plan.clone().or_else(|| self.plan.clone()).or_else(|| given.cloned());
        let configure = configure.clone();
        let mut provision = options
            .client
            .provision(create.clone(), move |plan| configure(plan))
            .client_token(entry.token.clone())
            .timeout(options.timeout)
            .token_memory(options.token_memory)
            .token_since(entry.entered_at);
        if let Some(plan) = earlier {
            provision = provision.resume(plan);
        } else if options.buy_anyway.contains(name) {
            self.anyway_since.get_or_insert_with(|| context.clock().now());
            provision = provision.buy_anyway();
        }
        let history = PurchaseHistory {
            first_writer: self.entered,
            sent: self.sent,
            anyway_since: self.anyway_since,
            purchase: entry.purchase.clone(),
            existing: context.existing(),
            adopt_existing: options.adopt_existing || self.spec.work.is_some(),
        };
        let key = key.clone();
        let record = move |created: CreatedPlan| {
            record(context.clone(), key.clone(), entry.clone(), created.backup_plan_id)
        };
        Ok(provision.history(history).record(record))
    }

    /// Returns how a failed provisioning ends the attempt.
    fn failed(&mut self, error: ProvisionError) -> AttemptEnd {
        if let Some(plan) = error.backup_plan_id() {
            self.plan = Some(plan.clone());
        }
        if error.may_have_bought() {
            self.sent = SentPurchase::Unknown;
        } else if error.stage() == ProvisionStage::Create {
            self.sent = self.sent.max(SentPurchase::NotExecuted);
        }
        let error = match error.into_unresolved() {
            Ok(purchase) => return AttemptEnd::Ended(FleetOutcomeKind::Unresolved(purchase)),
            Err(error) => FleetError::from(error),
        };
        if error.is_retryable() && !error.stops_fleet() {
            AttemptEnd::Retry(error)
        } else {
            error.into()
        }
    }
}

/// Records a bought plan before it is configured.
async fn record(
    context: Arc<FleetContext>,
    key: PlanKey,
    entry: Entry,
    bought: BackupPlanId,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let journal = &context.options.journal;
    let mut recorded = context.journal(None, || journal.bought(&key, &bought)).await;
    if recorded.as_ref().is_err_and(|error| error.kind() == JournalErrorKind::NotEntered) {
        // The journal was emptied.
        context.journal(None, || journal.enter(&key, &entry)).await?;
        recorded = context.journal(None, || journal.bought(&key, &bought)).await;
    }
    let recorded = recorded?;
    if recorded == bought { Ok(()) } else { Err(OtherPlan { recorded, bought }.into()) }
}
