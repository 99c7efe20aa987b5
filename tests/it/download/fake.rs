//! Tests of downloads against the fake service.

use std::time::Duration as Wait;

use aliyun_dbs::fake::{FakeDbs, FakeInstance, InstanceEngine};
use aliyun_dbs::v2021_01_01::operations::{CreateDownload, RetryDownloadTask};
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadSource};
use aliyun_dbs::workflows::DownloadError;
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};

use super::bucket;
use crate::support::download_of;

/// A fake with an instance.
pub(super) struct DownloadWorld {
    pub(super) dbs: FakeDbs,
    pub(super) client: Client,
    pub(super) instance: FakeInstance,
}

pub(super) fn world() -> DownloadWorld {
    with_engine(InstanceEngine::RdsMySql)
}

fn with_engine(engine: InstanceEngine) -> DownloadWorld {
    let dbs = FakeDbs::with_seed(7);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let id = "rm-orders".parse().unwrap();
    let instance = dbs.add_instance(Region::Hangzhou, id, engine);
    DownloadWorld { dbs, client, instance }
}

impl DownloadWorld {
    /// Returns a download of the first set to URLs in CSV.
    pub(super) fn request(&self) -> CreateDownload {
        download_of(&self.instance)
    }

    pub(super) fn tasks(&self) -> usize {
        self.dbs.advanced_downloads().len()
    }

    fn sent(&self, operation: &str) -> usize {
        self.dbs.requests().iter().filter(|request| request.operation() == operation).count()
    }
}

#[tokio::test]
async fn whole_download_gets_addresses() {
    let world = world();
    let downloaded = world.client.download(world.request()).await.unwrap();
    let url = downloaded.addresses.unwrap().public_url.unwrap();
    assert!(url.expose().contains(downloaded.task.task_id.as_str()));
    assert!(!downloaded.found);
    assert_eq!(world.tasks(), 1);
}

#[tokio::test]
async fn moment_into_a_bucket_has_no_addresses() {
    let world = world();
    let at = world.instance.backup_sets[1].created_at;
    let mut request = world.request();
    request.source = DownloadSource::Moment(at);
    request.target = bucket("orders/may");
    let downloaded = world.client.download(request.clone()).await.unwrap();
    assert_eq!(downloaded.addresses, None);
    let since = at - Wait::from_secs(1);
    let again = world.client.create_download(request).since(since).await.unwrap();
    assert!(again.found && again.task.task_id == downloaded.task.task_id);
    assert_eq!(world.tasks(), 1);
}

#[tokio::test]
async fn unsupported_engine_is_named() {
    let world = with_engine(InstanceEngine::RdsSqlServer);
    let error = world.client.download(world.request()).await.unwrap_err();
    assert!(matches!(error, DownloadError::Unsupported { .. }), "{error}");
    assert_eq!(world.sent("CreateDownload"), 0);
}

#[tokio::test]
async fn lost_response_finds_the_one_task() {
    let world = world();
    world.dbs.faults().drop_after_processing("CreateDownload");
    let created = world.client.create_download(world.request()).await.unwrap();
    assert!(created.found);
    assert_eq!((world.tasks(), world.sent("CreateDownload")), (1, 1));
}

#[tokio::test]
async fn lost_request_is_looked_up_and_not_repeated() {
    let world = world();
    world.dbs.faults().drop_before_processing("CreateDownload");
    let begun = world.dbs.clock().elapsed();
    let error = world.client.create_download(world.request()).await.unwrap_err();
    assert!(error.may_have_executed(), "{error}");
    assert_eq!((world.tasks(), world.sent("CreateDownload")), (0, 1));
    assert_eq!(world.sent("DescribeDownloadTask"), 4);
    assert_eq!(world.dbs.clock().elapsed().checked_sub(begun), Some(Wait::from_secs(10)));
    assert!(!world.client.create_download(world.request()).await.unwrap().found);
}

#[tokio::test]
async fn recent_download_is_the_same_for_the_service() {
    let world = world();
    let first = world.client.download(world.request()).await.unwrap();
    let again = world.client.create_download(world.request()).await.unwrap();
    assert!(again.found && again.task.task_id == first.task.task_id);
    assert_eq!((world.tasks(), world.sent("CreateDownload")), (1, 2));
    world.dbs.clock().advance(Wait::from_secs(600));
    assert!(!world.client.create_download(world.request()).await.unwrap().found);
    assert_eq!(world.tasks(), 2);
}

#[tokio::test]
async fn other_active_download_is_not_taken() {
    let world = world();
    world.client.create_download(world.request()).await.unwrap();
    let mut other = world.request();
    other.format = DownloadFormat::Sql;
    let error = world.client.create_download(other).await.unwrap_err();
    assert!(error.is("DBS.DownloadTask.OnlyOneRunningOrFailedTask"), "{error}");
    let active = world.dbs.advanced_downloads()[0].task_id.to_string();
    assert!(error.hint().unwrap().contains(&active), "{error}");
    assert_eq!(world.tasks(), 1);
}

#[tokio::test]
async fn rerun_after_a_failure_names_the_task() {
    for minutes in [0, 11] {
        let world = world();
        world.dbs.fail_next_download();
        let error = world.client.download(world.request()).await.unwrap_err();
        let task = error.task().unwrap().clone();
        world.dbs.clock().advance(Wait::from_secs(minutes * 60));
        let error = world.client.download(world.request()).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(task.as_str()) && text.contains("RetryDownloadTask"), "{text}");
        assert_eq!(matches!(error, DownloadError::Blocked { .. }), minutes > 10, "{text}");
        assert_eq!(world.tasks(), 1);
    }
}

#[tokio::test]
async fn failed_download_is_retried_and_resumed() {
    let world = world();
    world.dbs.fail_next_download();
    let error = world.client.download(world.request()).await.unwrap_err();
    let task = error.task().unwrap().clone();
    assert!(error.to_string().contains("RetryDownloadTask"), "{error}");
    let retry = RetryDownloadTask::builder()
        .region_code(Region::Hangzhou)
        .instance_name(world.instance.instance_name.clone())
        .task_id(task.clone())
        .build();
    world.client.send(retry).await.unwrap();
    let resumed = world.client.download(world.request()).resume(task.clone()).await.unwrap();
    assert_eq!(resumed.task.task_id, task);
    assert!(resumed.addresses.is_some());
    assert_eq!(world.tasks(), 1);
}

#[tokio::test]
async fn expired_download_must_be_created_again() {
    let world = world();
    let since = world.client.server_time();
    let task = world.client.download(world.request()).await.unwrap().task.task_id;
    world.dbs.clock().advance(Wait::from_secs(4 * 86_400));
    let error = world.client.download(world.request()).resume(task).await.unwrap_err();
    assert!(error.to_string().contains("has expired"), "{error}");
    let again = world.client.create_download(world.request()).since(since).await.unwrap();
    assert!(!again.found);
    assert_eq!(world.tasks(), 2);
}
