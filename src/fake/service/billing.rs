//! Describes the billing of a plan.

use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::{ErrorResponse, not_found};
use crate::fake::world::state::World;
use crate::fake::world::times::days_after;
use crate::v2019_03_06::operations::{
    BackupPlanBilling, DescribeBackupPlanBilling, DescribeBackupPlanBillingResponse,
};
use crate::v2019_03_06::types::ChargeType;

/// The bytes that a subscription includes per 30 days.
const FREE_BYTES: u64 = 800 << 30;

impl Handle for DescribeBackupPlanBilling {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let plan = world
            .plan(&self.backup_plan_id)
            .map_err(|_| ErrorResponse::invalid(not_found("backup plan", &self.backup_plan_id)))?;
        let full = plan.full_bytes(now);
        let logs = plan.logs.bytes(now);
        let quota_days = (now - plan.created_at).whole_days().div_euclid(30) * 30;
        let quota_start = days_after(plan.created_at, quota_days);
        let is_subscription = plan.purchase.charge_type() == ChargeType::Prepay;
        let item = BackupPlanBilling {
            buy_charge_type: plan.purchase.charge_type().into(),
            buy_spec: plan.purchase.instance_class.into(),
            buy_create_timestamp: Some(plan.created_at),
            buy_expired_timestamp: plan.expires_at,
            is_expired: plan.expires_at.map(|at| at <= now),
            is_free_bytes_unlimited: Some(false),
            total_free_bytes: is_subscription.then_some(FREE_BYTES),
            paid_bytes: Some(0),
            used_full_bytes: Some(full),
            used_increment_bytes: Some(logs),
            full_storage_size: Some(full),
            cont_storage_size: Some(logs),
            quota_start_timestamp: is_subscription.then_some(quota_start),
            quota_end_timestamp: is_subscription.then(|| days_after(quota_start, 30)),
        };
        Ok(DescribeBackupPlanBillingResponse { item })
    }
}
