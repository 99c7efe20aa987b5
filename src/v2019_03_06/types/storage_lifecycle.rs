//! `StorageLifecycle`: when backups move to cheaper storage, and when they go.

use serde::{Deserialize, Serialize};

use super::retention::RetentionDays;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// The days after which backups move to infrequent-access storage, then to archive storage, and
/// are deleted in the end: each later than the one before.
///
/// Wire: `DuplicationInfrequentAccessPeriod`, `DuplicationArchivePeriod`,
/// `BackupRetentionPeriod`. Source: `ModifyStorageStrategy`.
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
    pub const RANGE: &'static str = "expected three rising numbers of days, at most 1825: \
        to infrequent access, to archive, to deletion";

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

    /// Checks numbers of days that are known only at run time; for constants see
    /// [`storage_lifecycle!`].
    ///
    /// # Errors
    ///
    /// When they do not rise, or the last is above 1825.
    pub fn new(infrequent_access: u16, archive: u16, retention: u16) -> Result<Self, InvalidValue> {
        RetentionDays::new(retention)?;
        if archive >= retention {
            let why = format!("it must be less than BackupRetentionPeriod, {retention} days");
            return Err(InvalidValue::new("DuplicationArchivePeriod", archive, why));
        }
        if infrequent_access >= archive {
            let why = format!("it must be less than DuplicationArchivePeriod, {archive} days");
            let what = "DuplicationInfrequentAccessPeriod";
            return Err(InvalidValue::new(what, infrequent_access, why));
        }
        Ok(Self { infrequent_access, archive, retention })
    }

    /// Days until backups move to infrequent-access storage,
    /// `DuplicationInfrequentAccessPeriod`.
    pub const fn infrequent_access_days(self) -> u16 {
        self.infrequent_access
    }

    /// Days until backups move to archive storage, `DuplicationArchivePeriod`.
    pub const fn archive_days(self) -> u16 {
        self.archive
    }

    /// Days that backups are kept, `BackupRetentionPeriod`.
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

/// Makes a constant [`StorageLifecycle`], checked by `cargo check`.
///
/// Takes the days until backups move to infrequent-access storage, until they move to archive
/// storage, and until they are deleted: rising, and at most 1825.
///
/// ```
/// use aliyun_dbs::types::{StorageLifecycle, storage_lifecycle};
///
/// assert_eq!(Ok(storage_lifecycle!(180, 365, 730)), StorageLifecycle::new(180, 365, 730));
/// ```
#[doc(inline)]
pub use __storage_lifecycle as storage_lifecycle;

/// The parameters as they travel.
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
    fn the_days_rise() {
        assert!(StorageLifecycle::new(0, 1, 2).is_ok());
        for (infrequent, archive, retention, says) in [
            (180, 180, 730, "DuplicationInfrequentAccessPeriod"),
            (180, 730, 730, "DuplicationArchivePeriod"),
            (180, 365, 1826, "0 to 1825"),
        ] {
            let error = StorageLifecycle::new(infrequent, archive, retention).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn the_wire_form_is_three_parameters() {
        let json = r#"{"DuplicationInfrequentAccessPeriod":180,"DuplicationArchivePeriod":365,"BackupRetentionPeriod":730}"#;
        let lifecycle: StorageLifecycle = serde_json::from_str(json).unwrap();
        assert_eq!(lifecycle, storage_lifecycle!(180, 365, 730));
        assert_eq!(serde_json::to_string(&lifecycle).unwrap(), json);
    }
}
