//! Backup gateways, and the databases they see.

use std::time::Duration;

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::world::state::{Handle, Page, State};
use crate::fake::world::times::after;
use crate::v2019_03_06::operations::gateway::{
    BackupGateway, CreateGetDBListFromAgentTaskResponse, DescribeBackupGatewayListResponse,
    GetDBListFromAgentResponse,
};
use crate::v2019_03_06::operations::{
    CreateGetDBListFromAgentTask, DescribeBackupGatewayList, GetDBListFromAgent,
};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AgentTaskId, BackupGatewayId, BackupGatewayIdentifier, BackupGatewayStatus,
};

/// How long a gateway takes to list its databases.
const LISTING_TIME: Duration = Duration::from_secs(3);

/// A gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    id: BackupGatewayId,
    identifier: Option<BackupGatewayIdentifier>,
    name: String,
    region: Region,
    created_at: OffsetDateTime,
    databases: Vec<String>,
}

/// A question to a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    id: AgentTaskId,
    gateway: BackupGatewayId,
    created_at: OffsetDateTime,
}

impl State {
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

    pub(crate) fn add_gateway_databases(
        &mut self,
        id: BackupGatewayId,
        names: Vec<String>,
    ) -> bool {
        match self.gateways.iter_mut().find(|gateway| gateway.id == id) {
            Some(gateway) => {
                gateway.databases.extend(names);
                true
            }
            None => false,
        }
    }

    /// The gateway with an id, and in a region if one is given.
    fn gateway(&self, id: BackupGatewayId, region: Option<Region>) -> Result<&Gateway, Refused> {
        self.gateways
            .iter()
            .find(|gateway| {
                gateway.id == id && region.is_none_or(|region| gateway.region == region)
            })
            .ok_or_else(|| Refused::invalid(format!("There is no backup gateway {id}.")))
    }
}

impl Gateway {
    fn row(&self, now: OffsetDateTime) -> BackupGateway {
        BackupGateway {
            backup_gateway_id: self.id,
            display_name: Some(self.name.clone()),
            identifier: self.identifier.clone(),
            region: Some(self.region.into()),
            backup_gateway_status: BackupGatewayStatus::Online.into(),
            backup_gateway_create_time: Some(self.created_at),
            last_heartbeat_time: Some(now),
            source_endpoint_hostname: Some(self.name.clone()),
            source_endpoint_internet_ip: Some("203.0.113.24".to_owned()),
            source_endpoint_intranet_ip: Some("192.0.2.24".to_owned()),
        }
    }
}

impl Handle for DescribeBackupGatewayList {
    const REQUIRED: &'static [&'static str] = &["Region"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let is_wanted = |gateway: &Gateway| {
            let mut wanted = self.identifiers.iter();
            wanted.len() == 0 || wanted.any(|wanted| gateway.identifier.as_ref() == Some(wanted))
        };
        let fits = |gateway: &&Gateway| gateway.region == self.region && is_wanted(gateway);
        let rows = state.gateways.iter().filter(fits).collect();
        let page: Page<&Gateway> =
            Page::of(rows, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeBackupGatewayListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.into_iter().map(|gateway| gateway.row(now)).collect(),
        })
    }
}

impl Handle for CreateGetDBListFromAgentTask {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let gateway = state.gateway(self.backup_gateway_id, self.source_endpoint_region)?.id;
        let id = state.ids.agent_task();
        state.listings.push(Listing { id, gateway, created_at: now });
        Ok(CreateGetDBListFromAgentTaskResponse { task_id: id })
    }
}

impl Handle for GetDBListFromAgent {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let gateway = state.gateway(self.backup_gateway_id, self.source_endpoint_region)?;
        let listing = state
            .listings
            .iter()
            .find(|listing| listing.id == self.task_id && listing.gateway == gateway.id)
            .ok_or_else(|| Refused::invalid(format!("There is no task {}.", self.task_id)))?;
        let is_done = now >= after(listing.created_at, LISTING_TIME);
        let db_list = if is_done { gateway.databases.clone() } else { Vec::new() };
        Ok(GetDBListFromAgentResponse { db_list })
    }
}
