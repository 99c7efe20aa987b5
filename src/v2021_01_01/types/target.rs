//! `DownloadTarget`: where to download to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rpc::value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::OssBucketName;

wire_enum! {
    /// The kind of a download's target.
    ///
    /// Wire name: `TargetType`.
    /// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload).
    #[doc(alias = "TargetType")]
    pub enum DownloadTargetKind {
        /// A bucket of the caller.
        Oss = "OSS",
        /// Storage of the service, which signed addresses give access to.
        Url = "URL",
    }
}

/// Where to download to: URLs, or a bucket of the caller.
///
/// Wire names: `TargetType`; for a bucket also `TargetBucket`, `TargetOssRegion` and `TargetPath`.
/// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireTarget", into = "WireTarget")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum DownloadTarget {
    /// Storage of the service, for 3 days after the download has finished.
    ///
    /// [`DescribeDownloadBackupSetStorageInfo`](crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo)
    /// returns signed addresses. Wire value: `URL`.
    Url,
    /// A bucket of the caller, who must have granted DBS the role `AliyunDBSDefaultRole`.
    ///
    /// Wire value: `OSS`.
    Oss {
        /// The bucket.
        ///
        /// Wire name: `TargetBucket`.
        #[doc(alias = "TargetBucket")]
        bucket: OssBucketName,
        /// The region of the bucket.
        ///
        /// Wire name: `TargetOssRegion`.
        #[doc(alias = "TargetOssRegion")]
        region: Region,
        /// The directory in the bucket.
        ///
        /// Wire name: `TargetPath`.
        #[doc(alias = "TargetPath")]
        path: String,
    },
}

/// The wire form of [`DownloadTarget`].
#[serde_with::skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names on the wire")]
struct WireTarget {
    target_type: Option<DownloadTargetKind>,
    #[serde(deserialize_with = "lenient::optional")]
    target_bucket: Option<OssBucketName>,
    #[serde(deserialize_with = "lenient::optional")]
    target_oss_region: Option<Region>,
    #[serde(deserialize_with = "lenient::optional")]
    target_path: Option<String>,
}

impl From<DownloadTarget> for WireTarget {
    fn from(target: DownloadTarget) -> Self {
        match target {
            DownloadTarget::Url => {
                Self { target_type: Some(DownloadTargetKind::Url), ..Self::default() }
            }
            DownloadTarget::Oss { bucket, region, path } => Self {
                target_type: Some(DownloadTargetKind::Oss),
                target_bucket: Some(bucket),
                target_oss_region: Some(region),
                target_path: Some(path),
            },
        }
    }
}

impl TryFrom<WireTarget> for DownloadTarget {
    type Error = InvalidValue;

    fn try_from(wire: WireTarget) -> Result<Self, InvalidValue> {
        let WireTarget { target_type, target_bucket, target_oss_region, target_path } = wire;
        match target_type {
            None => Err(InvalidValue::new("TargetType", "", "expected `OSS` or `URL`")),
            Some(DownloadTargetKind::Url) => {
                let surplus = None
                    .or_else(|| Some(surplus("TargetBucket", target_bucket?)))
                    .or_else(|| Some(surplus("TargetOssRegion", target_oss_region?)))
                    .or_else(|| Some(surplus("TargetPath", target_path?)));
                surplus.map_or(Ok(Self::Url), Err)
            }
            Some(DownloadTargetKind::Oss) => Ok(Self::Oss {
                bucket: target_bucket.ok_or_else(|| missing("TargetBucket"))?,
                region: target_oss_region.ok_or_else(|| missing("TargetOssRegion"))?,
                path: target_path.ok_or_else(|| missing("TargetPath"))?,
            }),
        }
    }
}

fn missing(name: &'static str) -> InvalidValue {
    InvalidValue::new(name, "", "required if `TargetType` is `OSS`")
}

fn surplus(name: &'static str, given: impl fmt::Display) -> InvalidValue {
    InvalidValue::new(name, given, "remove it, or set `TargetType` to `OSS`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OSS: [(&str, &str); 3] =
        [("TargetBucket", "b"), ("TargetOssRegion", "cn-beijing"), ("TargetPath", "a/b")];

    #[test]
    fn each_target_round_trips() {
        let oss = r#"{"TargetType":"OSS","TargetBucket":"b","TargetOssRegion":"cn-beijing","TargetPath":"a/b"}"#;
        for json in [r#"{"TargetType":"URL"}"#, oss] {
            let target: DownloadTarget = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&target).unwrap(), json);
        }
        assert!(serde_json::from_str::<DownloadTarget>("{}").is_err());
    }

    #[test]
    fn missing_and_surplus_parameters_are_named() {
        for (name, value) in OSS {
            let mut oss: serde_json::Map<_, _> =
                OSS.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            oss.insert("TargetType".into(), "OSS".into());
            oss.remove(name);
            let error = serde_json::from_value::<DownloadTarget>(oss.into()).unwrap_err();
            assert!(error.to_string().contains(&format!("missing `{name}`")), "{error}");
            let url = serde_json::json!({ "TargetType": "URL", name: value });
            let error = serde_json::from_value::<DownloadTarget>(url).unwrap_err();
            assert!(error.to_string().contains("remove it"), "{name}: {error}");
        }
    }
}
