//! Lists log backups.

use time::OffsetDateTime;

use super::endpoint_fields::EndpointFields;
use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::log::LogFile;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::World;
use crate::fake::world::times::{days_after, millis};
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    DescribeIncrementBackupList, DescribeIncrementBackupListResponse, IncrementBackupFile,
};
use crate::v2019_03_06::types::IncrementBackupStatus;

fn row(
    file: &LogFile,
    plan: &Plan,
    request: &DescribeIncrementBackupList,
    now: OffsetDateTime,
) -> IncrementBackupFile {
    let endpoint = plan.source().map(EndpointFields::from_source);
    let endpoint = endpoint.as_ref();
    let finished_at = Some(file.until).filter(|_| file.is_complete);
    let status = match finished_at {
        Some(_) => IncrementBackupStatus::Completed,
        None => IncrementBackupStatus::Filling,
    };
    IncrementBackupFile {
        backup_set_id: file.id.clone(),
        backup_set_job_id: Some(plan.logs.job_id.clone()),
        backup_status: status.into(),
        backup_size: Some(file.size),
        start_time: Some(file.from),
        end_time: Some(file.until),
        backup_set_expired_time: finished_at.map(|at| days_after(at, plan.log_retention_days())),
        storage_method: (request.show_storage_type != Some(false))
            .then(|| plan.storage_method(finished_at, now).into()),
        source_endpoint_instance_type: endpoint.map(|endpoint| endpoint.instance_type.into()),
        source_endpoint_region: endpoint.and_then(|endpoint| endpoint.region).map(Into::into),
        source_endpoint_instance_id: endpoint.and_then(|endpoint| endpoint.instance_id.clone()),
        source_endpoint_ip_port: endpoint.and_then(EndpointFields::ip_port),
        source_endpoint_host: endpoint.and_then(EndpointFields::host),
        source_endpoint_port: endpoint.and_then(EndpointFields::port),
    }
}

impl Handle for DescribeIncrementBackupList {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let plan = world.plan(&self.backup_plan_id)?;
        let files: Vec<_> = plan
            .logs
            .files(now)
            .into_iter()
            .filter(|file| {
                self.start_timestamp.is_none_or(|start| millis(file.until) >= millis(start))
            })
            .filter(|file| self.end_timestamp.is_none_or(|end| millis(file.from) <= millis(end)))
            .collect();
        let page = ListPage::of(
            files,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeIncrementBackupListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.iter().map(|file| row(file, plan, &self, now)).collect(),
        })
    }
}
