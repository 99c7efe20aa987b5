//! `FakeDbs`: the handle that tests hold.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use time::OffsetDateTime;

use super::clock::FakeClock;
use super::fate::Fate;
use super::faults::Faults;
use super::server::{Server, Times, default_credentials};
use super::views::{FakeDownload, FakeFullBackup, FakePlan, FakeRestoreTask};
use super::world::plan::Plan;
use super::world::state::World;
use crate::rpc::clock::Clock;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::{RecordedRequest, Transport, TransportError};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupGatewayId, BackupPlanId};

/// The Database Backup Service in memory. Clones share one service.
#[derive(Clone)]
pub struct FakeDbs {
    backend: Arc<Backend>,
}

/// What the clones share.
struct Backend {
    clock: Arc<FakeClock>,
    seed: Option<u64>,
    faults: Faults,
    server: Mutex<Server>,
}

impl FakeDbs {
    /// An empty service with one access key, whose clock starts at the machine's time.
    pub fn new() -> Self {
        Self::with(FakeClock::new(), None)
    }

    /// An empty service with one access key, whose clock starts at 2026-01-01T00:00:00Z, and whose
    /// ids and sizes follow from a seed, as do the nonces and tokens of clients on it.
    ///
    /// The same calls, one after the other, get the same responses every time.
    pub fn with_seed(seed: u64) -> Self {
        Self::with(FakeClock::seeded(seed), Some(seed))
    }

    fn with(clock: FakeClock, seed: Option<u64>) -> Self {
        Self {
            backend: Arc::new(Backend {
                clock: Arc::new(clock),
                seed,
                faults: Faults::default(),
                server: Mutex::new(Server::new(random(seed))),
            }),
        }
    }

    /// The access key that the service knows from the start.
    pub fn credentials(&self) -> Credentials {
        default_credentials()
    }

    /// Makes the service know another access key. One with an
    /// [expiration](Credentials::with_expiration) is refused after it.
    pub fn add_credentials(&self, credentials: Credentials) {
        self.server().add_credentials(credentials);
    }

    /// The clock that the service lives by; clients on this transport live by it as well.
    pub fn clock(&self) -> &Arc<FakeClock> {
        &self.backend.clock
    }

    /// Rules for what goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.backend.faults
    }

    /// Makes the next pre-check that begins fail, of a plan or of a restore task: a check of this
    /// name, such as `CHECK_PRIVILEGE`, with this message. Each call applies to one.
    pub fn fail_next_pre_check(&self, item: impl Into<String>, message: impl Into<String>) {
        let failing = (item.into(), message.into());
        self.live(|world, _| world.failures.pre_checks.push_back(failing));
    }

    /// Makes the next full backup that is queued fail half-way: it ends in state `stop`, with this
    /// message. Each call applies to one.
    pub fn fail_next_full_backup(&self, message: impl Into<String>) {
        let message = message.into();
        self.live(|world, _| world.failures.full_backups.push_back(message));
    }

    /// Makes the next restore that is started fail half-way: the task ends in state `stop`, with
    /// this message. Each call applies to one.
    pub fn fail_next_restore(&self, message: impl Into<String>) {
        let message = message.into();
        self.live(|world, _| world.failures.restores.push_back(message));
    }

    /// Locks a plan, as the service does with one that is not paid; renewing it, or
    /// [`unlock_plan`](Self::unlock_plan), unlocks it. Returns `false` if there is no
    /// such plan.
    pub fn lock_plan(&self, id: &BackupPlanId) -> bool {
        self.live(|world, now| world.lock(id, now).is_ok())
    }

    /// Unlocks a plan: it goes on where it was locked. A subscription that has expired is locked
    /// again at once. Returns `false` if there is no such plan.
    pub fn unlock_plan(&self, id: &BackupPlanId) -> bool {
        self.live(|world, now| world.unlock(id, now).is_ok())
    }

    /// Breaks a plan: from now on it is in state `stop`, with this message, and its backups are
    /// paused, until a pre-check begins, after it was configured again or changed. Returns
    /// `false` if there is no such plan.
    pub fn fail_plan(&self, id: &BackupPlanId, message: impl Into<String>) -> bool {
        let message = message.into();
        self.live(|world, now| world.fail(id, message, now).is_ok())
    }

    /// Enables enforcement of the published rate limits. Off by default.
    ///
    /// Calls are counted per access key and operation, within the time that the limit is for.
    pub fn enforce_rate_limits(&self, enforced: bool) {
        self.server().limits.enforced = enforced;
    }

    /// Adds a backup gateway that is online and sees no databases.
    pub fn add_gateway(&self, region: Region, name: impl Into<String>) -> BackupGatewayId {
        let name = name.into();
        self.live(|world, now| world.add_gateway(region, name, now))
    }

    /// Lets a backup gateway see more databases. Returns `false` if there is no such gateway.
    pub fn add_gateway_databases<N: Into<String>>(
        &self,
        id: BackupGatewayId,
        names: impl IntoIterator<Item = N>,
    ) -> bool {
        let names = names.into_iter().map(Into::into).collect();
        self.live(|world, _| world.add_gateway_databases(id, names).is_ok())
    }

    /// The plans, in the order they were bought; released ones are gone.
    pub fn plans(&self) -> Vec<FakePlan> {
        self.live(|world, now| world.plans.iter().map(|plan| FakePlan::new(plan, now)).collect())
    }

    /// The full backups, plan by plan, in the order they were queued.
    pub fn full_backups(&self) -> Vec<FakeFullBackup> {
        self.live(|world, now| {
            let of_plan = |plan| {
                let plan: &Plan = plan;
                plan.backups.iter().map(move |backup| FakeFullBackup::new(plan, backup, now))
            };
            world.plans.iter().flat_map(of_plan).collect()
        })
    }

    /// The restore tasks, in the order they were created.
    pub fn restore_tasks(&self) -> Vec<FakeRestoreTask> {
        self.live(|world, now| {
            world.restores.iter().map(|task| FakeRestoreTask::new(task, now)).collect()
        })
    }

    /// The downloads, in the order they were asked for.
    pub fn downloads(&self) -> Vec<FakeDownload> {
        self.live(|world, now| {
            world.downloads.iter().map(|download| FakeDownload::new(download, now)).collect()
        })
    }

    /// Forgets plans, backups, restores, downloads, gateways, client tokens, fault rules and
    /// requests, and restarts the ids, from the seed if there is one.
    ///
    /// The keys, the nonces that were used, the clock, and whether limits are enforced stay.
    pub fn reset(&self) {
        self.backend.faults.clear();
        self.server().reset(random(self.backend.seed));
    }

    /// Every request that reached the service or was lost on the way, in order.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server().requests.all()
    }

    pub(super) fn server(&self) -> MutexGuard<'_, Server> {
        self.backend.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the service's state, or changes it, after what was due has happened.
    fn live<T>(&self, look: impl FnOnce(&mut World, OffsetDateTime) -> T) -> T {
        let mut server = self.server();
        // Behind the lock, so that time only goes on from one to the next.
        let now = self.backend.clock.now();
        server.world.settle(now);
        look(&mut server.world, now)
    }

    /// Takes a request in, with what the fault rules do to it. The gateway's time is the clock's,
    /// unless another one is given.
    pub(super) fn receive(
        &self,
        request: &RecordedRequest,
        gateway: Option<OffsetDateTime>,
    ) -> Fate {
        let effect = self.backend.faults.next(request.operation());
        let mut server = self.server();
        server.requests.push(request.clone());
        let now = self.backend.clock.now();
        let times = Times { gateway: gateway.unwrap_or(now), service: now };
        Fate::new(effect, &mut server, request, times)
    }
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
        let server = self.server();
        f.debug_struct("FakeDbs")
            .field("now", &self.backend.clock.now())
            .field("requests", &server.requests.len())
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
                self.backend.clock.sleep(delay).await;
                Ok(response)
            }
            Fate::Cut(response) => Ok(response.map(|body| body.slice(..body.len() / 2))),
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.backend.clock.clone())
    }
}
