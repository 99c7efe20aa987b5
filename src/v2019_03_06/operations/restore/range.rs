//! `DescribeRestoreRangeInfo`: lists the times that a plan can be restored to.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetId, EndpointInstanceType, InstanceId, RestoreRangeType,
};

/// Lists the times that a plan can be restored to.
///
/// The response covers the requested time window. A range of type `point` names the full backups
/// that can be restored; a range of type `range`, which needs log backup, covers every time between
/// its start and its end.
///
/// Call it before [`CreateRestoreTask`], which takes one of the times or one of the backup sets.
/// [`EnableBackupLog`] makes the times between the full backups restorable.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per second and account.
///
/// # Permissions
///
/// `dbs:DescribeRestoreRangeInfo` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeRestoreRangeInfo;
/// use time::{Duration, OffsetDateTime};
///
/// let now = OffsetDateTime::now_utc();
/// let request = DescribeRestoreRangeInfo::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .begin_timestamp_for_restore(now - Duration::days(7))
///     .end_timestamp_for_restore(now)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describerestorerangeinfo).
///
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`EnableBackupLog`]: crate::operations::EnableBackupLog
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRestoreRangeInfo {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The start of the time window to examine. Required. Milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub begin_timestamp_for_restore: OffsetDateTime,
    /// The end of the time window to examine. Required. Milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub end_timestamp_for_restore: OffsetDateTime,
    /// Whether to return recent times. Optional; the vendor's page does not explain it further.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub recently_restore: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(DbsRecoverRangeName = "DBSRecoverRange");

/// The response to [`DescribeRestoreRangeInfo`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeRestoreRangeInfoResponse {
    /// The restorable ranges.
    ///
    /// Wire name: `Items.DBSRecoverRange`.
    #[doc(alias = "DBSRecoverRange")]
    #[serde(default, with = "Wrapped::<DbsRecoverRangeName>")]
    pub items: Vec<DbsRecoverRange>,
}

/// A range of times that a plan can be restored to.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
///
/// Undocumented, known from the vendor's SDK only: `backup_source_instance_type`,
/// `backup_source_instance_id`, `backup_source_host`, `backup_source_port`.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DbsRecoverRange {
    /// Whether every time in the range can be restored, or only the full backups in it.
    pub range_type: Open<RestoreRangeType>,
    /// The start of the range.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub begin_timestamp_for_restore: Option<OffsetDateTime>,
    /// The end of the range.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub end_timestamp_for_restore: Option<OffsetDateTime>,
    /// The full backups in the range. Empty unless the type is `point`.
    ///
    /// Wire name: `FullBackupList.FullBackupDetail`.
    #[doc(alias = "FullBackupDetail")]
    #[serde(
        default,
        with = "Wrapped::<FullBackupDetailName>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub full_backup_list: Vec<FullBackupDetail>,
    /// Where the database runs.
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// The id of the database instance.
    ///
    /// Wire name: `SourceEndpointInstanceID`.
    #[doc(alias = "SourceEndpointInstanceID")]
    #[serde(rename = "SourceEndpointInstanceID", alias = "SourceEndpointInstanceId")]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// Where the database ran when it was backed up.
    pub backup_source_instance_type: Option<Open<EndpointInstanceType>>,
    /// The id of the database instance when it was backed up.
    pub backup_source_instance_id: Option<InstanceId>,
    /// The host of the database when it was backed up.
    pub backup_source_host: Option<String>,
    /// The port of the database when it was backed up. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub backup_source_port: Option<u16>,
}

list_name!(FullBackupDetailName = "FullBackupDetail");

/// A full backup that can be restored.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FullBackupDetail {
    /// The id of the backup set.
    pub backup_set_id: BackupSetId,
    /// When the backup started.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub start_time: Option<OffsetDateTime>,
    /// When the backup ended.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub end_time: Option<OffsetDateTime>,
}

operation! {
    DescribeRestoreRangeInfo -> DescribeRestoreRangeInfoResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeRestoreRangeInfo::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .begin_timestamp_for_restore(
                OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap(),
            )
            .end_timestamp_for_restore(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .recently_restore(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BeginTimestampForRestore", "1676886947000"),
                ("ClientToken", "t-1"),
                ("EndTimestampForRestore", "1676886947000"),
                ("RecentlyRestore", "true"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeRestoreRangeInfo>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeRestoreRangeInfo.json"
        ));
        let [point, range] = &response.items[..] else { panic!("two ranges") };
        assert_eq!(point.range_type, RestoreRangeType::Point);
        assert_eq!(point.full_backup_list[0].backup_set_id.as_str(), "qecnsxkd7exm");
        assert_eq!(point.backup_source_port, Some(3306));
        assert_eq!(range.range_type, RestoreRangeType::Range);
        assert_eq!(range.end_timestamp_for_restore.unwrap().unix_timestamp(), 1_646_846_814);
        assert!(range.full_backup_list.is_empty());
    }
}
