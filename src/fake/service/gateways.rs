//! Lists backup gateways and their databases.

use time::OffsetDateTime;

use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::gateway::Gateway;
use crate::fake::world::state::World;
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    BackupGateway, CreateGetDBListFromAgentTask, CreateGetDBListFromAgentTaskResponse,
    DescribeBackupGatewayList, DescribeBackupGatewayListResponse, GetDBListFromAgent,
    GetDBListFromAgentResponse,
};
use crate::v2019_03_06::types::BackupGatewayStatus;

fn row(gateway: &Gateway, now: OffsetDateTime) -> BackupGateway {
    BackupGateway {
        backup_gateway_id: gateway.id,
        display_name: Some(gateway.name.clone()),
        identifier: gateway.identifier.clone(),
        region: Some(gateway.region.into()),
        backup_gateway_status: BackupGatewayStatus::Online.into(),
        backup_gateway_create_time: Some(gateway.created_at),
        last_heartbeat_time: Some(now),
        source_endpoint_hostname: Some(gateway.name.clone()),
        source_endpoint_internet_ip: Some("203.0.113.24".to_owned()),
        source_endpoint_intranet_ip: Some("192.0.2.24".to_owned()),
    }
}

impl Handle for DescribeBackupGatewayList {
    const REQUIRED: &'static [&'static str] = &["Region"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let is_selected = |gateway: &Gateway| {
            let mut ids = self.identifiers.iter();
            ids.len() == 0 || ids.any(|id| gateway.identifier.as_ref() == Some(id))
        };
        let matches = |gateway: &&Gateway| gateway.region == self.region && is_selected(gateway);
        let rows = world.gateways().iter().filter(matches).collect();
        let page: ListPage<&Gateway> = ListPage::of(
            rows,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeBackupGatewayListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.into_iter().map(|gateway| row(gateway, now)).collect(),
        })
    }
}

impl Handle for CreateGetDBListFromAgentTask {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let (gateway, region) = (self.backup_gateway_id, self.source_endpoint_region);
        let task_id = world.list_databases(gateway, region, now)?;
        Ok(CreateGetDBListFromAgentTaskResponse { task_id })
    }
}

impl Handle for GetDBListFromAgent {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let gateway = world.gateway(self.backup_gateway_id, self.source_endpoint_region)?;
        let listing = world.listing(self.task_id, gateway.id)?;
        let db_list = if listing.is_done(now) { gateway.databases.clone() } else { Vec::new() };
        Ok(GetDBListFromAgentResponse { db_list })
    }
}
