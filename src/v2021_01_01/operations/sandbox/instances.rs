//! `DescribeSandboxInstances`: lists the sandboxes of a plan, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{Open, informational, lenient};
use crate::v2019_03_06::types::{BackupSetId, PageSizeChoice};
use crate::v2021_01_01::operations::declare::{operation, paged};
use crate::v2021_01_01::operations::sandbox::page::SandboxPage;
use crate::v2021_01_01::types::{
    BarePlanId, PageNumber, SandboxInstanceId, SandboxStatus, plan_id, times,
};

/// Lists the sandboxes of a plan, one page per call.
///
/// The response is JSON in a string, which the client reads. The console creates sandboxes, and
/// [`DeleteSandboxInstance`] releases one.
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
/// `dbs:DescribeSandboxInstances` on `*`.
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
/// use aliyun_dbs::v2021_01_01::operations::DescribeSandboxInstances;
///
/// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
/// let request = DescribeSandboxInstances::builder().backup_plan_id(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describesandboxinstances).
/// The page requires the plan, although its summary speaks of the whole account. It is inferred that the
/// operation fails for an id with the prefix `dbs`.
///
/// [`DeleteSandboxInstance`]: crate::v2021_01_01::operations::DeleteSandboxInstance
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeSandboxInstances {
    /// The id of the plan, without its prefix. Required.
    ///
    /// A [`BackupPlanId`](crate::types::BackupPlanId) converts into it.
    #[builder(into)]
    pub backup_plan_id: BarePlanId,
    /// Only this sandbox. Optional.
    pub instance_id: Option<SandboxInstanceId>,
    /// The page to return, counted from 1. Optional; defaults to 1.
    pub page_number: Option<PageNumber>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
}

/// A sandbox, as [`DescribeSandboxInstances`] returns it.
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
pub struct SandboxInstance {
    /// The id of the sandbox.
    pub instance_id: SandboxInstanceId,
    /// The state of the sandbox.
    pub status: Open<SandboxStatus>,
    /// The id of the plan, without its prefix.
    #[serde(default, deserialize_with = "plan_id::either")]
    #[serde_with(skip_apply)]
    pub backup_plan_id: Option<BarePlanId>,
    /// The id of the backup set that the sandbox shows.
    pub backup_set_id: Option<BackupSetId>,
    /// Where to connect to: a host and a port, or the mount path of a file system.
    pub connection_string: Option<String>,
    /// The time that the sandbox shows.
    #[serde(default, with = "times::utc")]
    #[serde_with(skip_apply)]
    pub restore_time: Option<OffsetDateTime>,
    /// How long the restore took, in seconds (inferred; the vendor states no meaning).
    pub restore_seconds: Option<u64>,
    /// When the sandbox was created.
    #[serde(default, with = "times::utc")]
    #[serde_with(skip_apply)]
    pub create_time: Option<OffsetDateTime>,
    /// The id of the VPC.
    pub vpc_id: Option<String>,
    /// The id of the vSwitch.
    pub vpc_switch_id: Option<String>,
    /// The size of the sandbox, such as `MYSQL_1C_1M_SD`.
    pub sandbox_specification: Option<String>,
}

operation! {
    DescribeSandboxInstances -> SandboxPage<SandboxInstance>, ReadOnly, ram on ANY
}
paged!(DescribeSandboxInstances, SandboxInstance by instance_id, page page_number);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let plan: crate::types::BackupPlanId = "dbs1h".parse().unwrap();
        let request = DescribeSandboxInstances::builder()
            .backup_plan_id(plan)
            .instance_id("1j".parse().unwrap())
            .page_number(PageNumber::MIN)
            .page_size(PageSizeChoice::Hundred)
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "1h"),
                ("InstanceId", "1j"),
                ("PageNumber", "1"),
                ("PageSize", "100"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let page = decode_sample::<DescribeSandboxInstances>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeSandboxInstances.json"
        ));
        let [sandbox] = &page.items[..] else { panic!("one sandbox") };
        assert_eq!(sandbox.status, SandboxStatus::Running);
        assert_eq!(sandbox.connection_string.as_deref(), Some("192.0.2.229:3306"));
        assert_eq!(sandbox.create_time.unwrap().unix_timestamp(), 1_628_754_029);
    }
}
