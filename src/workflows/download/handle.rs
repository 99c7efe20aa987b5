//! `Download`: a prepared download, returned by `Client::download`.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use time::OffsetDateTime;

use super::download_error::DownloadError;
use super::progress::{DownloadStep, Downloaded};
use super::run::DownloadRun;
use crate::rpc::client::Client;
use crate::rpc::wait::run_handle::RunHandle;
use crate::v2021_01_01::operations::CreateDownload;
use crate::v2021_01_01::types::{AddressLifetime, DownloadTaskId};

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Client {
    /// Downloads a backup set or a moment: creates the task, waits, and gets addresses.
    ///
    /// See [`Download`](crate::workflows::Download).
    pub fn download(&self, request: CreateDownload) -> Download {
        Download {
            handle: RunHandle::new(DownloadRun {
                client: self.clone(),
                request,
                resumed: None,
                since: None,
                timeout: DAY,
                lifetime: AddressLifetime::DEFAULT,
            }),
        }
    }
}

/// A prepared download; await it for its addresses, or stream its steps.
///
/// It checks that the instance can use advanced download, creates the download unless the service
/// already has the same one, waits until it is finished, and gets signed addresses, unless the target
/// is a bucket. As a [`Stream`], it yields a [`DownloadStep`] for each step and each poll. Nothing is
/// sent before it is awaited or polled. It does not fetch the files.
///
/// Set the options before the first step: an option that is set later stops the run, and is an error.
///
/// # After a crash
///
/// The service knows no client token for downloads. Continue in one of these ways:
///
/// | what is stored | continue with |
/// | --- | --- |
/// | the id from [`DownloadStep::Created`] or [`DownloadError::task`] | [`resume`](Self::resume) |
/// | the time before the first run | [`since`](Self::since) |
/// | nothing, for a download to URLs | the same download: it is found while it is active |
/// | nothing, for a bucket | the same download: its error names an active one, which may be it |
///
/// A failed download is not retried, because that may cost money: send
/// [`RetryDownloadTask`], then resume.
///
/// # Permissions
///
/// The permissions of the operations that it calls: [`DescribeDownloadSupport`],
/// [`DescribeDownloadTask`], [`CreateDownload`] and [`DescribeDownloadBackupSetStorageInfo`].
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::types::BackupSetId;
/// use aliyun_dbs::v2021_01_01::operations::CreateDownload;
/// use aliyun_dbs::v2021_01_01::types::{DownloadTarget, MySqlFormat};
/// use aliyun_dbs::workflows::DownloadStep;
///
/// let request = CreateDownload::builder()
///     .region_code(Region::Hangzhou)
///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
///     .source(BackupSetId::new("1460051234")?)
///     .format(MySqlFormat::Csv)
///     .target(DownloadTarget::Url)
///     .build();
/// let mut download = client.download(request);
/// while let Some(step) = download.next().await {
///     match step? {
///         DownloadStep::Created { task, .. } => println!("task {task}"),
///         DownloadStep::Waiting { summary, .. } => println!("{summary}"),
///         _ => {}
///     }
/// }
/// if let Some(url) = download.await?.addresses.and_then(|addresses| addresses.public_url) {
///     // `url.expose()` returns the whole address, which is a secret until it expires.
///     println!("{}", url.redacted());
/// }
/// # Ok(()) }
/// ```
///
/// [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
/// [`DescribeDownloadBackupSetStorageInfo`]: crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo
/// [`DescribeDownloadSupport`]: crate::v2021_01_01::operations::DescribeDownloadSupport
/// [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
/// [`RetryDownloadTask`]: crate::v2021_01_01::operations::RetryDownloadTask
#[must_use = "a download does nothing until it is awaited"]
pub struct Download {
    handle: RunHandle<DownloadRun>,
}

/// The future of a [`Download`].
pub type DownloadFuture = Pin<Box<dyn Future<Output = Result<Downloaded, DownloadError>> + Send>>;

impl Download {
    /// Changes the options of a download; stops it if it has started.
    fn with(mut self, change: impl FnOnce(&mut DownloadRun)) -> Self {
        self.handle.change(change);
        self
    }

    /// Continues with this task, and creates none.
    ///
    /// Of the request, only the region, the instance and the cluster are then used. A task that is
    /// already finished goes straight to its addresses. [`DownloadStep::Created`] follows once the
    /// service lists the task.
    pub fn resume(self, task: DownloadTaskId) -> Self {
        self.with(|run| run.resumed = Some(task))
    }

    /// Also accepts a finished or failed download that was created since then. Defaults to none.
    ///
    /// See [`DownloadCreation::since`](super::DownloadCreation::since).
    pub fn since(self, time: OffsetDateTime) -> Self {
        self.with(|run| run.since = Some(time))
    }

    /// Sets the timeout of the whole download. Defaults to 24 hours.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|run| run.timeout = timeout)
    }

    /// Sets how long the addresses are valid. Defaults to 2 hours.
    pub fn address_lifetime(self, lifetime: AddressLifetime) -> Self {
        self.with(|run| run.lifetime = lifetime)
    }

    /// Runs up to the next step and returns it, or `None` at the end.
    ///
    /// Await the download afterwards for its addresses.
    ///
    /// # Errors
    ///
    /// Returns an error if a step fails. It names the task, if there is one, and says how to continue.
    pub async fn next(&mut self) -> Option<Result<DownloadStep, DownloadError>> {
        poll_fn(|context| self.handle.poll_step(context)).await
    }
}

impl IntoFuture for Download {
    type Output = Result<Downloaded, DownloadError>;
    type IntoFuture = DownloadFuture;

    fn into_future(self) -> DownloadFuture {
        Box::pin(
            async move { self.handle.finish().await.unwrap_or_else(|| Err(DownloadError::Ended)) },
        )
    }
}

impl Stream for Download {
    type Item = Result<DownloadStep, DownloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().handle.poll_step(context)
    }
}

impl FusedStream for Download {
    fn is_terminated(&self) -> bool {
        self.handle.is_ended()
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("started", &self.handle.is_started())
            .finish_non_exhaustive()
    }
}
