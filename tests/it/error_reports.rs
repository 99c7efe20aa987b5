//! Tests of the rule of all error types: `Display` repeats no source, `Debug` is a report.

use std::error::Error as StdError;
use std::fmt;

use aliyun_dbs::credentials::{Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::wait::PlanRunning;
use aliyun_dbs::{Client, Error, RawRequest, Region, RetryPolicy};
use async_trait::async_trait;

use crate::support::{configure, create};

/// An error with a source.
#[derive(Debug)]
struct Outer(&'static str, Option<Box<Outer>>);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Outer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

fn connection_reset() -> Outer {
    Outer("connection reset", Some(Box::new(Outer("os error 104", None))))
}

fn client(transport: ScriptedTransport) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).retry(RetryPolicy::never());
    builder.credentials(Credentials::new("id", "secret")).transport(transport).build().unwrap()
}

/// Checks an error, and returns what a program prints that ends with it.
#[track_caller]
fn check(error: &(dyn StdError + 'static)) -> String {
    let first: Option<&(dyn StdError + 'static)> = Some(error);
    let levels: Vec<String> = std::iter::successors(first, |error| StdError::source(*error))
        .map(ToString::to_string)
        .collect();
    let mut printed = String::new();
    for level in &levels {
        assert!(!printed.contains(level.as_str()), "{level:?} is in {printed:?}");
        assert!(!level.contains('\n'), "{level:?}");
        printed.push_str(level);
        printed.push('\n');
    }
    let report = format!("{error:?}");
    let sources: Vec<_> = levels[1..].iter().map(|level| format!("\n    {level}")).collect();
    let sources = sources.concat();
    let title = if sources.is_empty() { "" } else { "\n\nCaused by:" };
    assert_eq!(report, format!("{}{title}{sources}", levels[0]));
    assert!(format!("{error:#?}").contains(" {\n"), "the fields: {error:#?}");
    report
}

#[tokio::test]
async fn errors_of_calls_are_reports() {
    let lost = TransportError::interrupted("the connection broke: connection reset")
        .with_source(connection_reset());
    check(&lost);
    let plan = client(ScriptedTransport::new().fail(lost)).send(create()).await.unwrap_err();
    let report = check(&plan);
    assert!(report.starts_with("CreateBackupPlan failed: the connection broke: connection reset"));
    assert!(report.ends_with("\n\nCaused by:\n    os error 104"), "{report}");
    assert!(plan.get_ref().unwrap().is::<TransportError>());

    let timeout = TransportError::timeout("timed out").with_source(connection_reset());
    let report = check(&timeout);
    assert_eq!(report, "timed out\n\nCaused by:\n    connection reset\n    os error 104");

    let html = ScriptedTransport::new().respond(200, "<html>");
    check(&client(html).send(create()).await.unwrap_err());
    check(&client(ScriptedTransport::new()).send(RawRequest::new("")).await.unwrap_err());
    check(&Error::from("".parse::<BackupPlanId>().unwrap_err()));
    check(&"".parse::<BackupPlanId>().unwrap_err());
    check(&Client::builder().build().unwrap_err());
}

#[derive(Debug)]
struct NoKeys;

#[async_trait]
impl CredentialsProvider for NoKeys {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let error = CredentialsError::new("the vault refused: connection reset");
        Err(error.with_source(connection_reset()))
    }
}

#[tokio::test]
async fn errors_of_credentials_are_reports() {
    let error = NoKeys.credentials().await.unwrap_err();
    let report = check(&error);
    assert!(report.ends_with("Caused by:\n    os error 104"), "{report}");
    let builder = Client::builder().region(Region::Hangzhou).credentials(NoKeys);
    let client = builder.transport(ScriptedTransport::new()).build().unwrap();
    let error = client.send(create()).await.unwrap_err();
    assert!(error.get_ref().unwrap().is::<CredentialsError>());
    check(&error);
}

#[tokio::test]
async fn errors_of_waits_and_workflows_are_reports() {
    let lost = || {
        let error = TransportError::not_sent("could not connect: connection reset");
        error.with_source(connection_reset()).permanent()
    };
    let wait = client(ScriptedTransport::new().fail(lost()))
        .wait_for(PlanRunning::new("dbs1".parse().unwrap()))
        .await
        .unwrap_err();
    assert!(check(&wait).ends_with("Caused by:\n    os error 104"), "{wait:?}");
    let failed = client(ScriptedTransport::new().fail(lost()))
        .provision(create(), |id| configure(&id, "hunter2"))
        .await
        .unwrap_err();
    assert!(check(&failed).ends_with("Caused by:\n    os error 104"), "{failed:?}");
    let not_built = client(ScriptedTransport::new())
        .provision(create(), |_| {
            Err::<aliyun_dbs::operations::ConfigureBackupPlan, _>(connection_reset())
        })
        .await
        .unwrap_err();
    assert!(check(&not_built).ends_with("Caused by:\n    os error 104"), "{not_built:?}");

    let dbs = FakeDbs::new();
    dbs.fail_next_pre_check("CHECK_BINLOG_ON", "binlog is switched off");
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build().unwrap();
    let failed = client.provision(create(), |id| configure(&id, "hunter2")).await.unwrap_err();
    assert!(!failed.is_retryable(), "{failed}");
    check(&failed);
}
