//! Tests of a custom transport without an async runtime.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::{Client, ErrorKind, RawRequest, Region, RetryPolicy, Safety};
use async_trait::async_trait;
use bytes::Bytes;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future as `futures_executor::block_on` does.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// A transport that fails, then responds, and then does not respond.
#[derive(Debug, Default)]
struct Custom(AtomicUsize);

#[async_trait]
impl Transport for Custom {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Err(TransportError::not_sent("planted")),
            1 => {
                Ok(http::Response::new(Bytes::from_static(br#"{"RequestId":"R","Success":true}"#)))
            }
            _ => std::future::pending().await,
        }
    }
}

fn client(transport: impl Transport + 'static) -> Client {
    Client::builder()
        .environment(|_| None)
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .retry(RetryPolicy::standard().base_delay(Duration::from_millis(1)))
        .transport(transport)
        .build()
        .unwrap()
}

#[test]
fn backoff_and_timeout_need_no_runtime() {
    let client = client(Custom::default());
    let request = || RawRequest::new("DescribeX").safety(Safety::ReadOnly);
    let response = block_on(client.send(request()).into_future()).unwrap();
    assert_eq!(response.attempts(), 2);
    let call = client.send(request()).timeout(Duration::from_millis(20));
    let error = block_on(call.into_future()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

#[test]
fn built_in_transports_report_a_missing_runtime() {
    for client in [
        #[cfg(feature = "_reqwest")]
        client(aliyun_dbs::transport::ReqwestTransport::new().unwrap()),
        #[cfg(feature = "hyper")]
        client(aliyun_dbs::transport::HyperTransport::new().unwrap()),
    ] {
        let error = block_on(client.send(RawRequest::new("X")).into_future()).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
        assert!(error.to_string().contains("no Tokio runtime"), "{error}");
    }
}
