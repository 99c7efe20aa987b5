//! Lists plans.

use time::OffsetDateTime;

use super::endpoint_fields::EndpointFields;
use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::plan::Plan;
use crate::fake::world::ranges::log_ranges;
use crate::fake::world::state::World;
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribeBackupPlanList, DescribeBackupPlanListResponse,
};
use crate::v2019_03_06::types::{AutoDownload, BackupSchedule, BackupStorage, BackupStorageType};

fn matches(plan: &Plan, filter: &DescribeBackupPlanList, now: OffsetDateTime) -> bool {
    let purchase = &plan.purchase;
    let group = purchase.resource_group_id.as_ref();
    (filter.backup_plan_ids.is_empty() || filter.backup_plan_ids.contains(&plan.id))
        && filter.backup_plan_name.as_deref().is_none_or(|wanted| plan.name() == wanted)
        && filter.backup_plan_status.is_none_or(|wanted| plan.status_at(now) == wanted)
        && filter.backup_method.is_none_or(|wanted| purchase.backup_method == wanted)
        && filter.region.is_none_or(|wanted| purchase.region == wanted)
        && filter.resource_group_id.as_ref().is_none_or(|wanted| group == Some(wanted))
}

fn row(plan: &Plan, now: OffsetDateTime) -> BackupPlanDetail {
    let row = purchase_row(plan, now);
    match plan.configuration {
        Some(_) => storage_row(plan, configuration_row(plan, row, now)),
        None => row,
    }
}

/// Returns the row of a plan without its configuration.
fn purchase_row(plan: &Plan, now: OffsetDateTime) -> BackupPlanDetail {
    let purchase = &plan.purchase;
    BackupPlanDetail {
        backup_plan_id: plan.id.clone(),
        backup_plan_name: Some(plan.name().to_owned()),
        backup_plan_status: plan.status_at(now).into(),
        backup_plan_region: Some(purchase.region.into()),
        backup_plan_create_time: Some(plan.created_at),
        backup_method: purchase.backup_method.into(),
        database_type: purchase.database_type.into(),
        instance_class: purchase.instance_class.into(),
        instance_charge_type: Some(plan.purchase.charge_type().into()),
        instance_expired_timestamp: plan.expires_at,
        resource_group_id: purchase.resource_group_id.clone(),
        error_message: plan.error_message(now).map(str::to_owned),
        source_endpoint_instance_type: None,
        source_endpoint_region: None,
        source_endpoint_instance_id: None,
        source_endpoint_ip_port: None,
        source_endpoint_host: None,
        source_endpoint_port: None,
        source_endpoint_database_name: None,
        source_endpoint_user_name: None,
        source_endpoint_oracle_sid: None,
        source_endpoint_enable_ssl: None,
        backup_gateway_id: None,
        backup_gateway_identifier: None,
        cross_aliyun_id: None,
        cross_role_name: None,
        backup_objects: None,
        backup_period: None,
        backup_start_time: None,
        enable_backup_log: None,
        enable_mysql_physical_backup_binlog: None,
        begin_timestamp_for_restore: None,
        end_timestamp_for_restore: None,
        backup_storage_type: None,
        oss_bucket_name: None,
        oss_bucket_region: None,
        storage_encrypt_method: None,
        backup_retention_period: None,
        duplication_infrequent_access_period: None,
        duplication_archive_period: None,
        increment_backup_retention_period: None,
        increment_duplication_infrequent_access_period: None,
        increment_duplication_archive_period: None,
        log_backup_retention_period: None,
        log_duplication_infrequent_access_period: None,
        log_duplication_archive_period: None,
        open_backup_set_auto_download: None,
        backup_set_download_dir: None,
        backup_set_download_target_type: None,
        backup_set_download_gateway_id: None,
        backup_set_download_full_data_format: None,
        backup_set_download_increment_data_format: None,
    }
}

/// Adds the database and the schedule to a row.
fn configuration_row(plan: &Plan, row: BackupPlanDetail, now: OffsetDateTime) -> BackupPlanDetail {
    let Some(configuration) = &plan.configuration else { return row };
    let endpoint = plan.source().map(EndpointFields::from_source);
    let endpoint = endpoint.as_ref();
    let cross = configuration.cross_account.as_ref();
    let weekly = configuration.schedule.and_then(BackupSchedule::days_and_time);
    let ranges = log_ranges(plan, now);
    BackupPlanDetail {
        resource_group_id: row.resource_group_id.or(configuration.resource_group_id.clone()),
        source_endpoint_instance_type: endpoint.map(|endpoint| endpoint.instance_type.into()),
        source_endpoint_region: endpoint.and_then(|endpoint| endpoint.region).map(Into::into),
        source_endpoint_instance_id: endpoint.and_then(|endpoint| endpoint.instance_id.clone()),
        source_endpoint_ip_port: endpoint.and_then(EndpointFields::ip_port),
        source_endpoint_host: endpoint.and_then(EndpointFields::host),
        source_endpoint_port: endpoint.and_then(EndpointFields::port),
        source_endpoint_database_name: endpoint.and_then(EndpointFields::database_name),
        source_endpoint_user_name: endpoint.and_then(EndpointFields::user_name),
        source_endpoint_oracle_sid: endpoint.and_then(EndpointFields::oracle_sid),
        source_endpoint_enable_ssl: configuration.enable_source_endpoint_ssl,
        backup_gateway_id: endpoint.and_then(|endpoint| endpoint.gateway_id),
        cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
        cross_role_name: cross.map(|cross| cross.role_name.clone()),
        backup_objects: configuration.backup_objects.clone().map(Into::into),
        backup_period: weekly.map(|(weekdays, _)| weekdays.into()),
        backup_start_time: weekly.map(|(_, start_time)| start_time.into()),
        enable_backup_log: Some(plan.logs_enabled()),
        enable_mysql_physical_backup_binlog: configuration.enable_mysql_physical_backup_binlog,
        begin_timestamp_for_restore: ranges.first().map(|range| range.0),
        end_timestamp_for_restore: ranges.last().map(|range| range.1),
        ..row
    }
}

/// Adds storage, retention and download rules to a row.
fn storage_row(plan: &Plan, row: BackupPlanDetail) -> BackupPlanDetail {
    let Some(configuration) = &plan.configuration else { return row };
    let (is_system, bucket) = match &configuration.storage {
        Some(BackupStorage::System) => (true, None),
        Some(BackupStorage::OssBucket(name)) => (false, Some(name.clone())),
        None => (false, None),
    };
    let retention = plan.retention.as_ref();
    let increments = retention.map(|retention| retention.increments).unwrap_or_default();
    let logs = retention.map(|retention| retention.logs).unwrap_or_default();
    let rules = plan.download_rules.as_ref();
    BackupPlanDetail {
        backup_storage_type: is_system.then_some(BackupStorageType::System.into()),
        oss_bucket_name: bucket,
        storage_encrypt_method: configuration.backup_storage_encrypt_method.map(Into::into),
        backup_retention_period: Some(plan.retention_days().into()),
        duplication_infrequent_access_period: Some(plan.infrequent_access_days()),
        duplication_archive_period: Some(plan.archive_days()),
        increment_backup_retention_period: increments.kept,
        increment_duplication_infrequent_access_period: increments.infrequent_access,
        increment_duplication_archive_period: increments.archive,
        log_backup_retention_period: logs.kept,
        log_duplication_infrequent_access_period: logs.infrequent_access,
        log_duplication_archive_period: logs.archive,
        open_backup_set_auto_download: rules
            .map(|rules| matches!(rules.auto_download, Some(AutoDownload::To(_)))),
        backup_set_download_dir: rules.and_then(|rules| rules.directory.clone()),
        backup_set_download_target_type: rules.and_then(|rules| rules.target_type).map(Into::into),
        backup_set_download_gateway_id: rules.and_then(|rules| rules.gateway_id),
        backup_set_download_full_data_format: rules
            .and_then(|rules| rules.full_data_format)
            .map(Into::into),
        backup_set_download_increment_data_format: rules
            .and_then(|rules| rules.increment_data_format)
            .map(Into::into),
        ..row
    }
}

impl Handle for DescribeBackupPlanList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let found = world.plans.iter().filter(|plan| matches(plan, &self, now)).collect();
        let page: ListPage<&Plan> = ListPage::of(
            found,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeBackupPlanListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.into_iter().map(|plan| row(plan, now)).collect(),
        })
    }
}
