//! `Drill`: a prepared drill, returned by `Client::drill`.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::drill_error::{DrillCause, DrillError};
use super::progress::{DrillStep, DrillTarget};
use super::record::DrillRecord;
use super::run::DrillRun;
use crate::rpc::client::Client;
use crate::rpc::wait::run_handle::RunHandle;
use crate::v2019_03_06::types::{BackupPlanId, RestoreDestination, RestorePoint};

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Client {
    /// Restores a plan into a scratch database, and measures how long it takes; see
    /// [`Drill`](crate::workflows::drill::Drill).
    pub fn drill(&self, plan: BackupPlanId) -> Drill {
        let run = DrillRun {
            client: self.clone(),
            plan: plan.clone(),
            destination: None,
            point: None,
            check: None,
            destination_verified: false,
            timeout: DAY,
        };
        Drill { client: self.clone(), plan, handle: RunHandle::new(run) }
    }
}

/// A prepared drill; await it for its record, or stream its steps.
///
/// It proves that the destination is not the source, chooses a point, creates a restore task, waits
/// for its pre-check, starts it, waits until it is finished, and runs the check. As a [`Stream`], it
/// yields a [`DrillStep`] for each step and each poll. Nothing is sent before it is awaited or polled.
///
/// Set the options before the first step: an option that is set later stops the run, and is an error.
///
/// The scratch database is left as it is, for the caller to inspect and to release. A drill that is
/// dropped before its restore was started writes nothing to it. There is nothing to resume: after a
/// crash, drill again. A restore task costs no purchase.
///
/// # What proves that the destination is not the source
///
/// | the plan backs up | the destination is | proven |
/// | --- | --- | --- |
/// | an instance | the same instance, or a host whose name begins with its id | the same: refused |
/// | a host and port | the same host and port | the same: refused |
/// | an RDS, MongoDB or ECS instance | another instance of the same kind | yes |
/// | an IP address | another IP address, reached in the same way, both private or both public | yes |
/// | a read-only RDS instance | another RDS instance, which can be its primary instance | no |
/// | an IP address | the same at another port, `127.0.0.1`, or the other IP version | no |
/// | a host by its name, or anything else | | no |
/// | what the service does not return | | no |
///
/// Two names can be of one database, so without a proof the drill is refused, unless the caller
/// [has verified](Self::destination_verified) that they differ. What is proven to be the same is
/// always refused. The same ECS instance at another port is not proven.
///
/// # Permissions
///
/// The permissions of the operations that it calls: [`DescribeBackupPlanList`],
/// [`DescribeRestoreRangeInfo`], [`DescribeFullBackupList`], [`CreateRestoreTask`],
/// [`DescribePreCheckProgressList`], [`StartRestoreTask`] and [`DescribeRestoreTaskList`].
///
/// # Examples
///
/// ```no_run
/// # async fn count_rows(host: &str) -> Result<u64, std::io::Error> { Err(std::io::Error::other(host)) }
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject};
///
/// let record = client
///     .drill("dbs1hvb0wwwe".parse()?)
///     .restore_to(RestoreDestination::Rds {
///         region: Region::Hangzhou,
///         instance_id: "rm-bp1scratch4exm".parse()?,
///         access: DatabaseAccess::mysql("restore", "correct horse"),
///         objects: RestoreObject::database("orders").into(),
///     })
///     .check(|_restored| async {
///         match count_rows("rm-bp1scratch4exm.mysql.rds.aliyuncs.com").await? {
///             0 => Err(std::io::Error::other("the table `orders` is empty")),
///             _ => Ok(()),
///         }
///     })
///     .await?;
/// println!("{record}");
/// assert!(record.passed, "{:?}", record.failure);
/// # Ok(()) }
/// ```
///
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DescribePreCheckProgressList`]: crate::operations::DescribePreCheckProgressList
/// [`DescribeRestoreRangeInfo`]: crate::operations::DescribeRestoreRangeInfo
/// [`DescribeRestoreTaskList`]: crate::operations::DescribeRestoreTaskList
/// [`StartRestoreTask`]: crate::operations::StartRestoreTask
#[must_use = "a drill does nothing until it is awaited"]
pub struct Drill {
    client: Client,
    plan: BackupPlanId,
    handle: RunHandle<DrillRun>,
}

/// The future of a [`Drill`].
pub type DrillFuture = Pin<Box<dyn Future<Output = Result<DrillRecord, DrillError>> + Send>>;

impl Drill {
    /// Changes the options of a drill; stops it if it has started.
    fn with(mut self, change: impl FnOnce(&mut DrillRun)) -> Self {
        self.handle.change(change);
        self
    }

    /// Sets the scratch database. Required; it must not be the source.
    ///
    /// Its objects are the databases to restore, under their old or new names.
    pub fn restore_to(self, destination: RestoreDestination) -> Self {
        self.with(|run| run.destination = Some(destination))
    }

    /// Sets the point to restore. Defaults to the newest one.
    ///
    /// The newest one is 1 second before the end of the log backups, or the last full backup. Points
    /// more than 5 minutes in the future are ignored, and so are backups whose retention is over.
    pub fn point(self, point: impl Into<RestorePoint>) -> Self {
        let point = point.into();
        self.with(|run| run.point = Some(point))
    }

    /// Sets a check of the restored database, which the drill waits for.
    ///
    /// A check that fails ends the drill with a record whose [`passed`](DrillRecord::passed) is
    /// `false`. The record has the messages of the error and its sources, with the password of the
    /// destination replaced, also where it is percent-encoded. A panic of the check is passed on to the
    /// caller of the drill. Defaults to no check.
    pub fn check<F, Fut, E>(self, check: F) -> Self
    where
        F: FnOnce(DrillTarget) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.with(|run| {
            run.check = Some(Box::new(move |target| {
                let checked = check(target);
                Box::pin(async move { checked.await.map_err(Into::into) })
            }));
        })
    }

    /// States that the caller has verified that the destination is not the source.
    ///
    /// Needed only if the [comparison](Self#what-proves-that-the-destination-is-not-the-source)
    /// proves nothing. A destination that is proven to be the source is refused in any case.
    pub fn destination_verified(self) -> Self {
        self.with(|run| run.destination_verified = true)
    }

    /// Sets the timeout of the whole drill, with its check. Defaults to 24 hours.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|run| run.timeout = timeout)
    }

    /// Runs up to the next step and returns it, or `None` once the check has ended.
    ///
    /// Await the drill afterwards for its record.
    ///
    /// # Errors
    ///
    /// Returns an error if the drill ended before its check did.
    pub async fn next(&mut self) -> Option<Result<DrillStep, DrillError>> {
        poll_fn(|context| self.handle.poll_step(context)).await
    }
}

impl IntoFuture for Drill {
    type Output = Result<DrillRecord, DrillError>;
    type IntoFuture = DrillFuture;

    fn into_future(self) -> DrillFuture {
        Box::pin(async move {
            let Self { client, plan, handle } = self;
            handle.finish().await.unwrap_or_else(|| {
                let record = DrillRecord::new(plan, client.server_time());
                Err(DrillError::new(DrillCause::Ended, record))
            })
        })
    }
}

impl Stream for Drill {
    type Item = Result<DrillStep, DrillError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().handle.poll_step(context)
    }
}

impl FusedStream for Drill {
    fn is_terminated(&self) -> bool {
        self.handle.is_ended()
    }
}

impl fmt::Debug for Drill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drill").field("plan", &self.plan).finish_non_exhaustive()
    }
}
