//! `World`: everything the fake keeps, and what happens to it by time alone.

use fastrand::Rng;
use time::OffsetDateTime;

use super::download::Download;
use super::failures::Failures;
use super::gateway::{Gateway, Listing};
use super::ids::Ids;
use super::plan::Plan;
use super::restore::RestoreTask;
use super::world_error::WorldError;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, BackupPlanId, RestoreTaskId};

/// Everything the fake keeps.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ids: Ids,
    pub(crate) plans: Vec<Plan>,
    pub(crate) restores: Vec<RestoreTask>,
    pub(crate) downloads: Vec<Download>,
    pub(super) gateways: Vec<Gateway>,
    pub(super) listings: Vec<Listing>,
    pub(super) role_exists: bool,
    pub(crate) failures: Failures,
}

impl World {
    pub(crate) fn new(random: Rng) -> Self {
        Self {
            ids: Ids::new(random),
            plans: Vec::new(),
            restores: Vec::new(),
            downloads: Vec::new(),
            gateways: Vec::new(),
            listings: Vec::new(),
            role_exists: false,
            failures: Failures::default(),
        }
    }

    /// Lets everything happen that was due up to now, in the order of time.
    pub(crate) fn settle(&mut self, now: OffsetDateTime) {
        let Self { plans, failures, .. } = self;
        loop {
            let due = plans.iter_mut().filter_map(|plan| Some((plan.next_due()?, plan)));
            let Some((due, plan)) = due.min_by_key(|(due, _)| due.at) else { return };
            if due.at > now {
                return;
            }
            plan.happen(due, failures);
        }
    }

    pub(crate) fn plan(&self, id: &BackupPlanId) -> Result<&Plan, WorldError> {
        self.plans.iter().find(|plan| plan.id == *id).ok_or(WorldError::NoPlan)
    }

    /// Returns the plan with an id, to change it, and the failures that may befall it.
    pub(super) fn plan_mut(
        &mut self,
        id: &BackupPlanId,
    ) -> Result<(&mut Plan, &mut Failures), WorldError> {
        let plan = self.plans.iter_mut().find(|plan| plan.id == *id).ok_or(WorldError::NoPlan)?;
        Ok((plan, &mut self.failures))
    }

    pub(crate) fn restore(&self, id: &RestoreTaskId) -> Result<&RestoreTask, WorldError> {
        self.restores.iter().find(|task| task.id == *id).ok_or(WorldError::NoRestoreTask)
    }

    pub(crate) fn gateways(&self) -> &[Gateway] {
        &self.gateways
    }

    /// Returns the gateway with an id, in a region if one is given.
    pub(crate) fn gateway(
        &self,
        id: BackupGatewayId,
        region: Option<Region>,
    ) -> Result<&Gateway, WorldError> {
        self.gateways
            .iter()
            .find(|gateway| {
                gateway.id == id && region.is_none_or(|region| gateway.region == region)
            })
            .ok_or(WorldError::NoGateway(id))
    }

    /// Returns a question to a gateway.
    pub(crate) fn listing(
        &self,
        id: AgentTaskId,
        gateway: BackupGatewayId,
    ) -> Result<Listing, WorldError> {
        self.listings
            .iter()
            .find(|listing| listing.id == id && listing.gateway == gateway)
            .copied()
            .ok_or(WorldError::NoListing(id))
    }
}
