//! Tests of options that are set after the first step of a workflow.

use std::time::Duration;

use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject};
use aliyun_dbs::workflows::drill::{DrillCause, DrillStep};
use aliyun_dbs::workflows::{
    Download, DownloadError, DownloadStep, Provision, ProvisionCause, ProvisionStage, ProvisionStep,
};
use aliyun_dbs::{Client, Region};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::support::{configure, create, download_of};

const SAYS: &str = "an option was set after the first step";

/// A transport that suspends each call once, so that a workflow stops at each step.
#[derive(Debug)]
struct Suspending(FakeDbs);

#[async_trait]
impl Transport for Suspending {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        tokio::task::yield_now().await;
        self.0.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.0)
    }
}

fn client_with(dbs: &FakeDbs, transport: impl Transport + 'static) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(transport)
        .build()
        .unwrap()
}

fn client(dbs: &FakeDbs) -> Client {
    client_with(dbs, Suspending(dbs.clone()))
}

fn sent(dbs: &FakeDbs, operation: &str) -> usize {
    dbs.requests().iter().filter(|request| request.operation() == operation).count()
}

fn download(dbs: &FakeDbs, client: &Client) -> Download {
    let id = "rm-orders".parse().unwrap();
    let instance = dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
    client.download(download_of(&instance))
}

#[tokio::test]
async fn late_resume_prevents_the_creation() {
    let dbs = FakeDbs::new();
    let mut download = download(&dbs, &client(&dbs));
    assert_eq!(download.next().await.unwrap().unwrap(), DownloadStep::Supported);
    let download = download.resume("dt-1".parse().unwrap());
    let error = download.await.unwrap_err();
    assert!(matches!(error, DownloadError::LateOption { task: None }), "{error}");
    let text = error.to_string();
    assert!(text.starts_with(SAYS) && text.contains("`since`"), "{text}");
    assert!(error.may_have_created() && !error.is_retryable());
    assert_eq!(sent(&dbs, "CreateDownload"), 0);
}

#[tokio::test]
async fn late_option_names_the_created_download() {
    let dbs = FakeDbs::new();
    let mut download = download(&dbs, &client(&dbs));
    while !matches!(download.next().await.unwrap().unwrap(), DownloadStep::Created { .. }) {}
    let mut download = download.timeout(Duration::from_secs(1));
    let error = download.next().await.unwrap().unwrap_err();
    let task = dbs.advanced_downloads()[0].task_id.clone();
    assert_eq!(error.task(), Some(&task));
    assert!(!error.may_have_created());
    assert!(error.to_string().ends_with(&format!("`resume(\"{task}\")`")), "{error}");
    assert!(download.next().await.is_none());
    let error = download.await.unwrap_err();
    assert!(matches!(error, DownloadError::Ended), "{error}");
}

#[tokio::test]
async fn steps_that_were_not_read_are_known() {
    let dbs = FakeDbs::new();
    // Without suspension, the first poll runs the whole download.
    let mut download = download(&dbs, &client_with(&dbs, dbs.clone()));
    assert_eq!(download.next().await.unwrap().unwrap(), DownloadStep::Supported);
    let error = download.timeout(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(error.task(), Some(&dbs.advanced_downloads()[0].task_id));
}

#[tokio::test]
async fn error_of_the_run_outlives_a_late_option() {
    for is_read in [false, true] {
        let dbs = FakeDbs::new();
        dbs.faults().business_error("DescribeDownloadTask", "DBS.ParamIsInValid", "no");
        // Without suspension, the first poll runs up to the error.
        let mut download = download(&dbs, &client_with(&dbs, dbs.clone()));
        while let Some(Ok(_)) = download.next().await {
            if !is_read {
                break;
            }
        }
        let error = download.timeout(Duration::from_secs(1)).await.unwrap_err();
        if is_read {
            assert!(matches!(error, DownloadError::Ended), "{error}");
        } else {
            assert!(error.call().unwrap().is("DBS.ParamIsInValid"), "{error}");
        }
    }
}

#[tokio::test]
async fn late_option_replaces_a_result() {
    let dbs = FakeDbs::new();
    let mut download = download(&dbs, &client(&dbs));
    while let Some(step) = download.next().await {
        step.unwrap();
    }
    let error = download.timeout(Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(&error, DownloadError::LateOption { task: Some(_) }), "{error}");
}

#[tokio::test]
async fn options_before_the_first_step_are_accepted() {
    let dbs = FakeDbs::new();
    let download = download(&dbs, &client(&dbs)).timeout(Duration::from_secs(600));
    download.timeout(Duration::from_secs(900)).await.unwrap();
}

fn provision(dbs: &FakeDbs) -> Provision {
    client(dbs)
        .provision(create(), |plan| configure(&plan, "hunter2"))
        .client_token("t-1".parse().unwrap())
}

#[tokio::test]
async fn late_option_of_a_provisioning_names_the_plan() {
    let dbs = FakeDbs::new();
    let mut provision = provision(&dbs);
    while !matches!(provision.next().await.unwrap().unwrap(), ProvisionStep::Created { .. }) {}
    let provision = provision.timeout(Duration::from_secs(1));
    let error = provision.await.unwrap_err();
    assert!(matches!(error.cause(), ProvisionCause::LateOption), "{error}");
    assert_eq!(error.backup_plan_id(), Some(&dbs.plans()[0].backup_plan_id));
    assert_eq!(error.stage(), ProvisionStage::Settle);
    let text = error.to_string();
    assert!(text.contains(SAYS) && text.contains("`resume`"), "{text}");
    assert_eq!(sent(&dbs, "ConfigureBackupPlan"), 0);
}

#[tokio::test]
async fn late_option_before_the_plan_names_the_token() {
    let dbs = FakeDbs::new();
    let mut provision = provision(&dbs);
    let prepared = provision.next().await.unwrap().unwrap();
    assert!(matches!(prepared, ProvisionStep::Prepared), "{prepared:?}");
    let other = "t-2".parse().unwrap();
    let provision = provision.client_token(other);
    assert_eq!(provision.token().unwrap().as_str(), "t-1");
    let error = provision.await.unwrap_err();
    assert_eq!(error.client_token().unwrap().as_str(), "t-1");
    assert!(error.may_have_bought(), "the purchase may be in flight");
    assert!(error.to_string().contains("`t-1`"), "{error}");
}

#[tokio::test]
async fn late_option_of_a_drill_stops_it() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let plan = provision(&dbs).await.unwrap().backup_plan_id;
    dbs.clock().advance(Duration::from_secs(3600));
    let destination = RestoreDestination::Rds {
        region: Region::Hangzhou,
        instance_id: "rm-2".parse().unwrap(),
        access: DatabaseAccess::mysql("restore", "hunter2"),
        objects: RestoreObject::database("orders").into(),
    };
    let mut drill = client.drill(plan).restore_to(destination).destination_verified();
    while !matches!(drill.next().await.unwrap().unwrap(), DrillStep::Created { .. }) {}
    let error = drill.timeout(Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::LateOption), "{error}");
    assert!(error.to_string().contains(SAYS), "{error}");
    let task = &dbs.restore_tasks()[0].restore_task_id;
    assert_eq!(error.record().restore_task.as_ref(), Some(task));
    assert!(!error.record().passed && error.record().failure.is_some());
    assert_eq!(sent(&dbs, "StartRestoreTask"), 0);
}

#[cfg(feature = "blocking")]
#[test]
fn late_option_of_a_blocking_provisioning() {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(Suspending(dbs.clone()))
        .build_blocking()
        .unwrap();
    let mut provision = client.provision(create(), |plan| configure(&plan, "hunter2"));
    provision.next().unwrap().unwrap();
    let error = provision.timeout(Duration::from_secs(1)).run().unwrap_err();
    assert!(matches!(error.cause(), ProvisionCause::LateOption), "{error}");
}
