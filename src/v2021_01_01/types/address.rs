//! `AddressLifetime` and `AddressSelection`: how long which addresses are valid.

use serde::{Deserialize, Serialize};

use super::identifier::DownloadTaskId;
use crate::rpc::value::InvalidValue;
use crate::rpc::value::bounded::bounded;
use crate::rpc::value::lenient;
use crate::v2019_03_06::types::{BackupSetId, InstanceId};

bounded! {
    /// How long a signed address is valid, in seconds. Defaults to 7200.
    ///
    /// Wire name: `Duration`. Source:
    /// [`DescribeDownloadBackupSetStorageInfo`](crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::v2021_01_01::types::{AddressLifetime, address_lifetime};
    ///
    /// assert_eq!(AddressLifetime::default(), address_lifetime!(7200));
    /// assert!(AddressLifetime::new(60).is_err());
    /// ```
    #[doc(alias = "Duration")]
    pub struct AddressLifetime(u32) is "Duration", "a number of seconds" from 300 to 86400;
    constant address_lifetime = __address_lifetime, $ "aliyun_dbs::v2021_01_01::types" v2021_01_01::types::AddressLifetime
}

impl AddressLifetime {
    /// The default of the service, 2 hours.
    pub const DEFAULT: Self = Self(7200);
}

impl Default for AddressLifetime {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Selects a finished download: its task, or an instance's backup set.
///
/// A [`DownloadTaskId`] converts into it. Wire names: `TaskId`, or `BackupSetId` and
/// `InstanceName`. Source:
/// [`DescribeDownloadBackupSetStorageInfo`](crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireAddress", into = "WireAddress")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum AddressSelection {
    /// The download of a task.
    ///
    /// Wire name: `TaskId`.
    #[doc(alias = "TaskId")]
    Task(DownloadTaskId),
    /// The download of a backup set.
    BackupSet {
        /// The instance that the backup set belongs to.
        ///
        /// Wire name: `InstanceName`.
        instance_name: InstanceId,
        /// The backup set.
        ///
        /// Wire name: `BackupSetId`.
        backup_set_id: BackupSetId,
    },
}

impl From<DownloadTaskId> for AddressSelection {
    fn from(task: DownloadTaskId) -> Self {
        Self::Task(task)
    }
}

/// The wire form of [`AddressSelection`].
#[serde_with::skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireAddress {
    #[serde(deserialize_with = "lenient::optional")]
    task_id: Option<DownloadTaskId>,
    #[serde(deserialize_with = "lenient::optional")]
    instance_name: Option<InstanceId>,
    #[serde(deserialize_with = "lenient::optional")]
    backup_set_id: Option<BackupSetId>,
}

impl From<AddressSelection> for WireAddress {
    fn from(selection: AddressSelection) -> Self {
        match selection {
            AddressSelection::Task(task) => Self { task_id: Some(task), ..Self::default() },
            AddressSelection::BackupSet { instance_name, backup_set_id } => Self {
                task_id: None,
                instance_name: Some(instance_name),
                backup_set_id: Some(backup_set_id),
            },
        }
    }
}

impl TryFrom<WireAddress> for AddressSelection {
    type Error = InvalidValue;

    fn try_from(wire: WireAddress) -> Result<Self, InvalidValue> {
        const BOTH: &str = "expected `TaskId`, or `InstanceName` and `BackupSetId`, got both";
        match (wire.task_id, wire.instance_name, wire.backup_set_id) {
            (Some(task), None, None) => Ok(Self::Task(task)),
            (None, Some(instance_name), Some(backup_set_id)) => {
                Ok(Self::BackupSet { instance_name, backup_set_id })
            }
            (Some(_), Some(instance), _) => Err(InvalidValue::new("InstanceName", instance, BOTH)),
            (Some(_), None, Some(set)) => Err(InvalidValue::new("BackupSetId", set, BOTH)),
            (None, Some(_), None) => {
                Err(InvalidValue::new("BackupSetId", "", "required together with `InstanceName`"))
            }
            (None, None, Some(_)) => {
                Err(InvalidValue::new("InstanceName", "", "required together with `BackupSetId`"))
            }
            (None, None, None) => {
                let why = "expected `TaskId`, or `InstanceName` and `BackupSetId`";
                Err(InvalidValue::new("TaskId", "", why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_selection_round_trips() {
        for json in [r#"{"TaskId":"dt-1"}"#, r#"{"InstanceName":"rm-1","BackupSetId":"1"}"#] {
            let selection: AddressSelection = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&selection).unwrap(), json);
        }
    }

    #[test]
    fn other_combinations_are_rejected() {
        for (json, says) in [
            ("{}", "missing `TaskId`"),
            (r#"{"InstanceName":"rm-1"}"#, "missing `BackupSetId`"),
            (r#"{"BackupSetId":"1"}"#, "missing `InstanceName`"),
            (r#"{"TaskId":"dt-1","BackupSetId":"1"}"#, "got both"),
            (r#"{"TaskId":"dt-1","InstanceName":"rm-1"}"#, "got both"),
            (r#"{"TaskId":"dt-1","InstanceName":"rm-1","BackupSetId":"1"}"#, "got both"),
        ] {
            let error = serde_json::from_str::<AddressSelection>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
