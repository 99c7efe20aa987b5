//! `AutoDownload`: whether backup sets are downloaded by themselves, and to which store.

use serde::{Deserialize, Deserializer, Serialize};

use super::download::DownloadTargetLocation;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// Whether backup sets are downloaded by themselves, and if so, to which kind of store.
///
/// Wire: `OpenAutoDownload`, `BackupSetDownloadTargetTypeLocation`.
/// Source: `ModifyBackupSetDownloadRules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireAutoDownload", into = "WireAutoDownload")]
#[expect(clippy::exhaustive_enums, reason = "a switch has two positions")]
pub enum AutoDownload {
    /// They are not.
    Off,
    /// They are, to this kind of store.
    To(DownloadTargetLocation),
}

/// Reads the switch among other parameters, if it is there.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AutoDownload>, D::Error> {
    lenient::optional_group::<WireAutoDownload, _, _>(deserializer)
}

/// The parameters as they travel.
#[serde_with::skip_serializing_none]
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct WireAutoDownload {
    #[serde(rename = "OpenAutoDownload", deserialize_with = "lenient::optional")]
    open: Option<bool>,
    #[serde(rename = "BackupSetDownloadTargetTypeLocation")]
    location: Option<DownloadTargetLocation>,
}

impl From<AutoDownload> for WireAutoDownload {
    fn from(download: AutoDownload) -> Self {
        match download {
            AutoDownload::Off => Self { open: Some(false), location: None },
            AutoDownload::To(location) => Self { open: Some(true), location: Some(location) },
        }
    }
}

impl TryFrom<WireAutoDownload> for AutoDownload {
    type Error = InvalidValue;

    fn try_from(wire: WireAutoDownload) -> Result<Self, InvalidValue> {
        let what = "BackupSetDownloadTargetTypeLocation";
        match (wire.open, wire.location) {
            (Some(true), Some(location)) => Ok(Self::To(location)),
            (Some(true), None) => {
                Err(InvalidValue::new(what, "", "OpenAutoDownload true needs it"))
            }
            (_, Some(location)) => {
                Err(InvalidValue::new(what, location, "only OpenAutoDownload true takes it"))
            }
            (_, None) => Ok(Self::Off),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_download_has_a_store() {
        for (json, download) in [
            (r#"{"OpenAutoDownload":false}"#, AutoDownload::Off),
            (
                r#"{"OpenAutoDownload":true,"BackupSetDownloadTargetTypeLocation":"nas"}"#,
                AutoDownload::To(DownloadTargetLocation::Nas),
            ),
        ] {
            assert_eq!(serde_json::from_str::<AutoDownload>(json).unwrap(), download);
            assert_eq!(serde_json::to_string(&download).unwrap(), json);
        }
        for json in
            [r#"{"OpenAutoDownload":"true"}"#, r#"{"BackupSetDownloadTargetTypeLocation":"nas"}"#]
        {
            let error = serde_json::from_str::<AutoDownload>(json).unwrap_err().to_string();
            assert!(error.contains("BackupSetDownloadTargetTypeLocation"), "{error}");
        }
    }
}
