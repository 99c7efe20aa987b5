//! Buys, renews, upgrades and releases plans.

use time::OffsetDateTime;

use crate::fake::world::configuration::Configuration;
use crate::fake::world::plan::Plan;
use crate::fake::world::purchase::{Purchase, length};
use crate::fake::world::state::World;
use crate::fake::world::world_error::{PlanAction, WorldError};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, ChargeType, InstanceClass, OrderId, Period,
};

/// The ids of a bought plan.
#[derive(Debug)]
pub(crate) struct PurchasedPlan {
    pub(crate) plan_id: BackupPlanId,
    pub(crate) order_id: OrderId,
}

impl World {
    pub(crate) fn buy(
        &mut self,
        purchase: Purchase,
        now: OffsetDateTime,
    ) -> Result<PurchasedPlan, WorldError> {
        let plan = Plan::new(purchase, &mut self.ids, now)?;
        Ok(self.add_plan(plan))
    }

    /// Buys and configures a plan, which starts when its pre-check passes.
    pub(crate) fn buy_and_start(
        &mut self,
        purchase: Purchase,
        name: String,
        configuration: Configuration,
        now: OffsetDateTime,
    ) -> Result<PurchasedPlan, WorldError> {
        let mut plan = Plan::new(purchase, &mut self.ids, now)?;
        plan.apply_configuration(configuration, now, &mut self.failures)?;
        plan.name = Some(name);
        plan.start_after_pre_check();
        Ok(self.add_plan(plan))
    }

    fn add_plan(&mut self, plan: Plan) -> PurchasedPlan {
        let bought = PurchasedPlan { plan_id: plan.id.clone(), order_id: plan.order_id.clone() };
        self.plans.push(plan);
        bought
    }

    pub(crate) fn renew(
        &mut self,
        id: &BackupPlanId,
        period: Period,
        now: OffsetDateTime,
    ) -> Result<OrderId, WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        let expires_at = plan.expires_at.ok_or(WorldError::NotSubscription)?;
        // An expired plan is renewed from now on; otherwise it could stay expired.
        plan.expires_at = Some(expires_at.max(now).saturating_add(length(period)));
        plan.unlock(now);
        self.ids.order()
    }

    pub(crate) fn upgrade(
        &mut self,
        id: &BackupPlanId,
        requested: InstanceClass,
    ) -> Result<OrderId, WorldError> {
        let (plan, _) = self.plan_mut(id)?;
        let present = plan.purchase.instance_class;
        if requested <= present {
            return Err(WorldError::ClassNotLarger { present, requested });
        }
        plan.purchase.instance_class = requested;
        self.ids.order()
    }

    pub(crate) fn release(
        &mut self,
        id: &BackupPlanId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        let plan = self.plan(id)?;
        if plan.purchase.charge_type() == ChargeType::Prepay {
            return Err(WorldError::NotPayAsYouGo);
        }
        let status = plan.status_at(now);
        if status == BackupPlanStatus::Running {
            return Err(WorldError::PlanState(status, PlanAction::Release));
        }
        self.plans.retain(|plan| plan.id != *id);
        Ok(())
    }
}
