//! Tests of the error: its line and its properties.

use super::*;

fn call(execution: Execution) -> FailedCall {
    FailedCall {
        attempts: 1,
        execution,
        client_token: Some("order-7".parse().unwrap()),
        ..FailedCall::unsent("CreateBackupPlan".into(), Safety::IdempotentByToken)
    }
}

#[test]
fn display_is_one_line_with_code_and_request_id() {
    let error = Error::new(ErrorKind::Service, "plan could not be created.")
        .with_code("BackupPlanNotCreate")
        .with_http_status(StatusCode::OK)
        .with_request_id(Some("7BCF".into()))
        .in_call(call(Execution::Rejected));
    assert_eq!(
        error.to_string(),
        "CreateBackupPlan failed: plan could not be created \
         (BackupPlanNotCreate, HTTP 200, request id 7BCF, 1 attempt)"
    );
    let silent = Error::new(ErrorKind::Service, "").with_code("NoPermission");
    assert_eq!(silent.to_string(), "the service rejected the request (NoPermission)");
}

#[test]
fn unknown_outcome_names_the_client_token() {
    let broken = || Error::new(ErrorKind::Interrupted, "connection reset");
    let line = |call| broken().with_hint("wait").in_call(call).to_string();
    let unknown = || call(Execution::Unknown);
    assert_eq!(
        line(unknown()),
        "CreateBackupPlan failed: connection reset (1 attempt, may have been executed); wait; \
         send it again with client token `order-7`, and the service runs it once"
    );
    let last_was_rejected = FailedCall { rejected: true, ..unknown() };
    let read = FailedCall { safety: Safety::ReadOnly, ..unknown() };
    for (call, details) in [
        (call(Execution::Rejected), "1 attempt"),
        (call(Execution::Unsent), "1 attempt, nothing was sent"),
        (last_was_rejected, "1 attempt, may have been executed"),
        (read, "1 attempt"),
    ] {
        let expected = format!("CreateBackupPlan failed: connection reset ({details}); wait");
        assert_eq!(line(call), expected);
    }
    let derived = broken().in_call(unknown()).of_derived_token();
    assert!(derived.may_have_executed() && !derived.to_string().contains("order-7"));
}

#[test]
fn kinds_have_names_for_metric_labels() {
    use ErrorKind::{Configuration, Connect, Credentials, Interrupted, Request, Timeout};
    let first = [Configuration, Credentials, Request, Connect].map(ErrorKind::as_str);
    assert_eq!(first, ["configuration", "credentials", "request", "connect"]);
    let rest = [Timeout, Interrupted, ErrorKind::Response, ErrorKind::Service];
    let names = rest.map(|kind| kind.to_string());
    assert_eq!(names, ["timeout", "interrupted", "response", "service"]);
}

#[test]
fn error_is_one_pointer_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
