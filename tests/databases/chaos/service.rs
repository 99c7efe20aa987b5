//! `Service`: the emulator with faults, and what it has received.

use std::collections::HashMap;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::figures::{Figures, PurchaseFigures};

/// How fast the emulator's clock runs: jobs end before the next poll.
const SPEED: f64 = 120.0;

/// How many plans there are per fault rule: 240 rules for 1000 plans.
const PLANS_PER_FAULT: f64 = 1000.0 / 240.0;
/// How many plans there are per purchase with a late response, during which a process can be killed.
const PLANS_PER_DELAY: usize = 5;
/// The longest delay of a purchase.
const MAX_DELAY: Duration = Duration::from_secs(3);

/// The operations that fail, with the number of their requests per plan.
const OPERATIONS: [(&str, usize); 4] = [
    ("CreateBackupPlan", 1),
    ("ConfigureBackupPlan", 1),
    ("StartBackupPlan", 1),
    ("DescribeBackupPlanList", 3),
];

/// An emulator, whose requests are counted.
pub(crate) struct Service {
    pub(crate) dbs: FakeDbs,
    pub(crate) url: String,
    server: JoinHandle<()>,
    counters: std::sync::Mutex<Counters>,
    /// The rules at the start, by kind and operation.
    rules: std::sync::Mutex<HashMap<(String, String), usize>>,
}

#[derive(Default)]
struct Counters {
    last: Option<Value>,
    requests: usize,
    purchases: usize,
    /// Purchases that the service has executed, or recognized by the token.
    accepted_purchases: usize,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let dbs = FakeDbs::new();
        let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let emulator = emulator.speed(SPEED);
        let url = emulator.url();
        let server = tokio::spawn(emulator.serve());
        let (counters, rules) = Default::default();
        Self { dbs, url, server, counters, rules }
    }

    /// Returns further access keys of the account, every other one a temporary one.
    pub(crate) fn keys<const N: usize>(&self) -> [Credentials; N] {
        std::array::from_fn(|index| match index % 2 {
            0 => self.dbs.add_access_key(),
            // The emulator's clock runs fast, but it compares with the machine's time.
            _ => self.dbs.add_temporary_key(Duration::from_secs(3 * 3600)),
        })
    }

    /// Adds fault rules for requests at random positions.
    pub(crate) async fn add_faults(&self, plans: usize, random: &mut fastrand::Rng) {
        let faults = self.dbs.faults();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number"
        )]
        let count = (plans as f64 / PLANS_PER_FAULT).ceil() as usize;
        for rule in 0..count {
            let (operation, per_plan) = OPERATIONS[rule % OPERATIONS.len()];
            let nth = random.usize(1..=plans * per_plan).try_into().unwrap();
            let rule = match random.u8(0..6) {
                0 => faults.drop_before_processing(operation),
                1 => faults.drop_after_processing(operation),
                2 => faults.gateway_error(operation, 503, "ServiceUnavailable", "try again"),
                3 => faults.throttle(operation, Duration::from_millis(500)),
                4 => faults.truncate_body(operation),
                _ => faults.deliver_twice(operation),
            };
            rule.nth(nth);
        }
        for _ in 0..plans / PLANS_PER_DELAY {
            // It passes on the emulator's clock.
            let delay = MAX_DELAY.mul_f64(random.f64() * SPEED);
            let nth = random.usize(1..=plans).try_into().unwrap();
            faults.delay("CreateBackupPlan", delay).nth(nth);
        }
        *self.rules.lock().unwrap() = self.active_rules().await;
    }

    /// Reads a list of the control API.
    async fn list(&self, name: &str) -> Vec<Value> {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).await.unwrap();
        let head = format!("GET /_emulator/{name} HTTP/1.1\r\nHost: {host}\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        let mut body: Value = serde_json::from_str(body).unwrap();
        serde_json::from_value(body[name].take()).unwrap()
    }

    async fn active_rules(&self) -> HashMap<(String, String), usize> {
        let mut rules = HashMap::new();
        for rule in self.list("faults").await {
            let field = |name: &str| rule[name].as_str().unwrap().to_owned();
            *rules.entry((field("kind"), field("operation"))).or_default() += 1;
        }
        rules
    }

    /// Counts the requests since the last call. The emulator remembers 1000.
    pub(crate) async fn observe(&self) {
        let calls = self.list("requests").await;
        let mut counters = self.counters.lock().unwrap();
        let seen = calls.iter().rposition(|call| Some(call) == counters.last.as_ref());
        assert!(
            seen.is_some() || counters.last.is_none(),
            "more than 1000 requests between two observations"
        );
        for call in &calls[seen.map_or(0, |seen| seen + 1)..] {
            counters.requests += 1;
            if call["operation"] == "CreateBackupPlan" {
                counters.purchases += 1;
                let is_accepted = call["outcome"].as_str().unwrap().starts_with("ok");
                counters.accepted_purchases += usize::from(is_accepted);
            }
        }
        counters.last = calls.last().cloned().or(counters.last.take());
    }

    /// Sets the figures of the requests.
    pub(crate) async fn count(&self, figures: &mut Figures) {
        let active = self.active_rules().await;
        let rules = self.rules.lock().unwrap().clone();
        let applied = |kind: &str| {
            let key = (kind.to_owned(), "CreateBackupPlan".to_owned());
            let [before, after] = [&rules, &active].map(|rules| rules.get(&key).copied());
            before.unwrap_or_default() - after.unwrap_or_default()
        };
        figures.faults = rules.values().sum::<usize>() - active.values().sum::<usize>();
        let counters = self.counters.lock().unwrap();
        figures.requests = counters.requests;
        let (unseen, twice) = (applied("drop_after_processing"), applied("deliver_twice"));
        let executed = self.dbs.plans().len();
        figures.purchases = PurchaseFigures {
            sent: counters.purchases,
            executed,
            repeated: counters.accepted_purchases + unseen + twice - executed,
            responses_lost: unseen + twice + applied("truncate_body"),
        };
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}
