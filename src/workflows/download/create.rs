//! `DownloadCreation`: creates a download once, although the operation takes no client token.

use std::collections::HashSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use time::OffsetDateTime;

use super::blocked::CreationError;
use super::lookup::Lookup;
use super::matching::{is_active, is_created_since, is_expired, preferred};
use crate::rpc::client::Client;
use crate::rpc::error::{Error, ErrorKind};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2021_01_01::operations::{CreateDownload, DownloadTask};
use crate::v2021_01_01::types::DownloadTarget;

/// How old a download in an unknown state may be to be treated as active.
const UNKNOWN_STATE_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// How far back the download that the service refers to by `JobAlreadyExist` is looked for.
const SUBMITTED_FOR: Duration = Duration::from_secs(24 * 3600);
/// How much the clocks of the client and the service may differ. The service accepts requests whose
/// time differs by up to 15 minutes, and only a refusal corrects the client's time.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(20 * 60);

impl Client {
    /// Creates a download, unless the service already has the same one.
    ///
    /// [`CreateDownload`] takes no client token, so sending it again can start, and bill, a second
    /// download. This helper therefore finds before it sends:
    ///
    /// 1. It reads [`DescribeDownloadTask`]. An active download with the same source, format and
    ///    target is returned, and nothing is sent. If the list fails, or a row could not be read,
    ///    nothing is sent either.
    /// 2. Otherwise it sends the request once.
    /// 3. If the response is lost, or the service says that the same download exists
    ///    (`DBS.DownloadTask.JobAlreadyExist`), it reads the list up to 3 times, 5 seconds apart, and
    ///    returns the download that it finds.
    ///
    /// Two processes that run this at the same moment can both find nothing and both send. The service
    /// then rejects the second one, which finds the download of the first one in step 3.
    ///
    /// # Same download
    ///
    /// Two downloads are the same if they have the same instance, backup set or moment, format and
    /// target type, and for a bucket the same path. The list does not show the bucket and its
    /// region, nor [`admin_database`](CreateDownload::admin_database),
    /// [`is_cluster`](CreateDownload::is_cluster), [`is_physical`](CreateDownload::is_physical),
    /// [`primary_key_type_only`](CreateDownload::primary_key_type_only) and
    /// [`use_zstd`](CreateDownload::use_zstd): downloads that differ only in these are treated as the
    /// same. Because files in a wrong bucket can disclose data, a download into a bucket is only found
    /// if it is new since the first list, or with [`since`](DownloadCreation::since). If the response
    /// is lost, and someone else creates such a download into another bucket meanwhile, theirs can be
    /// returned: compare the bucket's files before you rely on a found one.
    ///
    /// # Errors
    ///
    /// Returns the error of the first list, or of [`CreateDownload`] if no download was found after
    /// it. If its [`may_have_executed`](Error::may_have_executed) returns true, a download may still
    /// appear in the list: run this again with [`since`](DownloadCreation::since).
    ///
    /// If another download blocks the instance (`DBS.DownloadTask.OnlyOneRunningOrFailedTask`), the
    /// [hint](Error::hint) of the error names that download, and says what to do. So does the one of
    /// `JobAlreadyExist`, if a download of the list may be the same.
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
    /// is up to 20 minutes older is accepted too, because the clocks may differ. A time that is more
    /// than 20 minutes in the future is an error.
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
            create_once(client, request, *since, None).await.map_err(|failure| failure.error)
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
) -> Result<CreatedDownload, CreationError> {
    let lookup = Lookup { client, request, deadline };
    let since = since.map(|time| before(time, CLOCK_DIFFERENCE));
    let has_bucket = matches!(request.target, DownloadTarget::Oss { .. });
    let recent = before(client.server_time(), UNKNOWN_STATE_FOR);
    let listed = lookup.list_completely().await?;
    if since.is_some_and(|time| time > client.server_time()) {
        return Err(future_since().into());
    }
    let known: HashSet<_> = listed.iter().map(|task| task.task_id.clone()).collect();
    let existing = preferred(listed, request, |task| {
        let has_state = task.download_status.known().is_some() || is_created_since(task, recent);
        let is_new = since.is_some_and(|time| is_created_since(task, time));
        (is_active(task) && has_state && !has_bucket) || (is_new && !is_expired(task))
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
    if error.is(ErrorCode::DownloadTaskOnlyOneRunningOrFailedTask) {
        return Err(CreationError::blocked(&lookup, error).await);
    }
    let is_same = error.is(ErrorCode::DownloadTaskJobAlreadyExist);
    let found = if is_same {
        match if has_bucket { since } else { Some(before(sent_at, SUBMITTED_FOR)) } {
            Some(oldest) => lookup.find_late(oldest, &HashSet::new()).await,
            None => None,
        }
    } else if error.may_have_executed() {
        lookup.find_late(before(sent_at, CLOCK_DIFFERENCE), &known).await
    } else {
        None
    };
    match found {
        Some(task) => Ok(CreatedDownload { task, found: true }),
        None if is_same => Err(CreationError::exists(&lookup, error).await),
        None => Err(error.into()),
    }
}

/// Returns the error of a `since` that no download can be newer than.
///
/// A clock of the client that is ahead gives it, until the first response corrects it. A download
/// would then not be found after a crash.
fn future_since() -> Error {
    let message = "invalid `since`: it is later than the time of the service";
    let hint = "set an earlier time, or read `Client::server_time` after a first call, which \
                corrects it";
    Error::new(ErrorKind::Request, message).with_hint(hint)
}

fn before(time: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    time.checked_sub(duration.try_into().unwrap_or_default()).unwrap_or(time)
}
