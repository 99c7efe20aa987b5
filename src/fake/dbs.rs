//! `FakeDbs`: the fake service, as a transport and as a handle for tests.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use time::OffsetDateTime;

use super::clock::FakeClock;
use super::fault_outcome::FaultOutcome;
use super::odd_responses::Responses;
use super::rule_effect::FakeRules;
use super::server::{RequestTimes, Server, default_credentials};
use super::views::{FakeDownload, FakeFullBackup, FakePlan, FakeRestoreTask};
use super::world::plan::Plan;
use super::world::state::World;
use super::world::times::after;
use crate::rpc::clock::Clock;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::faults::apply::{connection_lost, connection_refused, truncate};
use crate::rpc::transport::{Faults, RecordedRequest, Transport, TransportError};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupGatewayId, BackupPlanId};

/// The Database Backup Service in memory, as a [`Transport`] for tests.
///
/// Clones share one service, so a test keeps one and gives another to the client:
/// `Client::builder().credentials(dbs.credentials()).transport(dbs.clone())`. The
/// [module page](crate::fake) has examples, and lists what the vendor documents and what the
/// fake chooses.
///
/// # Clock
///
/// The service and its clients share one [clock](Self::clock). Nothing waits in real time: call
/// [`FakeClock::advance`] to make pre-checks, backups and restores progress.
#[derive(Clone)]
pub struct FakeDbs {
    backend: Arc<Backend>,
    /// The account whose state this handle reads and changes.
    account: usize,
}

/// The service that the clones share.
struct Backend {
    clock: Arc<FakeClock>,
    seed: Option<u64>,
    rules: FakeRules,
    /// Adds to `rules`.
    faults: Faults,
    server: Mutex<Server>,
}

impl FakeDbs {
    /// Creates an empty service with random ids, whose clock starts at the machine's time.
    pub fn new() -> Self {
        Self::with(FakeClock::new(), None)
    }

    /// Creates an empty service whose ids and sizes follow from a seed.
    ///
    /// The same calls, one after the other, get the same responses in every run. The clock starts
    /// at 2026-01-01T00:00:00Z, and the nonces and client tokens of its clients follow from the
    /// seed as well.
    pub fn with_seed(seed: u64) -> Self {
        Self::with(FakeClock::seeded(seed), Some(seed))
    }

    fn with(clock: FakeClock, seed: Option<u64>) -> Self {
        let rules = FakeRules::new();
        Self {
            backend: Arc::new(Backend {
                clock: Arc::new(clock),
                seed,
                faults: Faults::of(rules.clone()),
                rules,
                server: Mutex::new(Server::new(random(seed, 0))),
            }),
            account: 0,
        }
    }

    /// Returns the access key that the account has from the start.
    pub fn credentials(&self) -> Credentials {
        default_credentials(self.account)
    }

    /// Adds an account, and returns a handle to it.
    ///
    /// Each account has its own plans, backups, restores, instances and gateways. The handle reads and changes
    /// those of its account; time, faults and recorded requests are common to all. Every handle is a
    /// transport for all accounts: the access key decides which account a request belongs to.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::fake::FakeDbs;
    ///
    /// let dbs = FakeDbs::new();
    /// let other = dbs.add_account();
    /// assert_ne!(dbs.credentials().access_key_id(), other.credentials().access_key_id());
    /// ```
    #[must_use]
    pub fn add_account(&self) -> Self {
        let seed = self.backend.seed;
        let account = self.server().add_account(|account| random(seed, account));
        Self { backend: self.backend.clone(), account }
    }

    /// Adds an access key of the account, and replaces one with the same id.
    ///
    /// The service rejects credentials after their [expiration](Credentials::with_expiration).
    pub fn add_credentials(&self, credentials: Credentials) {
        self.server().add_credentials(credentials, self.account);
    }

    /// Adds a permanent access key of the account, and returns it.
    ///
    /// All keys of an account have the same plans, client tokens and rate limits.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::fake::FakeDbs;
    ///
    /// let dbs = FakeDbs::new();
    /// let key = dbs.add_access_key();
    /// assert_ne!(key.access_key_id(), dbs.credentials().access_key_id());
    /// ```
    #[must_use]
    pub fn add_access_key(&self) -> Credentials {
        self.server().add_new_key(self.account, None)
    }

    /// Adds a temporary access key of the account, and returns it.
    ///
    /// It has a security token, and expires after `lifetime` on the [clock](Self::clock). An emulator
    /// compares the expiration with the machine's time.
    #[must_use]
    pub fn add_temporary_key(&self, lifetime: Duration) -> Credentials {
        let mut server = self.server();
        let expiration = after(self.backend.clock.now(), lifetime);
        server.add_new_key(self.account, Some(expiration))
    }

    /// Sets how long the service remembers client tokens. Forever by default.
    ///
    /// The time is that of the [clock](Self::clock). It starts with the first request that the service
    /// executed with the token, and repeated requests do not extend it. A request with a forgotten
    /// token is executed again. Applies to the tokens of all accounts, including those that are
    /// remembered now. `None` stops forgetting.
    ///
    /// The vendor publishes no time, so a test can set any.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use aliyun_dbs::fake::FakeDbs;
    ///
    /// let dbs = FakeDbs::new();
    /// dbs.forget_tokens_after(Duration::from_secs(600));
    /// ```
    pub fn forget_tokens_after(&self, memory: impl Into<Option<Duration>>) {
        self.server().client_tokens.set_memory(memory.into());
    }

    /// Forgets all client tokens now.
    ///
    /// The next request with one of them is executed again. Applies to all accounts.
    pub fn forget_tokens(&self) {
        self.server().client_tokens.forget();
    }

    /// Returns the clock of the service, which clients with this transport use as well.
    pub fn clock(&self) -> &Arc<FakeClock> {
        &self.backend.clock
    }

    /// Returns the fault rules, to inject faults into calls.
    pub fn faults(&self) -> &Faults {
        &self.backend.faults
    }

    /// Returns the response rules, to make the service send odd responses.
    pub fn responses(&self) -> Responses {
        Responses::new(self.backend.rules.clone(), self.backend.faults.clone())
    }

    /// Makes the next pre-check of a plan or restore task fail.
    ///
    /// The check named `item`, such as `CHECK_PRIVILEGE`, fails with this message. Further calls
    /// apply to the pre-checks after it, one each.
    pub fn fail_next_pre_check(&self, item: impl Into<String>, message: impl Into<String>) {
        let failing = (item.into(), message.into());
        self.with_world(|world, _| world.failures.pre_checks.push_back(failing));
    }

    /// Makes the next full backup that is queued fail halfway.
    ///
    /// It ends in state `stop` with this message. Further calls apply to the backups after it, one
    /// each.
    pub fn fail_next_full_backup(&self, message: impl Into<String>) {
        let message = message.into();
        self.with_world(|world, _| world.failures.full_backups.push_back(message));
    }

    /// Makes the next restore that is started fail halfway.
    ///
    /// The task ends in state `stop` with this message. Further calls apply to the restores after
    /// it, one each.
    pub fn fail_next_restore(&self, message: impl Into<String>) {
        let message = message.into();
        self.with_world(|world, _| world.failures.restores.push_back(message));
    }

    /// Locks a plan, as the service does with an unpaid one.
    ///
    /// Renewing the plan, or [`unlock_plan`](Self::unlock_plan), unlocks it. Returns `false` if the
    /// plan does not exist.
    pub fn lock_plan(&self, id: &BackupPlanId) -> bool {
        self.with_world(|world, now| world.lock(id, now).is_ok())
    }

    /// Unlocks a plan, which continues in the state that it had before.
    ///
    /// The service locks an expired subscription again immediately. Returns `false` if the plan
    /// does not exist.
    pub fn unlock_plan(&self, id: &BackupPlanId) -> bool {
        self.with_world(|world, now| world.unlock(id, now).is_ok())
    }

    /// Makes a plan fail: it changes to state `stop` with this message.
    ///
    /// Its backups are paused. The plan leaves the state when it is configured again, or changed
    /// so that a new pre-check begins. Returns `false` if the plan does not exist.
    pub fn fail_plan(&self, id: &BackupPlanId, message: impl Into<String>) -> bool {
        let message = message.into();
        self.with_world(|world, now| world.fail(id, message, now).is_ok())
    }

    /// Enables enforcement of the published rate limits. Off by default.
    ///
    /// The service counts calls per account and operation, within the period of the limit, and
    /// rejects the calls above it with `Throttling.User`.
    pub fn enforce_rate_limits(&self, enforced: bool) {
        self.server().rate_limits.enforced = enforced;
    }

    /// Adds a backup gateway that is online and lists no databases.
    pub fn add_gateway(&self, region: Region, name: impl Into<String>) -> BackupGatewayId {
        let name = name.into();
        self.with_world(|world, now| world.add_gateway(region, name, now))
    }

    /// Adds databases to the list of a backup gateway.
    ///
    /// Returns `false` if the gateway does not exist.
    pub fn add_gateway_databases<N: Into<String>>(
        &self,
        id: BackupGatewayId,
        names: impl IntoIterator<Item = N>,
    ) -> bool {
        let names = names.into_iter().map(Into::into).collect();
        self.with_world(|world, _| world.add_gateway_databases(id, names).is_ok())
    }

    /// Returns the plans in the order they were bought, without released ones.
    pub fn plans(&self) -> Vec<FakePlan> {
        self.with_world(|world, now| {
            world.plans.iter().map(|plan| FakePlan::new(plan, now)).collect()
        })
    }

    /// Returns the full backups, by plan and in the order they were queued.
    pub fn full_backups(&self) -> Vec<FakeFullBackup> {
        self.with_world(|world, now| {
            let of_plan = |plan| {
                let plan: &Plan = plan;
                plan.backups.iter().map(move |backup| FakeFullBackup::new(plan, backup, now))
            };
            world.plans.iter().flat_map(of_plan).collect()
        })
    }

    /// Returns the restore tasks in the order they were created.
    pub fn restore_tasks(&self) -> Vec<FakeRestoreTask> {
        self.with_world(|world, now| {
            world.restores.iter().map(|task| FakeRestoreTask::new(task, now)).collect()
        })
    }

    /// Returns the downloads in the order they were created.
    pub fn downloads(&self) -> Vec<FakeDownload> {
        self.with_world(|world, now| {
            world.downloads.iter().map(|download| FakeDownload::new(download, now)).collect()
        })
    }

    /// Removes all plans, backups, restore tasks, downloads, gateways, instances and sandboxes of all
    /// accounts.
    ///
    /// Also removes client tokens, fault rules, planned failures and recorded requests, and
    /// restarts the ids, from the seed if there is one. Keeps the accounts and access keys, the used
    /// nonces, the clock, whether rate limits are enforced, and how long client tokens are remembered.
    pub fn reset(&self) {
        self.backend.faults.clear();
        let seed = self.backend.seed;
        self.server().reset(|account| random(seed, account));
    }

    /// Returns the recorded requests, oldest first.
    ///
    /// Includes every attempt, and requests that a fault rule dropped. Keeps the last 10000 requests
    /// by default, with at most 64 MiB; see [`record_limit`](Self::record_limit).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server().requests.all()
    }

    /// Sets how many requests are recorded. Defaults to 10000.
    ///
    /// Above that, the oldest request is dropped. 0 records none.
    pub fn record_limit(&self, requests: usize) {
        self.server().requests.set_limit(requests);
    }

    /// Returns a handle to an account by its number, and adds it if it is the next one.
    #[cfg(feature = "emulator")]
    pub(super) fn account(&self, number: usize) -> Option<Self> {
        let seed = self.backend.seed;
        let mut server = self.server();
        if number == server.accounts() {
            server.add_account(|account| random(seed, account));
        }
        let exists = number < server.accounts();
        exists.then(|| Self { backend: self.backend.clone(), account: number })
    }

    /// Returns the number of gateways, and the bytes of their names and databases.
    #[cfg(feature = "emulator")]
    pub(super) fn gateway_sizes(&self) -> (usize, usize) {
        self.with_world(|world, _| world.gateway_sizes())
    }

    /// Returns the number of planned failures, and the bytes of their strings.
    #[cfg(feature = "emulator")]
    pub(super) fn planned_failure_sizes(&self) -> (usize, usize) {
        self.with_world(|world, _| world.failures.sizes())
    }

    /// Returns how long client tokens are remembered, and the number of remembered tokens.
    #[cfg(feature = "emulator")]
    pub(super) fn remembered_tokens(&self) -> (Option<Duration>, usize) {
        let mut server = self.server();
        let now = self.backend.clock.now();
        server.client_tokens.remembered(now)
    }

    /// Returns the fault and response rules.
    #[cfg(feature = "emulator")]
    pub(super) fn rules(&self) -> &FakeRules {
        &self.backend.rules
    }

    pub(super) fn server(&self) -> MutexGuard<'_, Server> {
        self.backend.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes the state, after applying the events that are due.
    pub(super) fn with_world<T>(&self, access: impl FnOnce(&mut World, OffsetDateTime) -> T) -> T {
        let mut server = self.server();
        // Reads the clock under the lock, so that time never goes back from one access to the next.
        let now = self.backend.clock.now();
        let world = server.world(self.account);
        world.apply_due_events(now);
        access(world, now)
    }

    /// Records and executes a request, and applies the fault rules.
    ///
    /// The gateway's time defaults to that of the fake's clock.
    pub(super) fn receive(
        &self,
        request: &RecordedRequest,
        gateway_time: Option<OffsetDateTime>,
    ) -> FaultOutcome {
        let effects = self.backend.rules.next(request.operation());
        let mut server = self.server();
        server.requests.push(request.clone());
        let now = self.backend.clock.now();
        let times = RequestTimes { gateway: gateway_time.unwrap_or(now), service: now };
        FaultOutcome::new(effects, &mut server, request, times)
    }
}

/// Returns the random number generator of an account.
///
/// Clients use that of the clock, so the service inverts the seed to get other numbers.
fn random(seed: Option<u64>, account: usize) -> fastrand::Rng {
    let account = u64::try_from(account).unwrap_or(u64::MAX).rotate_right(8);
    seed.map_or_else(fastrand::Rng::new, |seed| fastrand::Rng::with_seed(!seed ^ account))
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
            FaultOutcome::Complete(response) | FaultOutcome::BodyReplaced(response) => Ok(response),
            FaultOutcome::ConnectionRefused => Err(connection_refused()),
            FaultOutcome::ConnectionLost => Err(connection_lost()),
            FaultOutcome::Delayed(response, delay) => {
                self.backend.clock.sleep(delay).await;
                Ok(response)
            }
            FaultOutcome::Truncated(response) => Ok(truncate(response)),
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.backend.clock.clone())
    }
}
