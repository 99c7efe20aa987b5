//! `ApplyChange`: makes the changes of one plan, awaited or read as a stream of steps.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use serde::Serialize;

use super::change::Change;
use super::context::ReconcileContext;
use crate::rpc::wait::WaitError;
use crate::rpc::wait::run_handle::{Run, RunHandle};
use crate::rpc::wait::task_stream::EventSink;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::fleet::{ApprovedItems, FleetError, FleetOutcomeKind, FleetSpec, SpecWork};
use crate::workflows::in_place::diff::{is_other_plan, start_items};
use crate::workflows::in_place::item::ChangeItem;
use crate::workflows::in_place::reconcile_error::ReconcileError;
use crate::workflows::in_place::work::{ApplyStep, InPlace};
use crate::workflows::journal::{Entry, JournalError, WorkerId};

/// The default timeout.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// Makes the changes of one plan; await it for the result, or stream its steps.
///
/// Nothing is sent before it is awaited or polled. Dropping it ends the change; the next comparison
/// shows what is left.
///
/// Set the options before the first step: an option that is set later stops the run, and is an error.
///
/// # Errors
///
/// If a secret is missing, a call, a pre-check, the purchase or the journal fails, or if the service
/// returns an earlier value for 30 seconds.
#[must_use = "a change does nothing until it is awaited"]
pub struct ApplyChange {
    handle: RunHandle<ApplyRun>,
}

/// One run of a change, with its options.
struct ApplyRun {
    change: Box<Change>,
    timeout: Duration,
}

impl Run for ApplyRun {
    type Step = ApplyStep;
    type Output = AppliedChange;
    type Error = ReconcileError;
    type Known = ();

    fn known(&self) {}

    fn learn((): &mut (), _: &ApplyStep) {}

    fn late_option((): ()) -> ReconcileError {
        ReconcileError::LateOption
    }

    async fn run(
        self,
        steps: Option<EventSink<ApplyStep>>,
    ) -> Result<AppliedChange, ReconcileError> {
        self.change.run(self.timeout, steps).await
    }
}

/// The future of an [`ApplyChange`].
pub type ApplyFuture = Pin<Box<dyn Future<Output = Result<AppliedChange, ReconcileError>> + Send>>;

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AppliedChange {
    /// The id of the plan.
    pub plan: BackupPlanId,
    /// The changes that were made.
    pub applied: Vec<ChangeItem>,
    /// The differences that cannot be changed in place.
    pub impossible: Vec<ChangeItem>,
    /// Whether the plan was bought.
    pub bought: bool,
    /// Whether the plan was started, or started again.
    pub restarted: bool,
}

impl Change {
    /// Makes the changes in place, or buys a plan that does not exist.
    ///
    /// Reads the plan again, and makes only the changes that this value shows and that are still
    /// necessary. Awaiting it also [records](super::Reconcile::journal) a plan that was found by its
    /// name.
    pub fn apply(self) -> ApplyChange {
        ApplyChange::new(self)
    }

    /// Returns the plan of a fleet that makes the same changes.
    pub(super) fn into_fleet_spec(self) -> FleetSpec {
        let Self { context, spec, plan, by_id, mut items } = self;
        if plan.is_none() {
            items.extend(start_items(&spec));
        }
        let approved = ApprovedItems { items: items.into(), plan, by_id };
        FleetSpec::from_work(SpecWork { spec, secrets: context.secrets, approved: Some(approved) })
    }

    async fn run(
        self,
        timeout: Duration,
        sink: Option<EventSink<ApplyStep>>,
    ) -> Result<AppliedChange, ReconcileError> {
        let sink = sink.as_ref();
        let Some(plan) = self.plan.clone() else { return self.buy(timeout, sink).await };
        if !self.by_id && !is_other_plan(&self.items) {
            self.record(&plan).await?;
        }
        if !self.items.iter().any(ChangeItem::is_possible) {
            let (applied, impossible) = (Vec::new(), self.items);
            return Ok(AppliedChange {
                plan,
                applied,
                impossible,
                bought: false,
                restarted: false,
            });
        }
        let Self { context, spec, by_id, items, .. } = self;
        let deadline = context.client.clock().elapsed().saturating_add(timeout);
        let in_place = InPlace {
            client: context.client,
            spec,
            plan: plan.clone(),
            secrets: context.secrets,
            approved: Some(items.into()),
            by_id,
            deadline,
        };
        let changes = in_place.run(sink).await?;
        Ok(AppliedChange {
            plan,
            applied: changes.applied,
            impossible: changes.impossible,
            bought: false,
            restarted: changes.restarted,
        })
    }

    /// Records a plan that was found by its name.
    async fn record(&self, plan: &BackupPlanId) -> Result<(), ReconcileError> {
        let ReconcileContext { client, journal, .. } = &self.context;
        let Some(journal) = journal else { return Ok(()) };
        let key = self.context.key(&self.spec)?;
        let worker = WorkerId::random(&**client.clock());
        let now = client.clock().now();
        let fresh = Entry::new(key.client_token(), self.spec.purchase(), now, worker);
        journal.enter(&key, &fresh).await?;
        let recorded = journal.bought(&key, plan).await?;
        if recorded != *plan {
            return Err(ReconcileError::TwoPlans { recorded, other: plan.clone() });
        }
        Ok(())
    }

    /// Buys the plan, as a fleet of one.
    async fn buy(
        self,
        timeout: Duration,
        sink: Option<&EventSink<ApplyStep>>,
    ) -> Result<AppliedChange, ReconcileError> {
        let items = self.items.clone();
        let ReconcileContext { client, fleet, journal, .. } = self.context.clone();
        let mut fleet = client.fleet([self.into_fleet_spec()]).named(fleet).timeout(timeout);
        if let Some(journal) = journal {
            fleet = fleet.journal(journal);
        }
        let handle = fleet.handle();
        let mut stage = None;
        let outcome = poll_fn(|context| {
            let outcome = pin!(fleet.next()).poll(context);
            let present = handle.progress().stages.keys().next().copied();
            if let (Some(sink), Some(next)) = (sink, present.filter(|_| present != stage)) {
                sink.send(ApplyStep::Waiting { summary: next.to_string(), progress: None });
            }
            stage = present;
            outcome
        });
        let kind = outcome.await.map(|outcome| outcome.kind);
        let (applied, impossible) = (items, Vec::new());
        match kind {
            Some(FleetOutcomeKind::Provisioned { plan, resumed }) => {
                let bought = !resumed;
                Ok(AppliedChange { plan, applied, impossible, bought, restarted: true })
            }
            Some(FleetOutcomeKind::AlreadyDone { plan }) => {
                let applied = Vec::new();
                Ok(AppliedChange { plan, applied, impossible, bought: false, restarted: false })
            }
            Some(FleetOutcomeKind::Changed { plan, applied, impossible }) => {
                let restarted = applied.iter().any(|item| item.restarts);
                Ok(AppliedChange { plan, applied, impossible, bought: false, restarted })
            }
            Some(FleetOutcomeKind::Unresolved(purchase)) => Err(purchase.into()),
            Some(FleetOutcomeKind::Failed(error)) => Err(fleet_error(error)),
            _ => Err(JournalError::unavailable("the purchase was cancelled").into()),
        }
    }
}

fn fleet_error(error: FleetError) -> ReconcileError {
    match error {
        FleetError::Provision(error) => error.into(),
        FleetError::Journal(error) => error.into(),
        FleetError::InvalidName(error) => error.into(),
        FleetError::TwoPlans { recorded, bought } => {
            ReconcileError::TwoPlans { recorded, other: bought }
        }
        FleetError::Reconcile(error) => error,
    }
}

impl ApplyChange {
    pub(super) fn new(change: Change) -> Self {
        let run = ApplyRun { change: Box::new(change), timeout: TIMEOUT };
        Self { handle: RunHandle::new(run) }
    }

    /// Sets the timeout of all changes of the plan. Defaults to 30 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.handle.change(|run| run.timeout = timeout);
        self
    }

    /// Runs up to the next step and returns it, or `None` once the changes are made.
    ///
    /// Await it afterwards for the result.
    ///
    /// # Errors
    ///
    /// Those of [`ApplyChange`].
    pub async fn next(&mut self) -> Option<Result<ApplyStep, ReconcileError>> {
        poll_fn(|context| self.handle.poll_step(context)).await
    }
}

impl IntoFuture for ApplyChange {
    type Output = Result<AppliedChange, ReconcileError>;
    type IntoFuture = ApplyFuture;

    fn into_future(self) -> ApplyFuture {
        Box::pin(async move {
            self.handle.finish().await.unwrap_or_else(|| Err(WaitError::ended().into()))
        })
    }
}

impl Stream for ApplyChange {
    type Item = Result<ApplyStep, ReconcileError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().handle.poll_step(context)
    }
}

impl FusedStream for ApplyChange {
    fn is_terminated(&self) -> bool {
        self.handle.is_ended()
    }
}

impl fmt::Debug for ApplyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyChange")
            .field("ended", &self.handle.is_ended())
            .finish_non_exhaustive()
    }
}
