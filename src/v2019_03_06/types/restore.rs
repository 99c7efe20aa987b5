//! `RestorePoint`: what a restore goes back to, and the value sets of a restore.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::identifier::BackupSetId;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// What a restorable range offers, `RangeType`.
    ///
    /// Source: `DescribeRestoreRangeInfo`.
    pub enum RestoreRangeType {
        /// The moments of its full backups.
        Point = "point",
        /// Any moment in it.
        Range = "range",
    }
}

wire_enum! {
    /// What happens when a name exists already, `DuplicateConflict`.
    ///
    /// Source: `CreateRestoreTask`.
    pub enum DuplicateConflict {
        /// The restored object gets another name.
        RenameNew = "renamenew",
    }
}

wire_enum! {
    /// What a restore writes to, `RestoreDestinationMode`; the one value that examples show.
    ///
    /// Source: `DescribeRestoreTaskList`, the vendor's SDK.
    pub enum RestoreDestinationMode {
        /// An instance that exists.
        ExistInstance = "exist_instance",
    }
}

/// What is restored: the state at a moment, or a full backup set. Never both.
///
/// Wire: `RestoreTime` (milliseconds since 1970) or `BackupSetId`. Source: `CreateRestoreTask`.
///
/// ```
/// use aliyun_dbs::types::RestorePoint;
///
/// let point = RestorePoint::BackupSet("1iukx5h0exmp".parse()?);
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireRestorePoint", into = "WireRestorePoint")]
#[expect(clippy::exhaustive_enums, reason = "the service knows these two")]
pub enum RestorePoint {
    /// The state at a moment, which must lie in a range of
    /// [`DescribeRestoreRangeInfo`](crate::operations::DescribeRestoreRangeInfo).
    Time(OffsetDateTime),
    /// A full backup set.
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

/// The parameters as they travel.
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
                let why = "RestoreTime and BackupSetId exclude each other; leave one out";
                Err(InvalidValue::new("BackupSetId", set, why))
            }
            (None, None) => {
                Err(InvalidValue::new("RestoreTime", "", "give RestoreTime or BackupSetId"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_two_is_given() {
        for json in [r#"{"RestoreTime":1554560477123}"#, r#"{"BackupSetId":"1iukx5h0exmp"}"#] {
            let point: RestorePoint = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&point).unwrap(), json);
        }
        for (json, says) in
            [("{}", "give RestoreTime"), (r#"{"RestoreTime":"1","BackupSetId":"a"}"#, "exclude")]
        {
            let error = serde_json::from_str::<RestorePoint>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
