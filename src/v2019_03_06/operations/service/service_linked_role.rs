//! `InitializeDbsServiceLinkedRole`: creates the role with which the service reaches databases.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::operation::{Operation, RateLimit, Safety};
use crate::rpc::value::informational;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::declare::{ANY, register};

/// Creates the service-linked role that the service needs to reach cloud databases.
///
/// An account needs one such role. If it already exists, the call fails with
/// `EntityAlreadyExists.Role`, which can be treated as success.
///
/// Call it before the first [`ConfigureBackupPlan`] or [`CreateAndStartBackupPlan`] of an account
/// for a cloud database.
///
/// # Idempotency
///
/// The service cannot recognize a repeated request, so the client never retries one that may have
/// been executed; see [idempotency](crate::operations#idempotency).
/// If a call fails without a response, call again and treat `EntityAlreadyExists.Role` as success.
///
/// # Limits
///
/// The vendor does not publish a limit.
///
/// # Permissions
///
/// `dbs:InitializeDbsServiceLinkedRole` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `EntityAlreadyExists.Role` | The role already exists. | Continue; the service can use the role. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
/// use aliyun_dbs::operations::InitializeDbsServiceLinkedRole;
/// use aliyun_dbs::types::ErrorCode;
///
/// match client.send(InitializeDbsServiceLinkedRole::builder().build()).await {
///     Ok(_) => {}
///     Err(error) if error.is(ErrorCode::EntityAlreadyExistsRole) => {}
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-initializedbsservicelinkedrole);
/// the error code is from its example of a response. It is inferred that the code means success.
/// The response sends `Success` as a string and names the error code `ErrorCode`, not `ErrCode` as
/// the other operations do; the client reads both.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
#[derive(Builder, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InitializeDbsServiceLinkedRole {}

/// The response to [`InitializeDbsServiceLinkedRole`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct InitializeDbsServiceLinkedRoleResponse {
    /// Reserved; the service always leaves it empty. `None` if the response omits it.
    pub data: Option<String>,
}

impl Operation for InitializeDbsServiceLinkedRole {
    type Api = Dbs20190306;
    type Response = InitializeDbsServiceLinkedRoleResponse;

    const ACTION: &'static str = "InitializeDbsServiceLinkedRole";
    const SAFETY: Safety = Safety::Mutating;
    const RAM_RESOURCE: &'static str = ANY;
    const RATE_LIMIT: Option<RateLimit> = None;
}

register!(InitializeDbsServiceLinkedRole);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_no_parameters() {
        assert_sends(&InitializeDbsServiceLinkedRole::builder().build(), &[]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<InitializeDbsServiceLinkedRole>(include_str!(
            "../../../fake/samples/2019-03-06/InitializeDbsServiceLinkedRole.json"
        ));
        assert_eq!(response.data, None);
    }
}
