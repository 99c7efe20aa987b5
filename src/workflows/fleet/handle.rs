//! `Fleet`: a workflow that provisions many plans, each once; returned by `Client::fleet`.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::context::FleetOptions;
use super::control::{Control, Mode};
use super::outcome::FleetOutcome;
use super::progress::FleetProgress;
use super::report::FleetReport;
use super::run::{FleetRun, Specs};
use super::spec::FleetSpec;
use crate::rpc::client::Client;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::journal::Journal;

impl Client {
    /// Prepares a workflow that provisions many plans, each once; see [`Fleet`].
    ///
    /// The fleet takes a plan from the iterator when it has a free slot, so that memory does not grow
    /// with the number of plans.
    pub fn fleet<I>(&self, specs: I) -> Fleet
    where
        I: IntoIterator<Item: Into<FleetSpec>>,
        I::IntoIter: Send + 'static,
    {
        let specs = specs.into_iter();
        let (least, most) = specs.size_hint();
        let total = most.filter(|most| *most == least);
        Fleet {
            control: Arc::new(Control::new(self.clock().clone(), total)),
            start: Some(Box::new((FleetOptions::new(self.clone()), Box::new(IntoSpecs(specs))))),
            run: None,
            ended: false,
        }
    }
}

/// Converts the items of an iterator. Unlike `map`, its type does not contain that of the items.
struct IntoSpecs<I>(I);

impl<I: Iterator<Item: Into<FleetSpec>>> Iterator for IntoSpecs<I> {
    type Item = FleetSpec;

    fn next(&mut self) -> Option<FleetSpec> {
        self.0.next().map(Into::into)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

/// A workflow that provisions many plans, each once, from any number of processes.
///
/// Await it for the [`FleetReport`], or read it as a [`Stream`] of a [`FleetOutcome`] per plan.
/// Nothing is sent before it is awaited or polled, and nothing runs while nothing polls it. Options
/// have no effect after the first poll.
///
/// # Once per name
///
/// Each plan has a name. Its client token derives from the names of fleet and plan, and from the
/// [generation](FleetSpec::generation), so every process sends the same token. The
/// [journal](Self::journal) records the purchase before it is sent, and the plan before it is
/// configured. After that, no purchase is sent for the name.
///
/// | found | what the fleet does |
/// | --- | --- |
/// | the journal has the plan | continues with it |
/// | an entry without plan, younger than [`token_memory`](Self::token_memory) | sends the purchase again with its token, which buys no second plan |
/// | an older entry without plan | searches, and reports the name as [unresolved](super::FleetOutcomeKind::Unresolved) |
/// | no plan in the journal, but a configured plan of the same name | reports it as unresolved, or [adopts](Self::adopt_existing) it |
/// | another worker has leased the name | continues with other names, and tries again later |
///
/// All processes of a fleet must use the same account, fleet name and token memory. Two fleets of one
/// account with the same fleet name share their plans.
///
/// # Plans as code
///
/// A [`PlanSpec`](crate::workflows::plan_spec::PlanSpec) is also a plan of a fleet. If the plan
/// exists, the fleet compares it with the specification and changes it in place, as
/// [`reconcile`](crate::workflows::reconcile) does. It adopts the only plan of the name, lists the
/// account's plans once, and reports what cannot be changed in
/// [`FleetReport::impossible`](super::FleetReport::impossible). To show the changes first, use
/// [`Client::drift`].
///
/// # Errors and repetition
///
/// Errors that may pass are retried, see [`max_runs`](Self::max_runs). An error of the journal stops the
/// fleet, because no purchase could be recorded.
///
/// # Permissions
///
/// Those of [`Provision`](crate::workflows::Provision).
///
/// # Examples
///
/// ```no_run
/// # async fn example(
/// #     client: aliyun_dbs::Client,
/// #     create: aliyun_dbs::operations::CreateBackupPlan,
/// #     configure: fn(aliyun_dbs::types::BackupPlanId) -> aliyun_dbs::operations::ConfigureBackupPlan,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::workflows::fleet::{FileJournal, FleetSpec};
///
/// let specs = ["orders", "users"].map(|name| FleetSpec::new(name, create.clone(), configure));
/// let report = client
///     .fleet(specs)
///     .named("prod")
///     .journal(FileJournal::open("plans.journal")?)
///     .concurrency(16)
///     .await;
/// println!("{report}");
/// # Ok(()) }
/// ```
#[must_use = "a fleet does nothing until it is awaited"]
pub struct Fleet {
    control: Arc<Control>,
    /// Options and plans, before the first poll.
    start: Option<Box<(FleetOptions, Specs)>>,
    run: Option<Box<FleetRun>>,
    ended: bool,
}

/// The future of a [`Fleet`].
pub type FleetFuture = Pin<Box<dyn Future<Output = FleetReport> + Send>>;

impl Fleet {
    /// Changes the options of a fleet that has not started.
    fn with(mut self, change: impl FnOnce(&mut FleetOptions)) -> Self {
        if let Some(start) = &mut self.start {
            change(&mut start.0);
        }
        self
    }

    /// Sets the name of the fleet. Defaults to `default`.
    ///
    /// It is part of every client token: the same plan in another fleet is another plan.
    pub fn named(self, fleet: impl Into<String>) -> Self {
        self.with(|options| options.fleet = fleet.into())
    }

    /// Sets the journal. Defaults to a [`MemoryJournal`](super::MemoryJournal).
    pub fn journal(self, journal: impl Journal + 'static) -> Self {
        self.with(|options| options.journal = Arc::new(journal))
    }

    /// Sets how many plans are provisioned at once. Defaults to 8; 0 becomes 1.
    pub fn concurrency(self, plans: usize) -> Self {
        self.with(|options| options.concurrency = plans.max(1))
    }

    /// Sets the timeout of one run of one plan. Defaults to 30 minutes.
    pub fn timeout(self, per_run: Duration) -> Self {
        self.with(|options| options.timeout = per_run)
    }

    /// Sets how often a plan is provisioned if its errors may pass. Defaults to 8, including the
    /// first.
    ///
    /// The fleet waits 1 to 60 seconds between two runs.
    pub fn max_runs(self, runs: u32) -> Self {
        self.with(|options| options.max_runs = runs)
    }

    /// Sets how long the client relies on the service to remember a token. Defaults to 10 minutes.
    ///
    /// See [`Provision::token_memory`](crate::workflows::Provision::token_memory). All processes of a
    /// fleet must use the same.
    pub fn token_memory(self, memory: Duration) -> Self {
        self.with(|options| options.token_memory = memory)
    }

    /// Sets how long a name is leased. Defaults to 60 seconds, at least 1 second.
    ///
    /// The fleet renews leases. Other processes take the names of a dead one over after this time.
    pub fn lease(self, lease: Duration) -> Self {
        self.with(|options| options.lease = lease.max(Duration::from_secs(1)))
    }

    /// Sets how long the fleet waits for an unavailable journal. Defaults to 5 minutes.
    ///
    /// Then the fleet stops. A request without a response for 30 seconds is repeated within this time.
    pub fn journal_timeout(self, limit: Duration) -> Self {
        self.with(|options| options.journal_timeout = limit)
    }

    /// Continues with a plan for a name whose purchase is unresolved.
    ///
    /// If the journal has another plan for the name, the name fails with
    /// [`TwoPlans`](super::FleetError::TwoPlans).
    pub fn resume(self, name: impl Into<String>, plan: BackupPlanId) -> Self {
        self.with(|options| options.resume.extend([(name.into(), plan)]))
    }

    /// Buys a plan for a name whose purchase is unresolved.
    ///
    /// A person must decide this who has checked the orders of the account. Has no effect if the
    /// journal has a plan for the name.
    pub fn buy_anyway(self, name: impl Into<String>) -> Self {
        self.with(|options| options.buy_anyway.extend([name.into()]))
    }

    /// Adopts the only plan of the account that already has the name of the configuration.
    ///
    /// Off by default: such a plan may belong to another program. Use it after the journal was lost.
    pub fn adopt_existing(self) -> Self {
        self.with(|options| options.adopt_existing = true)
    }

    /// Sets whether names are compared with existing plans before the first purchase. On by default.
    ///
    /// The fleet then lists the account's plans once, and keeps their names and ids in memory. A
    /// configured plan with the name of a configuration, which the journal does not have, makes the
    /// name unresolved.
    pub fn check_existing(self, check: bool) -> Self {
        self.with(|options| options.check_existing = check)
    }

    /// Returns a handle that shows the progress and ends the fleet.
    pub fn handle(&self) -> FleetHandle {
        FleetHandle(self.control.clone())
    }

    /// Runs until the next plan has an outcome, or returns `None` once all have one.
    ///
    /// Await the fleet afterwards for the report of all outcomes. Dropping the fleet ends all plans in
    /// progress at once; a later run continues them.
    pub async fn next(&mut self) -> Option<FleetOutcome> {
        poll_fn(|context| self.poll_outcome(context)).await
    }

    fn poll_outcome(&mut self, context: &mut Context<'_>) -> Poll<Option<FleetOutcome>> {
        let outcome = self.started().poll(context);
        self.ended |= matches!(outcome, Poll::Ready(None));
        outcome
    }

    fn started(&mut self) -> &mut FleetRun {
        let Self { control, start, run, .. } = self;
        run.get_or_insert_with(|| {
            let (options, specs) = *start.take().expect("a fleet starts once");
            Box::new(FleetRun::new(options, control.clone(), specs))
        })
    }
}

impl IntoFuture for Fleet {
    type Output = FleetReport;
    type IntoFuture = FleetFuture;

    fn into_future(mut self) -> FleetFuture {
        Box::pin(async move {
            while self.next().await.is_some() {}
            self.started();
            self.run.expect("the fleet has started").into_report()
        })
    }
}

impl Stream for Fleet {
    type Item = FleetOutcome;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<FleetOutcome>> {
        self.get_mut().poll_outcome(context)
    }
}

impl FusedStream for Fleet {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("started", &self.run.is_some()).finish_non_exhaustive()
    }
}

/// Shows the progress of a [`Fleet`], and ends it. Clones refer to the same fleet.
#[derive(Clone, Debug)]
pub struct FleetHandle(Arc<Control>);

impl FleetHandle {
    /// Returns the progress so far.
    pub fn progress(&self) -> FleetProgress {
        self.0.progress()
    }

    /// Starts no more plans, and finishes those in progress.
    pub fn drain(&self) {
        self.0.stop(Mode::Draining);
    }

    /// Starts no more plans, and ends those in progress once a purchase in flight is recorded.
    ///
    /// The fleet must be polled for that.
    pub fn cancel(&self) {
        self.0.stop(Mode::Cancelled);
    }
}
