//! Makes many calls with 1 % of faults and keys that expire after 2 s, and checks for leaks.
//!
//! Memory and file descriptors must not grow, and each response must reach one call. 64 calls are in
//! flight. Each transport runs with each protocol, in a process of its own, whose memory begins small.
//! The default is 25 000 calls each; for a long run: `SOAK_CALLS=1000000 cargo bench --bench soak`.

#[cfg(target_os = "linux")]
#[path = "support/allocator.rs"]
mod allocator;
mod support;

#[cfg(target_os = "linux")]
fn main() {
    let role = support::process::role().unwrap_or_default();
    match role.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", protocol, fault_every] => support::loopback::serve(protocol, fault_every),
        ["soak", transport, protocol] => linux::soak(transport, protocol),
        _ => linux::main(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    support::report::skipped("soak", "reading memory and descriptors needs Linux");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::process::Stdio;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, Instant};

    use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
    use aliyun_dbs::{Client, RetryPolicy, SystemClock};
    use async_trait::async_trait;
    use futures_util::future::join_all;
    use time::OffsetDateTime;

    use crate::allocator::bytes_in_use;
    use crate::support::clients::{Subject, counts, http_client, library, with_library};
    use crate::support::loopback::{Loopback, Protocol};
    use crate::support::process::this_program_as;
    use crate::support::report::{Figure, Goal, publish};
    use crate::support::subject::purchase;

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

    pub(crate) fn main() {
        let mut figures: Vec<Figure> = Vec::new();
        for transport in [Subject::Reqwest, Subject::Hyper] {
            for protocol in Protocol::ALL {
                let role = ["soak", transport.name(), protocol.name()];
                let output = this_program_as(&role).stderr(Stdio::inherit()).output();
                let output = output.expect("a process");
                assert!(output.status.success(), "the soak of {role:?} failed");
                let of_run: Vec<Figure> =
                    serde_json::from_slice(&output.stdout).expect("its figures");
                let subject = format!("{}, {}", transport.name(), protocol.name());
                figures.extend(of_run.into_iter().map(|figure| figure.of(&subject)));
            }
        }
        publish("soak", &figures);
    }

    /// Makes the calls of one transport with one protocol, and prints the figures as JSON.
    #[expect(clippy::print_stdout, clippy::print_stderr, reason = "the other process reads them")]
    pub(crate) fn soak(transport: &str, protocol: &str) {
        let calls = std::env::var("SOAK_CALLS").ok();
        let calls: u64 = calls.map_or(25_000, |calls| calls.parse().expect("a number"));
        let rounds = calls.div_ceil(SAMPLES * IN_FLIGHT);
        let server = Loopback::start(Protocol::named(protocol), FAULT_EVERY);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let fetches = Arc::new(AtomicU64::new(0));
        let source = ShortLived(Arc::clone(&fetches));
        let client = with_library(library(transport))
            .endpoint(server.url())
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
        let counts = runtime.block_on(counts(&http_client(), &server.url()));

        let Outcomes { succeeded, failed, attempts } = outcomes;
        let [succeeded, failed, attempts] =
            [succeeded, failed, attempts].map(AtomicU64::into_inner);
        assert_eq!(succeeded + failed, SAMPLES * rounds * IN_FLIGHT, "each call has one outcome");
        assert_eq!(counts.requests(), attempts, "each attempt reached the server once");
        assert_eq!(counts.succeeded, succeeded, "each response reached a call");
        assert_eq!(counts.faults(), attempts - succeeded, "each fault failed one attempt");
        let keys = fetches.load(Ordering::Relaxed);
        eprintln!("{transport}, {protocol}: {keys} keys, {elapsed:.1?}");
        eprintln!("resident KiB, bytes in use, descriptors: {samples:?}");

        // The maximum of each half, because faults close and open connections.
        let (first, second) = samples.split_at(samples.len() / 2);
        let highest = |half: &[(u64, usize, u64)], of: fn(&(u64, usize, u64)) -> u64| {
            number(half.iter().map(of).max().unwrap_or_default())
        };
        let memory = |half| highest(half, |sample| sample.0);
        let descriptors = |half| highest(half, |sample| sample.2);
        let figures = [
            Figure::new("calls", "", number(succeeded + failed)),
            Figure::new("  that failed after all attempts", "", number(failed)),
            Figure::new("  attempts that failed by a fault", "", number(counts.faults())),
            Figure::new("resident memory, second half against first", "KiB", memory(second))
                .over(memory(first))
                .goal(Goal::Times(1.1)),
            Figure::new("descriptors, maximum", "", descriptors(&samples))
                .goal(Goal::Most(3.0 * number(IN_FLIGHT))),
        ];
        println!("{}", serde_json::to_string(&figures).expect("JSON"));
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
