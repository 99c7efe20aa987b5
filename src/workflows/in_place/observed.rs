//! Reads what the service knows of plans.

use super::diff::{Facts, diff};
use super::item::ChangeItem;
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::v2019_03_06::conditions::none_if_id_unknown;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribeBackupPlanList, DescribePreCheckProgressList,
    DescribePreCheckProgressListResponse,
};
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus, PageSize};
use crate::workflows::plan_spec::PlanSpec;

/// Returns all plans of the account, with schedule and storage.
pub(in crate::workflows) async fn all_rows(
    client: &Client,
) -> Result<Vec<BackupPlanDetail>, Error> {
    let mut request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
    request.show_backup_strategy_info = Some(true);
    request.show_storage_strategy_info = Some(true);
    client.items(request).collect().await
}

/// Returns the plan of an id, or `None` if it is not listed.
pub(in crate::workflows) async fn row_by_id(
    client: &Client,
    plan: &BackupPlanId,
) -> Result<Option<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder()
        .backup_plan_ids([plan.clone()])
        .show_backup_strategy_info(true)
        .show_storage_strategy_info(true)
        .build();
    let list = none_if_id_unknown(client.send(request).await)?;
    let mut rows = list.into_iter().flat_map(|list| list.items);
    Ok(rows.find(|row| row.backup_plan_id == *plan))
}

/// Returns the plans of a name.
pub(in crate::workflows) async fn rows_by_name(
    client: &Client,
    name: &str,
) -> Result<Vec<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder()
        .backup_plan_name(name)
        .page_size(PageSize::MAX)
        .show_backup_strategy_info(true)
        .show_storage_strategy_info(true)
        .build();
    let mut rows = client.items(request).collect().await?;
    rows.retain(|row| has_name(row, name));
    Ok(rows)
}

/// Returns whether a plan has a name that a person or a program gave it.
pub(in crate::workflows) fn has_name(row: &BackupPlanDetail, name: &str) -> bool {
    row.backup_plan_name.as_deref() == Some(name)
        && row.backup_plan_status != BackupPlanStatus::Wait
}

/// Returns the last pre-check of a plan, or `None` if the service does not know one.
pub(super) async fn last_pre_check(
    client: &Client,
    plan: &BackupPlanId,
) -> Result<Option<DescribePreCheckProgressListResponse>, Error> {
    let request = DescribePreCheckProgressList::builder().target(plan.clone()).build();
    none_if_id_unknown(client.send(request).await)
}

/// Compares a plan with its specification. Reads its last pre-check if a secret was rotated.
pub(in crate::workflows) async fn compare(
    client: &Client,
    spec: &PlanSpec,
    row: &BackupPlanDetail,
    by_id: bool,
) -> Result<Vec<ChangeItem>, Error> {
    let is_rotated = spec.source.password().is_some_and(|secret| secret.rotated.is_some());
    let is_configured = row.backup_plan_status != BackupPlanStatus::Wait;
    let pre_check = if is_rotated && is_configured {
        last_pre_check(client, &row.backup_plan_id).await?
    } else {
        None
    };
    let now = client.server_time();
    Ok(diff(&Facts { spec, row, pre_check: pre_check.as_ref(), now, by_id }))
}
