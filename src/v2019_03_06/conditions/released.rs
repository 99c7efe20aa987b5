//! The condition of plans that are released.

use super::unknown_id::none_if_id_unknown;
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, PagedOperation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribeBackupPlanList};
use crate::v2019_03_06::types::BackupPlanId;

/// Waits until a released plan is gone from the list of plans.
///
/// Release the plan first, with [`ReleaseBackupPlan`](crate::operations::ReleaseBackupPlan). A plan
/// that was never listed, such as one with another id or region, is gone as well, and so is a plan
/// that was bought a moment ago. The final state is `None`; before that, it is the row of the plan.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeBackupPlanList`], every 2 to 15 seconds |
/// | succeeds | when the plan is not listed, or the service refuses its id |
/// | fails | never |
/// | times out | after 10 minutes |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::PlanReleased;
///
/// client.wait_for(PlanReleased::new("dbs1hvb0wwwa1".parse()?)).await?;
/// println!("the plan is gone");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct PlanReleased {
    plan: BackupPlanId,
}

impl PlanReleased {
    /// Returns the condition for a plan.
    pub fn new(plan: BackupPlanId) -> Self {
        Self { plan }
    }
}

impl Condition for PlanReleased {
    type State = Option<BackupPlanDetail>;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request =
            DescribeBackupPlanList::builder().backup_plan_ids([self.plan.clone()]).build();
        let gone = PollOutcome::Found { state: None, status: PollStatus::done("released") };
        let Some(list) = none_if_id_unknown(client.send(request).await)? else { return Ok(gone) };
        // A row without a readable id may be the plan.
        let is_complete = DescribeBackupPlanList::total_elements(&list) <= list.items.len() as u64;
        let row = list.items.into_iter().find(|row| row.backup_plan_id == self.plan);
        let status = match &row {
            Some(row) => PollStatus::pending(&row.backup_plan_status),
            None if !is_complete => PollStatus::pending("the list of plans is incomplete"),
            None => return Ok(gone),
        };
        Ok(PollOutcome::Found { state: row, status })
    }

    fn subject(&self) -> String {
        format!("backup plan `{}` to be released", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::new(600, 2, 15)
    }
}
