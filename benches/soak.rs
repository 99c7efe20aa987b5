//! Many calls, 64 in flight, with one percent of faults and keys that are renewed every few seconds:
//! memory and descriptors stay, and every answer is accounted for.
//!
//! `SOAK_CALLS=1000000 cargo bench --bench soak` is the real thing; without it, it is a short one.

mod support;

#[cfg(target_os = "linux")]
fn main() {
    support::loopback::serve_if_asked();
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    support::report::skipped("soak", "memory and descriptors are read on Linux only");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, Instant};

    use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
    use aliyun_dbs::transport::ReqwestTransport;
    use aliyun_dbs::{Client, RetryPolicy, SystemClock};
    use async_trait::async_trait;
    use futures_util::future::join_all;
    use time::OffsetDateTime;

    use crate::support::bytes_in_use;
    use crate::support::loopback::{Counts, Loopback, http_client};
    use crate::support::report::{Figure, Goal, publish};
    use crate::support::subject::{client, purchase};

    const IN_FLIGHT: u64 = 64;
    const FAULT_EVERY: u32 = 100;
    /// How often memory is looked at.
    const LOOKS: u64 = 10;

    /// A source whose keys live two seconds.
    #[derive(Debug)]
    struct ShortLived(Arc<AtomicU64>);

    #[async_trait]
    impl CredentialsProvider for ShortLived {
        async fn credentials(&self) -> Result<Credentials, CredentialsError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            // As a metadata service takes its time.
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Credentials::new(format!("STS.{number}"), format!("the secret of key {number}"))
                .with_security_token(format!("the token of key {number}"))
                .with_expiration(OffsetDateTime::now_utc() + Duration::from_secs(2)))
        }
    }

    /// What came of the calls.
    #[derive(Default)]
    struct Outcomes {
        succeeded: AtomicU64,
        failed: AtomicU64,
        attempts: AtomicU64,
    }

    #[expect(clippy::print_stdout, reason = "it tells what it saw")]
    pub(crate) fn main() {
        let calls = std::env::var("SOAK_CALLS").ok();
        let calls: u64 = calls.map_or(50_000, |calls| calls.parse().expect("a number"));
        let rounds = calls.div_ceil(LOOKS * IN_FLIGHT);
        let server = Loopback::start(FAULT_EVERY);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = http_client();
        let fetches = Arc::new(AtomicU64::new(0));
        let source = ShortLived(Arc::clone(&fetches));
        let client = client(ReqwestTransport::from_client(http.clone()))
            .endpoint(format!("http://{}", server.address))
            .credentials(Cached::new(source, Arc::new(SystemClock::new())))
            .retry(RetryPolicy::standard().max_attempts(8).base_delay(Duration::from_millis(1)))
            .build()
            .expect("a client");

        let outcomes = Outcomes::default();
        let started = Instant::now();
        let mut looks = Vec::new();
        for _ in 0..LOOKS {
            runtime
                .block_on(join_all((0..IN_FLIGHT).map(|_| make_calls(&client, rounds, &outcomes))));
            looks.push((resident_kib(), bytes_in_use(), descriptors()));
        }
        let elapsed = started.elapsed();
        let counts: Counts = runtime.block_on(async {
            let answer = http.get(format!("http://{}/counts", server.address)).send().await;
            let body = answer.expect("an answer").bytes().await.expect("a body");
            serde_json::from_slice(&body).expect("counts")
        });

        let Outcomes { succeeded, failed, attempts } = outcomes;
        let [succeeded, failed, attempts] =
            [succeeded, failed, attempts].map(AtomicU64::into_inner);
        assert_eq!(succeeded + failed, LOOKS * rounds * IN_FLIGHT, "each call has one outcome");
        assert_eq!(counts.requests(), attempts, "each attempt arrived once");
        assert_eq!(counts.answered, succeeded, "each answer went to a call");
        assert_eq!(counts.faults(), attempts - succeeded, "each fault was met by an attempt");
        println!("\n{counts:?}, {} keys, {elapsed:.1?}", fetches.load(Ordering::Relaxed));
        println!("resident KiB, bytes in use, descriptors: {looks:?}");

        // The highest of each half: connections come and go with the faults.
        let (first, second) = looks.split_at(looks.len() / 2);
        let highest = |half: &[(u64, usize, u64)], of: fn(&(u64, usize, u64)) -> u64| {
            number(half.iter().map(of).max().unwrap_or_default())
        };
        let memory = |half| highest(half, |look| look.0);
        let descriptors = |half| highest(half, |look| look.2);
        publish(
            "soak",
            &[
                Figure::new("calls", "", number(succeeded + failed)),
                Figure::new("  that failed with all their attempts", "", number(failed)),
                Figure::new("  attempts that a fault met", "", number(counts.faults())),
                Figure::new(
                    "resident memory, the second half against the first",
                    "KiB",
                    memory(second),
                )
                .over(memory(first))
                .goal(Goal::Times(1.1)),
                Figure::new("descriptors, the most at any look", "", descriptors(&looks))
                    .goal(Goal::Most(3.0 * number(IN_FLIGHT))),
            ],
        );
    }

    async fn make_calls(client: &Client, calls: u64, outcomes: &Outcomes) {
        for _ in 0..calls {
            let attempts = match client.send(purchase()).await {
                Ok(created) => {
                    assert_eq!(created.backup_plan_id.as_str(), "dbstooi01exmp");
                    outcomes.succeeded.fetch_add(1, Ordering::Relaxed);
                    created.attempts()
                }
                Err(error) => {
                    outcomes.failed.fetch_add(1, Ordering::Relaxed);
                    error.attempts()
                }
            };
            outcomes.attempts.fetch_add(attempts.into(), Ordering::Relaxed);
        }
    }

    fn resident_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("the process's status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its size");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn descriptors() -> u64 {
        std::fs::read_dir("/proc/self/fd").expect("the descriptors").count() as u64
    }

    fn number(count: u64) -> f64 {
        f64::from(u32::try_from(count).expect("not that many"))
    }
}
