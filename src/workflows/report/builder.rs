//! `ReportBuilder`: the options of a report, its future and its stream.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::collect::ReportRun;
use super::details::{Account, Price, RowOptions};
use super::judge::Rules;
use super::row::ReportRow;
use super::summary::{DEFAULT_EXPIRING_WITHIN, DEFAULT_HISTORY, DEFAULT_RPO, Report};
use crate::rpc::client::Client;
use crate::workflows::pacer::Pacer;

/// How many plans are read at once, unless set.
const DEFAULT_CONCURRENCY: usize = 16;

impl Client {
    /// Reports for all plans whether and until when their databases are protected.
    ///
    /// See [`ReportBuilder`].
    pub fn report(&self) -> ReportBuilder {
        ReportBuilder {
            start: Some(Box::new(ReportOptions {
                accounts: vec![(None, self.clone())],
                rpo: DEFAULT_RPO,
                expiring_within: DEFAULT_EXPIRING_WITHIN,
                inventory: None,
                history: DEFAULT_HISTORY,
                lists_only: false,
                concurrency: DEFAULT_CONCURRENCY,
                price: None,
            })),
            run: None,
            ended: false,
        }
    }
}

/// The options of a report that has not started.
struct ReportOptions {
    /// Labels and clients.
    accounts: Vec<(Option<String>, Client)>,
    rpo: Duration,
    expiring_within: Duration,
    inventory: Option<Vec<String>>,
    history: Duration,
    lists_only: bool,
    concurrency: usize,
    price: Option<Box<Price>>,
}

impl ReportOptions {
    fn start(self) -> ReportRun {
        let mut accounts: Vec<Account> = Vec::new();
        for (label, client) in self.accounts {
            let known = accounts.iter().find(|known| known.label == label);
            let pacer = match known {
                Some(known) => known.pacer.clone(),
                None => Arc::new(Pacer::new(client.clock().clone())),
            };
            accounts.push(Account { label, client, pacer });
        }
        let rules = Rules {
            rpo: self.rpo,
            expiring_within: self.expiring_within,
            has_inventory: self.inventory.is_some(),
        };
        let options = RowOptions {
            rules,
            history: self.history,
            lists_only: self.lists_only,
            price: self.price,
        };
        ReportRun::new(accounts, options, self.concurrency, self.inventory)
    }
}

/// Reports for all plans whether and until when their databases are protected.
///
/// Await it for the [`Report`], or read it as a [`Stream`] of a [`ReportRow`] per plan, in the order
/// in which they are read. It changes nothing. Nothing is sent before it is awaited or polled, and
/// nothing runs while nothing polls it. Options have no effect after the first poll.
///
/// # Calls
///
/// It lists the plans, 100 per call, and reads the ranges, the full backups and the billing of each
/// plan that is configured. It uses at most 90 % of the published limits of an account: 1000 plans
/// take 10 calls for the list and 3000 for the details, and at least 12 seconds.
///
/// A report does not fail. A list that cannot be read becomes a
/// [`ReportFailure`](super::ReportFailure), and details that cannot be read become a
/// [`Reason`](super::Reason) of the row, which is then not protected.
///
/// The stream needs memory for the plans that are read at once, one page per client, the inventory,
/// and the ids of the plans, to notice a list that changes. Awaiting it also keeps the rows.
///
/// # Permissions
///
/// `dbs:DescribeBackupPlanList`, `dbs:DescribeRestoreRangeInfo`, `dbs:DescribeFullBackupList`,
/// `dbs:DescribeBackupPlanBilling` and `dbs:DescribeJobErrorCode`.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "fake")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aliyun_dbs::Error> {
/// use std::time::Duration;
///
/// use aliyun_dbs::fake::FakeDbs;
/// use aliyun_dbs::workflows::report::Verdict;
/// use aliyun_dbs::{Client, Region};
///
/// let dbs = FakeDbs::new();
/// let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
/// let client = builder.transport(dbs).build()?;
///
/// let report = client
///     .report()
///     .rpo(Duration::from_secs(4 * 3600))
///     .inventory(["rm-bp1p8c2947exm", "db.example.com:3306"])
///     .await;
/// assert_eq!(report.rows.len(), 2);
/// assert!(report.rows.iter().all(|row| row.verdict == Verdict::Unprotected));
/// # Ok(()) }
/// # #[cfg(not(feature = "fake"))] fn main() {}
/// ```
#[must_use = "a report does nothing until it is awaited"]
pub struct ReportBuilder {
    /// The options, before the first poll.
    start: Option<Box<ReportOptions>>,
    run: Option<Box<ReportRun>>,
    ended: bool,
}

/// The future of a [`ReportBuilder`].
pub type ReportFuture = Pin<Box<dyn Future<Output = Report> + Send>>;

impl ReportBuilder {
    /// Changes the options of a report that has not started.
    fn with(mut self, change: impl FnOnce(&mut ReportOptions)) -> Self {
        if let Some(options) = &mut self.start {
            change(options);
        }
        self
    }

    /// Sets the label of the client's account. Defaults to none.
    ///
    /// It is the [`account`](ReportRow::account) of rows.
    pub fn label(self, account: impl Into<String>) -> Self {
        self.with(|options| {
            if let Some(first) = options.accounts.first_mut() {
                first.0 = Some(account.into());
            }
        })
    }

    /// Adds the plans of another account or region.
    ///
    /// The lists are read side by side. Clients with the same label share the published limits of
    /// their account. A plan that several clients list appears once.
    pub fn and(self, account: impl Into<String>, client: Client) -> Self {
        self.with(|options| options.accounts.push((Some(account.into()), client)))
    }

    /// Sets how old the newest restorable point may be. Defaults to 24 hours.
    ///
    /// It does not depend on the schedule of a plan: a plan without logs whose full backup runs once
    /// a week can lose a week.
    pub fn rpo(self, age: Duration) -> Self {
        self.with(|options| options.rpo = age)
    }

    /// Sets when a subscription is treated as expiring. Defaults to 30 days.
    pub fn expiring_within(self, time: Duration) -> Self {
        self.with(|options| options.expiring_within = time)
    }

    /// Sets the databases that must be protected: instance ids, or `host:port`.
    ///
    /// The report then has a row for each database without a plan, and plans of other databases are
    /// [orphans](super::Verdict::Orphan). Case is ignored. Defaults to no inventory, and then neither
    /// is reported.
    pub fn inventory<I: IntoIterator<Item: Into<String>>>(self, databases: I) -> Self {
        let databases = databases.into_iter().map(Into::into).collect();
        self.with(|options| options.inventory = Some(databases))
    }

    /// Sets how far back backups and ranges are read. Defaults to 30 days.
    ///
    /// If nothing can be restored within this time, all finished backups of the plan are read.
    pub fn history(self, time: Duration) -> Self {
        self.with(|options| options.history = time)
    }

    /// Reads the plan lists only, without backups, ranges and billing.
    ///
    /// It finds plans that are not configured, failed, paused, locked or expiring, orphans, and databases
    /// without a plan. All other plans are [unknown](super::Verdict::Unknown), because lists do not show
    /// whether backups succeed. The list shows only the first and the last time that logs can restore, so
    /// that the window of a row can contain gaps.
    pub fn lists_only(self) -> Self {
        self.with(|options| options.lists_only = true)
    }

    /// Sets how many plans are read at once. Defaults to 16; 0 becomes 1.
    pub fn concurrency(self, plans: usize) -> Self {
        self.with(|options| options.concurrency = plans.max(1))
    }

    /// Sets the monthly price of a plan, which the service does not publish.
    ///
    /// The function is called with each finished row of a plan. Its value is in the caller's currency;
    /// infinite values and NaN become `None`.
    pub fn price<F>(self, price: F) -> Self
    where
        F: Fn(&ReportRow) -> Option<f64> + Send + Sync + 'static,
    {
        self.with(|options| options.price = Some(Box::new(price)))
    }

    /// Reads until the next row is known, or returns `None` after the last one.
    ///
    /// Await the report afterwards for its [errors](Report::errors), and for its numbers, which include
    /// all rows. Its [`rows`](Report::rows) are only those that were not read before. Dropping the
    /// report ends its calls.
    pub async fn next(&mut self) -> Option<ReportRow> {
        poll_fn(|context| self.poll_row(context)).await
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<ReportRow>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let row = self.started().poll(context);
        self.ended = matches!(row, Poll::Ready(None));
        row
    }

    fn started(&mut self) -> &mut ReportRun {
        let Self { start, run, .. } = self;
        run.get_or_insert_with(|| Box::new(start.take().expect("a report starts once").start()))
    }
}

impl IntoFuture for ReportBuilder {
    type Output = Report;
    type IntoFuture = ReportFuture;

    fn into_future(mut self) -> ReportFuture {
        Box::pin(async move {
            let mut rows = Vec::new();
            while let Some(row) = self.next().await {
                rows.push(row);
            }
            self.started();
            self.run.expect("the report has started").into_report(rows)
        })
    }
}

impl Stream for ReportBuilder {
    type Item = ReportRow;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ReportRow>> {
        self.get_mut().poll_row(context)
    }
}

impl FusedStream for ReportBuilder {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl fmt::Debug for ReportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportBuilder")
            .field("started", &self.run.is_some())
            .finish_non_exhaustive()
    }
}
