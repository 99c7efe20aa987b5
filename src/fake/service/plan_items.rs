//! Moves plans to other resource groups, and returns what items of the bill are for.

use time::OffsetDateTime;

use super::handle::Handle;
use super::sandboxes::INVALID_PARAMETER;
use crate::fake::error_response::{ErrorResponse, not_found};
use crate::fake::responses::Envelope;
use crate::fake::world::instance::{Instance, InstanceEngine};
use crate::fake::world::plan::Plan;
use crate::fake::world::state::World;
use crate::v2019_03_06::types::BackupPlanId;
use crate::v2021_01_01::operations::{
    ChangeResourceGroup, ChangeResourceGroupResponse, CostInfo, DescribeCostInfoByDbsInstance,
    DescribeCostInfoByDbsInstanceResponse,
};
use crate::v2021_01_01::types::BilledItemId;

impl Handle for ChangeResourceGroup {
    const REQUIRED: &'static [&'static str] = &["NewResourceGroupId", "ResourceId", "ResourceType"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        let id = BackupPlanId::from(self.backup_plan_id);
        let found = world.plan(&id).ok();
        let is_there =
            |plan: &Plan| self.region_code.is_none_or(|region| plan.purchase.region == region);
        if !found.is_some_and(is_there) {
            let message = not_found("backup plan", &id);
            return Err(ErrorResponse::business(INVALID_PARAMETER, message));
        }
        world.change_resource_group(&id, self.new_resource_group_id)?;
        Ok(ChangeResourceGroupResponse { moved: Some(true) })
    }
}

fn cost(id: BilledItemId, module: &str, name: &str) -> CostInfo {
    CostInfo {
        backup_plan_id: Some(id),
        backup_plan_comment: Some(String::new()),
        commodity: Some("cbs_post".to_owned()),
        product: Some("cbs".to_owned()),
        module_code: Some("BackupStorageSize".to_owned()),
        module_name: Some(module.to_ascii_lowercase()),
        instance_name: Some(name.to_owned()),
    }
}

fn cost_of_plan(plan: &Plan) -> CostInfo {
    let id = BilledItemId::from(plan.id.clone());
    cost(id, plan.purchase.database_type.as_str(), plan.id.as_str())
}

fn cost_of_instance(instance: &Instance) -> Option<CostInfo> {
    let engine = match instance.engine {
        InstanceEngine::RdsMySql => "mysql",
        InstanceEngine::RdsPostgreSql => "postgresql",
        InstanceEngine::PolarDbMySql => "polardb",
        InstanceEngine::MongoDb => "mongodb",
        InstanceEngine::RdsSqlServer => "mssql",
    };
    let id = BilledItemId::new(format!("dbs:{}", instance.id)).ok()?;
    Some(cost(id, engine, instance.id.as_str()))
}

impl Handle for DescribeCostInfoByDbsInstance {
    const REQUIRED: &'static [&'static str] = &[];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        let is_there = |region| self.region_code.is_none_or(|wanted| wanted == region);
        let plans = world.plans.iter().filter(|plan| is_there(plan.purchase.region));
        let instances = world.instances.iter().filter(|instance| is_there(instance.region));
        let mut items: Vec<_> =
            plans.map(cost_of_plan).chain(instances.filter_map(cost_of_instance)).collect();
        if let Some(id) = &self.backup_plan_id {
            items.retain(|item| item.backup_plan_id.as_ref() == Some(id));
            if items.is_empty() {
                let message = not_found("item of the bill", id);
                return Err(ErrorResponse::business(INVALID_PARAMETER, message));
            }
        }
        Ok(DescribeCostInfoByDbsInstanceResponse { items, unparsed: None })
    }
}
