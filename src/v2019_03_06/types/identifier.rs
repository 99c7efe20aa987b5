//! Identifiers: texts that the service made up, kept apart by type.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient::{self, FromScalar, Scalar, from_scalar_by_text};

/// Refuses what cannot be an identifier: it would be refused by the service, or split a list.
fn check(what: &'static str, text: &str) -> Result<(), InvalidValue> {
    if text.is_empty() {
        return Err(InvalidValue::new(what, text, "give the id that the service gave"));
    }
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    if !is_plain && text.chars().any(|c| c == ',' || c.is_whitespace() || c.is_control()) {
        return Err(InvalidValue::new(
            what,
            text,
            "an id has no blanks, commas or control characters",
        ));
    }
    Ok(())
}

/// Declares newtypes over a checked text, with `FromStr`, `Display` and serde.
macro_rules! identifiers {
    ($($(#[$meta:meta])* $name:ident = $example:literal;)+) => {
        $(
            $(#[$meta])*
            ///
            /// Not empty, without blanks, commas and control characters.
            ///
            /// ```
            #[doc = concat!("use aliyun_dbs::types::", stringify!($name), ";")]
            ///
            #[doc = concat!("let id: ", stringify!($name), " = \"", $example, "\".parse()?;")]
            #[doc = concat!("assert_eq!(id.as_str(), \"", $example, "\");")]
            #[doc = concat!("assert!(", stringify!($name), "::new(\"\").is_err());")]
            /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
            /// ```
            #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
            #[serde(transparent)]
            pub struct $name(Box<str>);

            impl $name {
                /// Takes a text over as an identifier.
                ///
                /// # Errors
                ///
                /// When the text is empty or holds a blank, a comma or a control character.
                pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
                    let text = text.as_ref();
                    check(stringify!($name), text)?;
                    Ok(Self(text.into()))
                }

                /// The text as it goes over the wire.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl FromStr for $name {
                type Err = InvalidValue;

                fn from_str(text: &str) -> Result<Self, InvalidValue> {
                    Self::new(text)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.pad(&self.0)
                }
            }

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.0
                }
            }

            from_scalar_by_text!($name => "an identifier");

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    lenient::required(deserializer)
                }
            }
        )+
    };
}

identifiers! {
    /// Identifier of a backup plan, `BackupPlanId`. Source: `CreateBackupPlan`.
    BackupPlanId = "dbsrhahrsu2a";
    /// Identifier of a purchase order, `OrderId`: text today, a number on older pages; both are
    /// read. Source: `CreateBackupPlan`.
    OrderId = "214373455920017";
    /// Identifier of a cloud database or ECS instance, `SourceEndpointInstanceID`.
    /// Source: `ConfigureBackupPlan`.
    InstanceId = "rm-bp1p8c2947exm";
    /// Host name or address of a database, `SourceEndpointIP`. Source: `ConfigureBackupPlan`.
    DatabaseHost = "192.0.2.10";
    /// Name of an OSS bucket, `OSSBucketName`. Source: `ConfigureBackupPlan`.
    OssBucketName = "dbs-backup-185700489";
    /// Identifier of a resource group, `ResourceGroupId`. Source: `CreateBackupPlan`.
    ResourceGroupId = "rg-aekzecovztiexm";
    /// UID of an Alibaba Cloud account, `CrossAliyunId`. Source: `ConfigureBackupPlan`.
    AliyunId = "1234567890123456";
    /// Name of a RAM role, `CrossRoleName`. Source: `ConfigureBackupPlan`.
    RamRoleName = "ram-for-dbs";
    /// Identifier of a backup set, `BackupSetId`; of an incremental one it is the name of a log
    /// file. Source: `DescribeFullBackupList`, `DescribeIncrementBackupList`.
    BackupSetId = "1iukx5h0exmp";
    /// Identifier of the job that wrote an incremental backup set, `BackupSetJobId`.
    /// Source: `DescribeIncrementBackupList`.
    BackupSetJobId = "1hv5g9wk4exm";
    /// Identifier of a download, `BackupSetDownloadTaskId`. Source: `CreateFullBackupSetDownload`.
    BackupSetDownloadTaskId = "dbstooi01exdl";
    /// Identifier of a restore task, `RestoreTaskId`. Source: `CreateRestoreTask`.
    RestoreTaskId = "s102h7rf5anq";
    /// Identifier of a backup or restore job, `JobId`, and `TaskId` of `DescribeJobErrorCode`.
    /// Source: `DescribeJobErrorCode`.
    JobId = "r1iv62ud3exm";
    /// Other name of a backup gateway, `Identifier`, `BackupGatewayIdentifier`.
    /// Source: `DescribeBackupGatewayList`.
    BackupGatewayIdentifier = "7213527653217";
}

impl From<std::net::IpAddr> for DatabaseHost {
    fn from(address: std::net::IpAddr) -> Self {
        Self(address.to_string().into())
    }
}

impl From<BackupSetId> for JobId {
    fn from(set: BackupSetId) -> Self {
        Self(set.0)
    }
}

impl From<RestoreTaskId> for JobId {
    fn from(task: RestoreTaskId) -> Self {
        Self(task.0)
    }
}

/// Declares newtypes over a number that the service made up, read from its text as well.
macro_rules! number_identifiers {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
            #[serde(transparent)]
            pub struct $name(u64);

            impl $name {
                /// Wraps the number.
                pub const fn new(number: u64) -> Self {
                    Self(number)
                }

                /// The number.
                pub const fn get(self) -> u64 {
                    self.0
                }
            }

            impl From<u64> for $name {
                fn from(number: u64) -> Self {
                    Self(number)
                }
            }

            impl FromStr for $name {
                type Err = InvalidValue;

                fn from_str(text: &str) -> Result<Self, InvalidValue> {
                    text.parse().map(Self).map_err(|_| {
                        InvalidValue::new(stringify!($name), text, "it is a whole number")
                    })
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }

            impl FromScalar for $name {
                const EXPECTED: &'static str = "a whole number, or its text";

                fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
                    u64::from_scalar(scalar).map(Self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    lenient::required(deserializer)
                }
            }
        )+
    };
}

number_identifiers! {
    /// Number of a backup gateway, `BackupGatewayId`.
    ///
    /// A number in plans and requests, text in the gateway list; both are read.
    /// Source: `ConfigureBackupPlan`, `DescribeBackupGatewayList`.
    BackupGatewayId;
    /// Number of a listing of databases through a gateway, `TaskId`.
    ///
    /// Not the `TaskId` of `DescribeJobErrorCode`, which is a [`JobId`].
    /// Source: `CreateGetDBListFromAgentTask`.
    AgentTaskId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_split_a_list_is_no_identifier() {
        for text in ["", " ", "a,b", "a b", "a\n"] {
            assert!(BackupPlanId::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn identifiers_are_read_from_numbers_too() {
        let id: OrderId = serde_json::from_str("214373455920017").unwrap();
        assert_eq!(id, OrderId::new("214373455920017").unwrap());
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"214373455920017\"");
        let gateway: BackupGatewayId = serde_json::from_str("\"160813\"").unwrap();
        assert_eq!(gateway, BackupGatewayId::new(160_813));
    }
}
