//! Where backups are kept, for how long, and in which form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::identifier::OssBucketName;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient::{self, FromScalar, Scalar};
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Kind of store that backups go to, `BackupStorageType`. Left out for a bucket of your own.
    ///
    /// Source: `ConfigureBackupPlan`.
    pub enum BackupStorageType {
        /// A bucket that DBS manages.
        System = "system",
    }
}

wire_enum! {
    /// Encryption of backups at rest, `BackupStorageEncryptMethod`, `StorageEncryptMethod`.
    ///
    /// The one value that the service's examples show. Source: `ModifyStorageStrategy`.
    pub enum StorageEncryptMethod {
        /// Encrypted at rest.
        Encrypted = "encrypted",
    }
}

wire_enum! {
    /// Format of downloaded backup sets, `BackupSetDataFormat`.
    ///
    /// Source: `CreateFullBackupSetDownload`.
    pub enum BackupSetDataFormat {
        /// Files as the database writes them.
        Native = "Native",
        /// SQL text.
        Sql = "SQL",
        /// CSV files.
        Csv = "CSV",
        /// JSON files.
        Json = "JSON",
    }
}

wire_enum! {
    /// Kind of place that backup sets are downloaded to, `BackupSetDownloadTargetType`.
    ///
    /// Source: `ModifyBackupSetDownloadRules`.
    pub enum DownloadTargetType {
        /// A server with a backup gateway.
        Agent = "agent",
    }
}

wire_enum! {
    /// Kind of store that backup sets are downloaded to, `BackupSetDownloadTargetTypeLocation`.
    ///
    /// Source: `ModifyBackupSetDownloadRules`.
    pub enum DownloadTargetLocation {
        /// A directory of the server, which the service takes when it is left out.
        Local = "local",
        /// A NAS share.
        Nas = "nas",
        /// An FTP server.
        Ftp = "ftp",
        /// A MinIO store.
        Minio = "minio",
    }
}

wire_enum! {
    /// Storage class of a backup, `StorageMethod`.
    ///
    /// Source: `DescribeFullBackupList`.
    pub enum StorageMethod {
        /// Standard storage.
        Standard = "Standard",
        /// Infrequent access.
        InfrequentAccess = "IA",
        /// Archive storage.
        Archive = "Archive",
        /// Not known while the job is unfinished.
        Unknown = "UNKNOWN",
    }
}

/// Where backups go. Wire: `BackupStorageType`, `OSSBucketName`.
///
/// Left out of a request: a bucket of your own, whose name DBS makes up.
/// Source: `ConfigureBackupPlan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireStorage", into = "WireStorage")]
#[non_exhaustive]
pub enum BackupStorage {
    /// A bucket that DBS manages, `system`.
    System,
    /// An OSS bucket of your own.
    OssBucket(OssBucketName),
}

/// Reads a storage among other parameters, if there is one.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BackupStorage>, D::Error> {
    lenient::optional_group::<WireStorage, _, _>(deserializer)
}

/// The parameters as they travel.
#[serde_with::skip_serializing_none]
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct WireStorage {
    #[serde(rename = "BackupStorageType", deserialize_with = "lenient::optional")]
    storage_type: Option<BackupStorageTypeText>,
    #[serde(rename = "OSSBucketName", deserialize_with = "lenient::optional")]
    bucket_name: Option<OssBucketName>,
}

/// [`BackupStorageType`], whose empty text means "left out".
#[derive(PartialEq, Serialize)]
#[serde(transparent)]
struct BackupStorageTypeText(BackupStorageType);

impl FromScalar for BackupStorageTypeText {
    const EXPECTED: &'static str = "a storage type";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        BackupStorageType::from_str(&scalar.to_string())
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

impl From<BackupStorage> for WireStorage {
    fn from(storage: BackupStorage) -> Self {
        match storage {
            BackupStorage::System => Self {
                storage_type: Some(BackupStorageTypeText(BackupStorageType::System)),
                bucket_name: None,
            },
            BackupStorage::OssBucket(name) => Self { storage_type: None, bucket_name: Some(name) },
        }
    }
}

impl TryFrom<WireStorage> for BackupStorage {
    type Error = InvalidValue;

    fn try_from(wire: WireStorage) -> Result<Self, InvalidValue> {
        match (wire.storage_type, wire.bucket_name) {
            (Some(BackupStorageTypeText(BackupStorageType::System)), None) => Ok(Self::System),
            (None, Some(name)) => Ok(Self::OssBucket(name)),
            (Some(_), Some(name)) => Err(InvalidValue::new(
                "OSSBucketName",
                name,
                "BackupStorageType system uses a bucket of DBS; leave one of the two out",
            )),
            (None, None) => Err(InvalidValue::new(
                "BackupStorageType",
                "",
                "give BackupStorageType or OSSBucketName",
            )),
        }
    }
}

/// How long backups are kept, in days: 0 to 1825 (five years), `BackupRetentionPeriod`.
///
/// The service keeps them 730 days when it is left out. Source: `ConfigureBackupPlan`.
///
/// ```
/// use aliyun_dbs::types::RetentionDays;
///
/// assert_eq!(RetentionDays::of::<365>(), RetentionDays::new(365)?);
/// assert!(RetentionDays::new(1826).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RetentionDays(u16);

impl RetentionDays {
    /// The longest time, five years.
    pub const MAX: Self = Self(1825);

    /// A constant number of days; one above 1825 does not compile.
    pub const fn of<const DAYS: u16>() -> Self {
        const { assert!(DAYS <= Self::MAX.0, "backups are kept for 0 to 1825 days") }
        Self(DAYS)
    }

    /// A number of days known only at run time.
    ///
    /// # Errors
    ///
    /// When the number is above 1825.
    pub fn new(days: u16) -> Result<Self, InvalidValue> {
        if days <= Self::MAX.0 {
            return Ok(Self(days));
        }
        Err(InvalidValue::new("BackupRetentionPeriod", days, "backups are kept for 0 to 1825 days"))
    }

    /// The number of days.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for RetentionDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromScalar for RetentionDays {
    const EXPECTED: &'static str = "a number of days, 0 to 1825";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        lenient::checked(scalar, Self::new)
    }
}

impl<'de> Deserialize<'de> for RetentionDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_is_the_system_bucket_or_a_named_one() {
        for (storage, json) in [
            (BackupStorage::System, r#"{"BackupStorageType":"system"}"#),
            (
                BackupStorage::OssBucket(OssBucketName::new("b-1").unwrap()),
                r#"{"OSSBucketName":"b-1"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&storage).unwrap(), json);
            assert_eq!(serde_json::from_str::<BackupStorage>(json).unwrap(), storage);
        }
        let both = r#"{"BackupStorageType":"system","OSSBucketName":"b-1"}"#;
        assert!(serde_json::from_str::<BackupStorage>(both).is_err());
    }

    #[test]
    fn retention_ends_at_five_years() {
        assert_eq!(serde_json::from_str::<RetentionDays>("\"1825\"").unwrap(), RetentionDays::MAX);
        for days in ["1826", "99999"] {
            let error = serde_json::from_str::<RetentionDays>(days).unwrap_err().to_string();
            assert!(error.contains("0 to 1825"), "{error}");
        }
        assert_eq!(RetentionDays::of::<0>().get(), 0);
    }
}
