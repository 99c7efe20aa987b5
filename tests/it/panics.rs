//! Tests of hooks that panic: the panic reaches the caller once, and the client stays usable.

use std::future::IntoFuture;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::create;
use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::observe::{
    AttemptEnded, AttemptStarted, CallEnded, CredentialRefreshed, Observer, Retried, Throttled,
};
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::{Client, ClientBuilder, Clock, Region, blocking};
use async_trait::async_trait;
use bytes::Bytes;

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

/// Returns whether a call panics; it runs as a task, so that the panic stays there.
async fn panics(client: &Client) -> bool {
    let task = tokio::spawn(client.send(create()).into_future());
    task.await.is_err_and(|error| error.is_panic())
}

/// Panics at the first request, after it was sent.
#[derive(Debug)]
struct PanickingTransport {
    dbs: FakeDbs,
    sent: AtomicUsize,
}

impl PanickingTransport {
    fn new(dbs: &FakeDbs) -> Self {
        Self { dbs: dbs.clone(), sent: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Transport for PanickingTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let response = self.dbs.send(request).await;
        assert!(self.sent.fetch_add(1, Ordering::SeqCst) > 0, "the first request panics");
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.dbs)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Started,
    Ended,
    Retried,
    Throttled,
    Refreshed,
    CallEnded,
}

/// Panics at the first event of one kind, or at each.
#[derive(Debug)]
struct PanickingObserver {
    at: Event,
    always: bool,
    seen: AtomicUsize,
}

impl PanickingObserver {
    fn observe(&self, event: Event) {
        if event == self.at {
            let seen = self.seen.fetch_add(1, Ordering::SeqCst);
            assert!(seen > 0 && !self.always, "{event:?} panics");
        }
    }
}

impl Observer for PanickingObserver {
    fn attempt_started(&self, _: &AttemptStarted<'_>) {
        self.observe(Event::Started);
    }
    fn attempt_ended(&self, _: &AttemptEnded<'_>) {
        self.observe(Event::Ended);
    }
    fn retried(&self, _: &Retried<'_>) {
        self.observe(Event::Retried);
    }
    fn throttled(&self, _: &Throttled<'_>) {
        self.observe(Event::Throttled);
    }
    fn credential_refreshed(&self, _: &CredentialRefreshed<'_>) {
        self.observe(Event::Refreshed);
    }
    fn call_ended(&self, _: &CallEnded<'_>) {
        self.observe(Event::CallEnded);
    }
}

fn panicking(at: Event, always: bool) -> PanickingObserver {
    PanickingObserver { at, always, seen: AtomicUsize::new(0) }
}

#[tokio::test]
async fn panic_of_transport_and_observer_unwinds_once() {
    let dbs = FakeDbs::new();
    let client = on(&dbs)
        .transport(PanickingTransport::new(&dbs))
        .observer(panicking(Event::Ended, true))
        .build()
        .unwrap();
    assert!(panics(&client).await, "the panic of the transport, without that of the observer");
    assert!(panics(&client).await, "the panic of the observer");
}

#[tokio::test]
async fn panic_unwinds_once_whatever_the_observer_does() {
    use Event::{CallEnded, Ended, Refreshed, Retried, Started, Throttled};
    for at in [Started, Ended, Retried, Throttled, Refreshed, CallEnded] {
        let dbs = FakeDbs::new();
        dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1)).times(1);
        let client = on(&dbs)
            .transport(PanickingTransport::new(&dbs))
            .credentials(ChangingKey(dbs.clone(), AtomicUsize::new(0)))
            .observer(panicking(at, true))
            .max_concurrent_calls(1)
            .build()
            .unwrap();
        assert!(panics(&client).await, "{at:?}");
        // The slot is free: the next call ends, too.
        let _ = panics(&client).await;
    }
}

#[tokio::test]
async fn client_is_usable_after_the_provider_panics() {
    for yields in [false, true] {
        let dbs = FakeDbs::new();
        let provider = PanickingProvider { dbs: dbs.clone(), fetches: AtomicUsize::new(0), yields };
        let client = on(&dbs)
            .credentials(provider)
            .observer(panicking(Event::CallEnded, false))
            .max_concurrent_calls(1)
            .build()
            .unwrap();
        assert!(panics(&client).await, "the provider");
        assert!(panics(&client).await, "the observer");
        client.send(create()).await.unwrap();
    }
}

#[tokio::test]
async fn client_is_usable_after_the_transport_panics() {
    let dbs = FakeDbs::new();
    let client = on(&dbs)
        .transport(PanickingTransport::new(&dbs))
        .max_concurrent_calls(1)
        .rate_limiting(true)
        .build()
        .unwrap();
    assert!(panics(&client).await);
    assert_eq!(client.send(create()).await.unwrap().attempts(), 1);
}

#[tokio::test]
async fn client_is_usable_after_the_observer_panics() {
    use Event::{CallEnded, Ended, Refreshed, Retried, Started, Throttled};
    for at in [Started, Ended, Retried, Throttled, Refreshed, CallEnded] {
        let dbs = FakeDbs::new();
        dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1)).times(2);
        let client = on(&dbs)
            .credentials(ChangingKey(dbs.clone(), AtomicUsize::new(0)))
            .observer(panicking(at, false))
            .max_concurrent_calls(1)
            .build()
            .unwrap();
        assert!(panics(&client).await, "{at:?}");
        client.send(create()).await.unwrap();
    }
}

/// Returns the key of the fake, and another one after a rejection.
#[derive(Debug)]
struct ChangingKey(FakeDbs, AtomicUsize);

#[async_trait]
impl CredentialsProvider for ChangingKey {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if self.1.fetch_add(1, Ordering::SeqCst) == 0 {
            return Ok(Credentials::new("LTAI-old", "old"));
        }
        Ok(self.0.credentials())
    }
}

#[tokio::test]
async fn panic_releases_the_turn_of_a_rate_limit() {
    let dbs = FakeDbs::new();
    let client =
        on(&dbs).rate_limiting(true).observer(panicking(Event::Throttled, false)).build().unwrap();
    let mut panicked = 0;
    for _ in 0..200 {
        panicked += u32::from(panics(&client).await);
    }
    assert_eq!(panicked, 1, "the limit delays a call, whose observer panics");
}

/// Panics at the first fetch; later ones return the key of the fake.
#[derive(Debug)]
struct PanickingProvider {
    dbs: FakeDbs,
    fetches: AtomicUsize,
    yields: bool,
}

#[async_trait]
impl CredentialsProvider for PanickingProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let fetch = self.fetches.fetch_add(1, Ordering::SeqCst);
        if self.yields {
            tokio::task::yield_now().await;
        }
        assert!(fetch > 0, "the first fetch panics");
        let expiration = self.dbs.clock().now() + time::Duration::hours(1);
        Ok(self.dbs.credentials().with_expiration(expiration))
    }
}

#[tokio::test]
async fn cache_is_usable_after_the_provider_panics() {
    for yields in [false, true] {
        let dbs = FakeDbs::new();
        let provider = PanickingProvider { dbs: dbs.clone(), fetches: AtomicUsize::new(0), yields };
        let cached = Cached::new(provider, dbs.clock().clone());
        let client = on(&dbs).credentials(cached).max_concurrent_calls(1).build().unwrap();
        assert!(panics(&client).await);
        client.send(create()).await.unwrap();
    }
}

#[test]
fn blocking_client_is_usable_after_a_panic() {
    let dbs = FakeDbs::new();
    let client = on(&dbs)
        .transport(PanickingTransport::new(&dbs))
        .observer(panicking(Event::Ended, false))
        .build_blocking()
        .unwrap();
    let send = |client: &blocking::Client| client.send(create()).call();
    assert!(catch_unwind(AssertUnwindSafe(|| send(&client))).is_err());
    // The observer did not see the attempt that panicked, so it panics at this one.
    assert!(catch_unwind(AssertUnwindSafe(|| send(&client))).is_err());
    send(&client).unwrap();
}
