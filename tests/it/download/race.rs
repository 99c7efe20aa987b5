//! Tests of two processes that create a download at the same moment.

use std::sync::Arc;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::v2021_01_01::types::DownloadFormat;
use aliyun_dbs::{Client, Error, Region, RetryPolicy};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Barrier;

use super::bucket;
use super::fake::{DownloadWorld, world};

/// A transport that delivers `CreateDownload` once both processes have sent it.
#[derive(Debug)]
struct AtTheSameMoment {
    dbs: FakeDbs,
    both: Arc<Barrier>,
}

#[async_trait]
impl Transport for AtTheSameMoment {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if request.headers().get("x-acs-action").is_some_and(|name| name == "CreateDownload") {
            self.both.wait().await;
        }
        self.dbs.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.dbs)
    }
}

fn clients(world: &DownloadWorld) -> [Client; 2] {
    let both = Arc::new(Barrier::new(2));
    [(); 2].map(|()| {
        Client::builder()
            .region(Region::Hangzhou)
            .credentials(world.dbs.credentials())
            .transport(AtTheSameMoment { dbs: world.dbs.clone(), both: both.clone() })
            .retry(RetryPolicy::never())
            .build()
            .unwrap()
    })
}

fn creations(world: &DownloadWorld) -> usize {
    let requests = world.dbs.requests();
    requests.iter().filter(|request| request.operation() == "CreateDownload").count()
}

#[tokio::test]
async fn loser_of_a_race_finds_the_download() {
    let world = world();
    let [one, other] = clients(&world);
    let (one, other) = tokio::join!(one.download(world.request()), other.download(world.request()));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(creations(&world), 2, "both have found nothing, and sent it");
    assert_eq!(world.tasks(), 1);
    assert_eq!(one.task.task_id, other.task.task_id);
    assert!(one.found != other.found, "one has created it, and one has found it");
    assert!(one.addresses.is_some() && other.addresses.is_some());
}

#[tokio::test]
async fn loser_of_another_download_learns_the_blocker() {
    let world = world();
    let [one, other] = clients(&world);
    let mut in_sql = world.request();
    in_sql.format = DownloadFormat::Sql;
    let (one, other) = tokio::join!(one.create_download(world.request()), async {
        other.create_download(in_sql).await
    });
    let (winner, refused): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(Result::is_ok);
    assert_eq!((winner.len(), world.tasks()), (1, 1));
    let error: Error = refused.into_iter().next().unwrap().unwrap_err();
    let task = world.dbs.advanced_downloads()[0].task_id.to_string();
    assert!(error.hint().unwrap().contains(&task), "{error}");
}

#[tokio::test]
async fn loser_into_a_bucket_needs_since() {
    for with_since in [false, true] {
        let world = world();
        let since = world.client.server_time();
        let mut to_bucket = world.request();
        to_bucket.target = bucket("orders/may");
        let [one, other] = clients(&world).map(|client| {
            let creation = client.create_download(to_bucket.clone());
            if with_since { creation.since(since) } else { creation }
        });
        let (one, other) = tokio::join!(async { one.await }, async { other.await });
        assert_eq!(world.tasks(), 1);
        let succeeded = usize::from(one.is_ok()) + usize::from(other.is_ok());
        assert_eq!(succeeded, if with_since { 2 } else { 1 });
    }
}
