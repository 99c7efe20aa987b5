//! `CrossAccount`: a database that another account owns.

use serde::{Deserialize, Deserializer, Serialize};

use super::identifier::{AliyunId, RamRoleName};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// Another account's database, reached by a role of that account. Wire: `CrossAliyunId` and
/// `CrossRoleName`, which only make sense together. Source: `ConfigureBackupPlan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireCrossAccount", into = "WireCrossAccount")]
#[expect(clippy::exhaustive_structs, reason = "the pair is the whole of it")]
pub struct CrossAccount {
    /// UID of the account that owns the database, `CrossAliyunId`.
    pub aliyun_id: AliyunId,
    /// RAM role of that account that DBS takes on, `CrossRoleName`.
    pub role_name: RamRoleName,
}

/// Reads a cross-account pair among other parameters, if there is one.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<CrossAccount>, D::Error> {
    lenient::optional_group::<WireCrossAccount, _, _>(deserializer)
}

/// The parameters as they travel.
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
            (None, _) => Err(InvalidValue::new("CrossAliyunId", "", "CrossRoleName needs it")),
            (_, None) => Err(InvalidValue::new("CrossRoleName", "", "CrossAliyunId needs it")),
        }
    }
}
