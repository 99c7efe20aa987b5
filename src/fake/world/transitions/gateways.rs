//! Gateways, and the account's role.

use time::OffsetDateTime;

use crate::fake::world::gateway::{Gateway, Listing};
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

    /// Lets a gateway see more databases.
    pub(crate) fn add_gateway_databases(
        &mut self,
        id: BackupGatewayId,
        names: Vec<String>,
    ) -> Result<(), WorldError> {
        let gateway = self.gateways.iter_mut().find(|gateway| gateway.id == id);
        gateway.ok_or(WorldError::NoGateway(id))?.databases.extend(names);
        Ok(())
    }

    /// Asks a gateway, in a region if one is given, which databases it sees.
    pub(crate) fn list_databases(
        &mut self,
        id: BackupGatewayId,
        region: Option<Region>,
        now: OffsetDateTime,
    ) -> Result<AgentTaskId, WorldError> {
        let gateway = self.gateway(id, region)?.id;
        let id = self.ids.agent_task();
        self.listings.push(Listing { id, gateway, created_at: now });
        Ok(id)
    }

    /// Creates the role that lets the service act for the account.
    pub(crate) fn create_role(&mut self) -> Result<(), WorldError> {
        if std::mem::replace(&mut self.role_exists, true) {
            return Err(WorldError::RoleExists);
        }
        Ok(())
    }
}
