//! `InitializeDbsServiceLinkedRole`: creates the role that DBS reaches cloud databases with.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::operation::{Operation, RateLimit, Safety};
use crate::rpc::value::lenient;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::declare::ANY;
use crate::v2019_03_06::operations::registry::assert_listed;

/// Creates the service-linked role that DBS needs before it may reach cloud databases, once per
/// account.
///
/// A second call is refused with `EntityAlreadyExists.Role`, which means that all is well. The
/// operation has no client token, so a call whose outcome is unknown is not repeated: ask again
/// yourself, and take that refusal for a success. It differs from the others in its answer, too:
/// `Success` is a text, and `ErrCode` is called `ErrorCode`; both are read as everywhere.
///
/// RAM: `dbs:InitializeDbsServiceLinkedRole` on `*`. Limit: none is published.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `EntityAlreadyExists.Role` (the role is there already), `Request.Forbidden` (no RAM
/// permission).
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
#[derive(Builder, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InitializeDbsServiceLinkedRole {}

/// Answer to [`InitializeDbsServiceLinkedRole`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct InitializeDbsServiceLinkedRoleResponse {
    /// Reserved, `Data`; the service leaves it empty.
    #[serde(default, deserialize_with = "lenient::optional")]
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

assert_listed!(InitializeDbsServiceLinkedRole);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn nothing_is_sent() {
        assert_sends(&InitializeDbsServiceLinkedRole::builder().build(), &[]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<InitializeDbsServiceLinkedRole>(include_str!(
            "../../../../tests/data/samples/InitializeDbsServiceLinkedRole.json"
        ));
        assert_eq!(answer.data, None);
    }
}
