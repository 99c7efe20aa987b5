//! Errors for mocks, compared with those that a client returns after faults of the fake service.

use std::time::Duration;

use aliyun_dbs::credentials::{Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::{ErrorBuilder, FakeDbs, provision_error, wait_error, wait_error_of};
use aliyun_dbs::operations::{
    CreateBackupPlan, DescribeBackupPlanList, InitializeDbsServiceLinkedRole,
};
use aliyun_dbs::transport::{FaultRule, Faults};
use aliyun_dbs::types::ErrorCode;
use aliyun_dbs::v2021_01_01::operations::RetryDownloadTask;
use aliyun_dbs::wait::WaitErrorKind;
use aliyun_dbs::workflows::{ProvisionCause, ProvisionStage};
use aliyun_dbs::{Client, Error, ErrorKind, Operation, Region, RetryPolicy};
use http::StatusCode;

use crate::support::create;

const SECOND: Duration = Duration::from_secs(1);

/// Returns an error with what a program can decide on, and its line without random ids.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error}\n{error:#?}");
    let id = error.request_id().unwrap_or_default().to_owned();
    for random in [id, error.client_token().map(ToString::to_string).unwrap_or_default()] {
        if !random.is_empty() {
            shown = shown.replace(&random, "…");
        }
    }
    shown + if error.is_throttling() { "throttling" } else { "" }
}

/// The faults of the fake service, with the builders of the same errors.
type Case = (fn(&Faults, &str) -> FaultRule, ErrorBuilder);

fn cases() -> Vec<Case> {
    fn service(code: &str) -> ErrorBuilder {
        ErrorBuilder::service(code)
    }
    let gateway = |status: u16, code: &str| {
        service(code).http_status(StatusCode::from_u16(status).unwrap()).message("why.")
    };
    vec![
        (|faults, name| faults.refuse_connection(name), ErrorBuilder::connect()),
        (|faults, name| faults.drop_after_processing(name), ErrorBuilder::interrupted()),
        (|faults, name| faults.delay(name, 15 * SECOND), ErrorBuilder::timeout()),
        (|faults, name| faults.http_status(name, 502), ErrorBuilder::response()),
        (
            |faults, name| faults.http_status(name, 407),
            ErrorBuilder::response().http_status(StatusCode::PROXY_AUTHENTICATION_REQUIRED),
        ),
        (
            |faults, name| faults.throttle(name, SECOND / 2),
            service("Throttling.User")
                .message("Request was denied due to user flow control.")
                .retry_after(SECOND / 2),
        ),
        (
            |faults, name| faults.gateway_error(name, 403, "Forbidden.RAM", "why."),
            gateway(403, "Forbidden.RAM"),
        ),
        (
            |faults, name| faults.gateway_error(name, 503, "ServiceUnavailable", "why."),
            gateway(503, "ServiceUnavailable"),
        ),
        (
            |faults, name| faults.gateway_error(name, 500, "InternalError", "why."),
            gateway(500, "InternalError"),
        ),
        (
            |faults, name| faults.gateway_error(name, 400, "InvalidAccessKeyId.Inactive", "why."),
            gateway(400, "InvalidAccessKeyId.Inactive"),
        ),
        (
            |faults, name| faults.business_error(name, "OperationDenied.JobStatus", "why."),
            gateway(200, "OperationDenied.JobStatus"),
        ),
        (
            |faults, name| faults.business_error(name, "InternalError", ""),
            service("InternalError").http_status(StatusCode::OK),
        ),
    ]
}

/// Compares the errors of an operation, with one attempt and with several.
async fn assert_same<R: Operation<Response: std::fmt::Debug> + Clone + 'static>(request: R) {
    for (fault, builder) in cases() {
        for attempts in [1, 3] {
            let dbs = FakeDbs::with_seed(1);
            fault(dbs.faults(), R::ACTION).always();
            let client = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
            let policy = RetryPolicy::never().max_attempts(attempts);
            let client = client.transport(dbs).retry(policy).build().unwrap();
            let real = client.send(request.clone()).await.unwrap_err();
            let made = builder.clone().operation::<R>().attempts(attempts).build();
            assert_eq!(shown(&made), shown(&real), "{builder:#?}");
        }
    }
}

#[tokio::test]
async fn made_errors_equal_those_of_calls() {
    // An operation of each safety, and one of the other API.
    assert_same(create()).await;
    assert_same(DescribeBackupPlanList::builder().build()).await;
    assert_same(InitializeDbsServiceLinkedRole::builder().build()).await;
    let retry = RetryDownloadTask::builder().region_code(Region::Hangzhou);
    let retry = retry.instance_name("rm-1".parse().unwrap()).task_id("dt-1".parse().unwrap());
    assert_same(retry.build()).await;
}

#[derive(Debug)]
struct NoKey;

#[async_trait::async_trait]
impl CredentialsProvider for NoKey {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Err(CredentialsError::new("the vault is sealed"))
    }
}

#[tokio::test]
async fn made_credentials_error_equals_that_of_a_call() {
    let dbs = FakeDbs::with_seed(1);
    let client = Client::builder().region(Region::Hangzhou).credentials(NoKey).transport(dbs);
    let real = client.build().unwrap().send(create()).await.unwrap_err();
    let made = ErrorBuilder::credentials("the vault is sealed").build();
    assert_eq!(shown(&made), shown(&real));
    assert_eq!((made.kind(), made.attempts()), (ErrorKind::Credentials, 0));
}

#[test]
fn settings_are_in_the_error() {
    let error = ErrorBuilder::service(ErrorCode::BackupPlanNotCreate)
        .message("no stock")
        .request_id("7BCF")
        .client_token("order-7".parse().unwrap())
        .build();
    assert_eq!(
        error.to_string(),
        "CreateBackupPlan failed: no stock (BackupPlanNotCreate, HTTP 400, request id 7BCF, 1 attempt)"
    );
    assert!(error.is(ErrorCode::BackupPlanNotCreate));
    assert_eq!(error.client_token().unwrap().as_str(), "order-7");
    for builder in [ErrorBuilder::connect(), ErrorBuilder::interrupted(), ErrorBuilder::timeout()] {
        assert_eq!(builder.message("cable cut").build().message(), "cable cut");
    }
    let page = ErrorBuilder::response().message(r#"{"Success":true}"#).http_status(StatusCode::OK);
    assert_eq!(page.build().kind(), ErrorKind::Response);
    let asked = |error: ErrorBuilder| error.retry_after(SECOND).build().retry_after();
    assert_eq!(asked(ErrorBuilder::service("Throttling")), Some(SECOND));
    assert_eq!(asked(ErrorBuilder::response()), None);
}

/// Unusual settings end in an error, without a wait in real time.
#[tokio::test]
async fn any_setting_ends_in_an_error() {
    for status in [100, 200, 204, 302, 404, 500, 599, 999] {
        for code in ["", "OK", "200", "Success", "InvalidTimeStamp.Expired", "a\nb"] {
            let error = ErrorBuilder::service(code)
                .http_status(StatusCode::from_u16(status).unwrap())
                .request_id("")
                .attempts(u32::MAX)
                .retry_after(Duration::MAX)
                .build();
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
            assert!(matches!(error.kind(), ErrorKind::Service | ErrorKind::Response), "{error}");
        }
    }
    // More polls than a task of Tokio has in its budget.
    for _ in 0..300 {
        assert_eq!(ErrorBuilder::timeout().attempts(0).build().attempts(), 1);
    }
}

#[test]
fn made_errors_of_waits_have_their_kind() {
    let subject = "backup plan `dbs1` to run";
    for (kind, retryable) in [
        (WaitErrorKind::TimedOut, true),
        (WaitErrorKind::Failed, false),
        (WaitErrorKind::Call, true),
    ] {
        let error = wait_error(kind, subject);
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{error}");
        assert_eq!(error.call().is_some(), kind == WaitErrorKind::Call);
        assert!(error.to_string().contains(subject), "{error}");
    }
    let refused = wait_error_of(ErrorBuilder::service("NoPermission").build());
    assert!(refused.call().unwrap().is("NoPermission") && !refused.is_retryable());
}

#[test]
fn made_errors_of_provisioning_have_their_cause() {
    let lost = || ErrorBuilder::interrupted().operation::<CreateBackupPlan>().build();
    let error = provision_error(ProvisionStage::Create, None, lost());
    assert!(error.may_have_bought() && error.is_retryable());
    assert_eq!(error.client_token().unwrap().as_str(), "fake");
    let plan = "dbs1".parse().unwrap();
    let wait = wait_error(WaitErrorKind::TimedOut, "backup plan `dbs1` to run");
    let error = provision_error(ProvisionStage::Run, Some(plan), wait);
    assert_eq!(error.backup_plan_id().unwrap().as_str(), "dbs1");
    assert!(matches!(error.cause(), ProvisionCause::Wait(_)), "{error}");
}
