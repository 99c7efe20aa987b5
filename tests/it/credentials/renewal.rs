//! Tests that the client refreshes rejected credentials, once per call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeRegions, InitializeDbsServiceLinkedRole};
use aliyun_dbs::types::ErrorCode;
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};

/// Returns keys that the service accepts for a minute, but that claim to last an hour.
#[derive(Debug)]
struct OverstatedLifetime {
    dbs: FakeDbs,
    fetches: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl CredentialsProvider for OverstatedLifetime {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst);
        let now = self.dbs.clock().now();
        let key = Credentials::new(format!("STS.{number}"), "s").with_security_token("t");
        let minute = Duration::from_secs(60);
        self.dbs.add_credentials(key.clone().with_expiration(now + minute));
        Ok(key.with_expiration(now + 60 * minute))
    }
}

fn client(dbs: &FakeDbs) -> (Client, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let source = OverstatedLifetime { dbs: dbs.clone(), fetches: fetches.clone() };
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Cached::new(source, dbs.clock().clone()))
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    (client, fetches)
}

#[tokio::test]
async fn call_refreshes_expired_credentials_and_continues() {
    let dbs = FakeDbs::new();
    let (client, fetches) = client(&dbs);
    client.send(DescribeRegions::builder().build()).await.unwrap();
    dbs.clock().advance(Duration::from_secs(120));
    let regions = client.send(DescribeRegions::builder().build()).await.unwrap();
    assert_eq!((regions.attempts(), fetches.load(Ordering::SeqCst)), (2, 2));

    // A request rejected for its credentials did not execute, so even a write is retried.
    dbs.clock().advance(Duration::from_secs(120));
    let role = client.send(InitializeDbsServiceLinkedRole::builder().build()).await.unwrap();
    assert_eq!((role.attempts(), fetches.load(Ordering::SeqCst)), (2, 3));
}

#[tokio::test]
async fn gives_up_after_one_refresh() {
    let dbs = FakeDbs::new();
    let (client, fetches) = client(&dbs);
    let expired = "InvalidSecurityToken.Expired";
    dbs.faults().gateway_error("DescribeRegions", 400, expired, "expired").always();
    let error = client.send(DescribeRegions::builder().build()).await.unwrap_err();
    assert!(error.is(ErrorCode::InvalidSecurityTokenExpired), "{error}");
    assert_eq!((error.attempts(), fetches.load(Ordering::SeqCst)), (2, 2));
}

#[tokio::test]
async fn rejected_static_key_is_not_retried() {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("unknown", "s"))
        .transport(dbs.clone())
        .build()
        .unwrap();
    let error = client.send(DescribeRegions::builder().build()).await.unwrap_err();
    assert!(error.is(ErrorCode::InvalidAccessKeyIdNotFound), "{error}");
    assert_eq!(error.attempts(), 1);
}

/// Always has a stale key cached, and fetches a valid one.
#[derive(Debug)]
struct StaleCache(Credentials);

#[async_trait::async_trait]
impl CredentialsProvider for StaleCache {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.0.clone())
    }

    fn cached(&self) -> Option<Credentials> {
        Some(Credentials::new("stale", "s"))
    }
}

#[tokio::test]
async fn refreshed_credentials_override_cached_ones() {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(StaleCache(dbs.credentials()))
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let regions = client.send(DescribeRegions::builder().build()).await.unwrap();
    assert_eq!(regions.attempts(), 2);
}
