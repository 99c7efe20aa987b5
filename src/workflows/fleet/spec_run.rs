//! The work on a plan of a `PlanSpec` that exists: it is adopted, compared and changed in place.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use super::control::Mode;
use super::outcome::{FleetError, FleetOutcomeKind};
use super::plan_run::{AttemptEnd, PlanWork};
use super::spec_work::SpecWork;
use crate::rpc::error::Error;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::diff::{is_other_plan, not_listed};
use crate::workflows::in_place::item::ChangeItem;
use crate::workflows::in_place::observed::{compare, row_by_id};
use crate::workflows::in_place::reconcile_error::ReconcileError;
use crate::workflows::in_place::work::InPlace;
use crate::workflows::journal::{Entry, PlanKey};

impl PlanWork {
    /// Returns whether the plans of the account are listed, as this plan needs them.
    pub(super) fn is_listed(&self) -> bool {
        match &self.spec.work {
            Some(_) => self.context.rows().is_some(),
            None => self.context.listed(),
        }
    }

    /// Lists the plans of the account, as this plan needs them.
    pub(super) async fn list(&self) -> Result<(), Error> {
        match &self.spec.work {
            Some(_) => self.context.list_rows().await.map(drop),
            None => self.context.list().await,
        }
    }

    /// Returns the end of an attempt at a plan that runs, or `None` if it must be changed.
    pub(super) async fn done(&mut self, entry: &Entry) -> Option<AttemptEnd> {
        let plan = entry.plan.clone().filter(|_| entry.done)?;
        let Some(work) = self.spec.work.clone() else {
            return Some(AttemptEnd::Ended(FleetOutcomeKind::AlreadyDone { plan }));
        };
        let compared = self.compared(&work, &plan, true);
        let items = match self.context.control.unless(Mode::Cancelled, compared).await {
            None => return Some(AttemptEnd::Stopped),
            Some(Err(error)) => {
                self.runs += 1;
                return Some(failed(error.into()));
            }
            Some(Ok(items)) => items.unwrap_or_else(|| vec![not_listed(&plan)]),
        };
        if items.iter().any(|item| item.is_possible() && work.has_approved(item)) {
            return None;
        }
        let impossible = items.into_iter().filter(|item| !item.is_possible()).collect();
        Some(changed(plan, Vec::new(), impossible))
    }

    /// Compares a plan, by the shared list if that has it. `None` if the service does not list it.
    async fn compared(
        &self,
        work: &SpecWork,
        plan: &BackupPlanId,
        by_id: bool,
    ) -> Result<Option<Vec<ChangeItem>>, Error> {
        let client = &self.context.options.client;
        if let Some(row) = self.context.list_rows().await?.get(plan) {
            return compare(client, &work.spec, row, by_id).await.map(Some);
        }
        // Another worker may have bought it after the list.
        match row_by_id(client, plan).await? {
            Some(row) => compare(client, &work.spec, &row, by_id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Records the only plan that already has the name, and returns how that ends the attempt.
    ///
    /// `None` if the plan does not exist, so that it is bought.
    pub(super) async fn adopted(&mut self, key: &PlanKey, entry: &Entry) -> Option<AttemptEnd> {
        let work = self.spec.work.clone()?;
        let context = self.context.clone();
        let options = &context.options;
        let name = &work.spec.name;
        let is_decided = options.resume.contains_key(name) || options.buy_anyway.contains(name);
        if entry.plan.is_some() || is_decided {
            return None;
        }
        let known = work.approved.as_ref().and_then(|approved| approved.plan.clone());
        let existing = context.existing()?;
        let plan = match (known, existing.named(name)) {
            (Some(plan), _) => plan,
            (None, [plan]) => plan.clone(),
            (None, []) => return None,
            (None, plans) => {
                let (name, plans) = (name.clone(), plans.to_vec());
                return Some(failed(ReconcileError::AmbiguousName { name, plans }));
            }
        };
        let by_id = work.approved.as_ref().is_some_and(|approved| approved.by_id);
        let items = match self.compared(&work, &plan, by_id).await {
            Err(error) => return Some(failed(error.into())),
            Ok(None) => {
                let item = not_listed(&plan);
                return Some(changed(plan, Vec::new(), vec![item]));
            }
            Ok(Some(items)) => items,
        };
        if is_other_plan(&items) {
            return Some(changed(plan, Vec::new(), items));
        }
        if !self.entered && work.approved.as_ref().is_none_or(|approved| approved.plan.is_none()) {
            // Provisioning adopts it, unless an earlier purchase for the name may be executed.
            return None;
        }
        self.plan = Some(plan.clone());
        let journal = &options.journal;
        match context.journal(None, || journal.bought(key, &plan)).await {
            Err(error) => Some(self.journal_failed(error)),
            Ok(recorded) if recorded != plan => {
                Some(FleetError::TwoPlans { recorded, bought: plan }.into())
            }
            Ok(_) => match context.journal(None, || journal.done(key)).await {
                Err(error) => Some(self.journal_failed(error)),
                Ok(()) => Some(AttemptEnd::Again),
            },
        }
    }

    /// Changes a recorded plan in place.
    ///
    /// Ends early if the fleet is cancelled or the lease is lost; the next run continues.
    pub(super) async fn change(
        &self,
        key: &PlanKey,
        entry: &Entry,
        is_lost: &AtomicBool,
    ) -> AttemptEnd {
        let (Some(work), Some(plan)) = (&self.spec.work, &entry.plan) else {
            return AttemptEnd::Again;
        };
        let context = &self.context;
        let options = &context.options;
        let in_place = InPlace {
            client: options.client.clone(),
            spec: work.spec.clone(),
            plan: plan.clone(),
            secrets: work.secrets.clone(),
            approved: work.approved.as_ref().map(|approved| approved.items.clone()),
            by_id: true,
            deadline: context.clock().elapsed().saturating_add(options.timeout),
        };
        let mut run = pin!(in_place.run(None));
        let result = poll_fn(|poll| match run.as_mut().poll(poll) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => {
                let ends = context.control.is_cancelled() || is_lost.load(Ordering::Relaxed);
                if ends { Poll::Ready(None) } else { Poll::Pending }
            }
        });
        let changes = match result.await {
            None => return AttemptEnd::Stopped,
            Some(Err(error)) => return failed(error),
            Some(Ok(changes)) => changes,
        };
        let plan = plan.clone();
        if entry.done {
            return changed(plan, changes.applied, changes.impossible);
        }
        if !changes.is_running {
            return changed(plan, changes.applied, changes.impossible);
        }
        let journal = &options.journal;
        match context.journal(None, || journal.done(key)).await {
            Err(error) => FleetError::Journal(error).into(),
            Ok(()) if changes.impossible.is_empty() => {
                // An earlier run bought it.
                AttemptEnd::Ended(FleetOutcomeKind::Provisioned { plan, resumed: true })
            }
            Ok(()) => changed(plan, changes.applied, changes.impossible),
        }
    }
}

fn failed(error: ReconcileError) -> AttemptEnd {
    let error = FleetError::Reconcile(error);
    if error.is_retryable() && !error.stops_fleet() {
        AttemptEnd::Retry(error)
    } else {
        error.into()
    }
}

fn changed(
    plan: BackupPlanId,
    applied: Vec<ChangeItem>,
    impossible: Vec<ChangeItem>,
) -> AttemptEnd {
    AttemptEnd::Ended(if applied.is_empty() && impossible.is_empty() {
        FleetOutcomeKind::AlreadyDone { plan }
    } else {
        FleetOutcomeKind::Changed { plan, applied, impossible }
    })
}
