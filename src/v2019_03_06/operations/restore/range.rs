//! `DescribeRestoreRangeInfo`: reads the moments that a plan can be restored to.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetId, EndpointInstanceType, InstanceId, RestoreRangeType,
};

/// Reads the moments that a plan can be restored to, within a window of time: full backups
/// (`point`) and, where logs are backed up, whole ranges (`range`).
///
/// RAM: `dbs:DescribeRestoreRangeInfo` on `*`. Limit: 100 calls a second per account. It changes
/// nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
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
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRestoreRangeInfo {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Start of the window, `BeginTimestampForRestore`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub begin_timestamp_for_restore: OffsetDateTime,
    /// End of the window, `EndTimestampForRestore`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub end_timestamp_for_restore: OffsetDateTime,
    /// Asks for recent moments, `RecentlyRestore`; the page does not say more.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub recently_restore: Option<bool>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(DbsRecoverRangeName = "DBSRecoverRange");

/// Answer to [`DescribeRestoreRangeInfo`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeRestoreRangeInfoResponse {
    /// The ranges, `Items.DBSRecoverRange`.
    #[serde(default, with = "Wrapped::<DbsRecoverRangeName>")]
    pub items: Vec<DbsRecoverRange>,
}

/// A range of moments that a plan can be restored to.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DbsRecoverRange {
    /// Whether any moment of it can be restored, or its full backups only, `RangeType`.
    pub range_type: Open<RestoreRangeType>,
    /// Start of the range, `BeginTimestampForRestore`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub begin_timestamp_for_restore: OffsetDateTime,
    /// End of the range, `EndTimestampForRestore`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub end_timestamp_for_restore: OffsetDateTime,
    /// The full backups in it, `FullBackupList.FullBackupDetail`; only for `point`.
    #[serde(
        default,
        with = "Wrapped::<FullBackupDetailName>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub full_backup_list: Vec<FullBackupDetail>,
    /// Where the database lives, `SourceEndpointInstanceType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// Instance of the database, `SourceEndpointInstanceID`.
    #[serde(
        rename = "SourceEndpointInstanceID",
        alias = "SourceEndpointInstanceId",
        default,
        deserialize_with = "lenient::optional"
    )]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// Where the database lived that was backed up, `BackupSourceInstanceType`. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_source_instance_type: Option<Open<EndpointInstanceType>>,
    /// Instance of that database, `BackupSourceInstanceId`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_source_instance_id: Option<InstanceId>,
    /// Host of that database, `BackupSourceHost`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_source_host: Option<String>,
    /// Port of that database, `BackupSourcePort`; text on the wire. Known from the vendor's SDK,
    /// not documented.
    #[serde(default, with = "lenient::as_text")]
    pub backup_source_port: Option<u16>,
}

list_name!(FullBackupDetailName = "FullBackupDetail");

/// A full backup that can be restored.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FullBackupDetail {
    /// The backup set, `BackupSetId`.
    pub backup_set_id: BackupSetId,
    /// When the backup began, `StartTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_time: Option<OffsetDateTime>,
    /// When it ended, `EndTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_time: Option<OffsetDateTime>,
}

operation! {
    DescribeRestoreRangeInfo -> DescribeRestoreRangeInfoResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<DescribeRestoreRangeInfo>(include_str!(
            "../../../../tests/data/samples/DescribeRestoreRangeInfo.json"
        ));
        let [point, range] = &answer.items[..] else { panic!("two ranges") };
        assert_eq!(point.range_type, RestoreRangeType::Point);
        assert_eq!(point.full_backup_list[0].backup_set_id.as_str(), "qecnsxkd7exm");
        assert_eq!(point.backup_source_port, Some(3306));
        assert_eq!(range.range_type, RestoreRangeType::Range);
        assert_eq!(range.end_timestamp_for_restore.unix_timestamp(), 1_646_846_814);
        assert!(range.full_backup_list.is_empty());
    }
}
