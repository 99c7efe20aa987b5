//! A service that refuses credentials gets others, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeRegions, InitializeDbsServiceLinkedRole};
use aliyun_dbs::types::ErrorCode;
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};

/// Gives keys that the service knows for a minute, and believes that they last an hour.
#[derive(Debug)]
struct Optimist {
    dbs: FakeDbs,
    fetches: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl CredentialsProvider for Optimist {
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
    let optimist = Optimist { dbs: dbs.clone(), fetches: fetches.clone() };
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Cached::new(optimist, dbs.clock().clone()))
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    (client, fetches)
}

#[tokio::test]
async fn an_expired_token_is_replaced_and_the_call_goes_on() {
    let dbs = FakeDbs::new();
    let (client, fetches) = client(&dbs);
    client.send(DescribeRegions::builder().build()).await.unwrap();
    dbs.clock().advance(Duration::from_secs(120));
    let regions = client.send(DescribeRegions::builder().build()).await.unwrap();
    assert_eq!((regions.attempts(), fetches.load(Ordering::SeqCst)), (2, 2));

    // What was refused for its credentials was not executed: even this may be sent again.
    dbs.clock().advance(Duration::from_secs(120));
    let role = client.send(InitializeDbsServiceLinkedRole::builder().build()).await.unwrap();
    assert_eq!((role.attempts(), fetches.load(Ordering::SeqCst)), (2, 3));
}

#[tokio::test]
async fn a_service_that_refuses_every_token_is_asked_twice() {
    let dbs = FakeDbs::new();
    let (client, fetches) = client(&dbs);
    let expired = "InvalidSecurityToken.Expired";
    dbs.faults().gateway_error("DescribeRegions", 400, expired, "expired").always();
    let error = client.send(DescribeRegions::builder().build()).await.unwrap_err();
    assert!(error.is(ErrorCode::InvalidSecurityTokenExpired), "{error}");
    assert_eq!((error.attempts(), fetches.load(Ordering::SeqCst)), (2, 2));
}

#[tokio::test]
async fn a_fixed_key_that_is_refused_is_not_sent_again() {
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

/// Has a stale key at hand whatever happens, and a good one for who asks in earnest.
#[derive(Debug)]
struct Forgetful(Credentials);

#[async_trait::async_trait]
impl CredentialsProvider for Forgetful {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.0.clone())
    }

    fn cached(&self) -> Option<Credentials> {
        Some(Credentials::new("stale", "s"))
    }
}

#[tokio::test]
async fn the_replacement_is_used_whatever_is_at_hand() {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Forgetful(dbs.credentials()))
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let regions = client.send(DescribeRegions::builder().build()).await.unwrap();
    assert_eq!(regions.attempts(), 2);
}
