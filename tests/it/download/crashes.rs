//! Tests of downloads that stop after any exchange, and are run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::v2021_01_01::types::DownloadTaskId;
use aliyun_dbs::workflows::{Download, DownloadStep};
use aliyun_dbs::{Client, ErrorKind, Region, RetryPolicy};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::fake::world;

/// A network that fails permanently at one exchange.
#[derive(Debug)]
struct Cut {
    dbs: FakeDbs,
    exchanges: AtomicUsize,
    last: usize,
    /// Whether the service still gets the last request.
    delivers: bool,
}

#[async_trait]
impl Transport for Cut {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let exchange = self.exchanges.fetch_add(1, Ordering::Relaxed);
        if exchange < self.last {
            return self.dbs.send(request).await;
        }
        if exchange == self.last && self.delivers {
            let _ = self.dbs.send(request).await;
        }
        Err(TransportError::interrupted("the network is gone"))
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.dbs)
    }
}

fn cut_client(dbs: &FakeDbs, last: usize, delivers: bool) -> Client {
    let exchanges = AtomicUsize::new(0);
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(Cut { dbs: dbs.clone(), exchanges, last, delivers })
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

/// Runs a download to its end, and returns its task, and whether it succeeded.
async fn run(mut download: Download) -> (Option<DownloadTaskId>, bool) {
    let mut created = None;
    while let Some(step) = download.next().await {
        match step {
            Ok(DownloadStep::Created { task, .. }) => created = Some(task),
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.task(), created.as_ref(), "{error}");
                return (created, false);
            }
        }
    }
    (created, true)
}

/// Stops a download after each number of exchanges, and runs it again until it succeeds.
async fn stopped_everywhere(delivers: bool, resumes: bool) {
    for cut_at in 0.. {
        let world = world();
        let since = world.client.server_time();
        let cut = cut_client(&world.dbs, cut_at, delivers);
        let first = cut.download(world.request()).since(since).timeout(Duration::from_secs(300));
        let (task, succeeded) = run(first).await;
        let again = world.client.download(world.request()).since(since);
        let again = match task {
            Some(task) if resumes => again.resume(task),
            _ => again,
        };
        let downloaded = again.await.unwrap();
        assert!(downloaded.addresses.is_some());
        assert_eq!(world.tasks(), 1, "stopped at exchange {cut_at}");
        if succeeded {
            assert!(cut_at >= 6, "a download has more than {cut_at} exchanges");
            return;
        }
    }
}

#[tokio::test]
async fn clock_ahead_does_not_hide_the_download() {
    let world = world();
    let ahead = world.client.server_time() + Duration::from_secs(2 * 3600);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(world.dbs.credentials())
        .transport(world.dbs.clone())
        .clock(Arc::new(FakeClock::starting_at(ahead)))
        .build()
        .unwrap();
    let since = client.server_time();
    let error = client.create_download(world.request()).since(since).await.unwrap_err();
    assert_eq!((error.kind(), world.tasks()), (ErrorKind::Request, 0), "{error}");

    let since = client.server_time();
    let first = client.create_download(world.request()).since(since).await.unwrap();
    // The download has finished, and the service no longer refuses the same one.
    world.dbs.clock().advance(Duration::from_secs(700));
    let again = client.create_download(world.request()).since(since).await.unwrap();
    assert!(again.found && again.task.task_id == first.task.task_id);
    assert_eq!(world.tasks(), 1);
}

#[tokio::test]
async fn download_stopped_before_delivery_runs_once() {
    stopped_everywhere(false, false).await;
    stopped_everywhere(false, true).await;
}

#[tokio::test]
async fn download_stopped_after_delivery_runs_once() {
    stopped_everywhere(true, false).await;
    stopped_everywhere(true, true).await;
}
