//! `PlanMethod`: the backup method of a plan, with its parameters.

use serde::{Deserialize, Serialize};

use super::purchase::BackupMethod;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// How a plan reads the data from the database, with the parameters of the method.
///
/// Wire names: `BackupMethod`, and for a physical backup `BackupLogIntervalSeconds`.
/// Source: [`CreateAndStartBackupPlan`](crate::operations::CreateAndStartBackupPlan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireMethod", into = "WireMethod")]
#[non_exhaustive]
pub enum PlanMethod {
    /// A logical backup: statements and rows.
    ///
    /// Wire value: `logical`.
    Logical,
    /// A physical backup: files.
    ///
    /// Wire value: `physical`.
    Physical {
        /// The time between two incremental backups, in seconds.
        ///
        /// Wire name: `BackupLogIntervalSeconds`.
        #[doc(alias = "BackupLogIntervalSeconds")]
        log_interval_seconds: u32,
    },
    /// A dump (replica) backup, which the service may reject.
    ///
    /// The vendor removed it from the pages of the requests in spring 2025. Wire value:
    /// `duplication`.
    Duplication,
}

impl PlanMethod {
    /// Returns the wire value of `BackupMethod`.
    pub const fn method(self) -> BackupMethod {
        match self {
            Self::Logical => BackupMethod::Logical,
            Self::Physical { .. } => BackupMethod::Physical,
            Self::Duplication => BackupMethod::Duplication,
        }
    }

    /// Returns the time between two incremental backups, in seconds.
    ///
    /// `None` unless the backup is physical. Wire name: `BackupLogIntervalSeconds`.
    #[doc(alias = "BackupLogIntervalSeconds")]
    pub const fn log_interval_seconds(self) -> Option<u32> {
        match self {
            Self::Physical { log_interval_seconds } => Some(log_interval_seconds),
            Self::Logical | Self::Duplication => None,
        }
    }
}

/// The wire form of [`PlanMethod`].
#[serde_with::skip_serializing_none]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireMethod {
    backup_method: BackupMethod,
    #[serde(default, deserialize_with = "lenient::optional")]
    backup_log_interval_seconds: Option<u32>,
}

impl From<PlanMethod> for WireMethod {
    fn from(method: PlanMethod) -> Self {
        Self {
            backup_method: method.method(),
            backup_log_interval_seconds: method.log_interval_seconds(),
        }
    }
}

impl TryFrom<WireMethod> for PlanMethod {
    type Error = InvalidValue;

    fn try_from(wire: WireMethod) -> Result<Self, InvalidValue> {
        let what = "BackupLogIntervalSeconds";
        match (wire.backup_method, wire.backup_log_interval_seconds) {
            (BackupMethod::Physical, Some(log_interval_seconds)) => {
                Ok(Self::Physical { log_interval_seconds })
            }
            (BackupMethod::Physical, None) => {
                Err(InvalidValue::new(what, "", "required when `BackupMethod` is `physical`"))
            }
            (_, Some(given)) => {
                let why = "remove it, or set `BackupMethod` to `physical`";
                Err(InvalidValue::new(what, given, why))
            }
            (BackupMethod::Logical, None) => Ok(Self::Logical),
            (BackupMethod::Duplication, None) => Ok(Self::Duplication),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_physical_backup_accepts_an_interval() {
        for json in [
            r#"{"BackupMethod":"logical"}"#,
            r#"{"BackupMethod":"physical","BackupLogIntervalSeconds":600}"#,
            r#"{"BackupMethod":"duplication"}"#,
        ] {
            let method: PlanMethod = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&method).unwrap(), json);
        }
        for (json, says) in [
            (r#"{"BackupMethod":"physical"}"#, "missing `BackupLogIntervalSeconds`"),
            (
                r#"{"BackupMethod":"logical","BackupLogIntervalSeconds":"600"}"#,
                "invalid backup log interval seconds `600`",
            ),
        ] {
            let error = serde_json::from_str::<PlanMethod>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
