//! `DeleteSandboxInstance`: releases a sandbox.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::informational;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::types::{BarePlanId, SandboxInstanceId};

/// Releases a sandbox.
///
/// The service refuses it while the sandbox is being created. The only published response has such a
/// refusal in `data`, so read it also after a success. [`DescribeSandboxInstances`] lists the sandboxes.
///
/// # Idempotency
///
/// The service runs it once per request, because it accepts no client token. The client does not send it
/// again when its outcome is unknown: [`Error::may_have_executed`](crate::Error::may_have_executed) then
/// returns true. In this case, list the sandboxes with [`DescribeSandboxInstances`] first.
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:DeleteSandboxInstance` on `*`.
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
/// use aliyun_dbs::v2021_01_01::operations::DeleteSandboxInstance;
///
/// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
/// let request = DeleteSandboxInstance::builder()
///     .backup_plan_id(plan)
///     .instance_id("1jsandbox9one".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-deletesandboxinstance).
/// It is inferred that the operation fails for an id with the prefix `dbs`.
///
/// [`DescribeSandboxInstances`]: crate::v2021_01_01::operations::DescribeSandboxInstances
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DeleteSandboxInstance {
    /// The id of the plan, without its prefix. Required.
    ///
    /// A [`BackupPlanId`](crate::types::BackupPlanId) converts into it.
    #[builder(into)]
    pub backup_plan_id: BarePlanId,
    /// The id of the sandbox. Required.
    pub instance_id: SandboxInstanceId,
    /// The zone of the sandbox, which `PrivateLink` serves. Optional.
    ///
    /// Known from the vendor's SDK since version 1.0.4.
    pub zone_id: Option<String>,
}

/// The response to [`DeleteSandboxInstance`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DeleteSandboxInstanceResponse {
    /// A message, which may be a refusal.
    ///
    /// The published example says that the sandbox is still being created.
    pub data: Option<String>,
}

operation! {
    DeleteSandboxInstance -> DeleteSandboxInstanceResponse, Mutating, ram on ANY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let plan: crate::types::BackupPlanId = "dbs1h".parse().unwrap();
        let request = DeleteSandboxInstance::builder()
            .backup_plan_id(plan)
            .instance_id("1j".parse().unwrap())
            .zone_id("cn-hangzhou-b")
            .build();
        assert_sends(
            &request,
            &[("BackupPlanId", "1h"), ("InstanceId", "1j"), ("ZoneId", "cn-hangzhou-b")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DeleteSandboxInstance>(include_str!(
            "../../../fake/samples/2021-01-01/DeleteSandboxInstance.json"
        ));
        assert_eq!(response.data, None);
        let refused = r#"{"Success":"true","Data":"the sandbox is creating"}"#;
        let response = decode_sample::<DeleteSandboxInstance>(refused);
        assert_eq!(response.data.as_deref(), Some("the sandbox is creating"));
    }
}
