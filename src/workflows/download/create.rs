//! `DownloadCreation`: creates a download once, although the operation takes no client token.

use std::collections::HashSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::time::Duration;

use time::OffsetDateTime;

use super::matching::{is_active, is_created_since, is_expired, newest};
use crate::rpc::client::Client;
use crate::rpc::clock::with_timeout;
use crate::rpc::error::{Error, ErrorKind};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2021_01_01::operations::{CreateDownload, DescribeDownloadTask, DownloadTask};
use crate::v2021_01_01::types::{DownloadKind, DownloadSource, DownloadTarget, DownloadTaskId};

/// How far back an active download is looked for.
const ACTIVE_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// How far back the download that the service refers to by `JobAlreadyExist` is looked for.
const SUBMITTED_FOR: Duration = Duration::from_secs(24 * 3600);
/// How much the clocks of the client and the service may differ. The service accepts requests whose
/// time differs by up to 15 minutes, and only a refusal corrects the client's time.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(20 * 60);
/// How often the list is read for a download of unknown id, which can be listed late.
const LOOKUPS: u32 = 3;
const LOOKUP_INTERVAL: Duration = Duration::from_secs(5);

impl Client {
    /// Creates a download, unless the service already has the same one.
    ///
    /// [`CreateDownload`] takes no client token, so sending it again can start, and bill, a second
    /// download. This helper therefore finds before it sends:
    ///
    /// 1. It reads [`DescribeDownloadTask`]. An active download with the same source, format and
    ///    target is returned, and nothing is sent. If the list fails, nothing is sent either.
    /// 2. Otherwise it sends the request once.
    /// 3. If the response is lost, or the service says that the same download exists
    ///    (`DBS.DownloadTask.JobAlreadyExist`), it reads the list up to 3 times, 5 seconds apart, and
    ///    returns the download that it finds.
    ///
    /// Rows of the list do not name the bucket, so another download into the same path may be in
    /// another bucket. A download into a bucket is therefore only found if it is new since the first
    /// list, or with [`since`](DownloadCreation::since). Otherwise the request is sent, and the service
    /// rejects it while a download of the instance is active. Two processes that run this at the same moment can both find nothing and
    /// both send; the service then rejects the second one, because an instance has at most one
    /// active download.
    ///
    /// # Errors
    ///
    /// Returns the error of the first list, or of [`CreateDownload`] if no download was found after
    /// it. If its [`may_have_executed`](Error::may_have_executed) returns true, a download may still
    /// appear in the list: run this again with [`since`](DownloadCreation::since).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use aliyun_dbs::Region;
    /// use aliyun_dbs::types::BackupSetId;
    /// use aliyun_dbs::v2021_01_01::operations::CreateDownload;
    /// use aliyun_dbs::v2021_01_01::types::{DownloadTarget, MySqlFormat};
    ///
    /// let request = CreateDownload::builder()
    ///     .region_code(Region::Hangzhou)
    ///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
    ///     .source(BackupSetId::new("1460051234")?)
    ///     .format(MySqlFormat::Csv)
    ///     .target(DownloadTarget::Url)
    ///     .build();
    /// let created = client.create_download(request).await?;
    /// println!("{} {}", created.task.task_id, if created.found { "found" } else { "created" });
    /// # Ok(()) }
    /// ```
    ///
    /// [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
    /// [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
    pub fn create_download(&self, request: CreateDownload) -> DownloadCreation {
        DownloadCreation { client: self.clone(), request, since: None }
    }
}

/// A prepared creation of a download, returned by [`Client::create_download`]; await it.
#[must_use = "a creation does nothing until it is awaited"]
pub struct DownloadCreation {
    client: Client,
    request: CreateDownload,
    since: Option<OffsetDateTime>,
}

/// The future of a [`DownloadCreation`].
pub type DownloadCreationFuture =
    Pin<Box<dyn Future<Output = Result<CreatedDownload, Error>> + Send>>;

impl DownloadCreation {
    /// Also accepts a finished or failed download that was created since then, and one into a
    /// bucket. By default, only an active download to URLs is accepted.
    ///
    /// Store the [time of the service](Client::server_time) before the first run, and set it in every
    /// run: a run after a crash then finds the download in any state except expired. A download that
    /// is up to 20 minutes older is accepted too, because the clocks may differ.
    pub fn since(self, time: OffsetDateTime) -> Self {
        Self { since: Some(time), ..self }
    }
}

impl IntoFuture for DownloadCreation {
    type Output = Result<CreatedDownload, Error>;
    type IntoFuture = DownloadCreationFuture;

    fn into_future(self) -> DownloadCreationFuture {
        Box::pin(async move {
            let Self { client, request, since } = &self;
            create_once(client, request, *since, None).await
        })
    }
}

impl fmt::Debug for DownloadCreation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadCreation")
            .field("request", &self.request)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

/// A download that was created or found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreatedDownload {
    /// The download.
    pub task: DownloadTask,
    /// Whether the task existed before, or was found after a lost response.
    pub found: bool,
}

/// Creates a download unless it exists, until a deadline of the client's clock.
pub(super) async fn create_once(
    client: &Client,
    request: &CreateDownload,
    since: Option<OffsetDateTime>,
    deadline: Option<Duration>,
) -> Result<CreatedDownload, Error> {
    let lookup = Lookup { client, request, deadline };
    let since = since.map(|time| before(time, CLOCK_DIFFERENCE));
    let has_bucket = matches!(request.target, DownloadTarget::Oss { .. });
    let oldest_active = before(client.server_time(), ACTIVE_FOR);
    let listed = lookup.list(since.map_or(oldest_active, |time| time.min(oldest_active))).await?;
    let known: HashSet<_> = listed.iter().map(|task| task.task_id.clone()).collect();
    let existing = newest(listed, request, |task| {
        let is_recent = since.is_some_and(|time| is_created_since(task, time));
        (is_active(task) && !has_bucket) || (is_recent && !is_expired(task))
    });
    if let Some(task) = existing {
        return Ok(CreatedDownload { task, found: true });
    }
    let sent_at = client.server_time();
    let timeout = client.call_timeout().min(lookup.remaining());
    let error = match client.send(request.clone()).timeout(timeout).await {
        Ok(created) => {
            return Ok(CreatedDownload { task: created.into_inner().into_inner(), found: false });
        }
        Err(error) => error,
    };
    let found = if error.is(ErrorCode::DownloadTaskJobAlreadyExist) {
        match if has_bucket { since } else { Some(before(sent_at, SUBMITTED_FOR)) } {
            Some(oldest) => lookup.find_late(oldest, &HashSet::new()).await,
            None => None,
        }
    } else if error.may_have_executed() {
        lookup.find_late(before(sent_at, CLOCK_DIFFERENCE), &known).await
    } else {
        None
    };
    found.map(|task| CreatedDownload { task, found: true }).ok_or(error)
}

fn before(time: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    time.checked_sub(duration.try_into().unwrap_or_default()).unwrap_or(time)
}

struct Lookup<'c> {
    client: &'c Client,
    request: &'c CreateDownload,
    /// By the client's clock.
    deadline: Option<Duration>,
}

impl Lookup<'_> {
    fn remaining(&self) -> Duration {
        let now = self.client.clock().elapsed();
        self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(now))
    }

    /// Lists the downloads of the same source that were created at this time or later.
    async fn list(&self, since: OffsetDateTime) -> Result<Vec<DownloadTask>, Error> {
        let (kind, set) = match &self.request.source {
            DownloadSource::BackupSet { id, .. } => (DownloadKind::Full, Some(id.clone())),
            DownloadSource::Moment(_) => (DownloadKind::Pitr, None),
        };
        let request = DescribeDownloadTask::builder()
            .region_code(self.request.region_code)
            .instance_name(self.request.instance_name.clone())
            .maybe_cluster_name(self.request.cluster_name.clone())
            .task_type(kind)
            .maybe_backup_set_id(set)
            .start_time(since)
            .build();
        let items = self.client.items(request).collect();
        let (clock, remaining) = (self.client.clock(), self.remaining());
        let listed = with_timeout(move || clock.deadline(remaining), pin!(items)).await;
        listed.unwrap_or_else(|| {
            let message = "listing the downloads exceeded the timeout of the download";
            Err(Error::new(ErrorKind::Timeout, message).retryable(true))
        })
    }

    /// Finds a download that was created at this time or later, and is not one of the known ones.
    async fn find_late(
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
            let Ok(listed) = self.list(since).await else { continue };
            let found = newest(listed, self.request, |task| {
                is_created_since(task, since) && !is_expired(task) && !known.contains(&task.task_id)
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
