//! Tests of keys whose source does not tell its time, on a machine whose clock is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::credentials::{
    Cached, CliProfileProvider, Credentials, CredentialsError, CredentialsProvider, DefaultChain,
    ProcessRunner,
};
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::{Client, Clock, ErrorKind, Region, Sleep};
use time::format_description::well_known::Rfc3339;
use time::{Duration as Span, OffsetDateTime};

use super::environment::{TOKEN, clean, io};

const CONFIG: &str = "/home/u/.aliyun/config.json";
const EXTERNAL: &str =
    r#"{"profiles":[{"name":"default","mode":"External","process_command":"tool"}]}"#;

/// The clock of a machine that differs from the service's by a constant.
#[derive(Debug)]
struct WrongClock {
    service: Arc<FakeClock>,
    service_ahead: Span,
}

impl Clock for WrongClock {
    fn now(&self) -> OffsetDateTime {
        self.service.now() - self.service_ahead
    }

    fn elapsed(&self) -> Duration {
        self.service.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.service.sleep(duration)
    }

    fn deadline(&self, duration: Duration) -> Sleep {
        self.service.deadline(duration)
    }
}

/// A source of temporary keys, whose expiration a server or this machine has set.
#[derive(Clone, Debug)]
struct Issuer {
    clock: Arc<dyn Clock>,
    life: Span,
    runs: Arc<AtomicUsize>,
}

impl Issuer {
    fn new(clock: Arc<dyn Clock>, life: Span) -> Self {
        Self { clock, life, runs: Arc::default() }
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    fn expiration(&self) -> OffsetDateTime {
        self.runs.fetch_add(1, Ordering::SeqCst);
        (self.clock.now() + self.life).replace_nanosecond(0).unwrap()
    }
}

#[async_trait::async_trait]
impl ProcessRunner for Issuer {
    async fn run(&self, _: &str, _: &[String]) -> std::io::Result<String> {
        let until = self.expiration().format(&Rfc3339).unwrap();
        Ok(format!(
            r#"{{"mode":"StsToken","access_key_id":"STS.x","access_key_secret":"s",
                "sts_token":"{TOKEN}","expiration":"{until}"}}"#
        ))
    }
}

#[async_trait::async_trait]
impl CredentialsProvider for Issuer {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let key = Credentials::new("STS.x", "s").with_security_token(TOKEN);
        Ok(key.with_expiration(self.expiration()))
    }
}

/// The kinds of sources that do not tell the time of the server that issued the key.
#[derive(Clone, Copy, Debug)]
enum Kind {
    ProfileInChain,
    CachedProfile,
    CachedCustom,
    Shared,
}

const KINDS: [Kind; 4] =
    [Kind::ProfileInChain, Kind::CachedProfile, Kind::CachedCustom, Kind::Shared];

fn provider(kind: Kind, issuer: &Issuer, clock: Arc<dyn Clock>) -> Arc<dyn CredentialsProvider> {
    let world = io(&[], &[(CONFIG, EXTERNAL)]);
    let world = world.with_process_runner(issuer.clone()).with_clock(clock.clone());
    match kind {
        Kind::ProfileInChain => Arc::new(DefaultChain::builder().io(world).build()),
        Kind::CachedProfile => Arc::new(Cached::new(CliProfileProvider::new(None, world), clock)),
        Kind::CachedCustom => Arc::new(Cached::new(issuer.clone(), clock)),
        Kind::Shared => Arc::new(Arc::new(Cached::new(issuer.clone(), clock))),
    }
}

fn service() -> FakeDbs {
    let dbs = FakeDbs::new();
    dbs.add_credentials(Credentials::new("STS.x", "s").with_security_token(TOKEN));
    dbs
}

fn client(dbs: &FakeDbs, clock: Arc<dyn Clock>, provider: Arc<dyn CredentialsProvider>) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(provider);
    builder.transport(dbs.clone()).clock(clock).environment(|_| None).build().unwrap()
}

fn regions() -> DescribeRegions {
    DescribeRegions::builder().build()
}

#[tokio::test]
async fn keys_without_a_server_follow_the_services_clock() {
    for kind in KINDS {
        for ahead in [Span::ZERO, Span::hours(2), Span::hours(-2), Span::days(400)] {
            let dbs = service();
            let clock: Arc<dyn Clock> =
                Arc::new(WrongClock { service: dbs.clock().clone(), service_ahead: ahead });
            let issuer = Issuer::new(dbs.clock().clone(), Span::HOUR);
            let client = client(&dbs, clock.clone(), provider(kind, &issuer, clock));
            let case = format!("{kind:?}, {ahead}");
            let first = client.send(regions()).await.unwrap_or_else(|e| panic!("{case}: {e}"));
            assert_eq!(first.attempts(), if ahead.is_zero() { 1 } else { 2 }, "{case}");
            let runs = issuer.runs();
            assert!(runs <= 2, "{case}: {runs}");
            dbs.clock().advance(Duration::from_secs(40 * 60));
            assert_eq!(client.send(regions()).await.unwrap().attempts(), 1, "{case}");
            assert_eq!(issuer.runs(), runs, "the key is still valid: {case}");
            dbs.clock().advance(Duration::from_secs(19 * 60));
            assert_eq!(client.send(regions()).await.unwrap().attempts(), 1, "{case}");
            assert_eq!(issuer.runs(), runs + 1, "the key is about to expire: {case}");
        }
    }
}

#[tokio::test]
async fn expiration_by_this_machines_clock_is_accepted() {
    for ahead in [Span::hours(2), Span::hours(-2)] {
        let dbs = service();
        let clock: Arc<dyn Clock> =
            Arc::new(WrongClock { service: dbs.clock().clone(), service_ahead: ahead });
        // The source computes the expiration with the same wrong clock.
        let issuer = Issuer::new(clock.clone(), Span::HOUR);
        let client = client(&dbs, clock.clone(), provider(Kind::CachedCustom, &issuer, clock));
        for _ in 0..3 {
            client.send(regions()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn key_that_has_really_expired_is_an_error() {
    for kind in KINDS {
        let dbs = FakeDbs::new();
        let clock: Arc<dyn Clock> = dbs.clock().clone();
        let key = Credentials::new("STS.x", "s").with_security_token(TOKEN);
        dbs.add_credentials(key.with_expiration(clock.now()));
        let issuer = Issuer::new(clock.clone(), Span::seconds(-60));
        let client = client(&dbs, clock.clone(), provider(kind, &issuer, clock));
        let error = client.send(regions()).await.unwrap_err();
        assert!(clean(&error).contains("expired at"), "{kind:?}: {error}");
        assert!(dbs.requests().len() <= 1, "{kind:?}: the service has judged the key");
        assert!(!error.may_have_executed() && !error.is_retryable(), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn expired_key_is_not_sent_once_time_is_known() {
    let dbs = service();
    let clock: Arc<dyn Clock> = dbs.clock().clone();
    let issuer = Issuer::new(clock.clone(), Span::HOUR);
    // A key that has expired already an hour after the first call.
    let frozen = Arc::new(FakeClock::starting_at(clock.now()));
    let issuer = Issuer { clock: frozen, ..issuer };
    let client = client(&dbs, clock.clone(), provider(Kind::CachedCustom, &issuer, clock));
    client.send(regions()).await.unwrap();
    dbs.clock().advance(Duration::from_secs(7200));
    let error = client.send(regions()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0), "{error}");
    assert_eq!(dbs.requests().len(), 1);
}
