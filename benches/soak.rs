//! Makes many calls with 1 % of faults and keys that expire after 2 s, and checks for leaks.
//!
//! Memory and file descriptors must not grow, and each response must reach one call. 64 calls are in
//! flight. The default is 50 000 calls; for a long run: `SOAK_CALLS=1000000 cargo bench --bench soak`.

mod support;

#[cfg(target_os = "linux")]
fn main() {
    support::loopback::serve_if_child();
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    support::report::skipped("soak", "reading memory and descriptors needs Linux");
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
    /// How often the benchmark samples memory and descriptors.
    const SAMPLES: u64 = 10;

    /// A provider whose keys expire after 2 seconds.
    #[derive(Debug)]
    struct ShortLived(Arc<AtomicU64>);

    #[async_trait]
    impl CredentialsProvider for ShortLived {
        async fn credentials(&self) -> Result<Credentials, CredentialsError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            // Simulates the latency of a metadata service.
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Credentials::new(format!("STS.{number}"), format!("the secret of key {number}"))
                .with_security_token(format!("the token of key {number}"))
                .with_expiration(OffsetDateTime::now_utc() + Duration::from_secs(2)))
        }
    }

    /// The outcomes of all calls.
    #[derive(Default)]
    struct Outcomes {
        succeeded: AtomicU64,
        failed: AtomicU64,
        attempts: AtomicU64,
    }

    #[expect(clippy::print_stdout, reason = "a benchmark prints its results")]
    pub(crate) fn main() {
        let calls = std::env::var("SOAK_CALLS").ok();
        let calls: u64 = calls.map_or(50_000, |calls| calls.parse().expect("a number"));
        let rounds = calls.div_ceil(SAMPLES * IN_FLIGHT);
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
        let mut samples = Vec::new();
        for _ in 0..SAMPLES {
            runtime
                .block_on(join_all((0..IN_FLIGHT).map(|_| make_calls(&client, rounds, &outcomes))));
            samples.push((resident_kib(), bytes_in_use(), descriptors()));
        }
        let elapsed = started.elapsed();
        let counts: Counts = runtime.block_on(async {
            let response = http.get(format!("http://{}/counts", server.address)).send().await;
            let body = response.expect("a response").bytes().await.expect("a body");
            serde_json::from_slice(&body).expect("counts")
        });

        let Outcomes { succeeded, failed, attempts } = outcomes;
        let [succeeded, failed, attempts] =
            [succeeded, failed, attempts].map(AtomicU64::into_inner);
        assert_eq!(succeeded + failed, SAMPLES * rounds * IN_FLIGHT, "each call has one outcome");
        assert_eq!(counts.requests(), attempts, "each attempt reached the server once");
        assert_eq!(counts.succeeded, succeeded, "each response reached a call");
        assert_eq!(counts.faults(), attempts - succeeded, "each fault failed one attempt");
        println!("\n{counts:?}, {} keys, {elapsed:.1?}", fetches.load(Ordering::Relaxed));
        println!("resident KiB, bytes in use, descriptors: {samples:?}");

        // The maximum of each half, because faults close and open connections.
        let (first, second) = samples.split_at(samples.len() / 2);
        let highest = |half: &[(u64, usize, u64)], of: fn(&(u64, usize, u64)) -> u64| {
            number(half.iter().map(of).max().unwrap_or_default())
        };
        let memory = |half| highest(half, |sample| sample.0);
        let descriptors = |half| highest(half, |sample| sample.2);
        publish(
            "soak",
            &[
                Figure::new("calls", "", number(succeeded + failed)),
                Figure::new("  that failed after all attempts", "", number(failed)),
                Figure::new("  attempts that failed by a fault", "", number(counts.faults())),
                Figure::new("resident memory, second half against first", "KiB", memory(second))
                    .over(memory(first))
                    .goal(Goal::Times(1.1)),
                Figure::new("descriptors, maximum", "", descriptors(&samples))
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
        let status =
            std::fs::read_to_string("/proc/self/status").expect("the status of the process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its size");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn descriptors() -> u64 {
        std::fs::read_dir("/proc/self/fd").expect("the descriptors").count() as u64
    }

    fn number(count: u64) -> f64 {
        f64::from(u32::try_from(count).expect("a count below 2^32"))
    }
}
