//! The baseline of decoding: plain structs of strings, numbers and flags.

#![expect(clippy::struct_field_names, reason = "the fields have the names of the service")]

use serde::Deserialize;

/// The response to `DescribeBackupPlanList`, as written for plain `serde_json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Page {
    pub(crate) request_id: String,
    pub(crate) http_status_code: u16,
    pub(crate) success: bool,
    pub(crate) page_num: u32,
    pub(crate) page_size: u32,
    pub(crate) total_pages: u32,
    pub(crate) total_elements: u64,
    pub(crate) items: Items,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Items {
    pub(crate) backup_plan_detail: Vec<Plan>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Plan {
    pub(crate) backup_plan_id: String,
    pub(crate) backup_plan_name: String,
    pub(crate) backup_plan_status: String,
    pub(crate) backup_plan_region: Option<String>,
    pub(crate) backup_plan_create_time: u64,
    pub(crate) backup_method: String,
    pub(crate) database_type: String,
    pub(crate) instance_class: String,
    pub(crate) instance_charge_type: Option<String>,
    pub(crate) instance_expired_timestamp: Option<u64>,
    pub(crate) resource_group_id: Option<String>,
    pub(crate) err_message: Option<String>,
    pub(crate) source_endpoint_instance_type: Option<String>,
    pub(crate) source_endpoint_region: Option<String>,
    #[serde(rename = "SourceEndpointInstanceID")]
    pub(crate) source_endpoint_instance_id: Option<String>,
    pub(crate) source_endpoint_ip_port: Option<String>,
    pub(crate) source_endpoint_host: Option<String>,
    pub(crate) source_endpoint_port: Option<String>,
    pub(crate) source_endpoint_database_name: Option<String>,
    pub(crate) source_endpoint_user_name: Option<String>,
    #[serde(rename = "SourceEndpointOracleSID")]
    pub(crate) source_endpoint_oracle_sid: Option<String>,
    pub(crate) source_endpoint_enable_ssl: Option<String>,
    pub(crate) backup_gateway_id: Option<u64>,
    pub(crate) backup_gateway_identifier: Option<String>,
    pub(crate) cross_aliyun_id: Option<String>,
    pub(crate) cross_role_name: Option<String>,
    pub(crate) backup_objects: Option<String>,
    pub(crate) backup_period: Option<String>,
    pub(crate) backup_start_time: Option<String>,
    pub(crate) enable_backup_log: Option<bool>,
    pub(crate) enable_mysql_physical_backup_bin_log: Option<bool>,
    pub(crate) begin_timestamp_for_restore: Option<u64>,
    pub(crate) end_timestamp_for_restore: Option<u64>,
    pub(crate) backup_storage_type: Option<String>,
    #[serde(rename = "OSSBucketName")]
    pub(crate) oss_bucket_name: Option<String>,
    #[serde(rename = "OSSBucketRegion")]
    pub(crate) oss_bucket_region: Option<String>,
    pub(crate) storage_encrypt_method: Option<String>,
    pub(crate) backup_retention_period: Option<u32>,
    pub(crate) duplication_infrequent_access_period: Option<u32>,
    pub(crate) duplication_archive_period: Option<u32>,
    pub(crate) increment_backup_retention_period: Option<String>,
    pub(crate) increment_duplication_infrequent_access_period: Option<String>,
    pub(crate) increment_duplication_archive_period: Option<String>,
    pub(crate) log_backup_retention_period: Option<String>,
    pub(crate) log_duplication_infrequent_access_period: Option<String>,
    pub(crate) log_duplication_archive_period: Option<String>,
    pub(crate) open_backup_set_auto_download: Option<bool>,
    pub(crate) backup_set_download_dir: Option<String>,
    pub(crate) backup_set_download_target_type: Option<String>,
    pub(crate) backup_set_download_gateway_id: Option<u64>,
    pub(crate) backup_set_download_full_data_format: Option<String>,
    pub(crate) backup_set_download_increment_data_format: Option<String>,
}
