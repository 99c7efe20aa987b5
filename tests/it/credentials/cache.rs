//! Tests of the credentials cache, with a clock that the test advances.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::Clock;
use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeClock;

/// Returns a new key for each fetch, valid for `life`, or fails.
#[derive(Debug)]
struct Source {
    clock: Arc<FakeClock>,
    fetches: AtomicUsize,
    life: Mutex<Option<Duration>>,
    takes: Duration,
}

impl Source {
    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn fails(&self, fails: bool) {
        *self.life.lock().unwrap() = (!fails).then_some(HOUR);
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[async_trait::async_trait]
impl CredentialsProvider for Source {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        self.clock.sleep(self.takes).await;
        let life = *self.life.lock().unwrap();
        match life {
            None => Err(CredentialsError::new(format!("fetch {number} failed"))),
            Some(life) => Ok(Credentials::new(format!("key-{number}"), "s")
                .with_security_token("t")
                .with_expiration(self.clock.now() + life)),
        }
    }
}

fn cached(life: Duration, takes: Duration) -> (Arc<Source>, Arc<Cached<Arc<Source>>>) {
    let clock = Arc::new(FakeClock::new());
    let life = Mutex::new(Some(life));
    let source =
        Arc::new(Source { clock: clock.clone(), fetches: AtomicUsize::new(0), life, takes });
    (source.clone(), Arc::new(Cached::new(source, clock)))
}

async fn key<P: CredentialsProvider + 'static>(cached: &Cached<P>) -> String {
    cached.credentials().await.unwrap().access_key_id().to_owned()
}

#[tokio::test]
async fn thousand_callers_cause_one_fetch() {
    let (source, cached) = cached(HOUR, Duration::from_secs(1));
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { key(&cached).await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "key-1");
    }
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn thousand_callers_share_one_failure() {
    let (source, cached) = cached(HOUR, Duration::from_secs(1));
    source.fails(true);
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.credentials().await.unwrap_err().to_string() })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "fetch 1 failed");
    }
    assert_eq!(source.fetches(), 1);
    // Later callers fetch again.
    source.fails(false);
    assert_eq!(key(&cached).await, "key-2");
}

#[tokio::test]
async fn refreshes_early_without_blocking_other_callers() {
    let (source, cached) = cached(HOUR, Duration::from_secs(1));
    assert_eq!(key(&cached).await, "key-1");
    source.clock.advance(Duration::from_secs(3600 - 900 - 2));
    assert_eq!(key(&cached).await, "key-1", "too early for a refresh");
    source.clock.advance(Duration::from_secs(95));
    source.clock.pause();
    let first = tokio::spawn({
        let cached = cached.clone();
        async move { key(&cached).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(source.fetches(), 2, "the first caller fetches");
    assert_eq!(key(&cached).await, "key-1", "other callers use the valid key");
    source.clock.resume();
    assert_eq!(first.await.unwrap(), "key-2");
    assert_eq!(key(&cached).await, "key-2");
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn short_lifetime_has_a_short_refresh_margin() {
    let (source, cached) = cached(Duration::from_secs(900), Duration::ZERO);
    key(&cached).await;
    source.clock.advance(Duration::from_secs(670));
    assert_eq!(key(&cached).await, "key-1");
    source.clock.advance(Duration::from_secs(30));
    assert_eq!(key(&cached).await, "key-2");
}

#[tokio::test]
async fn failed_early_refresh_keeps_valid_key_and_backs_off() {
    let (source, cached) = cached(HOUR, Duration::ZERO);
    key(&cached).await;
    source.clock.advance(Duration::from_secs(2800));
    source.fails(true);
    for _ in 0..100 {
        assert_eq!(key(&cached).await, "key-1");
    }
    assert_eq!(source.fetches(), 2, "one attempt, then a backoff");
    source.clock.advance(Duration::from_secs(10));
    key(&cached).await;
    assert_eq!(source.fetches(), 3);
    source.clock.advance(Duration::from_secs(9));
    key(&cached).await;
    assert_eq!(source.fetches(), 3, "the backoff has grown");
    source.fails(false);
    source.clock.advance(Duration::from_secs(11));
    assert_eq!(key(&cached).await, "key-4");

    source.fails(true);
    source.clock.advance(HOUR);
    let error = cached.credentials().await.unwrap_err();
    assert_eq!(error.to_string(), "fetch 5 failed", "no valid key is left after the expiration");
}

#[tokio::test]
async fn rejects_credentials_that_arrive_expired() {
    let (source, cached) = cached(Duration::ZERO, Duration::ZERO);
    let error = cached.credentials().await.unwrap_err().to_string();
    assert!(error.contains("expired at") && error.contains("clock"), "{error}");

    *source.life.lock().unwrap() = Some(HOUR);
    key(&cached).await;
    *source.life.lock().unwrap() = Some(Duration::ZERO);
    source.clock.advance(Duration::from_secs(2800));
    assert_eq!(key(&cached).await, "key-2", "the cache keeps the valid key");
}

#[tokio::test]
async fn rejected_key_is_replaced_once_for_all_callers() {
    let (source, cached) = cached(HOUR, Duration::from_secs(1));
    let refused = cached.credentials().await.unwrap();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let (cached, refused) = (cached.clone(), refused.clone());
            tokio::spawn(async move {
                cached.refresh(&refused).await.unwrap().access_key_id().to_owned()
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "key-2");
    }
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn cancelled_caller_does_not_block_others() {
    let (source, cached) = cached(HOUR, Duration::from_secs(5));
    source.clock.pause();
    let caller = tokio::spawn({
        let cached = cached.clone();
        async move { key(&cached).await }
    });
    tokio::task::yield_now().await;
    caller.abort();
    source.clock.resume();
    assert_eq!(key(&cached).await, "key-1", "the fetch outlives its caller");
}

#[tokio::test]
async fn slow_early_refresh_does_not_block_calls() {
    let (source, cached) = cached(HOUR, Duration::from_secs(60));
    assert_eq!(key(&cached).await, "key-1");
    source.clock.advance(Duration::from_secs(2800));
    source.clock.pause();
    let caller = tokio::spawn({
        let cached = cached.clone();
        async move { key(&cached).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(source.fetches(), 2);
    source.clock.advance(Duration::from_secs(3));
    assert_eq!(caller.await.unwrap(), "key-1");
    assert_eq!(key(&cached).await, "key-1");
    assert_eq!(source.fetches(), 2, "the next refresh waits");
}

#[tokio::test]
async fn thousand_callers_share_permanent_credentials() {
    #[derive(Debug)]
    struct Slow(Arc<FakeClock>, AtomicUsize);

    #[async_trait::async_trait]
    impl CredentialsProvider for Slow {
        async fn credentials(&self) -> Result<Credentials, CredentialsError> {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.sleep(Duration::from_secs(1)).await;
            Ok(Credentials::new("key", "s"))
        }
    }
    let clock = Arc::new(FakeClock::new());
    let source = Arc::new(Slow(clock.clone(), AtomicUsize::new(0)));
    let cached = Arc::new(Cached::new(source.clone(), clock.clone()));
    clock.pause();
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { key(&cached).await })
        })
        .collect();
    tokio::task::yield_now().await;
    clock.resume();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), "key");
    }
    assert_eq!(source.1.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn permanent_credentials_are_fetched_each_time() {
    #[derive(Debug)]
    struct Permanent(AtomicUsize);

    #[async_trait::async_trait]
    impl CredentialsProvider for Permanent {
        async fn credentials(&self) -> Result<Credentials, CredentialsError> {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            Ok(Credentials::new(format!("key-{number}"), "s"))
        }
    }
    let cached = Cached::new(Permanent(AtomicUsize::new(0)), Arc::new(FakeClock::new()));
    for number in 0..3 {
        let found = cached.credentials().await.unwrap();
        assert_eq!(found.access_key_id(), format!("key-{number}"));
    }
}

#[tokio::test]
async fn rejected_key_stays_evicted_if_refresh_fails() {
    let (source, cached) = cached(HOUR, Duration::from_secs(1));
    let refused = cached.credentials().await.unwrap();
    source.fails(true);
    cached.refresh(&refused).await.unwrap_err();
    assert!(cached.cached().is_none());
    source.fails(false);
    assert_eq!(key(&cached).await, "key-3");
}
