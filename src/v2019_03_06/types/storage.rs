//! `BackupStorage`: where backups are kept, and the value sets of storage.

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
}
