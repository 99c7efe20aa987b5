//! `ChangeResourceGroup`: moves a plan to another resource group.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::ResourceGroupId;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::types::{PrefixedPlanId, ResourceType};

/// Moves a plan to another resource group.
///
/// A successful response with `moved` set to `false` moved nothing. [`DescribeBackupPlanList`] lists the
/// plans of a resource group.
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:ChangeResourceGroup` on `*`.
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
/// use aliyun_dbs::v2021_01_01::operations::ChangeResourceGroup;
///
/// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
/// let request = ChangeResourceGroup::builder()
///     .new_resource_group_id("rg-aekzecovztiexm".parse()?)
///     .backup_plan_id(plan)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-changeresourcegroup).
/// The RAM table describes the operation as a read.
///
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ChangeResourceGroup {
    /// The id of the new resource group. Required.
    pub new_resource_group_id: ResourceGroupId,
    /// The id of the plan, with its prefix. Required.
    ///
    /// A [`BackupPlanId`](crate::types::BackupPlanId) converts into it. Wire name: `ResourceId`.
    #[doc(alias = "ResourceId")]
    #[serde(rename = "ResourceId")]
    #[builder(into)]
    pub backup_plan_id: PrefixedPlanId,
    /// The kind of resource. Defaults to a plan, the only kind.
    #[serde(default)]
    #[builder(default)]
    pub resource_type: ResourceType,
    /// The region of the plan. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub region_code: Option<Region>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ChangeResourceGroup`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangeResourceGroupResponse {
    /// Whether the plan was moved. `None` if the service sent neither `true` nor `false`.
    ///
    /// Wire name: `Data`.
    #[doc(alias = "Data")]
    #[serde(default, rename = "Data", with = "informational::as_text")]
    pub moved: Option<bool>,
}

operation! {
    ChangeResourceGroup -> ChangeResourceGroupResponse, IdempotentByToken, ram on ANY, with client_token
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::BackupPlanId;

    #[test]
    fn sends_every_parameter() {
        let request = ChangeResourceGroup::builder()
            .new_resource_group_id("rg-1".parse().unwrap())
            .backup_plan_id(BackupPlanId::new("1h").unwrap())
            .region_code(Region::Hangzhou)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("ClientToken", "t-1"),
                ("NewResourceGroupId", "rg-1"),
                ("RegionCode", "cn-hangzhou"),
                ("ResourceId", "dbs1h"),
                ("ResourceType", "backupplan"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ChangeResourceGroup>(include_str!(
            "../../../fake/samples/2021-01-01/ChangeResourceGroup.json"
        ));
        assert_eq!(response.moved, Some(true));
    }
}
