//! Conditions of plans: ready to be configured, checked, running.

use std::sync::OnceLock;
use std::time::Duration;

use time::OffsetDateTime;

use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
use crate::v2019_03_06::operations::{
    CreateBackupPlan, DescribeBackupPlanList, DescribePreCheckProgressList,
};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, PreCheckItemState, PreCheckStatus, PreCheckTarget,
};

/// The plan as the list shows it; `None` while it is not listed.
async fn find(client: &Client, plan: &BackupPlanId) -> Result<Option<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder().backup_plan_ids([plan.clone()]).build();
    let list = client.send(request).await?.into_inner();
    Ok(list.items.into_iter().find(|row| row.backup_plan_id == *plan))
}

const LOCKED: &str = "it is locked; see to its order";

/// A bought plan takes its configuration, which is about five seconds after it was bought.
///
/// It fails for a plan that runs or is locked, and when no such plan is listed for a minute.
#[derive(Clone, Debug)]
pub struct PlanConfigurable {
    plan: BackupPlanId,
    settling: Settling,
}

/// Whether a plan is old enough to be configured.
///
/// By its age, or by how long it has been looked at: a clock that is wrong by less than the
/// signature allows is never put right, and to a slow one a plan stays in the future for minutes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settling(OnceLock<Duration>);

impl Settling {
    /// `None` once it is; otherwise how far it is, in words.
    pub(crate) fn lacks(&self, client: &Client, bought_at: OffsetDateTime) -> Option<String> {
        let settled = CreateBackupPlan::SETTLING_TIME;
        let now = client.clock().elapsed();
        let watched = now.saturating_sub(*self.0.get_or_init(|| now));
        let age = client.server_time() - bought_at;
        (age < settled && watched < settled)
            .then(|| format!("bought {} s ago", age.whole_seconds().max(0)))
    }
}

impl PlanConfigurable {
    /// Waits for this plan.
    pub fn new(plan: BackupPlanId) -> Self {
        Self { plan, settling: Settling::default() }
    }
}

impl Condition for PlanConfigurable {
    type State = BackupPlanDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        Ok(PollOutcome::from_option(find(client, &self.plan).await?, |row| {
            match row.backup_plan_status.known() {
                Some(BackupPlanStatus::Wait) => {
                    match self.settling.lacks(client, row.backup_plan_create_time) {
                        None => PollStatus::done("waits for its configuration"),
                        Some(lacking) => PollStatus::pending(lacking),
                    }
                }
                Some(BackupPlanStatus::Running) => {
                    PollStatus::failed("it runs already; stop it before it is configured again")
                }
                Some(BackupPlanStatus::Locked) => PollStatus::failed(LOCKED),
                _ => PollStatus::done(&row.backup_plan_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("backup plan {} to take its configuration", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(120, 1, 5)
    }
}

/// A plan runs, that is, its schedule is active.
///
/// It fails when the plan fails or is locked, when its pre-check failed, and when no such plan is
/// listed for two minutes. A plan in any other state is waited for, since it was perhaps just
/// started: start it first ([`StartBackupPlan`](crate::operations::StartBackupPlan)), or this lasts
/// as long as its time.
#[derive(Clone, Debug)]
pub struct PlanRunning {
    plan: BackupPlanId,
}

impl PlanRunning {
    /// Waits for this plan.
    pub fn new(plan: BackupPlanId) -> Self {
        Self { plan }
    }
}

impl Condition for PlanRunning {
    type State = BackupPlanDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        Ok(PollOutcome::from_option(find(client, &self.plan).await?, |row| {
            let why = row.error_message.as_deref();
            match row.backup_plan_status.known() {
                Some(BackupPlanStatus::Running) => PollStatus::done("running"),
                Some(BackupPlanStatus::Stop) => PollStatus::failed(format_args!(
                    "it failed: {}",
                    why.unwrap_or("no reason given")
                )),
                Some(BackupPlanStatus::Locked) => PollStatus::failed(LOCKED),
                Some(BackupPlanStatus::Init) if why.is_some() => PollStatus::failed(format_args!(
                    "its pre-check failed: {}",
                    why.unwrap_or_default()
                )),
                _ => PollStatus::pending(&row.backup_plan_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("backup plan {} to run", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(900, 2, 15)
    }
}

/// A pre-check has passed, a plan's or a restore task's.
///
/// It fails when the pre-check does, and the error names every item that failed.
#[derive(Clone, Debug)]
pub struct PreCheckPassed {
    target: PreCheckTarget,
    since: Option<OffsetDateTime>,
    /// Items of a pre-check that is over.
    before: Vec<PreCheckProgressDetail>,
}

impl PreCheckPassed {
    /// Waits for the pre-check of this plan or restore task.
    pub fn new(target: impl Into<PreCheckTarget>) -> Self {
        Self { target: target.into(), since: None, before: Vec::new() }
    }

    /// Takes no notice of checks that began before this moment: after a change, the checks of
    /// before it may still be listed.
    #[must_use]
    pub fn started_after(mut self, moment: OffsetDateTime) -> Self {
        self.since = Some(moment);
        self
    }

    /// Takes no notice of a pre-check that shows just these items.
    pub(crate) fn not_of(mut self, before: Vec<PreCheckProgressDetail>) -> Self {
        self.before = before;
        self
    }

    fn is_old(&self, answer: &DescribePreCheckProgressListResponse) -> bool {
        if !self.before.is_empty() && answer.items == self.before {
            return true;
        }
        let last = answer.items.iter().filter_map(|item| item.boot_time).max();
        matches!((self.since, last), (Some(since), Some(last)) if last < since)
    }
}

/// One failed item in words.
fn in_words(item: &PreCheckProgressDetail) -> String {
    match &item.error_message {
        Some(message) => format!("{}: {message}", item.item),
        None => item.item.clone(),
    }
}

impl Condition for PreCheckPassed {
    type State = DescribePreCheckProgressListResponse;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribePreCheckProgressList::builder().target(self.target.clone()).build();
        let answer = client.send(request).await.map(Response::into_inner)?;
        let status = match answer.status.known() {
            _ if self.is_old(&answer) => PollStatus::pending("the pre-check of before"),
            Some(PreCheckStatus::Finish) => PollStatus::done("passed").progress(100),
            Some(PreCheckStatus::Failed) => {
                let failed: Vec<_> = answer
                    .items
                    .iter()
                    .filter(|item| {
                        let state = item.state.known();
                        matches!(
                            state,
                            Some(PreCheckItemState::Failed | PreCheckItemState::Exception)
                        )
                    })
                    .map(in_words)
                    .collect();
                if failed.is_empty() {
                    PollStatus::failed("the service does not say which item failed")
                } else {
                    PollStatus::failed(failed.join("; "))
                }
            }
            _ => PollStatus::pending(format_args!("{}, {} %", answer.status, answer.progress))
                .progress(answer.progress),
        };
        Ok(PollOutcome::Found { state: answer, status })
    }

    fn subject(&self) -> String {
        match &self.target {
            PreCheckTarget::BackupPlan(plan) => format!("the pre-check of backup plan {plan}"),
            PreCheckTarget::RestoreTask(task) => format!("the pre-check of restore task {task}"),
        }
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribePreCheckProgressList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::new(900, 2, 10)
    }
}
