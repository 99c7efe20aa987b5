//! `ExistingPlans`: the configured plans of the account, by name.

use std::collections::HashMap;

use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribeBackupPlanList};
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus, PageSize};

/// The ids of the account's plans by name, as of one moment.
#[derive(Debug, Default)]
pub(crate) struct ExistingPlans(HashMap<Box<str>, Vec<BackupPlanId>>);

impl ExistingPlans {
    /// Lists the plans of the account.
    ///
    /// An unconfigured plan has no name of the caller, so it is left out.
    pub(crate) async fn list(client: &Client) -> Result<Self, Error> {
        let request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
        let mut items = client.items(request);
        let mut by_name = HashMap::<Box<str>, Vec<BackupPlanId>>::new();
        while let Some(plan) = items.next().await {
            let plan = plan?;
            if plan.backup_plan_status != BackupPlanStatus::Wait
                && let Some(name) = plan.backup_plan_name
            {
                by_name.entry(name.into()).or_default().push(plan.backup_plan_id);
            }
        }
        Ok(Self(by_name))
    }

    /// Returns the plans of a list.
    pub(crate) fn of_rows<'r>(rows: impl IntoIterator<Item = &'r BackupPlanDetail>) -> Self {
        let mut by_name = HashMap::<Box<str>, Vec<BackupPlanId>>::new();
        for plan in rows {
            if plan.backup_plan_status != BackupPlanStatus::Wait
                && let Some(name) = plan.backup_plan_name.as_deref()
            {
                by_name.entry(name.into()).or_default().push(plan.backup_plan_id.clone());
            }
        }
        Self(by_name)
    }

    /// Returns the plans of a name.
    pub(crate) fn named(&self, name: &str) -> &[BackupPlanId] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Returns the plans of some ids, oldest first.
pub(super) async fn plans_by_id(
    client: &Client,
    ids: &[BackupPlanId],
) -> Result<Vec<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder()
        .backup_plan_ids(ids.iter().cloned())
        .page_size(PageSize::MAX)
        .build();
    let mut plans = client.items(request).collect().await?;
    plans.retain(|plan| ids.contains(&plan.backup_plan_id));
    plans
        .sort_by_key(|plan| (plan.backup_plan_create_time.is_none(), plan.backup_plan_create_time));
    Ok(plans)
}
