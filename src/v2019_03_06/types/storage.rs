//! `BackupStorage`: where a plan stores its backups, and the value sets of storage.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::identifier::OssBucketName;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient::{self, FromScalar, Scalar};
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The kind of bucket that stores the backups. Unset for an OSS bucket of the account.
    ///
    /// Requests use [`BackupStorage`], which adds the name of the bucket.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    pub enum BackupStorageType {
        /// A bucket that DBS manages.
        System = "system",
    }
}

wire_enum! {
    /// How backups are encrypted at rest.
    ///
    /// The vendor publishes no value set; its examples show this one value.
    /// Wire names: `BackupStorageEncryptMethod` in requests, `StorageEncryptMethod` in responses.
    /// Source: [`ModifyStorageStrategy`](crate::operations::ModifyStorageStrategy).
    #[doc(alias = "BackupStorageEncryptMethod")]
    pub enum StorageEncryptMethod {
        /// Encrypted at rest (inferred from the name).
        Encrypted = "encrypted",
    }
}

wire_enum! {
    /// The storage class of a backup.
    ///
    /// Source: [`DescribeFullBackupList`](crate::operations::DescribeFullBackupList).
    pub enum StorageMethod {
        /// Standard storage.
        Standard = "Standard",
        /// Infrequent-access storage.
        #[doc(alias = "IA")]
        InfrequentAccess = "IA",
        /// Archive storage.
        Archive = "Archive",
        /// Unknown, because the backup job is unfinished.
        Unknown = "UNKNOWN",
    }
}

/// Where a plan stores its backups.
///
/// If a request does not set it, DBS uses an OSS bucket of the account and generates its name.
///
/// Wire names: `BackupStorageType`, `OSSBucketName`.
/// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireStorage", into = "WireStorage")]
#[non_exhaustive]
pub enum BackupStorage {
    /// A bucket that DBS manages.
    ///
    /// Wire value of `BackupStorageType`: `system`.
    System,
    /// An OSS bucket of the account.
    ///
    /// Wire name: `OSSBucketName`.
    #[doc(alias = "OSSBucketName")]
    OssBucket(OssBucketName),
}

/// Reads the storage from a flattened request. Returns `None` if it has none.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BackupStorage>, D::Error> {
    lenient::optional_group::<WireStorage, _, _>(deserializer)
}

/// The wire form of [`BackupStorage`].
#[serde_with::skip_serializing_none]
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct WireStorage {
    #[serde(rename = "BackupStorageType", deserialize_with = "lenient::optional")]
    storage_type: Option<ScalarStorageType>,
    #[serde(rename = "OSSBucketName", deserialize_with = "lenient::optional")]
    bucket_name: Option<OssBucketName>,
}

/// A [`BackupStorageType`] that `lenient::optional` reads from an empty string as `None`.
#[derive(PartialEq, Serialize)]
#[serde(transparent)]
struct ScalarStorageType(BackupStorageType);

impl FromScalar for ScalarStorageType {
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
                storage_type: Some(ScalarStorageType(BackupStorageType::System)),
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
            (Some(ScalarStorageType(BackupStorageType::System)), None) => Ok(Self::System),
            (None, Some(name)) => Ok(Self::OssBucket(name)),
            (Some(_), Some(name)) => Err(InvalidValue::new(
                "OSSBucketName",
                name,
                "expected `BackupStorageType` or `OSSBucketName`, got both",
            )),
            (None, None) => Err(InvalidValue::new(
                "BackupStorageType",
                "",
                "expected `BackupStorageType` or `OSSBucketName`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_is_the_system_bucket_or_an_oss_bucket() {
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
