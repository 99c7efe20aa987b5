//! `DownloadSource`: what to download.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;
use crate::v2019_03_06::types::BackupSetId;

wire_enum! {
    /// What an advanced download contains.
    ///
    /// Wire names: `BakSetType`, `TaskType`.
    /// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload),
    /// [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask).
    #[doc(alias = "BakSetType")]
    #[doc(alias = "TaskType")]
    pub enum DownloadKind {
        /// A backup set.
        Full = "full",
        /// The state at a moment.
        Pitr = "pitr",
    }
}

/// What to download: a backup set, or the state at a moment.
///
/// A [`BackupSetId`] and a moment convert into it. Wire names: `BakSetType`, with `BakSetId` and
/// `BakSetSize`, or with `DownloadPointInTime`.
/// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSource", into = "WireSource")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum DownloadSource {
    /// A backup set.
    ///
    /// Wire value: `full`.
    BackupSet {
        /// The id, from the list of backups in the API of the instance's engine.
        ///
        /// Wire name: `BakSetId`.
        #[doc(alias = "BakSetId")]
        id: BackupSetId,
        /// The size in bytes, from the same list. Optional.
        ///
        /// Wire name: `BakSetSize`.
        #[doc(alias = "BakSetSize")]
        size: Option<u64>,
    },
    /// The state at a moment. The request contains whole milliseconds, rounded down.
    ///
    /// Wire value: `pitr`. Wire name: `DownloadPointInTime`.
    #[doc(alias = "DownloadPointInTime")]
    Moment(OffsetDateTime),
}

impl From<BackupSetId> for DownloadSource {
    fn from(id: BackupSetId) -> Self {
        Self::BackupSet { id, size: None }
    }
}

impl From<OffsetDateTime> for DownloadSource {
    fn from(at: OffsetDateTime) -> Self {
        Self::Moment(at)
    }
}

/// The wire form of [`DownloadSource`].
#[serde_with::skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireSource {
    bak_set_type: Option<DownloadKind>,
    #[serde(deserialize_with = "lenient::optional")]
    bak_set_id: Option<BackupSetId>,
    #[serde(with = "lenient::as_text")]
    bak_set_size: Option<u64>,
    #[serde(with = "lenient::unix_ms")]
    download_point_in_time: Option<OffsetDateTime>,
}

impl From<DownloadSource> for WireSource {
    fn from(source: DownloadSource) -> Self {
        match source {
            DownloadSource::BackupSet { id, size } => Self {
                bak_set_type: Some(DownloadKind::Full),
                bak_set_id: Some(id),
                bak_set_size: size,
                download_point_in_time: None,
            },
            DownloadSource::Moment(at) => Self {
                bak_set_type: Some(DownloadKind::Pitr),
                download_point_in_time: Some(at),
                ..Self::default()
            },
        }
    }
}

impl TryFrom<WireSource> for DownloadSource {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        let missing = |name, why: &'static str| InvalidValue::new(name, "", why);
        match wire.bak_set_type {
            None => Err(missing("BakSetType", "expected `full` or `pitr`")),
            Some(DownloadKind::Full) => {
                if let Some(at) = wire.download_point_in_time {
                    return Err(surplus("DownloadPointInTime", at, "pitr"));
                }
                let id = wire.bak_set_id;
                let id =
                    id.ok_or_else(|| missing("BakSetId", "required if `BakSetType` is `full`"))?;
                Ok(Self::BackupSet { id, size: wire.bak_set_size })
            }
            Some(DownloadKind::Pitr) => {
                if let Some(id) = wire.bak_set_id {
                    return Err(surplus("BakSetId", id, "full"));
                }
                if let Some(size) = wire.bak_set_size {
                    return Err(surplus("BakSetSize", size, "full"));
                }
                let why = "required if `BakSetType` is `pitr`";
                let at = wire.download_point_in_time;
                at.map(Self::Moment).ok_or_else(|| missing("DownloadPointInTime", why))
            }
        }
    }
}

fn surplus(name: &'static str, given: impl fmt::Display, kind: &str) -> InvalidValue {
    InvalidValue::new(name, given, format!("remove it, or set `BakSetType` to `{kind}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_round_trips() {
        for json in [
            r#"{"BakSetType":"full","BakSetId":"1"}"#,
            r#"{"BakSetType":"full","BakSetId":"1","BakSetSize":"2048"}"#,
            r#"{"BakSetType":"pitr","DownloadPointInTime":1661373070000}"#,
        ] {
            let source: DownloadSource = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&source).unwrap(), json);
        }
    }

    #[test]
    fn other_combinations_are_rejected() {
        for (json, says) in [
            (r#"{"BakSetId":"1"}"#, "missing `BakSetType`"),
            (r#"{"BakSetType":"full"}"#, "missing `BakSetId`"),
            (r#"{"BakSetType":"full","BakSetId":"1","DownloadPointInTime":1}"#, "`pitr`"),
            (r#"{"BakSetType":"pitr"}"#, "missing `DownloadPointInTime`"),
            (r#"{"BakSetType":"pitr","BakSetId":"1","DownloadPointInTime":1}"#, "bak set id"),
            (r#"{"BakSetType":"pitr","BakSetSize":"1","DownloadPointInTime":1}"#, "bak set size"),
        ] {
            let error = serde_json::from_str::<DownloadSource>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
