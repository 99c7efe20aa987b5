//! `DescribeFullBackupList`: lists the full backups of a plan, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayIdentifier, BackupObjects, BackupPlanId, BackupSetId,
    EndpointInstanceType, FullBackupStatus, InstanceId, PageSizeChoice, RamRoleName,
    StorageEncryptMethod, StorageMethod,
};

/// Lists the full backups of a plan, a page at a time.
///
/// The window of time is in seconds here, as the example of the page has it, and in milliseconds in
/// the sibling lists.
///
/// RAM: `dbs:DescribeFullBackupList` on `*`. Limit: 100 calls a second per account. It changes
/// nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeFullBackupList;
/// use aliyun_dbs::types::PageSizeChoice;
///
/// let request = DescribeFullBackupList::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .page_size(PageSizeChoice::Hundred)
///     .show_progress(true)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeFullBackupList {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Only this backup set, `BackupSetId`.
    pub backup_set_id: Option<BackupSetId>,
    /// Only backups in this state, `BackupSetStatus`. Known from the vendor's SDK, not documented.
    pub backup_set_status: Option<FullBackupStatus>,
    /// Only backups from this moment on, `StartTimestamp`; seconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_seconds")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Only backups up to this moment, `EndTimestamp`; seconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_seconds")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 30, 50 or 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Asks for the progress of logical backups in the answer, `ShowProgress`; text on the wire.
    /// Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub show_progress: Option<bool>,
    /// Asks for the storage class in the answer, `ShowStorageType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(FullBackupFileName = "FullBackupFile");

/// Answer to [`DescribeFullBackupList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeFullBackupListResponse {
    /// The page, `PageNum`. Counted from 0 in requests; some answers say 1 for the first.
    #[serde(deserialize_with = "lenient::required")]
    pub page_num: u32,
    /// Rows per page, `PageSize`.
    #[serde(deserialize_with = "lenient::required")]
    pub page_size: u32,
    /// Number of pages, `TotalPages`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_pages: u32,
    /// Number of rows on all pages, `TotalElements`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_elements: u64,
    /// The rows, `Items.FullBackupFile`.
    #[serde(default, with = "Wrapped::<FullBackupFileName>")]
    pub items: Vec<FullBackupFile>,
}

/// A full backup as [`DescribeFullBackupList`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FullBackupFile {
    /// The backup set, `BackupSetId`.
    pub backup_set_id: BackupSetId,
    /// State of the backup, `BackupStatus`.
    pub backup_status: Open<FullBackupStatus>,
    /// Size of the backup in bytes, `BackupSize`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_size: Option<u64>,
    /// What was backed up, `BackupObjects`; JSON in a text on the wire.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_objects: Option<Open<BackupObjects>>,
    /// When the backup was created, `CreateTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub create_time: Option<OffsetDateTime>,
    /// When it began, `StartTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_time: Option<OffsetDateTime>,
    /// When it ended, `EndTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_time: Option<OffsetDateTime>,
    /// When it was finished, `FinishTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub finish_time: Option<OffsetDateTime>,
    /// When the backup set will be deleted, `BackupSetExpiredTime`; milliseconds since 1970 on the
    /// wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub backup_set_expired_time: Option<OffsetDateTime>,
    /// Storage class that it is kept in, `StorageMethod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub storage_method: Option<Open<StorageMethod>>,
    /// Encryption at rest, `StorageEncryptMethod`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub storage_encrypt_method: Option<Open<StorageEncryptMethod>>,
    /// How much of the structure is backed up, percent, `LogicalStructureBackupProgress`. Known
    /// from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub logical_structure_backup_progress: Option<u8>,
    /// How much of the data is backed up, percent, `LogicalFullBackupProgress`. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub logical_full_backup_progress: Option<u8>,
    /// Why it failed, `ErrMessage`; the text `NULL`, which some answers have there, is `None`.
    #[serde(rename = "ErrMessage", default, deserialize_with = "lenient::message")]
    pub error_message: Option<String>,
    /// Where the database lives, `SourceEndpointInstanceType`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// Region of the database, `SourceEndpointRegion`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_region: Option<Open<Region>>,
    /// Instance of the database, `SourceEndpointInstanceId`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, alias = "SourceEndpointInstanceID", deserialize_with = "lenient::optional")]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// Host and port of the database in one text, `SourceEndpointIpPort`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_ip_port: Option<String>,
    /// Host of the database, `SourceEndpointHost`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_host: Option<String>,
    /// Port of the database, `SourceEndpointPort`; text on the wire. Known from the vendor's SDK,
    /// not documented.
    #[serde(default, with = "lenient::as_text")]
    pub source_endpoint_port: Option<u16>,
    /// User that DBS logged in as, `SourceEndpointUserName`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_user_name: Option<String>,
    /// Whether DBS connected by TLS, `SourceEndpointEnableSsl`; text on the wire. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub source_endpoint_enable_ssl: Option<bool>,
    /// Other name of the backup gateway, `BackupGatewayIdentifier`. Known from the vendor's SDK,
    /// not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// Account that owns the database, `CrossAliyunId`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_aliyun_id: Option<AliyunId>,
    /// Role in that account, `CrossRoleName`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_role_name: Option<RamRoleName>,
}

operation! {
    DescribeFullBackupList -> DescribeFullBackupListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeFullBackupList, FullBackupFile);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeFullBackupList::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_set_id("set1".parse().unwrap())
            .backup_set_status(FullBackupStatus::Finish)
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(PageSizeChoice::Fifty)
            .show_progress(true)
            .show_storage_type(false)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupSetId", "set1"),
                ("BackupSetStatus", "finish"),
                ("ClientToken", "t-1"),
                ("EndTimestamp", "1676886947"),
                ("PageNum", "2"),
                ("PageSize", "50"),
                ("ShowProgress", "true"),
                ("ShowStorageType", "false"),
                ("StartTimestamp", "1676886947"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeFullBackupList>(include_str!(
            "../../../../tests/data/samples/DescribeFullBackupList.json"
        ));
        let [file] = &answer.items[..] else { panic!("one backup") };
        assert_eq!(file.backup_set_id.as_str(), "1iukx5h0exmp");
        assert_eq!(file.backup_status, FullBackupStatus::Finish);
        assert_eq!(file.storage_method, Some(StorageMethod::Standard.into()));
        assert_eq!(file.logical_full_backup_progress, Some(100));
        assert_eq!(file.source_endpoint_port, Some(3306));
        assert_eq!(file.error_message, None);
    }
}
