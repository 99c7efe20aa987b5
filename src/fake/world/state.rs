//! `World`: the in-memory state of the fake service.

use fastrand::Rng;
use time::OffsetDateTime;

use super::advanced_download::AdvancedDownload;
use super::download::Download;
use super::failures::PlannedFailures;
use super::gateway::{DatabaseListing, Gateway};
use super::ids::Ids;
use super::instance::Instance;
use super::plan::Plan;
use super::restore::RestoreTask;
use super::sandbox::Sandbox;
use super::world_error::WorldError;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, BackupPlanId, RestoreTaskId};

/// All plans, restore tasks, downloads, gateways, instances and sandboxes, with planned failures.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ids: Ids,
    pub(crate) plans: Vec<Plan>,
    pub(crate) restores: Vec<RestoreTask>,
    pub(crate) downloads: Vec<Download>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) advanced_downloads: Vec<AdvancedDownload>,
    pub(crate) sandboxes: Vec<Sandbox>,
    pub(super) gateways: Vec<Gateway>,
    pub(super) listings: Vec<DatabaseListing>,
    pub(super) role_exists: bool,
    pub(crate) failures: PlannedFailures,
}

impl World {
    pub(crate) fn new(random: Rng) -> Self {
        Self {
            ids: Ids::new(random),
            plans: Vec::new(),
            restores: Vec::new(),
            downloads: Vec::new(),
            instances: Vec::new(),
            advanced_downloads: Vec::new(),
            sandboxes: Vec::new(),
            gateways: Vec::new(),
            listings: Vec::new(),
            role_exists: false,
            failures: PlannedFailures::default(),
        }
    }

    /// Applies the events that are due up to `now`, in order of time.
    pub(crate) fn apply_due_events(&mut self, now: OffsetDateTime) {
        let Self { plans, failures, .. } = self;
        loop {
            let due = plans.iter_mut().filter_map(|plan| Some((plan.next_event()?, plan)));
            let Some((due, plan)) = due.min_by_key(|(due, _)| due.at) else { return };
            if due.at > now {
                return;
            }
            plan.apply_event(due, failures);
        }
    }

    pub(crate) fn plan(&self, id: &BackupPlanId) -> Result<&Plan, WorldError> {
        let plan = self.plans.iter().find(|plan| plan.id == *id);
        plan.ok_or_else(|| WorldError::PlanNotFound(id.clone()))
    }

    /// Returns a plan to change, and the failures that may apply to it.
    pub(super) fn plan_mut(
        &mut self,
        id: &BackupPlanId,
    ) -> Result<(&mut Plan, &mut PlannedFailures), WorldError> {
        let plan = self.plans.iter_mut().find(|plan| plan.id == *id);
        let plan = plan.ok_or_else(|| WorldError::PlanNotFound(id.clone()))?;
        Ok((plan, &mut self.failures))
    }

    pub(crate) fn restore(&self, id: &RestoreTaskId) -> Result<&RestoreTask, WorldError> {
        let task = self.restores.iter().find(|task| task.id == *id);
        task.ok_or_else(|| WorldError::RestoreTaskNotFound(id.clone()))
    }

    /// Returns the number of gateways, and the bytes of their names and databases.
    #[cfg(feature = "emulator")]
    pub(crate) fn gateway_sizes(&self) -> (usize, usize) {
        let names = self.gateways.iter().flat_map(|gateway| {
            [&gateway.name]
                .into_iter()
                .chain(&gateway.databases)
                .map(|name| size_of_val(name) + name.len())
        });
        (self.gateways.len(), names.sum())
    }

    pub(crate) fn gateways(&self) -> &[Gateway] {
        &self.gateways
    }

    /// Returns a gateway. `region` restricts the search.
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
            .ok_or(WorldError::GatewayNotFound(id))
    }

    /// Returns a task that lists the databases of a gateway.
    pub(crate) fn listing(
        &self,
        id: AgentTaskId,
        gateway: BackupGatewayId,
    ) -> Result<DatabaseListing, WorldError> {
        self.listings
            .iter()
            .find(|listing| listing.id == id && listing.gateway == gateway)
            .copied()
            .ok_or(WorldError::ListingNotFound(id))
    }
}
