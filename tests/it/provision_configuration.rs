//! Tests of the configuration that `Client::provision` builds and checks before the purchase.

use std::io;
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, ModifyBackupPlanName};
use aliyun_dbs::types::{BackupPlanId, DatabaseAccess, SourceEndpoint};
use aliyun_dbs::workflows::{ProvisionCause, ProvisionError, ProvisionStage};
use aliyun_dbs::{ApiRequest, Client, ErrorKind, Region};

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

fn with_access(access: DatabaseAccess) -> impl FnOnce(BackupPlanId) -> ConfigureBackupPlan {
    move |id| {
        let mut request = configure(&id, "x");
        let instance_id = "rm-1".parse().unwrap();
        request.source_endpoint =
            SourceEndpoint::Rds { region: Region::Hangzhou, instance_id, access };
        request
    }
}

fn assert_nothing_sent(dbs: &FakeDbs, error: &ProvisionError) {
    assert_eq!(error.stage(), ProvisionStage::Prepare, "{error}");
    assert!(!error.may_have_bought() && error.backup_plan_id().is_none(), "{error}");
    assert_eq!((dbs.requests().len(), dbs.plans().len()), (0, 0), "{error}");
}

#[tokio::test]
async fn empty_login_costs_no_plan() {
    for (access, name) in [
        (DatabaseAccess::mysql("u", ""), "SourceEndpointPassword"),
        (DatabaseAccess::mysql("u", "\n"), "SourceEndpointPassword"),
        (DatabaseAccess::mysql("", "hunter2"), "SourceEndpointUserName"),
        (DatabaseAccess::mysql("  ", "hunter2"), "SourceEndpointUserName"),
        (DatabaseAccess::redis(""), "SourceEndpointPassword"),
        (DatabaseAccess::postgresql("u", "hunter2", ""), "SourceEndpointDatabaseName"),
        (DatabaseAccess::oracle("u", "hunter2", ""), "SourceEndpointOracleSID"),
    ] {
        let dbs = FakeDbs::new();
        let error = client(&dbs).provision(create(), with_access(access.clone())).await;
        let error = error.unwrap_err();
        assert_nothing_sent(&dbs, &error);
        assert!(error.to_string().contains(name), "{error}");

        let request = with_access(access)("dbs1".parse().unwrap());
        let error = client(&dbs).send(request).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0), "{error}");
        assert!(error.message().contains(name), "{error}");
        assert!(dbs.requests().is_empty());
    }
}

#[test]
fn empty_value_of_any_field_is_rejected() {
    let rename = ModifyBackupPlanName::builder().backup_plan_id("dbs1".parse().unwrap());
    let error = ApiRequest::parameters(&rename.backup_plan_name("").build()).unwrap_err();
    assert!(error.to_string().starts_with("missing `BackupPlanName`"), "{error}");
}

#[tokio::test]
async fn closure_may_fail() {
    let dbs = FakeDbs::new();
    let configuration = |id: BackupPlanId| {
        let password = std::env::var("ALIYUN_DBS_TEST_PASSWORD_THAT_IS_NOT_SET")?;
        Ok::<_, std::env::VarError>(configure(&id, &password))
    };
    let error = client(&dbs).provision(create(), configuration).await.unwrap_err();
    assert_nothing_sent(&dbs, &error);
    assert!(matches!(error.cause(), ProvisionCause::Configuration(_)));
    assert!(error.to_string().contains("environment variable not found"), "{error}");
    assert!(!error.is_retryable());

    let good = |id: BackupPlanId| Ok::<_, io::Error>(configure(&id, "hunter2"));
    client(&dbs).provision(create(), good).await.unwrap();
}

#[tokio::test]
async fn closure_may_await_a_secret_store() {
    async fn read_secret() -> io::Result<String> {
        tokio::task::yield_now().await;
        Ok("hunter2".to_owned())
    }
    let dbs = FakeDbs::new();
    let run = client(&dbs).provision(create(), |id| async move {
        let password = read_secret().await?;
        Ok::<_, io::Error>(configure(&id, &password))
    });
    assert!(run.await.unwrap().configured);
    let run = client(&dbs).provision(create(), async |id| configure(&id, "hunter2"));
    run.await.unwrap();

    let never = client(&dbs).provision(create(), |_| std::future::pending::<ConfigureBackupPlan>());
    let error = never.timeout(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(error.stage(), ProvisionStage::Prepare);
    assert!(error.is_retryable() && !error.may_have_bought(), "{error}");
}

#[tokio::test]
async fn failed_call_in_the_closure_is_the_call() {
    let dbs = FakeDbs::new();
    let secrets = client(&dbs);
    let run = client(&dbs).provision(create(), move |id| async move {
        let rename = ModifyBackupPlanName::builder().backup_plan_id("dbs9".parse()?);
        secrets.send(rename.backup_plan_name("x").build()).await?;
        Ok::<_, aliyun_dbs::Error>(configure(&id, "hunter2"))
    });
    let error = run.await.unwrap_err();
    assert_eq!(error.call().unwrap().operation(), Some("ModifyBackupPlanName"));
    assert!(!error.may_have_bought());
}

#[tokio::test]
async fn name_made_of_the_plan_id_is_rejected() {
    let dbs = FakeDbs::new();
    let run = client(&dbs).provision(create(), |id| {
        let mut request = configure(&id, "hunter2");
        request.backup_plan_name = format!("orders-{id}");
        request
    });
    let error = run.await.unwrap_err();
    assert_nothing_sent(&dbs, &error);
    assert!(error.to_string().contains("invalid `BackupPlanName`"), "{error}");
}

#[tokio::test]
async fn plan_gets_its_own_id() {
    let dbs = FakeDbs::new();
    let run = client(&dbs).provision(create(), |_| configure(&"dbs7".parse().unwrap(), "hunter2"));
    let running = run.await.unwrap();
    assert_eq!(running.plan.backup_plan_id, running.backup_plan_id);
}

#[test]
fn blocking_closure_may_fail() {
    let dbs = FakeDbs::new();
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build_blocking().unwrap();
    let run = client.provision(create(), |_| Err::<ConfigureBackupPlan, _>("no password"));
    let error = run.run().unwrap_err();
    assert_nothing_sent(&dbs, &error);
    client.provision(create(), |id| configure(&id, "hunter2")).run().unwrap();
}
