//! Conditions of plans: configurable, pre-check passed, running.

use std::sync::OnceLock;
use std::time::Duration;

use time::OffsetDateTime;

use super::unknown_id::none_if_id_unknown;
use crate::rpc::client::Client;
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

/// Returns the plan from the list of plans, or `None` if it is not listed.
pub(super) async fn find_plan(
    client: &Client,
    plan: &BackupPlanId,
) -> Result<Option<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder().backup_plan_ids([plan.clone()]).build();
    let list = none_if_id_unknown(client.send(request).await)?;
    let mut rows = list.into_iter().flat_map(|list| list.items);
    Ok(rows.find(|row| row.backup_plan_id == *plan))
}

const LOCKED: &str = "the plan is locked; check its order";

/// Waits until a new plan can be configured.
///
/// The service accepts the configuration [about 5 seconds](CreateBackupPlan::SETTLING_TIME) after
/// the purchase.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeBackupPlanList`], every 1 to 5 seconds |
/// | succeeds | when the plan is old enough, or already configured and not running |
/// | fails | when the plan is [running](BackupPlanStatus::Running) or [locked](BackupPlanStatus::Locked), or is not listed for 1 minute |
/// | times out | after 2 minutes |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::PlanConfigurable;
///
/// let plan = client.wait_for(PlanConfigurable::new("dbs1hvb0wwwa1".parse()?)).await?;
/// println!("{} is {}", plan.backup_plan_id, plan.backup_plan_status);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct PlanConfigurable {
    plan: BackupPlanId,
    settling: SettlingTimer,
}

/// Decides whether a plan is old enough to be configured.
///
/// Either its age or the time since the first poll is enough: the client does not correct a clock
/// whose error the signature tolerates, and by a slow clock a new plan is in the future for
/// minutes.
#[derive(Clone, Debug, Default)]
pub(super) struct SettlingTimer(OnceLock<Duration>);

impl SettlingTimer {
    /// Returns a summary of the state until the plan is old enough, then `None`.
    pub(super) fn pending_summary(
        &self,
        client: &Client,
        bought_at: Option<OffsetDateTime>,
    ) -> Option<String> {
        let settled = CreateBackupPlan::SETTLING_TIME;
        let now = client.clock().elapsed();
        let watched = now.saturating_sub(*self.0.get_or_init(|| now));
        let age = bought_at.map(|bought_at| client.server_time() - bought_at);
        (age.is_none_or(|age| age < settled) && watched < settled).then(|| match age {
            Some(age) => format!("bought {}s ago", age.whole_seconds().max(0)),
            None => format!("first seen {}s ago", watched.as_secs()),
        })
    }
}

impl PlanConfigurable {
    /// Returns the condition for a plan.
    pub fn new(plan: BackupPlanId) -> Self {
        Self { plan, settling: SettlingTimer::default() }
    }
}

impl Condition for PlanConfigurable {
    type State = BackupPlanDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        Ok(PollOutcome::from_option(find_plan(client, &self.plan).await?, |row| {
            match row.backup_plan_status.known() {
                Some(BackupPlanStatus::Wait) => {
                    match self.settling.pending_summary(client, row.backup_plan_create_time) {
                        None => PollStatus::done("ready to be configured"),
                        Some(summary) => PollStatus::pending(summary),
                    }
                }
                Some(BackupPlanStatus::Running) => {
                    PollStatus::failed("the plan is running; stop it before configuring it again")
                }
                Some(BackupPlanStatus::Locked) => PollStatus::failed(LOCKED),
                _ => PollStatus::done(&row.backup_plan_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("backup plan `{}` to become configurable", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(120, 1, 5)
    }
}

/// Waits until a plan is running, which means that its schedule is active.
///
/// Start the plan first, with [`StartBackupPlan`](crate::operations::StartBackupPlan): the wait
/// continues in every state that is not listed here, because the plan may just have been started.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeBackupPlanList`], every 2 to 15 seconds |
/// | succeeds | when the plan is [running](BackupPlanStatus::Running) |
/// | fails | when the plan [failed](BackupPlanStatus::Stop) or is [locked](BackupPlanStatus::Locked), when its pre-check failed, or when it is not listed for 2 minutes |
/// | times out | after 15 minutes |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::PlanRunning;
///
/// let plan = client.wait_for(PlanRunning::new("dbs1hvb0wwwa1".parse()?)).await?;
/// println!("{} is running", plan.backup_plan_id);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct PlanRunning {
    plan: BackupPlanId,
}

impl PlanRunning {
    /// Returns the condition for a plan.
    pub fn new(plan: BackupPlanId) -> Self {
        Self { plan }
    }
}

impl Condition for PlanRunning {
    type State = BackupPlanDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        Ok(PollOutcome::from_option(find_plan(client, &self.plan).await?, |row| {
            let why = row.error_message.as_deref();
            match row.backup_plan_status.known() {
                Some(BackupPlanStatus::Running) => PollStatus::done("running"),
                Some(BackupPlanStatus::Stop) => PollStatus::failed(format_args!(
                    "the plan failed: {}",
                    why.unwrap_or("unknown reason")
                )),
                Some(BackupPlanStatus::Locked) => PollStatus::failed(LOCKED),
                Some(BackupPlanStatus::Init) if why.is_some() => PollStatus::failed(format_args!(
                    "the pre-check failed: {}",
                    why.unwrap_or_default()
                )),
                _ => PollStatus::pending(&row.backup_plan_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("backup plan `{}` to run", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(900, 2, 15)
    }
}

/// Waits until the pre-check of a plan or of a restore task has passed.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribePreCheckProgressList`], every 2 to 10 seconds |
/// | succeeds | when the pre-check is [finished](PreCheckStatus::Finish) |
/// | fails | when the pre-check [failed](PreCheckStatus::Failed); the error names each failed check; or when the service refuses the id for 2 minutes |
/// | times out | after 15 minutes |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::types::BackupPlanId;
/// use aliyun_dbs::wait::PreCheckPassed;
///
/// let plan: BackupPlanId = "dbs1hvb0wwwa1".parse()?;
/// client.wait_for(PreCheckPassed::new(plan)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct PreCheckPassed {
    target: PreCheckTarget,
    since: Option<OffsetDateTime>,
    /// The items of an earlier pre-check.
    earlier_items: Vec<PreCheckProgressDetail>,
}

impl PreCheckPassed {
    /// Returns the condition for the pre-check of a plan or of a restore task.
    pub fn new(target: impl Into<PreCheckTarget>) -> Self {
        Self { target: target.into(), since: None, earlier_items: Vec::new() }
    }

    /// Ignores checks that started before this moment.
    ///
    /// After a change, the service may still list the checks from before it.
    #[must_use]
    pub fn started_after(mut self, moment: OffsetDateTime) -> Self {
        self.since = Some(moment);
        self
    }

    /// Ignores a pre-check with exactly these items.
    pub(crate) fn ignore_items(mut self, earlier_items: Vec<PreCheckProgressDetail>) -> Self {
        self.earlier_items = earlier_items;
        self
    }

    fn is_earlier(&self, response: &DescribePreCheckProgressListResponse) -> bool {
        if !self.earlier_items.is_empty() && response.items == self.earlier_items {
            return true;
        }
        let last = response.items.iter().filter_map(|item| item.boot_time).max();
        matches!((self.since, last), (Some(since), Some(last)) if last < since)
    }
}

/// Returns the name and the message of a failed check.
fn describe_item(item: &PreCheckProgressDetail) -> String {
    let name = item.item.as_deref().unwrap_or("unnamed check");
    match &item.error_message {
        Some(message) => format!("{name}: {message}"),
        None => name.to_owned(),
    }
}

impl Condition for PreCheckPassed {
    type State = DescribePreCheckProgressListResponse;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribePreCheckProgressList::builder().target(self.target.clone()).build();
        let Some(response) = none_if_id_unknown(client.send(request).await)? else {
            return Ok(PollOutcome::Missing);
        };
        let status = match response.status.known() {
            _ if self.is_earlier(&response) => {
                PollStatus::pending("an earlier pre-check is still listed")
            }
            Some(PreCheckStatus::Finish) => PollStatus::done("passed").progress(100),
            Some(PreCheckStatus::Failed) => {
                let failed: Vec<_> = response
                    .items
                    .iter()
                    .filter(|item| {
                        let state = item.state.known();
                        matches!(
                            state,
                            Some(PreCheckItemState::Failed | PreCheckItemState::Exception)
                        )
                    })
                    .map(describe_item)
                    .collect();
                if failed.is_empty() {
                    PollStatus::failed("the service did not name the failed check")
                } else {
                    PollStatus::failed(failed.join("; "))
                }
            }
            _ => match response.progress {
                Some(percent) => {
                    PollStatus::pending(format_args!("{}, {percent} %", response.status))
                        .progress(percent)
                }
                None => PollStatus::pending(&response.status),
            },
        };
        Ok(PollOutcome::Found { state: response, status })
    }

    fn subject(&self) -> String {
        match &self.target {
            PreCheckTarget::BackupPlan(plan) => format!("the pre-check of backup plan `{plan}`"),
            PreCheckTarget::RestoreTask(task) => format!("the pre-check of restore task `{task}`"),
        }
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribePreCheckProgressList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(900, 2, 10)
    }
}
