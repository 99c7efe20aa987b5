//! `DownloadTask`: an advanced download.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::rpc::value::{Open, informational};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::BackupSetId;
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DownloadFormat, DownloadTargetKind, DownloadTaskId, times,
};

/// How long the service keeps the files of a finished download to URLs.
const KEPT: Duration = Duration::days(3);

/// An advanced download, as [`CreateDownload`] and [`DescribeDownloadTask`] return it.
///
/// A field that the service omits or leaves empty is `None`. [`CreateDownload`] sends numbers and
/// times as numbers, [`DescribeDownloadTask`] as strings; both are read, and serialization writes
/// strings.
///
/// [`CreateDownload`]: super::CreateDownload
/// [`DescribeDownloadTask`]: super::DescribeDownloadTask
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DownloadTask {
    /// The id of the download.
    pub task_id: DownloadTaskId,
    /// The id of the backup set.
    pub bak_set_id: Option<BackupSetId>,
    /// The moment that the download of a moment shows.
    #[serde(default, with = "times::unix_ms_text")]
    #[serde_with(skip_apply)]
    pub backup_set_time: Option<OffsetDateTime>,
    /// When the download was created.
    #[serde(default, with = "times::unix_ms_text")]
    #[serde_with(skip_apply)]
    pub gmt_create: Option<OffsetDateTime>,
    /// The selected databases, in a form that the vendor does not publish.
    pub db_list: Option<String>,
    /// The state of the download.
    pub download_status: Open<AdvancedDownloadState>,
    /// The number of bytes written.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub export_data_size: Option<u64>,
    /// The number of bytes read.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub import_data_size: Option<u64>,
    /// The format of the files.
    pub format: Option<Open<DownloadFormat>>,
    /// The number of finished tables and of all tables, such as `5/12`; `0/0` at first.
    ///
    /// [`percent`](Self::percent) reads it.
    pub progress: Option<String>,
    /// The region of the instance.
    pub region_code: Option<Region>,
    /// The directory in the bucket that the files are written to. Only for a bucket.
    pub target_path: Option<String>,
    /// Whether the files are written to a bucket of the caller.
    pub target_type: Option<Open<DownloadTargetKind>>,
}

impl DownloadTask {
    /// Returns the progress in percent, or `None` if it is not known yet.
    pub fn percent(&self) -> Option<u8> {
        let (done, all) = self.progress.as_deref()?.split_once('/')?;
        let (done, all): (u64, u64) = (done.trim().parse().ok()?, all.trim().parse().ok()?);
        if done > all {
            return None;
        }
        u8::try_from((u128::from(done) * 100).checked_div(u128::from(all))?).ok()
    }

    /// Returns the earliest time at which the service may delete the files.
    ///
    /// The service keeps the files of a download to URLs for 3 days after the download has
    /// finished. It does not send that time, so this is 3 days after the creation. `None` for a
    /// bucket, or if the service sent no time of creation.
    pub fn expires_not_before(&self) -> Option<OffsetDateTime> {
        let is_url = self.target_type.as_ref()?.known() == Some(&DownloadTargetKind::Url);
        self.gmt_create.filter(|_| is_url)?.checked_add(KEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(json: serde_json::Value) -> DownloadTask {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn percent_reads_the_tables() {
        for (progress, percent) in [
            ("5/12", Some(41)),
            ("12/12", Some(100)),
            ("0/12", Some(0)),
            ("0/0", None),
            ("13/12", None),
            ("half", None),
            ("1/", None),
        ] {
            let task = task(serde_json::json!({ "TaskId": "dt-1", "Progress": progress }));
            assert_eq!(task.percent(), percent, "{progress}");
        }
    }

    #[test]
    fn only_urls_expire() {
        let created = |target: &str| {
            task(serde_json::json!({
                "TaskId": "dt-1", "TargetType": target, "GmtCreate": "1661373070000",
            }))
        };
        let expires = created("URL").expires_not_before().unwrap();
        assert_eq!(expires.unix_timestamp(), 1_661_373_070 + 3 * 86_400);
        assert_eq!(created("OSS").expires_not_before(), None);
        assert_eq!(task(serde_json::json!({ "TaskId": "dt-1" })).expires_not_before(), None);
    }
}
