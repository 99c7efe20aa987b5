//! The condition of new plans for provisioning: listed, and old enough to be configured.

use super::plan::{SettlingTimer, find_plan};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribeBackupPlanList};
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus};

/// Waits until a plan is listed and old enough, whatever its status.
#[derive(Clone, Debug)]
pub(crate) struct PlanSettled {
    plan: BackupPlanId,
    settling: SettlingTimer,
}

impl PlanSettled {
    pub(crate) fn new(plan: BackupPlanId) -> Self {
        Self { plan, settling: SettlingTimer::default() }
    }
}

impl Condition for PlanSettled {
    type State = BackupPlanDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        Ok(PollOutcome::from_option(find_plan(client, &self.plan).await?, |row| {
            if row.backup_plan_status == BackupPlanStatus::Wait
                && let Some(summary) =
                    self.settling.pending_summary(client, row.backup_plan_create_time)
            {
                return PollStatus::pending(summary);
            }
            PollStatus::done(&row.backup_plan_status)
        }))
    }

    fn subject(&self) -> String {
        format!("backup plan `{}` to settle", self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupPlanList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(600, 2, 15)
    }
}
