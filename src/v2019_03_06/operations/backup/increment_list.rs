//! `DescribeIncrementBackupList`: lists the incremental backups of a plan, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetId, BackupSetJobId, EndpointInstanceType, IncrementBackupStatus,
    InstanceId, PageSizeChoice, StorageMethod,
};

/// Lists the incremental (log) backups of a plan, a page at a time.
///
/// RAM: `dbs:DescribeIncrementBackupList` on `*`. Limit: 100 calls a second per account. It changes
/// nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeIncrementBackupList;
///
/// let request = DescribeIncrementBackupList::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeIncrementBackupList {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Only backups from this moment on, `StartTimestamp`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Only backups up to this moment, `EndTimestamp`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 30, 50 or 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Asks for the storage class in the answer, `ShowStorageType`; yes if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(IncrementBackupFileName = "IncrementBackupFile");

/// Answer to [`DescribeIncrementBackupList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeIncrementBackupListResponse {
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
    /// The rows, `Items.IncrementBackupFile`.
    #[serde(default, with = "Wrapped::<IncrementBackupFileName>")]
    pub items: Vec<IncrementBackupFile>,
}

/// An incremental backup as [`DescribeIncrementBackupList`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct IncrementBackupFile {
    /// The backup set: the name of a log file, `BackupSetId`.
    pub backup_set_id: BackupSetId,
    /// The job that wrote it, which a download asks for, `BackupSetJobId`.
    pub backup_set_job_id: BackupSetJobId,
    /// State of the backup, `BackupStatus`.
    pub backup_status: Open<IncrementBackupStatus>,
    /// Size of the backup in bytes, `BackupSize`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_size: Option<u64>,
    /// First moment in the log, `StartTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_time: Option<OffsetDateTime>,
    /// Last moment in the log, `EndTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_time: Option<OffsetDateTime>,
    /// When the backup set will be deleted, `BackupSetExpiredTime`; milliseconds since 1970 on the
    /// wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub backup_set_expired_time: Option<OffsetDateTime>,
    /// Storage class that it is kept in, `StorageMethod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub storage_method: Option<Open<StorageMethod>>,
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
}

operation! {
    DescribeIncrementBackupList -> DescribeIncrementBackupListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeIncrementBackupList, IncrementBackupFile);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeIncrementBackupList::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(PageSizeChoice::Hundred)
            .show_storage_type(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("EndTimestamp", "1676886947000"),
                ("PageNum", "2"),
                ("PageSize", "100"),
                ("ShowStorageType", "true"),
                ("StartTimestamp", "1676886947000"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeIncrementBackupList>(include_str!(
            "../../../../tests/data/samples/DescribeIncrementBackupList.json"
        ));
        let [file] = &answer.items[..] else { panic!("one backup") };
        assert_eq!(file.backup_set_id.as_str(), "mysql-bin.000054");
        assert_eq!(file.backup_set_job_id.as_str(), "1hv5g9wk4exm");
        assert_eq!(file.backup_status, IncrementBackupStatus::Filling);
        assert_eq!(file.end_time.unwrap().unix_timestamp(), 1_648_434_713);
    }
}
