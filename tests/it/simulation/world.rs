//! The simulated service, with a record of all requests and calls.

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

/// One request that a client sent.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    operator: usize,
    operation: String,
    token: Option<String>,
    nonce: String,
    /// How often the request reached the service, and how often it succeeded.
    arrived: u32,
    executed: u32,
}

/// One call, as its operator observed it.
#[derive(Clone, Debug)]
pub(crate) struct ObservedCall {
    pub(crate) operator: usize,
    pub(crate) operation: &'static str,
    /// The indices of its requests.
    pub(crate) entries: Vec<usize>,
    pub(crate) mutating: bool,
    pub(crate) took: Duration,
    pub(crate) limit: Duration,
    pub(crate) attempts: u32,
    /// `None` for a success, otherwise `Error::may_have_executed`.
    pub(crate) may_have_executed: Option<bool>,
}

pub(crate) struct SimulatedWorld {
    pub(crate) dbs: FakeDbs,
    pub(crate) flaw: Option<Flaw>,
    seed: u64,
    random: Mutex<Rng>,
    entries: Mutex<Vec<Entry>>,
    calls: Mutex<Vec<ObservedCall>>,
    /// Tokens of intended purchases, each of one plan.
    intended: Mutex<BTreeSet<String>>,
    late: Mutex<JoinSet<()>>,
}

impl fmt::Debug for SimulatedWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedWorld").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// The fake's clock with little randomness, so that nonces repeat.
#[derive(Debug)]
struct LowEntropyClock(Arc<dyn Clock>);

impl Clock for LowEntropyClock {
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

/// The retry budget of each operator's client.
const BUDGET: u32 = 60;

impl SimulatedWorld {
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
            intended: Mutex::default(),
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
            Some(Flaw::NonceIsReused) => Arc::new(LowEntropyClock(clock)),
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

    /// Records a request before the network handles it.
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
        // A request that the gateway rejects does not reach the service.
        let rejected = json["Code"].is_string();
        let entry = &mut lock(&self.entries)[entry];
        entry.arrived += u32::from(!rejected);
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

    /// Delivers the requests that are still in flight.
    pub(crate) async fn deliver_pending(&self) {
        let mut late = std::mem::take(&mut *lock(&self.late));
        while late.join_next().await.is_some() {}
    }

    pub(crate) fn add_intended_purchase(&self, token: &str) {
        lock(&self.intended).insert(token.to_owned());
    }

    /// Returns the requests of an operator since an earlier count.
    pub(crate) fn entries_since(&self, operator: usize, count: usize) -> Vec<usize> {
        let entries = lock(&self.entries);
        (count..entries.len()).filter(|index| entries[*index].operator == operator).collect()
    }

    pub(crate) fn entries(&self) -> usize {
        lock(&self.entries).len()
    }

    pub(crate) fn record_call(&self, call: ObservedCall) {
        lock(&self.calls).push(call);
    }

    /// Returns all requests and their outcomes, for comparison.
    pub(crate) fn trace(&self) -> Vec<String> {
        lock(&self.entries).iter().map(|entry| format!("{entry:?}")).collect()
    }

    /// Returns every violated guarantee.
    pub(crate) fn violations(&self) -> Vec<String> {
        let entries = lock(&self.entries);
        let mut violations = Vec::new();

        let plans = self.dbs.plans().len();
        let intended = lock(&self.intended).len();
        let tokens: BTreeSet<_> = entries
            .iter()
            .filter(|entry| entry.operation == "CreateBackupPlan" && entry.executed > 0)
            .map(|entry| entry.token.clone())
            .collect();
        if plans != tokens.len() || plans > intended {
            violations.push(format!(
                "{plans} plans were bought with {} tokens, expected at most {intended}",
                tokens.len()
            ));
        }

        let mut nonces = BTreeMap::<&str, u32>::new();
        for entry in entries.iter() {
            *nonces.entry(&entry.nonce).or_default() += 1;
        }
        if let Some((nonce, times)) = nonces.iter().find(|(_, times)| **times > 1) {
            violations.push(format!("the nonce {nonce} was used for {times} requests"));
        }

        let mut budgets = BTreeMap::<usize, (u32, u32)>::new();
        for call in lock(&self.calls).iter() {
            let ObservedCall { operator, operation, took, limit, .. } = call;
            let who = format!("operator {operator}, {operation}");
            let of_call = || call.entries.iter().map(|index| &entries[*index]);
            let arrived = of_call().filter(|entry| entry.arrived > 0).count();
            if call.mutating && arrived > 1 {
                violations
                    .push(format!("{who}: the mutating call reached the service {arrived} times"));
            }
            if call.may_have_executed == Some(false) && of_call().any(|entry| entry.executed > 0) {
                violations.push(format!("{who}: may_have_executed is false, but it was executed"));
            }
            if call.may_have_executed.is_none() && of_call().all(|entry| entry.executed == 0) {
                violations.push(format!("{who}: succeeded, but nothing was executed"));
            }
            if took > limit {
                violations.push(format!("{who}: took {took:?}, past its deadline of {limit:?}"));
            }
            let (retries, at_once) = budgets.entry(*operator).or_default();
            *retries += call.attempts.saturating_sub(1);
            *at_once += u32::from(call.may_have_executed.is_none() && call.attempts == 1);
        }
        for (operator, (retries, at_once)) in budgets {
            if retries * 10 > BUDGET * 10 + at_once {
                violations
                    .push(format!("operator {operator}: {retries} retries exceed the budget"));
            }
        }
        violations
    }
}
