//! `RestorePoint`, and the value sets of a restore.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::identifier::BackupSetId;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Which moments of a restore range can be restored.
    ///
    /// Wire name: `RangeType`.
    /// Source: [`DescribeRestoreRangeInfo`](crate::operations::DescribeRestoreRangeInfo).
    #[doc(alias = "RangeType")]
    pub enum RestoreRangeType {
        /// Only the moments of the full backups.
        Point = "point",
        /// Any moment in the range.
        Range = "range",
    }
}

wire_enum! {
    /// What a restore does with an object whose name already exists.
    ///
    /// Source: [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
    pub enum DuplicateConflict {
        /// Renames the restored object.
        RenameNew = "renamenew",
        /// Fails the restore, which is the default of the service.
        ///
        /// From the page of `ALIYUN::DBS::RestoreTask` of the vendor's Resource Orchestration
        /// Service.
        Failure = "failure" ~ "fail" ~ "error",
    }
}

wire_enum! {
    /// What a restore writes to.
    ///
    /// The vendor publishes no value set; its examples show this one value. Source:
    /// [`DescribeRestoreTaskList`](crate::operations::DescribeRestoreTaskList), the vendor's SDK.
    pub enum RestoreDestinationMode {
        /// An existing instance.
        ExistInstance = "exist_instance",
    }
}

/// The state to restore: a point in time or a full backup set.
///
/// A moment and a [`BackupSetId`] convert into it. Wire names: `RestoreTime`, in milliseconds
/// since 1970 (UTC), or `BackupSetId`; the service accepts only one of them.
/// Source: [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::RestorePoint;
///
/// let point = RestorePoint::BackupSet("1iukx5h0exmp".parse()?);
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireRestorePoint", into = "WireRestorePoint")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum RestorePoint {
    /// The state at a point in time.
    ///
    /// It must lie in a range that
    /// [`DescribeRestoreRangeInfo`](crate::operations::DescribeRestoreRangeInfo) returns. Wire
    /// name: `RestoreTime`.
    #[doc(alias = "RestoreTime")]
    Time(OffsetDateTime),
    /// A full backup set.
    ///
    /// Wire name: `BackupSetId`.
    #[doc(alias = "BackupSetId")]
    BackupSet(BackupSetId),
}

impl From<OffsetDateTime> for RestorePoint {
    fn from(at: OffsetDateTime) -> Self {
        Self::Time(at)
    }
}

impl From<BackupSetId> for RestorePoint {
    fn from(set: BackupSetId) -> Self {
        Self::BackupSet(set)
    }
}

/// The wire form of [`RestorePoint`].
#[serde_with::skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireRestorePoint {
    #[serde(with = "lenient::unix_ms")]
    restore_time: Option<OffsetDateTime>,
    #[serde(deserialize_with = "lenient::optional")]
    backup_set_id: Option<BackupSetId>,
}

impl From<RestorePoint> for WireRestorePoint {
    fn from(point: RestorePoint) -> Self {
        match point {
            RestorePoint::Time(at) => Self { restore_time: Some(at), backup_set_id: None },
            RestorePoint::BackupSet(set) => Self { restore_time: None, backup_set_id: Some(set) },
        }
    }
}

impl TryFrom<WireRestorePoint> for RestorePoint {
    type Error = InvalidValue;

    fn try_from(wire: WireRestorePoint) -> Result<Self, InvalidValue> {
        match (wire.restore_time, wire.backup_set_id) {
            (Some(at), None) => Ok(Self::Time(at)),
            (None, Some(set)) => Ok(Self::BackupSet(set)),
            (Some(_), Some(set)) => {
                let why = "expected `RestoreTime` or `BackupSetId`, got both";
                Err(InvalidValue::new("BackupSetId", set, why))
            }
            (None, None) => {
                let why = "expected `RestoreTime` or `BackupSetId`";
                Err(InvalidValue::new("RestoreTime", "", why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_parameter_is_accepted() {
        for json in [r#"{"RestoreTime":1554560477123}"#, r#"{"BackupSetId":"1iukx5h0exmp"}"#] {
            let point: RestorePoint = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&point).unwrap(), json);
        }
        for (json, says) in [
            ("{}", "expected `RestoreTime` or `BackupSetId`"),
            (r#"{"RestoreTime":"1","BackupSetId":"a"}"#, "got both"),
        ] {
            let error = serde_json::from_str::<RestorePoint>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
