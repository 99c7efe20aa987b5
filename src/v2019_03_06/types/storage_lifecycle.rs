//! `StorageLifecycle`: when backups move to cheaper storage, and when they are deleted.

use serde::{Deserialize, Serialize};

use super::retention::RetentionDays;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// After how many days the service archives and deletes backups.
///
/// Backups move to infrequent-access storage, then to archive storage, and are deleted at the end
/// of the retention. The three numbers of days increase, and the last is at most 1825. The
/// service documents the defaults 180, 365 and 730 days.
///
/// Wire names: `DuplicationInfrequentAccessPeriod`, `DuplicationArchivePeriod`,
/// `BackupRetentionPeriod`.
/// Source: [`ModifyStorageStrategy`](crate::operations::ModifyStorageStrategy).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{StorageLifecycle, storage_lifecycle};
///
/// let lifecycle = storage_lifecycle!(180, 365, 730);
/// assert_eq!(lifecycle, StorageLifecycle::new(180, 365, 730)?);
/// assert!(StorageLifecycle::new(365, 180, 730).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireLifecycle", into = "WireLifecycle")]
pub struct StorageLifecycle {
    infrequent_access: u16,
    archive: u16,
    retention: u16,
}

impl StorageLifecycle {
    #[doc(hidden)]
    pub const RANGE: &'static str = "expected three increasing numbers of days, at most 1825: \
        infrequent access, archive, deletion";

    #[doc(hidden)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the bounds fit")]
    pub const fn checked(infrequent_access: i128, archive: i128, retention: i128) -> Option<Self> {
        if 0 <= infrequent_access
            && infrequent_access < archive
            && archive < retention
            && RetentionDays::checked(retention).is_some()
        {
            return Some(Self {
                infrequent_access: infrequent_access as u16,
                archive: archive as u16,
                retention: retention as u16,
            });
        }
        None
    }

    /// Returns a lifecycle of days that are known only at run time.
    ///
    /// For constants use [`storage_lifecycle!`].
    ///
    /// # Errors
    ///
    /// Returns an error if the numbers do not increase, or if the last is above 1825.
    pub fn new(infrequent_access: u16, archive: u16, retention: u16) -> Result<Self, InvalidValue> {
        RetentionDays::new(retention)?;
        if archive >= retention {
            let why = format!("expected fewer days than `BackupRetentionPeriod` ({retention})");
            return Err(InvalidValue::new("DuplicationArchivePeriod", archive, why));
        }
        if infrequent_access >= archive {
            let why = format!("expected fewer days than `DuplicationArchivePeriod` ({archive})");
            let what = "DuplicationInfrequentAccessPeriod";
            return Err(InvalidValue::new(what, infrequent_access, why));
        }
        Ok(Self { infrequent_access, archive, retention })
    }

    /// Returns the days until backups move to infrequent-access storage.
    ///
    /// Wire name: `DuplicationInfrequentAccessPeriod`.
    #[doc(alias = "DuplicationInfrequentAccessPeriod")]
    pub const fn infrequent_access_days(self) -> u16 {
        self.infrequent_access
    }

    /// Returns the days until backups move to archive storage.
    ///
    /// Wire name: `DuplicationArchivePeriod`.
    #[doc(alias = "DuplicationArchivePeriod")]
    pub const fn archive_days(self) -> u16 {
        self.archive
    }

    /// Returns the days until backups are deleted.
    ///
    /// Wire name: `BackupRetentionPeriod`.
    #[doc(alias = "BackupRetentionPeriod")]
    pub const fn retention_days(self) -> u16 {
        self.retention
    }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __storage_lifecycle {
    ($infrequent_access:expr, $archive:expr, $retention:expr $(,)?) => {
        $crate::__constant!(
            $crate::types::StorageLifecycle,
            $crate::types::StorageLifecycle::checked($infrequent_access, $archive, $retention)
        )
    };
}

/// Makes a constant [`StorageLifecycle`] that the compiler checks.
///
/// Accepts the days until backups move to infrequent-access storage, until they move to archive
/// storage, and until they are deleted. They must increase and be at most 1825.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{StorageLifecycle, storage_lifecycle};
///
/// assert_eq!(Ok(storage_lifecycle!(180, 365, 730)), StorageLifecycle::new(180, 365, 730));
/// ```
#[doc(inline)]
pub use __storage_lifecycle as storage_lifecycle;

/// The wire form of [`StorageLifecycle`].
#[derive(Serialize, Deserialize)]
struct WireLifecycle {
    #[serde(rename = "DuplicationInfrequentAccessPeriod")]
    #[serde(deserialize_with = "lenient::required")]
    infrequent_access: u16,
    #[serde(rename = "DuplicationArchivePeriod", deserialize_with = "lenient::required")]
    archive: u16,
    #[serde(rename = "BackupRetentionPeriod", deserialize_with = "lenient::required")]
    retention: u16,
}

impl From<StorageLifecycle> for WireLifecycle {
    fn from(lifecycle: StorageLifecycle) -> Self {
        let StorageLifecycle { infrequent_access, archive, retention } = lifecycle;
        Self { infrequent_access, archive, retention }
    }
}

impl TryFrom<WireLifecycle> for StorageLifecycle {
    type Error = InvalidValue;

    fn try_from(wire: WireLifecycle) -> Result<Self, InvalidValue> {
        Self::new(wire.infrequent_access, wire.archive, wire.retention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_do_not_increase_are_rejected() {
        assert!(StorageLifecycle::new(0, 1, 2).is_ok());
        for (infrequent, archive, retention, says) in [
            (180, 180, 730, "invalid duplication infrequent access period `180`"),
            (180, 730, 730, "invalid duplication archive period `730`"),
            (180, 365, 1826, "0 to 1825"),
        ] {
            let error = StorageLifecycle::new(infrequent, archive, retention).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn wire_form_has_three_parameters() {
        let json = r#"{"DuplicationInfrequentAccessPeriod":180,"DuplicationArchivePeriod":365,"BackupRetentionPeriod":730}"#;
        let lifecycle: StorageLifecycle = serde_json::from_str(json).unwrap();
        assert_eq!(lifecycle, storage_lifecycle!(180, 365, 730));
        assert_eq!(serde_json::to_string(&lifecycle).unwrap(), json);
    }
}
