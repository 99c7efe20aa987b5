//! Sandboxes, on the handle for tests.

use time::OffsetDateTime;

use super::dbs::FakeDbs;
use super::world::sandbox::Sandbox;
use crate::v2019_03_06::types::BackupPlanId;
use crate::v2021_01_01::types::{SandboxInstanceId, SandboxStatus};

impl FakeDbs {
    /// Adds a sandbox that shows the last full backup of a plan.
    ///
    /// API version 2021-01-01 has no operation that creates one. Returns `None` if the plan is not a
    /// MySQL plan with a finished full backup.
    pub fn add_sandbox(&self, plan: &BackupPlanId) -> Option<SandboxInstanceId> {
        self.with_world(|world, now| world.add_sandbox(plan, now).ok())
    }

    /// Returns the sandboxes in the order they were added.
    pub fn sandboxes(&self) -> Vec<FakeSandbox> {
        self.with_world(|world, now| {
            world.sandboxes.iter().map(|sandbox| FakeSandbox::new(sandbox, now)).collect()
        })
    }
}

/// The state of a sandbox in a [`FakeDbs`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeSandbox {
    /// The id of the sandbox.
    pub instance_id: SandboxInstanceId,
    /// The plan whose backup the sandbox shows.
    pub backup_plan_id: BackupPlanId,
    /// The present state.
    pub status: SandboxStatus,
    /// When the sandbox was created.
    pub created_at: OffsetDateTime,
}

impl FakeSandbox {
    fn new(sandbox: &Sandbox, now: OffsetDateTime) -> Self {
        Self {
            instance_id: sandbox.id.clone(),
            backup_plan_id: sandbox.plan_id.clone(),
            status: sandbox.status(now),
            created_at: sandbox.created_at,
        }
    }
}
