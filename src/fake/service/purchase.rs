//! Buys, renews, upgrades and releases plans.

use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::configuration::Configuration;
use crate::fake::world::plan::SETTLING_TIME;
use crate::fake::world::purchase::Purchase;
use crate::fake::world::state::World;
use crate::v2019_03_06::operations::{
    CreateAndStartBackupPlan, CreateAndStartBackupPlanResponse, CreateBackupPlan,
    CreateBackupPlanResponse, ReleaseBackupPlan, ReleaseBackupPlanResponse, RenewBackupPlan,
    RenewBackupPlanResponse, UpgradeBackupPlan, UpgradeBackupPlanResponse,
};

// Clients wait for this time before they configure a new plan.
const _: () = assert!(SETTLING_TIME.as_nanos() == CreateBackupPlan::SETTLING_TIME.as_nanos());

impl From<CreateBackupPlan> for Purchase {
    fn from(request: CreateBackupPlan) -> Self {
        Self {
            region: request.region,
            database_type: request.database_type,
            instance_class: request.instance_class,
            backup_method: request.backup_method,
            billing: request.billing,
            instance_type: request.instance_type,
            database_region: request.database_region,
            storage_region: request.storage_region,
            storage_type: request.storage_type,
            resource_group_id: request.resource_group_id,
            from_app: request.from_app,
            client_token: request.client_token,
        }
    }
}

/// Returns the request that makes this purchase.
impl From<Purchase> for CreateBackupPlan {
    fn from(purchase: Purchase) -> Self {
        Self {
            region: purchase.region,
            database_type: purchase.database_type,
            instance_class: purchase.instance_class,
            backup_method: purchase.backup_method,
            billing: purchase.billing,
            instance_type: purchase.instance_type,
            database_region: purchase.database_region,
            storage_region: purchase.storage_region,
            storage_type: purchase.storage_type,
            resource_group_id: purchase.resource_group_id,
            from_app: purchase.from_app,
            client_token: purchase.client_token,
        }
    }
}

/// Returns the purchase that the request contains.
fn purchase(request: &CreateAndStartBackupPlan) -> Purchase {
    Purchase {
        region: request.region,
        database_type: request.database_type,
        instance_class: request.instance_class,
        backup_method: request.method.method(),
        billing: request.billing,
        instance_type: request.instance_type,
        database_region: request.database_region,
        storage_region: request.storage_region,
        storage_type: request.storage_type.clone(),
        resource_group_id: request.resource_group_id.clone(),
        from_app: request.from_app.clone(),
        client_token: request.client_token.clone(),
    }
}

impl Handle for CreateBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupMethod", "DatabaseType", "InstanceClass"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let bought = world.buy(self.into(), now)?;
        Ok(CreateBackupPlanResponse {
            backup_plan_id: bought.plan_id,
            order_id: Some(bought.order_id),
        })
    }
}

impl Handle for CreateAndStartBackupPlan {
    const REQUIRED: &'static [&'static str] = &[
        "BackupMethod",
        "BackupPlanName",
        "DatabaseType",
        "InstanceClass",
        "SourceEndpointInstanceType",
    ];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        if self.backup_plan_id.is_some() {
            let message = "unsupported parameter `BackupPlanId`: the vendor does not say what it does here; \
                 leave it out";
            return Err(ErrorResponse::invalid(message));
        }
        let purchase = purchase(&self);
        let name = self.backup_plan_name.clone();
        let bought = world.buy_and_start(purchase, name, Configuration::from(self), now)?;
        Ok(CreateAndStartBackupPlanResponse {
            backup_plan_id: bought.plan_id,
            order_id: Some(bought.order_id),
            create_backup_set: Some(true),
        })
    }
}

impl Handle for RenewBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "Period", "UsedTime"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let order_id = Some(world.renew(&self.backup_plan_id, self.period, now)?);
        Ok(RenewBackupPlanResponse { backup_plan_id: Some(self.backup_plan_id), order_id })
    }
}

impl Handle for UpgradeBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "InstanceClass"];

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        let order_id = Some(world.upgrade(&self.backup_plan_id, self.instance_class)?);
        Ok(UpgradeBackupPlanResponse { backup_plan_id: Some(self.backup_plan_id), order_id })
    }
}

impl Handle for ReleaseBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        world.release(&self.backup_plan_id, now)?;
        Ok(ReleaseBackupPlanResponse { backup_plan_id: Some(self.backup_plan_id) })
    }
}
