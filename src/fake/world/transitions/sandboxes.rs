//! Adds and deletes sandboxes, and moves plans to other resource groups.

use time::OffsetDateTime;

use crate::fake::world::sandbox::{Sandbox, sandbox_sets};
use crate::fake::world::state::World;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::types::{BackupPlanId, DatabaseType, ResourceGroupId};
use crate::v2021_01_01::types::{SandboxInstanceId, SandboxSetKind, SandboxStatus};

impl World {
    /// Adds a sandbox that shows the last full backup of a plan.
    pub(crate) fn add_sandbox(
        &mut self,
        plan: &BackupPlanId,
        now: OffsetDateTime,
    ) -> Result<SandboxInstanceId, WorldError> {
        let plan = self.plan(plan)?;
        if plan.purchase.database_type != DatabaseType::MySql {
            return Err(WorldError::NotMySql);
        }
        let mut sets = sandbox_sets(plan, now).into_iter();
        let set = sets.find(|set| set.kind == SandboxSetKind::Full);
        let (plan_id, set) = (plan.id.clone(), set.ok_or(WorldError::NoSandboxTime)?);
        let id: SandboxInstanceId = self.ids.string("1j", 11)?;
        self.sandboxes.push(Sandbox { id: id.clone(), plan_id, set, created_at: now });
        Ok(id)
    }

    pub(crate) fn delete_sandbox(
        &mut self,
        plan: &BackupPlanId,
        id: &SandboxInstanceId,
        now: OffsetDateTime,
    ) -> Result<(), WorldError> {
        self.plan(plan)?;
        let mut sandboxes = self.sandboxes.iter();
        let index = sandboxes.position(|sandbox| sandbox.plan_id == *plan && sandbox.id == *id);
        let index = index.ok_or_else(|| WorldError::SandboxNotFound(id.clone()))?;
        if self.sandboxes[index].status(now) == SandboxStatus::CheckPass {
            return Err(WorldError::SandboxCreating);
        }
        self.sandboxes.remove(index);
        Ok(())
    }

    pub(crate) fn change_resource_group(
        &mut self,
        plan: &BackupPlanId,
        group: ResourceGroupId,
    ) -> Result<(), WorldError> {
        let (plan, _) = self.plan_mut(plan)?;
        if let Some(configuration) = &mut plan.configuration {
            configuration.resource_group_id = Some(group.clone());
        }
        plan.purchase.resource_group_id = Some(group);
        Ok(())
    }
}
