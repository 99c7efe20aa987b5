//! The request that the benchmarks send, and clients without a network.

use std::future::{IntoFuture, pending};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::unversioned::sign::acs3;
use aliyun_dbs::{
    ApiRequest, Client, ClientBuilder, Clock, Operation, Period, Region, RetryPolicy, Sleep,
    SystemClock,
};
use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

pub(crate) const ACCESS_KEY_ID: &str = "LTAI5tBenchmarkBenchmark";
pub(crate) const ACCESS_KEY_SECRET: &str = "benchmarkbenchmarkbenchmark123";

/// The response of the service to a purchase.
pub(crate) const CREATED: &[u8] = br#"{"RequestId":"4F1888AC-1138-4995-B9FE-D2734F61C058","HttpStatusCode":200,"Success":true,"ErrCode":"Param.NotFound","ErrMessage":"The specified parameter %s value is not valid.","BackupPlanId":"dbstooi01exmp","OrderId":"214373455920017"}"#;

pub(crate) fn purchase() -> CreateBackupPlan {
    CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<3>())
        .client_token("8f6f97746e2dcf2644c43e50c40e010f".parse().expect("a token"))
        .build()
}

/// Returns the builder of a client with a permanent key.
pub(crate) fn builder() -> ClientBuilder {
    let credentials = Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET);
    Client::builder().region(Region::Hangzhou).credentials(credentials)
}

/// The same with a transport.
pub(crate) fn client(transport: impl Transport + 'static) -> ClientBuilder {
    builder().transport(transport)
}

/// Returns a page that repeats the full plan of the published sample.
pub(crate) fn page(plans: usize) -> String {
    let sample = include_str!("../../src/fake/samples/2019-03-06/DescribeBackupPlanList.json");
    let mut page: serde_json::Value = serde_json::from_str(sample).expect("the sample");
    let plan = page["Items"]["BackupPlanDetail"][0].clone();
    page["Items"]["BackupPlanDetail"] = vec![plan; plans].into();
    page.to_string()
}

/// The system clock with timers that never end and cost nothing.
#[derive(Debug)]
pub(crate) struct EndlessSleep;

impl Clock for EndlessSleep {
    fn now(&self) -> OffsetDateTime {
        SystemClock::new().now()
    }

    fn elapsed(&self) -> Duration {
        SystemClock::new().elapsed()
    }

    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(pending())
    }
}

/// A transport that responds at once.
#[derive(Debug)]
pub(crate) struct RespondsAtOnce(pub(crate) Bytes);

#[async_trait]
impl Transport for RespondsAtOnce {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        black_box(request);
        Ok(http::Response::new(self.0.clone()))
    }

    // Like the built-in transport.
    fn uses_attempt_context(&self) -> bool {
        false
    }
}

/// A transport that never responds, to measure the work before the transport.
///
/// It calls a function when it receives a request.
#[derive(Debug)]
pub(crate) struct NeverResponds(pub(crate) fn());

impl Transport for NeverResponds {
    // Without `async_trait`, to call the function before this transport allocates its future.
    fn send<'s, 'f>(&'s self, request: http::Request<Bytes>) -> SendFuture<'f>
    where
        's: 'f,
        Self: 'f,
    {
        (self.0)();
        black_box(request);
        Box::pin(pending())
    }

    // Like the built-in transport.
    fn uses_attempt_context(&self) -> bool {
        false
    }
}

/// Sends a request as far as the transport, which never responds.
pub(crate) fn poll_once(client: &Client) {
    let call = client.send(black_box(purchase())).retry(RetryPolicy::never());
    let mut call = pin!(call.into_future());
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "the call waits for the transport");
}

type SendFuture<'f> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'f>>;

/// Returns a purchase as the transport receives it.
pub(crate) fn captured() -> http::Request<Bytes> {
    #[derive(Debug, Default)]
    struct CaptureTransport(Mutex<Option<http::Request<Bytes>>>);

    #[async_trait]
    impl Transport for CaptureTransport {
        async fn send(
            &self,
            request: http::Request<Bytes>,
        ) -> Result<http::Response<Bytes>, TransportError> {
            *self.0.lock().expect("no panic") = Some(request);
            Ok(http::Response::new(Bytes::from_static(CREATED)))
        }
    }

    let captures = Arc::new(CaptureTransport::default());
    let client = client(Arc::clone(&captures)).build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let call = async { client.send(purchase()).await };
    runtime.expect("a runtime").block_on(call).expect("a response");
    captures.0.lock().expect("no panic").take().expect("a request")
}

/// Returns the canonical form of a request, which is signed.
pub(crate) fn canonical(request: &CreateBackupPlan) -> acs3::CanonicalRequest {
    let parameters = request.parameters().expect("parameters");
    let hash = acs3::EMPTY_PAYLOAD_HASH;
    let headers = [
        ("host", "dbs-api.cn-hangzhou.aliyuncs.com"),
        ("x-acs-action", CreateBackupPlan::ACTION),
        ("x-acs-content-sha256", hash),
        ("x-acs-date", "2026-11-24T10:45:56Z"),
        ("x-acs-signature-nonce", "aabc56285348938203d1300375b467b5"),
        ("x-acs-version", "2019-03-06"),
    ];
    acs3::CanonicalRequest::from_parameters("POST", &parameters, &headers, hash)
}
