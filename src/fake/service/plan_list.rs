//! The list of plans.

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::endpoints::Place;
use crate::fake::service::ranges::log_ranges;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::{Handle, Page, State};
use crate::v2019_03_06::operations::DescribeBackupPlanList;
use crate::v2019_03_06::operations::plan::{BackupPlanDetail, DescribeBackupPlanListResponse};
use crate::v2019_03_06::types::{AutoDownload, BackupSchedule, BackupStorage, BackupStorageType};

impl Plan {
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    fn fits(&self, filter: &DescribeBackupPlanList, now: OffsetDateTime) -> bool {
        let purchase = &self.purchase;
        let group = purchase.resource_group_id.as_ref();
        (filter.backup_plan_ids.is_empty() || filter.backup_plan_ids.contains(&self.id))
            && filter.backup_plan_name.as_deref().is_none_or(|wanted| self.name() == wanted)
            && filter.backup_plan_status.is_none_or(|wanted| self.status_at(now) == wanted)
            && filter.backup_method.is_none_or(|wanted| purchase.backup_method == wanted)
            && filter.region.is_none_or(|wanted| purchase.region == wanted)
            && filter.resource_group_id.as_ref().is_none_or(|wanted| group == Some(wanted))
    }

    fn row(&self, now: OffsetDateTime) -> BackupPlanDetail {
        let row = self.bought_row(now);
        match self.configuration {
            Some(_) => self.stored_row(self.configured_row(row, now)),
            None => row,
        }
    }

    /// What is known once a plan is bought.
    fn bought_row(&self, now: OffsetDateTime) -> BackupPlanDetail {
        let purchase = &self.purchase;
        BackupPlanDetail {
            backup_plan_id: self.id.clone(),
            backup_plan_name: self.name().to_owned(),
            backup_plan_status: self.status_at(now).into(),
            backup_plan_region: Some(purchase.region.into()),
            backup_plan_create_time: self.created_at,
            backup_method: purchase.backup_method.into(),
            database_type: purchase.database_type.into(),
            instance_class: purchase.instance_class.into(),
            instance_charge_type: Some(self.charge_type().into()),
            instance_expired_timestamp: self.expires_at,
            resource_group_id: purchase.resource_group_id.clone(),
            error_message: self.error_message(now).map(str::to_owned),
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

    /// What a configuration adds: the database, and when it is backed up.
    fn configured_row(&self, row: BackupPlanDetail, now: OffsetDateTime) -> BackupPlanDetail {
        let Some(configuration) = &self.configuration else { return row };
        let place = self.source.as_ref().map(Place::of_source);
        let place = place.as_ref();
        let cross = configuration.cross_account.as_ref();
        let weekly = match configuration.schedule {
            Some(BackupSchedule::Weekly { weekdays, start_time }) => Some((weekdays, start_time)),
            _ => None,
        };
        let ranges = log_ranges(self, now);
        BackupPlanDetail {
            resource_group_id: row.resource_group_id.or(configuration.resource_group_id.clone()),
            source_endpoint_instance_type: place.map(|place| place.instance_type.into()),
            source_endpoint_region: place.and_then(|place| place.region).map(Into::into),
            source_endpoint_instance_id: place.and_then(|place| place.instance_id.clone()),
            source_endpoint_ip_port: place.and_then(Place::ip_port),
            source_endpoint_host: place.and_then(Place::host),
            source_endpoint_port: place.and_then(Place::port),
            source_endpoint_database_name: place.and_then(Place::database_name),
            source_endpoint_user_name: place.and_then(Place::user_name),
            source_endpoint_oracle_sid: place.and_then(Place::oracle_sid),
            source_endpoint_enable_ssl: configuration.enable_source_endpoint_ssl,
            backup_gateway_id: place.and_then(|place| place.gateway_id),
            cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
            cross_role_name: cross.map(|cross| cross.role_name.clone()),
            backup_objects: configuration.backup_objects.clone().map(Into::into),
            backup_period: weekly.map(|(weekdays, _)| weekdays.into()),
            backup_start_time: weekly.map(|(_, start_time)| start_time.into()),
            enable_backup_log: Some(self.logs_on()),
            enable_mysql_physical_backup_binlog: configuration.enable_mysql_physical_backup_binlog,
            begin_timestamp_for_restore: ranges.first().map(|range| range.0),
            end_timestamp_for_restore: ranges.last().map(|range| range.1),
            ..row
        }
    }

    /// What a configuration adds: how long backups are kept, and where they go.
    fn stored_row(&self, row: BackupPlanDetail) -> BackupPlanDetail {
        let Some(configuration) = &self.configuration else { return row };
        let (is_system, bucket) = match &configuration.storage {
            Some(BackupStorage::System) => (true, None),
            Some(BackupStorage::OssBucket(name)) => (false, Some(name.clone())),
            None => (false, None),
        };
        let storage = self.storage.as_ref();
        let rules = self.download_rules.as_ref();
        BackupPlanDetail {
            backup_storage_type: is_system.then_some(BackupStorageType::System.into()),
            oss_bucket_name: bucket,
            storage_encrypt_method: configuration.backup_storage_encrypt_method.map(Into::into),
            backup_retention_period: Some(self.retention_days().into()),
            duplication_infrequent_access_period: Some(self.infrequent_access_days()),
            duplication_archive_period: Some(self.archive_days()),
            increment_backup_retention_period: storage
                .and_then(|known| known.increment_backup_retention_period),
            increment_duplication_infrequent_access_period: storage
                .and_then(|known| known.increment_duplication_infrequent_access_period),
            increment_duplication_archive_period: storage
                .and_then(|known| known.increment_duplication_archive_period),
            log_backup_retention_period: storage
                .and_then(|known| known.log_backup_retention_period),
            log_duplication_infrequent_access_period: storage
                .and_then(|known| known.log_duplication_infrequent_access_period),
            log_duplication_archive_period: storage
                .and_then(|known| known.log_duplication_archive_period),
            open_backup_set_auto_download: rules
                .map(|rules| matches!(rules.auto_download, Some(AutoDownload::To(_)))),
            backup_set_download_dir: rules.and_then(|rules| rules.backup_set_download_dir.clone()),
            backup_set_download_target_type: rules
                .and_then(|rules| rules.backup_set_download_target_type)
                .map(Into::into),
            backup_set_download_gateway_id: rules.and_then(|rules| rules.backup_gateway_id),
            backup_set_download_full_data_format: rules
                .and_then(|rules| rules.full_data_format)
                .map(Into::into),
            backup_set_download_increment_data_format: rules
                .and_then(|rules| rules.increment_data_format)
                .map(Into::into),
            ..row
        }
    }
}

impl Handle for DescribeBackupPlanList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let found = state.plans.iter().filter(|plan| plan.fits(self, now)).collect();
        let page: Page<&Plan> =
            Page::of(found, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeBackupPlanListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.into_iter().map(|plan| plan.row(now)).collect(),
        })
    }
}
