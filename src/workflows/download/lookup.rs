//! `Lookup`: finds the download of a request in the list of its instance.

use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use time::OffsetDateTime;

use super::matching::{is_created_since, is_expired, preferred};
use crate::rpc::client::Client;
use crate::rpc::clock::with_timeout;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::wire::UnreadField;
use crate::v2021_01_01::operations::{CreateDownload, DescribeDownloadTask, DownloadTask};
use crate::v2021_01_01::types::DownloadTaskId;

/// The path of the field that contains the list.
const CONTENT: &str = "Data.Content";

/// How often the list is read for a download of unknown id, which can be listed late.
const LOOKUPS: u32 = 3;
const LOOKUP_INTERVAL: Duration = Duration::from_secs(5);

pub(super) struct Lookup<'c> {
    pub(super) client: &'c Client,
    pub(super) request: &'c CreateDownload,
    /// By the client's clock.
    pub(super) deadline: Option<Duration>,
}

impl Lookup<'_> {
    pub(super) fn remaining(&self) -> Duration {
        let now = self.client.clock().elapsed();
        self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(now))
    }

    /// Lists all downloads of the instance, and fails if a row could not be read, because it could
    /// be the download of the request.
    pub(super) async fn list_completely(&self) -> Result<Vec<DownloadTask>, Error> {
        let (tasks, unread) = self.read().await?;
        match unread {
            None => Ok(tasks),
            Some(path) => {
                let message = format!(
                    "cannot find out whether the download exists, so nothing was created: `{path}` \
                     of `DescribeDownloadTask` could not be read"
                );
                Err(Error::new(ErrorKind::Response, message).with_hint(
                    "list the downloads with a `RawRequest`, and send `CreateDownload` if none is \
                     the same",
                ))
            }
        }
    }

    /// Lists all downloads of the instance that could be read.
    pub(super) async fn list(&self) -> Result<Vec<DownloadTask>, Error> {
        Ok(self.read().await?.0)
    }

    /// Lists all downloads of the instance, and returns the path of a row, or of the list, that
    /// could not be read.
    ///
    /// The request has no further filter, because the vendor does not publish what they compare.
    async fn read(&self) -> Result<(Vec<DownloadTask>, Option<String>), Error> {
        let request = DescribeDownloadTask::builder()
            .region_code(self.request.region_code)
            .instance_name(self.request.instance_name.clone())
            .maybe_cluster_name(self.request.cluster_name.clone())
            .build();
        let mut pages = self.client.pages(request);
        let read = async {
            // A task that two pages have is twice in it.
            let (mut tasks, mut unread) = (Vec::new(), None);
            while let Some(page) = pages.next().await {
                let page = page?;
                unread = unread.or_else(|| unread_row(page.unread()));
                tasks.extend(page.into_inner().into_inner().items);
            }
            Ok((tasks, unread))
        };
        let (clock, remaining) = (self.client.clock(), self.remaining());
        let listed = with_timeout(move || clock.deadline(remaining), pin!(read)).await;
        listed.unwrap_or_else(|| {
            let message = "listing the downloads exceeded the timeout of the download";
            Err(Error::new(ErrorKind::Timeout, message).retryable(true))
        })
    }

    /// Finds a download that was created at this time or later, and is not one of the known ones.
    pub(super) async fn find_late(
        &self,
        since: OffsetDateTime,
        known: &HashSet<DownloadTaskId>,
    ) -> Option<DownloadTask> {
        for lookup in 0..LOOKUPS {
            if lookup > 0 {
                if self.remaining() <= LOOKUP_INTERVAL {
                    return None;
                }
                self.client.clock().sleep(LOOKUP_INTERVAL).await;
            }
            // The error of the request says more than that of this list.
            let Ok(listed) = self.list().await else { continue };
            let found = preferred(listed, self.request, |task| {
                is_created_since(task, since) && !is_expired(task) && !known.contains(&task.task_id)
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Returns the path of the first unreadable row, or of the unreadable list.
fn unread_row(unread: &[UnreadField]) -> Option<String> {
    // The path of a field in a row continues after the number of the row.
    let is_row = |path: &&str| path.starts_with(CONTENT) && !path.contains("].");
    unread.iter().map(UnreadField::path).find(is_row).map(str::to_owned)
}
