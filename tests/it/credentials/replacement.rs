//! Tests of rejected keys whose replacement fails, and of fetches that outlive their calls.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::create;
use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::ErrorCode;
use aliyun_dbs::{Client, ClientBuilder, Clock, ErrorKind, Region, SystemClock};
use async_trait::async_trait;
use bytes::Bytes;

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

/// Returns a rejected key, and the right one after `failures` failed replacements.
#[derive(Debug)]
struct FailingReplacement {
    dbs: FakeDbs,
    failures: AtomicUsize,
    error: CredentialsError,
}

#[async_trait]
impl CredentialsProvider for FailingReplacement {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(Credentials::new("LTAI-stale", "stale"))
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        assert_eq!(rejected.access_key_id(), "LTAI-stale");
        let left = self.failures.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(self.dbs.credentials());
        }
        self.failures.store(left - 1, Ordering::SeqCst);
        Err(self.error.clone())
    }
}

fn failing(dbs: &FakeDbs, failures: usize, error: CredentialsError) -> Client {
    let failures = AtomicUsize::new(failures);
    on(dbs).credentials(FailingReplacement { dbs: dbs.clone(), failures, error }).build().unwrap()
}

#[tokio::test]
async fn failed_replacement_of_a_key_is_retried() {
    for failures in [1, 2, 3] {
        let dbs = FakeDbs::new();
        let client = failing(&dbs, failures, CredentialsError::transient("STS is unreachable"));
        let plan = client.send(create()).await.unwrap();
        assert_eq!(plan.attempts(), 2, "the rejected key is sent once");
        assert_eq!(dbs.requests().len(), 2);
    }
}

#[tokio::test]
async fn replacement_that_keeps_failing_is_retryable() {
    let dbs = FakeDbs::new();
    let client = failing(&dbs, usize::MAX, CredentialsError::transient("STS is unreachable"));
    let error = client.send(create()).await.unwrap_err();
    assert!(error.is_retryable() && !error.may_have_executed(), "{error}");
    assert!(error.to_string().contains("STS is unreachable"), "{error}");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn replacement_that_fails_for_good_ends_the_call() {
    let dbs = FakeDbs::new();
    let client = failing(&dbs, usize::MAX, CredentialsError::new("the role is gone"));
    let error = client.send(create()).await.unwrap_err();
    assert!(error.is(ErrorCode::InvalidAccessKeyIdNotFound) && !error.is_retryable(), "{error}");
    assert!(error.to_string().contains("the role is gone"), "{error}");
}

/// Takes some time to fetch a key.
#[derive(Debug)]
struct SlowSource {
    takes: Duration,
    lifetime: Option<time::Duration>,
    fetches: Arc<AtomicUsize>,
}

#[async_trait]
impl CredentialsProvider for SlowSource {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.takes).await;
        let key = Credentials::new("id", "secret");
        let expiration = self.lifetime.map(|lifetime| SystemClock::new().now() + lifetime);
        Ok(expiration.into_iter().fold(key, Credentials::with_expiration))
    }
}

/// Responds to every request with a purchase.
#[derive(Debug)]
struct AlwaysCreated;

#[async_trait]
impl Transport for AlwaysCreated {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let body = r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"7"}"#;
        Ok(http::Response::new(Bytes::from(body)))
    }
}

/// Returns a client whose source takes this time, and the number of its fetches.
///
/// It uses Tokio's paused time: a fake clock would jump to the end of a fetch in the background.
fn slow(takes: Duration, lifetime: Option<time::Duration>) -> (Client, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let source = SlowSource { takes, lifetime, fetches: fetches.clone() };
    let cached = Cached::new(source, Arc::new(SystemClock::new()));
    let builder = Client::builder().region(Region::Hangzhou).transport(AlwaysCreated);
    (builder.credentials(cached).build().unwrap(), fetches)
}

const LIMIT: Duration = Duration::from_secs(2);
const HOUR: time::Duration = time::Duration::HOUR;

#[tokio::test(start_paused = true)]
async fn fetch_outlives_the_call_that_began_it() {
    for (lifetime, successes, fetched) in [(Some(HOUR), 24, 1), (None, 12, 13)] {
        let (client, fetches) = slow(Duration::from_secs(3), lifetime);
        let mut succeeded = 0;
        for _ in 0..25 {
            match client.send(create()).timeout(LIMIT).await {
                Ok(_) => succeeded += 1,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Timeout, "{error}"),
            }
        }
        // The cache does not keep a permanent key, so every second call has to fetch one.
        assert_eq!((succeeded, fetches.load(Ordering::SeqCst)), (successes, fetched));
    }
}

#[tokio::test(start_paused = true)]
async fn background_fetch_ends_between_calls() {
    let (client, fetches) = slow(Duration::from_secs(3), Some(HOUR));
    client.send(create()).timeout(LIMIT).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(600)).await;
    client.send(create()).timeout(LIMIT).await.unwrap();
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn old_permanent_key_is_fetched_again() {
    let (client, fetches) = slow(Duration::from_secs(3), None);
    client.send(create()).timeout(LIMIT).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(600)).await;
    client.send(create()).await.unwrap();
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn hanging_fetch_is_replaced_after_a_minute() {
    let (client, fetches) = slow(Duration::from_secs(3600), None);
    for _ in 0..40 {
        client.send(create()).timeout(LIMIT).await.unwrap_err();
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 2, "80 seconds of calls");
}

#[test]
fn fetch_without_its_runtime_begins_again() {
    let (client, fetches) = slow(Duration::from_secs(3), Some(HOUR));
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let send = || client.send(create()).timeout(LIMIT).into_future();
    let first = runtime();
    first.block_on(send()).unwrap_err();
    let second = runtime();
    second.block_on(send()).unwrap_err();
    second.block_on(send()).unwrap();
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
    drop(first);
}
