//! What is measured: one `CreateBackupPlan`, and a call without a network.

use std::future::pending;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::unversioned::sign::acs3;
use aliyun_dbs::{
    ApiRequest, Client, ClientBuilder, Clock, Operation, Period, Region, Sleep, SystemClock,
};
use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::allocations;

pub(crate) const ACCESS_KEY_ID: &str = "LTAI5tBenchmarkBenchmark";
pub(crate) const ACCESS_KEY_SECRET: &str = "benchmarkbenchmarkbenchmark123";

/// The answer of the service to a purchase.
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

/// A client with a permanent key.
pub(crate) fn client(transport: impl Transport + 'static) -> ClientBuilder {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET))
        .transport(transport)
}

/// A page of plans, the full one of the published sample again and again.
pub(crate) fn page(plans: usize) -> String {
    let sample = include_str!("../../tests/data/samples/DescribeBackupPlanList.json");
    let mut page: serde_json::Value = serde_json::from_str(sample).expect("the sample");
    let plan = page["Items"]["BackupPlanDetail"][0].clone();
    page["Items"]["BackupPlanDetail"] = vec![plan; plans].into();
    page.to_string()
}

/// The machine's clock; its waits never end and cost nothing.
#[derive(Debug)]
pub(crate) struct NeverOver;

impl Clock for NeverOver {
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

/// A transport that answers at once.
#[derive(Debug)]
pub(crate) struct AnswersAtOnce(pub(crate) Bytes);

#[async_trait]
impl Transport for AnswersAtOnce {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        black_box(request);
        Ok(http::Response::new(self.0.clone()))
    }

    // As the built-in transport does.
    fn uses_attempt_context(&self) -> bool {
        false
    }
}

static ALLOCATIONS_AT_THE_TRANSPORT: AtomicUsize = AtomicUsize::new(0);

/// Allocations of the process when a request last came to [`NeverAnswers`].
pub(crate) fn allocations_at_the_transport() -> usize {
    ALLOCATIONS_AT_THE_TRANSPORT.load(Ordering::Relaxed)
}

/// A transport that takes the request and never answers: what was done until then is what is
/// done before the transport.
#[derive(Debug)]
pub(crate) struct NeverAnswers;

impl Transport for NeverAnswers {
    // Written out, to count before it makes a future of its own.
    fn send<'s, 'f>(&'s self, request: http::Request<Bytes>) -> Answering<'f>
    where
        's: 'f,
        Self: 'f,
    {
        ALLOCATIONS_AT_THE_TRANSPORT.store(allocations(), Ordering::Relaxed);
        black_box(request);
        Box::pin(pending())
    }

    // As the built-in transport does.
    fn uses_attempt_context(&self) -> bool {
        false
    }
}

type Answering<'f> =
    Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'f>>;

/// A purchase as it comes to the transport.
pub(crate) fn captured() -> http::Request<Bytes> {
    #[derive(Debug, Default)]
    struct Captures(Mutex<Option<http::Request<Bytes>>>);

    #[async_trait]
    impl Transport for Captures {
        async fn send(
            &self,
            request: http::Request<Bytes>,
        ) -> Result<http::Response<Bytes>, TransportError> {
            *self.0.lock().expect("no panic") = Some(request);
            Ok(http::Response::new(Bytes::from_static(CREATED)))
        }
    }

    let captures = Arc::new(Captures::default());
    let client = client(Arc::clone(&captures)).build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let call = async { client.send(purchase()).await };
    runtime.expect("a runtime").block_on(call).expect("an answer");
    captures.0.lock().expect("no panic").take().expect("a request")
}

/// A request in the form that is signed.
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
