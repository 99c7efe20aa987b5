//! `FakeDbs`: the service in memory, for the tests of services that use this crate.
//!
//! It is a [`Transport`]: it reads the same signed HTTP requests that the real service gets,
//! checks signature, nonce, time, parameters and client token, and answers every operation. Plans,
//! backups and restores live by a [`FakeClock`]. Faults are injected by rules ([`Faults`]).
//!
//! Nothing sleeps: advance the clock, and what was due has happened. The vendor publishes states
//! but no transitions, so these are the fake's:
//!
//! | what | how long |
//! | --- | --- |
//! | a new plan settles | 5 s |
//! | a pre-check, of a plan or of a restore task | 10 s |
//! | a full backup | 5 s `schedule`, then 60 s `running` |
//! | a file of a log backup | 10 min |
//! | a restore | 60 s; it ends with a finish time, and stays `running` |
//! | a download | 5 s `checking`, 5 s `schedule`, 20 s `running` |
//! | a gateway lists its databases | 3 s |
//! | a month, a year of a subscription | 30 days, 365 days |
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::operations::CreateBackupPlan;
//! use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
//! use aliyun_dbs::{Client, Period, Region};
//!
//! let dbs = FakeDbs::new();
//! dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
//! let client = Client::builder()
//!     .region(Region::Hangzhou)
//!     .credentials(dbs.credentials())
//!     .transport(dbs.clone())
//!     .build()?;
//! let plan = client
//!     .send(
//!         CreateBackupPlan::builder()
//!             .region(Region::Hangzhou)
//!             .database_type(DatabaseType::MySql)
//!             .instance_class(InstanceClass::Small)
//!             .backup_method(BackupMethod::Logical)
//!             .period(Period::years::<3>())
//!             .build(),
//!     )
//!     .await?;
//! assert_eq!(plan.attempts(), 3);
//! assert_eq!(dbs.plans().len(), 1); // sent three times, bought once
//! # Ok(()) }
//! ```
//!
//! A backup that fails, from purchase to explanation, the same in every run:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::operations::CreateAndStartBackupPlan;
//! use aliyun_dbs::types::{
//!     BackupPlanStatus, DatabaseAccess, DatabaseType, FullBackupStatus, InstanceClass, PlanMethod,
//!     Port, SourceEndpoint,
//! };
//! use aliyun_dbs::{Client, Period, Region};
//!
//! let dbs = FakeDbs::with_seed(1);
//! let client = Client::builder()
//!     .region(Region::Hangzhou)
//!     .credentials(dbs.credentials())
//!     .transport(dbs.clone())
//!     .build()?;
//! dbs.fail_next_full_backup("table orders is broken");
//! client
//!     .send(
//!         CreateAndStartBackupPlan::builder()
//!             .region(Region::Hangzhou)
//!             .database_type(DatabaseType::MySql)
//!             .instance_class(InstanceClass::Small)
//!             .method(PlanMethod::Logical)
//!             .period(Period::years::<1>())
//!             .backup_plan_name("orders")
//!             .source(SourceEndpoint::Other {
//!                 host: "192.0.2.10".parse()?,
//!                 port: Port::MYSQL,
//!                 access: DatabaseAccess::mysql("dbs", "hunter2"),
//!             })
//!             .build(),
//!     )
//!     .await?;
//! dbs.clock().advance(Duration::from_secs(120));
//! assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
//! let backup = &dbs.full_backups()[0];
//! assert_eq!(backup.status, FullBackupStatus::Stop);
//! assert_eq!(backup.error_message.as_deref(), Some("table orders is broken"));
//! # Ok(()) }
//! ```

mod answer;
mod clock;
#[cfg(feature = "emulator")]
pub mod emulator;
mod faults;
mod gate;
mod limits;
mod service;
mod views;
mod world;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use time::OffsetDateTime;

pub use clock::FakeClock;
pub use faults::{FaultRule, Faults};
pub use views::{FakeDownload, FakeFullBackup, FakePlan, FakeRestoreTask};

use crate::rpc::clock::Clock;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::{RecordedRequest, Transport, TransportError};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupGatewayId, BackupPlanId};
use faults::Effect;
use service::{Service, Times};
use world::state::{self, State};

/// The Database Backup Service in memory. Clones share one service.
#[derive(Clone)]
pub struct FakeDbs {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<FakeClock>,
    seed: Option<u64>,
    faults: Faults,
    service: Mutex<Service>,
}

impl FakeDbs {
    /// An empty service with one access key, whose clock starts at the machine's time.
    pub fn new() -> Self {
        Self::with(FakeClock::new(), None)
    }

    /// An empty service with one access key, whose clock starts at 2026-01-01T00:00:00Z, and whose
    /// ids and sizes follow from a seed, as do the nonces and tokens of clients on it.
    ///
    /// The same calls, one after the other, get the same answers every time.
    pub fn with_seed(seed: u64) -> Self {
        Self::with(FakeClock::seeded(seed), Some(seed))
    }

    fn with(clock: FakeClock, seed: Option<u64>) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock: Arc::new(clock),
                seed,
                faults: Faults::default(),
                service: Mutex::new(Service::new(random(seed))),
            }),
        }
    }

    /// The access key that the service knows from the start.
    pub fn credentials(&self) -> Credentials {
        service::default_credentials()
    }

    /// Makes the service know another access key. One with an
    /// [expiration](Credentials::with_expiration) is refused after it.
    pub fn add_credentials(&self, credentials: Credentials) {
        self.service().add_credentials(credentials);
    }

    /// The clock that the service lives by; clients on this transport live by it as well.
    pub fn clock(&self) -> &Arc<FakeClock> {
        &self.shared.clock
    }

    /// Rules for what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Makes the next pre-check that begins fail, of a plan or of a restore task: a check of this
    /// name, such as `CHECK_PRIVILEGE`, with this message. Several calls apply to as many.
    pub fn fail_next_pre_check(&self, item: impl Into<String>, message: impl Into<String>) {
        let failing = (item.into(), message.into());
        self.live(|state, _| state.failures.pre_checks.push_back(failing));
    }

    /// Makes the next full backup that is queued fail half-way: it ends in state `stop`, with this
    /// message. Several calls apply to as many.
    pub fn fail_next_full_backup(&self, message: impl Into<String>) {
        let message = message.into();
        self.live(|state, _| state.failures.full_backups.push_back(message));
    }

    /// Makes the next restore that is started fail half-way: the task ends in state `stop`, with
    /// this message. Several calls apply to as many.
    pub fn fail_next_restore(&self, message: impl Into<String>) {
        let message = message.into();
        self.live(|state, _| state.failures.restores.push_back(message));
    }

    /// Locks a plan, as the service does with one that is not paid; renewing it, or
    /// [`unlock_plan`](Self::unlock_plan), unlocks it. Says whether there is such a plan.
    pub fn lock_plan(&self, id: &BackupPlanId) -> bool {
        self.live(|state, now| state::find(&mut state.plans, id).map(|plan| plan.lock(now)).is_ok())
    }

    /// Unlocks a plan: it goes on where it was locked. A subscription that has expired is locked
    /// again at once. Says whether there is such a plan.
    pub fn unlock_plan(&self, id: &BackupPlanId) -> bool {
        self.live(|state, now| {
            state::find(&mut state.plans, id).map(|plan| plan.unlock(now)).is_ok()
        })
    }

    /// Breaks a plan: from now on it is in state `stop`, with this message, and its backups are
    /// paused, until a pre-check begins, after it was configured again or changed. Says whether there
    /// is such a plan.
    pub fn fail_plan(&self, id: &BackupPlanId, message: impl Into<String>) -> bool {
        let message = message.into();
        self.live(|state, now| {
            state::find(&mut state.plans, id).map(|plan| plan.fail(message, now)).is_ok()
        })
    }

    /// Lets the gateway refuse calls beyond the published limits, or not, as at the start.
    ///
    /// Calls are counted per access key and operation, within the time that the limit is for.
    pub fn enforce_rate_limits(&self, enforced: bool) {
        self.service().limits.enforced = enforced;
    }

    /// Adds a backup gateway that is online and sees no databases.
    pub fn add_gateway(&self, region: Region, name: impl Into<String>) -> BackupGatewayId {
        let name = name.into();
        self.live(|state, now| state.add_gateway(region, name, now))
    }

    /// Lets a backup gateway see more databases. Says whether there is such a gateway.
    pub fn add_gateway_databases<N: Into<String>>(
        &self,
        id: BackupGatewayId,
        names: impl IntoIterator<Item = N>,
    ) -> bool {
        let names = names.into_iter().map(Into::into).collect();
        self.live(|state, _| state.add_gateway_databases(id, names))
    }

    /// The plans, in the order they were bought; released ones are gone.
    pub fn plans(&self) -> Vec<FakePlan> {
        self.live(|state, now| state.plans.iter().map(|plan| FakePlan::new(plan, now)).collect())
    }

    /// The full backups, plan by plan, in the order they were queued.
    pub fn full_backups(&self) -> Vec<FakeFullBackup> {
        self.live(|state, now| {
            let of_plan = |plan| {
                let plan: &world::plan::Plan = plan;
                plan.backups.iter().map(move |backup| FakeFullBackup::new(plan, backup, now))
            };
            state.plans.iter().flat_map(of_plan).collect()
        })
    }

    /// The restore tasks, in the order they were created.
    pub fn restore_tasks(&self) -> Vec<FakeRestoreTask> {
        self.live(|state, now| {
            state.restores.iter().map(|task| FakeRestoreTask::new(task, now)).collect()
        })
    }

    /// The downloads, in the order they were asked for.
    pub fn downloads(&self) -> Vec<FakeDownload> {
        self.live(|state, now| {
            state.downloads.iter().map(|download| FakeDownload::new(download, now)).collect()
        })
    }

    /// Forgets plans, backups, restores, downloads, gateways, client tokens, fault rules and
    /// requests, and begins the ids anew, from the seed if there is one.
    ///
    /// The keys, the nonces that were used, the clock, and whether limits are enforced stay.
    pub fn reset(&self) {
        self.shared.faults.clear();
        self.service().reset(random(self.shared.seed));
    }

    /// Every request that reached the service or was lost on the way, in order.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service().requests.all()
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.shared.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the service's state, or changes it, after what was due has happened.
    fn live<T>(&self, look: impl FnOnce(&mut State, OffsetDateTime) -> T) -> T {
        let mut service = self.service();
        // Behind the lock, so that time only goes on from one to the next.
        let now = self.shared.clock.now();
        service.state.settle(now);
        look(&mut service.state, now)
    }

    /// Takes a request in, with what the fault rules do to it. The gateway's time is the clock's,
    /// unless another one is given.
    fn receive(&self, request: &RecordedRequest, gateway: Option<OffsetDateTime>) -> Fate {
        let effect = self.shared.faults.next(request.operation());
        let mut service = self.service();
        service.requests.push(request.clone());
        let now = self.shared.clock.now();
        let times = Times { gateway: gateway.unwrap_or(now), service: now };
        match effect {
            None => Fate::Answered(service.answer(request, times)),
            Some(Effect::RefuseConnection) => Fate::NotConnected,
            Some(Effect::DropBeforeProcessing) => Fate::Lost,
            Some(Effect::DropAfterProcessing) => {
                service.answer(request, times);
                Fate::Lost
            }
            Some(Effect::Slow(delay)) => Fate::Late(service.answer(request, times), delay),
            Some(Effect::Html(status)) => Fate::Answered(answer::html(status)),
            Some(Effect::Refuse(refused)) => Fate::Answered(service.refuse(&refused)),
            Some(Effect::Truncate) => Fate::Cut(service.answer(request, times)),
            Some(Effect::Replace(body)) => {
                Fate::Replaced(service.answer(request, times).map(|_| body))
            }
        }
    }
}

/// What becomes of a request, by its fault rule.
#[derive(Debug)]
enum Fate {
    Answered(Response<Bytes>),
    /// No connection came about.
    NotConnected,
    /// The connection broke, before or after the request was executed.
    Lost,
    /// The answer comes after a delay.
    Late(Response<Bytes>, Duration),
    /// The first half of the answer arrives.
    Cut(Response<Bytes>),
    /// A foreign body arrives, as it is.
    Replaced(Response<Bytes>),
}

/// The service's own source of chance. Clients draw from the clock's, and the service must not tell
/// them the same row.
fn random(seed: Option<u64>) -> fastrand::Rng {
    seed.map_or_else(fastrand::Rng::new, |seed| fastrand::Rng::with_seed(!seed))
}

impl Default for FakeDbs {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeDbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service();
        f.debug_struct("FakeDbs")
            .field("now", &self.shared.clock.now())
            .field("requests", &service.requests.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for FakeDbs {
    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match self.receive(&RecordedRequest::new(request), None) {
            Fate::Answered(response) | Fate::Replaced(response) => Ok(response),
            Fate::NotConnected => {
                Err(TransportError::not_sent("no connection: connection refused"))
            }
            Fate::Lost => Err(TransportError::ambiguous("the connection broke: connection reset")),
            Fate::Late(response, delay) => {
                self.shared.clock.sleep(delay).await;
                Ok(response)
            }
            Fate::Cut(response) => Ok(response.map(|body| body.slice(..body.len() / 2))),
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.shared.clock.clone())
    }
}
