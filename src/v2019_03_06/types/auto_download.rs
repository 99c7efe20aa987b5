//! `AutoDownload`: the switch of the automatic download, and its target.

use serde::{Deserialize, Deserializer, Serialize};

use super::download::DownloadTargetLocation;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// Whether the service downloads new backup sets automatically, and where to.
///
/// Wire names: `OpenAutoDownload`, which the service defaults to `false`, and
/// `BackupSetDownloadTargetTypeLocation`, which is valid only when it is `true`.
/// Source: [`ModifyBackupSetDownloadRules`](crate::operations::ModifyBackupSetDownloadRules).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireAutoDownload", into = "WireAutoDownload")]
#[expect(clippy::exhaustive_enums, reason = "the switch is on or off")]
#[doc(alias = "OpenAutoDownload")]
pub enum AutoDownload {
    /// Automatic download is off.
    ///
    /// Wire value of `OpenAutoDownload`: `false`.
    Off,
    /// Automatic download is on, to this kind of store.
    ///
    /// Wire value of `OpenAutoDownload`: `true`. Wire name of the store:
    /// `BackupSetDownloadTargetTypeLocation`.
    #[doc(alias = "BackupSetDownloadTargetTypeLocation")]
    To(DownloadTargetLocation),
}

/// Reads the parameters of the switch from a flattened request. Returns `None` if it has none.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AutoDownload>, D::Error> {
    lenient::optional_group::<WireAutoDownload, _, _>(deserializer)
}

/// The wire form of [`AutoDownload`].
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
                Err(InvalidValue::new(what, "", "required when `OpenAutoDownload` is `true`"))
            }
            (_, Some(location)) => {
                let why = "remove it, or set `OpenAutoDownload` to `true`";
                Err(InvalidValue::new(what, location, why))
            }
            (_, None) => Ok(Self::Off),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_is_valid_only_when_download_is_on() {
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
        for (json, says) in [
            (r#"{"OpenAutoDownload":"true"}"#, "missing `BackupSetDownloadTargetTypeLocation`"),
            (
                r#"{"BackupSetDownloadTargetTypeLocation":"nas"}"#,
                "invalid backup set download target type location `nas`",
            ),
        ] {
            let error = serde_json::from_str::<AutoDownload>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
