//! `CrossAccount`: access to a database that another account owns.

use serde::{Deserialize, Deserializer, Serialize};

use super::identifier::{AliyunId, RamRoleName};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// The account that owns the database, and the RAM role that DBS assumes.
///
/// Use it for a database that another Alibaba Cloud account owns. The service needs both
/// parameters or neither, so one without the other is an [`InvalidValue`].
/// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireCrossAccount", into = "WireCrossAccount")]
#[expect(clippy::exhaustive_structs, reason = "the service takes exactly these two")]
pub struct CrossAccount {
    /// The UID of the account that owns the database.
    ///
    /// Wire name: `CrossAliyunId`.
    #[doc(alias = "CrossAliyunId")]
    pub aliyun_id: AliyunId,
    /// The RAM role of that account that DBS assumes.
    ///
    /// Wire name: `CrossRoleName`.
    #[doc(alias = "CrossRoleName")]
    pub role_name: RamRoleName,
}

/// Reads the two parameters from a flattened request. Returns `None` if it has neither.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<CrossAccount>, D::Error> {
    lenient::optional_group::<WireCrossAccount, _, _>(deserializer)
}

/// The wire form of [`CrossAccount`].
#[serde_with::skip_serializing_none]
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireCrossAccount {
    #[serde(deserialize_with = "lenient::optional")]
    cross_aliyun_id: Option<AliyunId>,
    #[serde(deserialize_with = "lenient::optional")]
    cross_role_name: Option<RamRoleName>,
}

impl From<CrossAccount> for WireCrossAccount {
    fn from(account: CrossAccount) -> Self {
        Self { cross_aliyun_id: Some(account.aliyun_id), cross_role_name: Some(account.role_name) }
    }
}

impl TryFrom<WireCrossAccount> for CrossAccount {
    type Error = InvalidValue;

    fn try_from(wire: WireCrossAccount) -> Result<Self, InvalidValue> {
        match (wire.cross_aliyun_id, wire.cross_role_name) {
            (Some(aliyun_id), Some(role_name)) => Ok(Self { aliyun_id, role_name }),
            (None, _) => {
                Err(InvalidValue::new("CrossAliyunId", "", "required with `CrossRoleName`"))
            }
            (_, None) => {
                Err(InvalidValue::new("CrossRoleName", "", "required with `CrossAliyunId`"))
            }
        }
    }
}
