//! Adds gateways, lists their databases, and creates the service-linked role.

use time::OffsetDateTime;

use crate::fake::world::gateway::{DatabaseListing, Gateway};
use crate::fake::world::state::World;
use crate::fake::world::world_error::WorldError;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId};

impl World {
    pub(crate) fn add_gateway(
        &mut self,
        region: Region,
        name: String,
        now: OffsetDateTime,
    ) -> BackupGatewayId {
        let id = self.ids.gateway();
        let identifier = self.ids.digits(13);
        let databases = Vec::new();
        self.gateways.push(Gateway { id, identifier, name, region, created_at: now, databases });
        id
    }

    /// Adds databases to the list of a gateway.
    pub(crate) fn add_gateway_databases(
        &mut self,
        id: BackupGatewayId,
        names: Vec<String>,
    ) -> Result<(), WorldError> {
        let gateway = self.gateways.iter_mut().find(|gateway| gateway.id == id);
        gateway.ok_or(WorldError::GatewayNotFound(id))?.databases.extend(names);
        Ok(())
    }

    /// Creates a task that lists the databases of a gateway. `region` restricts the search.
    pub(crate) fn list_databases(
        &mut self,
        id: BackupGatewayId,
        region: Option<Region>,
        now: OffsetDateTime,
    ) -> Result<AgentTaskId, WorldError> {
        let gateway = self.gateway(id, region)?.id;
        let id = self.ids.agent_task();
        self.listings.push(DatabaseListing { id, gateway, created_at: now });
        Ok(id)
    }

    /// Creates the service-linked role.
    pub(crate) fn create_role(&mut self) -> Result<(), WorldError> {
        if std::mem::replace(&mut self.role_exists, true) {
            return Err(WorldError::RoleExists);
        }
        Ok(())
    }
}
