//! `PlanMethod`: how a plan takes data out of the database, with what the method needs.

use serde::{Deserialize, Serialize};

use super::purchase::BackupMethod;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// How a plan takes data out of the database, with what the method needs.
///
/// Wire: `BackupMethod`, and for a physical backup `BackupLogIntervalSeconds`.
/// Source: `CreateAndStartBackupPlan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireMethod", into = "WireMethod")]
#[non_exhaustive]
pub enum PlanMethod {
    /// Logical backup: statements and rows.
    Logical,
    /// Physical backup: files.
    Physical {
        /// Time between incremental backups in seconds, `BackupLogIntervalSeconds`.
        log_interval_seconds: u32,
    },
    /// Dump (replica) backup, which left the request pages in spring 2025; the service may
    /// refuse it.
    Duplication,
}

impl PlanMethod {
    /// The wire value of `BackupMethod`.
    pub const fn method(self) -> BackupMethod {
        match self {
            Self::Logical => BackupMethod::Logical,
            Self::Physical { .. } => BackupMethod::Physical,
            Self::Duplication => BackupMethod::Duplication,
        }
    }

    /// Time between incremental backups in seconds, `BackupLogIntervalSeconds`.
    pub const fn log_interval_seconds(self) -> Option<u32> {
        match self {
            Self::Physical { log_interval_seconds } => Some(log_interval_seconds),
            Self::Logical | Self::Duplication => None,
        }
    }
}

/// The parameters as they travel.
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
                Err(InvalidValue::new(what, "", "BackupMethod physical needs it"))
            }
            (_, Some(given)) => {
                Err(InvalidValue::new(what, given, "only BackupMethod physical takes it"))
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
    fn only_a_physical_backup_has_an_interval() {
        for json in [
            r#"{"BackupMethod":"logical"}"#,
            r#"{"BackupMethod":"physical","BackupLogIntervalSeconds":600}"#,
            r#"{"BackupMethod":"duplication"}"#,
        ] {
            let method: PlanMethod = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&method).unwrap(), json);
        }
        for json in [
            r#"{"BackupMethod":"physical"}"#,
            r#"{"BackupMethod":"logical","BackupLogIntervalSeconds":"600"}"#,
        ] {
            let error = serde_json::from_str::<PlanMethod>(json).unwrap_err().to_string();
            assert!(error.contains("BackupLogIntervalSeconds"), "{error}");
        }
    }
}
