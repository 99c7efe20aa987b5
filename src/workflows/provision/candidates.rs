//! The plans that an earlier purchase may have bought.

use time::OffsetDateTime;

use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::value::Open;
use crate::v2019_03_06::operations::{BackupPlanDetail, CreateBackupPlan, DescribeBackupPlanList};
use crate::v2019_03_06::types::{BackupPlanStatus, Billing, ChargeType, PageSize};

/// How much earlier than the token a plan may have been bought, because clocks differ.
///
/// The gateway rejects requests of clients whose clocks differ more.
const MAX_CLOCK_DIFFERENCE: time::Duration = time::Duration::minutes(15);

/// Returns the unconfigured plans that match a purchase and its time, oldest first.
pub(super) async fn candidates(
    client: &Client,
    purchase: &CreateBackupPlan,
    since: Option<OffsetDateTime>,
) -> Result<Vec<BackupPlanDetail>, Error> {
    let request = DescribeBackupPlanList::builder()
        .backup_plan_status(BackupPlanStatus::Wait)
        .region(purchase.region)
        .page_size(PageSize::MAX)
        .build();
    let mut plans = client.items(request).collect().await?;
    plans.retain(|plan| matches(plan, purchase, since));
    plans.sort_by(|one, other| {
        let age = |plan: &BackupPlanDetail| {
            (plan.backup_plan_create_time.is_none(), plan.backup_plan_create_time)
        };
        age(one).cmp(&age(other)).then_with(|| one.backup_plan_id.cmp(&other.backup_plan_id))
    });
    Ok(plans)
}

/// Returns whether a purchase may have bought a plan.
///
/// The service sends few fields of an unconfigured plan, and may ignore a filter. A missing or
/// unknown value thus matches, except for the status: one candidate too many costs a question, and
/// one too few hides the plan.
fn matches(
    plan: &BackupPlanDetail,
    purchase: &CreateBackupPlan,
    since: Option<OffsetDateTime>,
) -> bool {
    let charge_type = match purchase.billing {
        Billing::Subscription(_) => ChargeType::Prepay,
        Billing::PayAsYouGo => ChargeType::Postpay,
    };
    let earliest = since.and_then(|since| since.checked_sub(MAX_CLOCK_DIFFERENCE));
    let groups = plan.resource_group_id.as_ref().zip(purchase.resource_group_id.as_ref());
    plan.backup_plan_status == BackupPlanStatus::Wait
        && may_be(Some(&plan.database_type), &purchase.database_type)
        && may_be(Some(&plan.instance_class), &purchase.instance_class)
        && may_be(Some(&plan.backup_method), &purchase.backup_method)
        && may_be(plan.backup_plan_region.as_ref(), &purchase.region)
        && may_be(plan.instance_charge_type.as_ref(), &charge_type)
        && groups.is_none_or(|(plan, purchase)| plan == purchase)
        && earliest
            .zip(plan.backup_plan_create_time)
            .is_none_or(|(earliest, bought)| bought >= earliest)
}

/// Returns whether a field has the value, or none that this version of the crate knows.
fn may_be<T: PartialEq>(field: Option<&Open<T>>, value: &T) -> bool {
    field.and_then(Open::known).is_none_or(|known| known == value)
}
