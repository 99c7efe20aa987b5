//! `DescribeSandboxBackupSets`: lists the backup sets for a sandbox, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{Open, informational, lenient};
use crate::v2019_03_06::types::{BackupSetId, PageSizeChoice};
use crate::v2021_01_01::operations::declare::{operation, paged};
use crate::v2021_01_01::operations::sandbox::page::SandboxPage;
use crate::v2021_01_01::types::{BarePlanId, PageNumber, SandboxSetKind, plan_id, times};

/// Lists the backup sets from which a sandbox can be created, one page per call.
///
/// The response is JSON in a string, which the client reads. [`DescribeSandboxRecoveryTime`] returns the
/// times for which a sandbox can be created.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::v2021_01_01::operations#idempotency).
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:DescribeSandboxBackupSets` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::BackupPlanId;
/// use aliyun_dbs::v2021_01_01::operations::DescribeSandboxBackupSets;
///
/// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
/// let request = DescribeSandboxBackupSets::builder().backup_plan_id(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describesandboxbackupsets).
/// It is inferred that the operation fails for an id with the prefix `dbs`.
///
/// [`DescribeSandboxRecoveryTime`]: crate::v2021_01_01::operations::DescribeSandboxRecoveryTime
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeSandboxBackupSets {
    /// The id of the plan, without its prefix. Required.
    ///
    /// A [`BackupPlanId`](crate::types::BackupPlanId) converts into it.
    #[builder(into)]
    pub backup_plan_id: BarePlanId,
    /// Only this backup set. Optional.
    pub backup_set_id: Option<BackupSetId>,
    /// The page to return, counted from 1. Optional; defaults to 1.
    pub page_number: Option<PageNumber>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
}

/// A backup set for a sandbox, as [`DescribeSandboxBackupSets`] returns it.
///
/// A field that the service omits or leaves empty is `None`.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SandboxBackupSet {
    /// The id of the backup set.
    pub backup_set_id: BackupSetId,
    /// The kind of the backup set.
    pub backup_set_type: Open<SandboxSetKind>,
    /// The time of the backup set.
    #[serde(default, with = "times::utc")]
    #[serde_with(skip_apply)]
    pub backup_set_time: Option<OffsetDateTime>,
    /// The id of the plan, without its prefix.
    #[serde(default, deserialize_with = "plan_id::either")]
    #[serde_with(skip_apply)]
    pub backup_plan_id: Option<BarePlanId>,
}

operation! {
    DescribeSandboxBackupSets -> SandboxPage<SandboxBackupSet>, ReadOnly, ram on ANY
}
paged!(DescribeSandboxBackupSets, SandboxBackupSet by backup_set_id, page page_number);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::operation::PagedOperation;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let plan: crate::types::BackupPlanId = "dbs1h".parse().unwrap();
        let request = DescribeSandboxBackupSets::builder()
            .backup_plan_id(plan)
            .backup_set_id("1h_1".parse().unwrap())
            .page_number(PageNumber::MIN)
            .page_size(PageSizeChoice::Fifty)
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "1h"),
                ("BackupSetId", "1h_1"),
                ("PageNumber", "1"),
                ("PageSize", "50"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let page = decode_sample::<DescribeSandboxBackupSets>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeSandboxBackupSets.json"
        ));
        let [log, full] = &page.items[..] else { panic!("two backup sets") };
        assert_eq!(log.backup_set_type, SandboxSetKind::Increment);
        assert_eq!(full.backup_set_type, SandboxSetKind::Full);
        assert_eq!(full.backup_set_id.as_str(), "1hsandbox8plana_20210829064228");
        assert_eq!(page.total_elements, Some(2));
    }

    #[test]
    fn unreadable_pages_do_not_end_the_list() {
        let page = decode_sample::<DescribeSandboxBackupSets>(r#"{"Success":"true","Data":"?"}"#);
        assert_eq!(page.unparsed.as_deref(), Some("?"));
        assert_eq!(DescribeSandboxBackupSets::total_elements(&page), u64::MAX);
        let empty = decode_sample::<DescribeSandboxBackupSets>(r#"{"Success":"true"}"#);
        assert_eq!(DescribeSandboxBackupSets::total_elements(&empty), 0);
    }
}
