//! Lists full backups.

use time::OffsetDateTime;

use super::endpoint_fields::EndpointFields;
use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::backup::FullBackup;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::World;
use crate::fake::world::times::days_after;
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    DescribeFullBackupList, DescribeFullBackupListResponse, FullBackupFile,
};

fn row(
    backup: &FullBackup,
    plan: &Plan,
    request: &DescribeFullBackupList,
    now: OffsetDateTime,
) -> FullBackupFile {
    let endpoint = plan.source().map(EndpointFields::from_source);
    let endpoint = endpoint.as_ref();
    let configuration = plan.configuration.as_ref();
    let cross = configuration.and_then(|configuration| configuration.cross_account.as_ref());
    let (structure, data) = backup.progress(now);
    let shown = |percent: u8| (request.show_progress == Some(true)).then_some(percent);
    let finished_at = backup.finished_at(now);
    FullBackupFile {
        backup_set_id: backup.id.clone(),
        backup_status: backup.status(now).into(),
        backup_size: Some(backup.size / 100 * u64::from(data))
            .map(|part| if data == 100 { backup.size } else { part }),
        backup_objects: backup.objects.clone().map(Into::into),
        create_time: Some(backup.created_at),
        start_time: backup.started_at(now),
        end_time: backup.ended_at(now),
        finish_time: finished_at,
        backup_set_expired_time: finished_at.map(|at| days_after(at, plan.retention_days())),
        storage_method: (request.show_storage_type != Some(false))
            .then(|| plan.storage_method(finished_at, now).into()),
        storage_encrypt_method: configuration
            .and_then(|configuration| configuration.backup_storage_encrypt_method)
            .map(Into::into),
        logical_structure_backup_progress: shown(structure),
        logical_full_backup_progress: shown(data),
        error_message: backup.error_message(now).map(str::to_owned),
        source_endpoint_instance_type: endpoint.map(|endpoint| endpoint.instance_type.into()),
        source_endpoint_region: endpoint.and_then(|endpoint| endpoint.region).map(Into::into),
        source_endpoint_instance_id: endpoint.and_then(|endpoint| endpoint.instance_id.clone()),
        source_endpoint_ip_port: endpoint.and_then(EndpointFields::ip_port),
        source_endpoint_host: endpoint.and_then(EndpointFields::host),
        source_endpoint_port: endpoint.and_then(EndpointFields::port),
        source_endpoint_user_name: endpoint.and_then(EndpointFields::user_name),
        source_endpoint_enable_ssl: configuration
            .and_then(|configuration| configuration.enable_source_endpoint_ssl),
        backup_gateway_identifier: None,
        cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
        cross_role_name: cross.map(|cross| cross.role_name.clone()),
    }
}

impl Handle for DescribeFullBackupList {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let plan = world.plan(&self.backup_plan_id)?;
        // The wire has seconds in this list.
        let second = OffsetDateTime::unix_timestamp;
        let matches = |backup: &&FullBackup| {
            self.backup_set_id.as_ref().is_none_or(|wanted| backup.id == *wanted)
                && self.backup_set_status.is_none_or(|wanted| backup.status(now) == wanted)
                && self
                    .start_timestamp
                    .is_none_or(|start| second(backup.created_at) >= second(start))
                && self.end_timestamp.is_none_or(|end| second(backup.created_at) <= second(end))
        };
        let rows = plan.backups.iter().filter(matches).collect();
        let page = ListPage::of(
            rows,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeFullBackupListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.into_iter().map(|backup| row(backup, plan, &self, now)).collect(),
        })
    }
}
