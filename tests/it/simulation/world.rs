//! The service, what was sent to it, what it did, and what was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{AttemptContext, Transport};
use aliyun_dbs::{Client, Clock, Region, RetryBudget, Sleep};
use bytes::Bytes;
use fastrand::Rng;
use http::{Request, Response};
use time::OffsetDateTime;
use tokio::task::JoinSet;

use super::network::{Flaw, Network};

/// One request as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    operator: usize,
    operation: String,
    token: Option<String>,
    nonce: String,
    /// How often the service took it in, and how often it answered with success.
    arrived: u32,
    executed: u32,
}

/// One call as an operator saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) operator: usize,
    pub(crate) operation: &'static str,
    /// The requests that belong to it.
    pub(crate) entries: Vec<usize>,
    pub(crate) mutating: bool,
    pub(crate) took: Duration,
    pub(crate) limit: Duration,
    pub(crate) attempts: u32,
    /// `None` for a success, else whether the error says that it may have executed.
    pub(crate) may_have_executed: Option<bool>,
}

pub(crate) struct World {
    pub(crate) dbs: FakeDbs,
    pub(crate) flaw: Option<Flaw>,
    seed: u64,
    random: Mutex<Rng>,
    entries: Mutex<Vec<Entry>>,
    calls: Mutex<Vec<Seen>>,
    /// Tokens that an operator meant to buy one plan with.
    meant: Mutex<BTreeSet<String>>,
    late: Mutex<JoinSet<()>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// The fake's clock, whose nonces repeat where that bug is planted.
#[derive(Debug)]
struct Worn(Arc<dyn Clock>);

impl Clock for Worn {
    fn now(&self) -> OffsetDateTime {
        self.0.now()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.sleep(duration)
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        self.0.fill_random(bytes);
        for byte in bytes.iter_mut() {
            *byte &= 1;
        }
        bytes[2..].fill(7);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// Retries that each operator's client has.
const BUDGET: u32 = 60;

impl World {
    pub(crate) fn new(seed: u64, flaw: Option<Flaw>) -> Arc<Self> {
        let dbs = FakeDbs::with_seed(seed);
        let mut random = Rng::with_seed(seed ^ 0x5eed);
        dbs.enforce_rate_limits(random.bool());
        if random.bool() {
            dbs.fail_next_pre_check("CHECK_BINLOG_ON", "binlog is switched off");
        }
        Arc::new(Self {
            dbs,
            flaw,
            seed,
            random: Mutex::new(random),
            entries: Mutex::default(),
            calls: Mutex::default(),
            meant: Mutex::default(),
            late: Mutex::default(),
        })
    }

    pub(crate) fn operators(&self) -> usize {
        self.random().usize(1..4)
    }

    pub(crate) fn random(&self) -> MutexGuard<'_, Rng> {
        lock(&self.random)
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        let clock: Arc<dyn Clock> = self.dbs.clock().clone();
        match self.flaw {
            Some(Flaw::NonceIsReused) => Arc::new(Worn(clock)),
            _ => clock,
        }
    }

    pub(crate) fn client(self: &Arc<Self>, operator: usize) -> Client {
        Client::builder()
            .region(Region::Hangzhou)
            .credentials(self.dbs.credentials())
            .transport(Network { world: self.clone(), operator })
            .retry_budget(Arc::new(RetryBudget::new(BUDGET)))
            .build()
            .unwrap()
    }

    /// Notes a request before the network has its way with it.
    pub(crate) fn log(&self, operator: usize, request: &Request<Bytes>) -> usize {
        let context = request.extensions().get::<AttemptContext>().unwrap();
        let query = request.uri().query().unwrap_or_default();
        let token = url::form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| (name == "ClientToken").then(|| value.into_owned()));
        let nonce = request.headers()["x-acs-signature-nonce"].to_str().unwrap();
        let mut entries = lock(&self.entries);
        entries.push(Entry {
            operator,
            operation: context.operation.to_string(),
            token,
            nonce: nonce.to_owned(),
            arrived: 0,
            executed: 0,
        });
        entries.len() - 1
    }

    pub(crate) async fn deliver(&self, entry: usize, request: Request<Bytes>) -> Response<Bytes> {
        let response = self.dbs.send(request).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let success = json["Success"] == true || json["Success"] == "true";
        // What the gateway holds back does not reach the service.
        let held_back = json["Code"].is_string();
        let entry = &mut lock(&self.entries)[entry];
        entry.arrived += u32::from(!held_back);
        entry.executed += u32::from(success);
        response
    }

    pub(crate) fn deliver_later(
        self: &Arc<Self>,
        entry: usize,
        request: Request<Bytes>,
        after: Duration,
    ) {
        let world = self.clone();
        lock(&self.late).spawn(async move {
            world.dbs.clock().sleep(after).await;
            world.deliver(entry, request).await;
        });
    }

    /// Lets everything arrive that is still on its way.
    pub(crate) async fn deliver_the_rest(&self) {
        let mut late = std::mem::take(&mut *lock(&self.late));
        while late.join_next().await.is_some() {}
    }

    pub(crate) fn means_to_buy(&self, token: &str) {
        lock(&self.meant).insert(token.to_owned());
    }

    /// The requests of an operator from an earlier count on.
    pub(crate) fn entries_since(&self, operator: usize, count: usize) -> Vec<usize> {
        let entries = lock(&self.entries);
        (count..entries.len()).filter(|index| entries[*index].operator == operator).collect()
    }

    pub(crate) fn entries(&self) -> usize {
        lock(&self.entries).len()
    }

    pub(crate) fn saw(&self, call: Seen) {
        lock(&self.calls).push(call);
    }

    /// What was sent and what came of it, for comparison.
    pub(crate) fn trace(&self) -> Vec<String> {
        lock(&self.entries).iter().map(|entry| format!("{entry:?}")).collect()
    }

    /// Every promise that was not kept.
    pub(crate) fn broken_promises(&self) -> Vec<String> {
        let entries = lock(&self.entries);
        let mut broken = Vec::new();

        let plans = self.dbs.plans().len();
        let meant = lock(&self.meant).len();
        let tokens: BTreeSet<_> = entries
            .iter()
            .filter(|entry| entry.operation == "CreateBackupPlan" && entry.executed > 0)
            .map(|entry| entry.token.clone())
            .collect();
        if plans != tokens.len() || plans > meant {
            broken.push(format!(
                "{plans} plans were bought with {} tokens, and {meant} were meant",
                tokens.len()
            ));
        }

        let mut nonces = BTreeMap::<&str, u32>::new();
        for entry in entries.iter() {
            *nonces.entry(&entry.nonce).or_default() += 1;
        }
        if let Some((nonce, times)) = nonces.iter().find(|(_, times)| **times > 1) {
            broken.push(format!("the nonce {nonce} was used for {times} requests"));
        }

        let mut budgets = BTreeMap::<usize, (u32, u32)>::new();
        for call in lock(&self.calls).iter() {
            let Seen { operator, operation, took, limit, .. } = call;
            let who = format!("operator {operator}, {operation}");
            let of_call = || call.entries.iter().map(|index| &entries[*index]);
            let arrived = of_call().filter(|entry| entry.arrived > 0).count();
            if call.mutating && arrived > 1 {
                broken
                    .push(format!("{who}: the mutating call reached the service {arrived} times"));
            }
            if call.may_have_executed == Some(false) && of_call().any(|entry| entry.executed > 0) {
                broken.push(format!("{who}: may_have_executed is false, and it was executed"));
            }
            if call.may_have_executed.is_none() && of_call().all(|entry| entry.executed == 0) {
                broken.push(format!("{who}: it succeeded, and nothing was executed"));
            }
            if took > limit {
                broken.push(format!("{who}: it took {took:?}, past its deadline of {limit:?}"));
            }
            let (retries, at_once) = budgets.entry(*operator).or_default();
            *retries += call.attempts.saturating_sub(1);
            *at_once += u32::from(call.may_have_executed.is_none() && call.attempts == 1);
        }
        for (operator, (retries, at_once)) in budgets {
            if retries * 10 > BUDGET * 10 + at_once {
                broken.push(format!("operator {operator}: {retries} retries are over the budget"));
            }
        }
        broken
    }
}
