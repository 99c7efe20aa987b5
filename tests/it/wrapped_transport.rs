//! Tests of a transport that wraps another one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{RecordedRequest, Transport, TransportError};
use aliyun_dbs::{Client, Region};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use crate::support::create;

#[derive(Debug)]
struct WithHeader<T>(T);

#[async_trait]
impl<T: Transport> Transport for WithHeader<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        request.headers_mut().insert("x-team", HeaderValue::from_static("backups"));
        self.0.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn wrapper_keeps_the_clock_of_the_fake() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(20));
    let transport: Arc<dyn Transport> = Arc::new(WithHeader(WithHeader(dbs.clone())));
    assert_eq!(transport.uses_attempt_context(), Transport::uses_attempt_context(&dbs));
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(transport).build().unwrap();
    let started = Instant::now();
    assert_eq!(client.send(create()).await.unwrap().attempts(), 2);
    assert!(started.elapsed() < Duration::from_secs(5), "waits by the clock of the fake");
    let requests = dbs.requests();
    assert_eq!(requests[0].headers()["x-team"], "backups");
}

#[derive(Debug)]
struct Listening(FakeDbs, Arc<Mutex<Vec<RecordedRequest>>>);

#[async_trait]
impl Transport for Listening {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.1.lock().unwrap().push(request.clone().into());
        self.0.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn wrapper_reads_the_requests_that_it_receives() {
    let (dbs, received) = (FakeDbs::new(), Arc::new(Mutex::new(Vec::new())));
    dbs.faults().drop_before_processing("CreateBackupPlan");
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(Listening(dbs, received.clone())).build().unwrap();
    client.send(create()).await.unwrap();
    let received = received.lock().unwrap();
    let [lost, executed] = &received[..] else { panic!("{received:?}") };
    assert_eq!((lost.operation(), lost.attempt()), ("CreateBackupPlan", 1));
    assert_eq!((executed.parameter("DatabaseType"), executed.attempt()), (Some("MySQL"), 2));
    assert_eq!(executed.parameter("ClientToken"), lost.parameter("ClientToken"));
}
