//! `CreationError`: why a creation failed, and which other download is the cause.

use super::lookup::Lookup;
use super::matching::{blocking, is_expired, matches, preferred};
use crate::rpc::error::Error;
use crate::v2021_01_01::operations::{CreateDownload, DownloadTask};
use crate::v2021_01_01::types::{AdvancedDownloadState, DownloadTarget};

/// Why a download was not created.
pub(super) struct CreationError {
    /// Its hint says what to do about the blocking download.
    pub(super) error: Error,
    /// The download that has to end before the instance can start another one.
    pub(super) blocked_by: Option<DownloadTask>,
}

impl From<Error> for CreationError {
    fn from(error: Error) -> Self {
        Self { error, blocked_by: None }
    }
}

impl CreationError {
    /// Returns the error of a request that another download of the instance blocks. Lists the
    /// downloads to name it.
    pub(super) async fn blocked(lookup: &Lookup<'_>, error: Error) -> Self {
        // The error of the request says more than that of this list.
        let Some(task) = lookup.list().await.ok().and_then(blocking) else { return error.into() };
        let hint = what_to_do(&task, lookup.request);
        Self { error: error.with_hint(hint), blocked_by: Some(task) }
    }

    /// Returns the error of a request that the service refused because the same download exists, and
    /// that found none. Lists the downloads to name one that may be it.
    pub(super) async fn exists(lookup: &Lookup<'_>, error: Error) -> Self {
        let Ok(listed) = lookup.list().await else { return error.into() };
        let found = preferred(listed, lookup.request, |task| !is_expired(task));
        let has_bucket = matches!(lookup.request.target, DownloadTarget::Oss { .. });
        let hint = match found {
            Some(DownloadTask { task_id: id, .. }) if has_bucket => format!(
                "download `{id}` has the same source, format and path, and the list does not show \
                 its bucket: continue with `Download::resume` if it is the same download, or set \
                 `since`"
            ),
            Some(DownloadTask { task_id: id, .. }) => format!(
                "download `{id}` has the same source and format: continue with `Download::resume` \
                 if it is the same download"
            ),
            None => {
                "no download in the list is the same: compare them with `DescribeDownloadTask`, \
                     and continue with `Download::resume`"
                    .to_owned()
            }
        };
        error.with_hint(hint).into()
    }
}

fn what_to_do(task: &DownloadTask, request: &CreateDownload) -> String {
    let DownloadTask { task_id: id, download_status: state, .. } = task;
    let is_failed = *state == AdvancedDownloadState::Failed;
    match (is_failed, matches(task, request)) {
        (true, true) => format!(
            "the failed download `{id}` has the same source and format, and blocks the instance: \
             retry it with `RetryDownloadTask`, and continue with `Download::resume`"
        ),
        (true, false) => format!(
            "the failed download `{id}` blocks the instance: retry it with `RetryDownloadTask`, wait \
             for it with `DownloadFinished`, and run this again"
        ),
        (false, true) => format!(
            "download `{id}` in state `{state}` has the same source and format, and blocks the \
             instance: continue with `Download::resume` if it is the same download, or else wait for \
             it with `DownloadFinished`, and run this again"
        ),
        (false, false) => format!(
            "download `{id}` in state `{state}` blocks the instance: wait for it with \
             `DownloadFinished`, and run this again"
        ),
    }
}
