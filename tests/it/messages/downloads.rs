//! Advanced downloads: the wait, the creation and the workflow.

use std::time::Duration;

use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::DownloadFormat;
use aliyun_dbs::wait::DownloadFinished;
use aliyun_dbs::{Client, Region, RetryPolicy};

use super::Catalog;
use crate::support::download_of;

/// Returns a fake with an instance, and a download of its first set.
fn service(engine: InstanceEngine) -> (FakeDbs, Client, CreateDownload) {
    let dbs = FakeDbs::with_seed(1);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let instance = dbs.add_instance(Region::Hangzhou, "rm-orders".parse().unwrap(), engine);
    (dbs, client, download_of(&instance))
}

type Prepare = fn(&FakeDbs);

pub(super) async fn print(catalog: &mut Catalog) {
    let about =
        "`Client::download`, `DownloadError`; `Client::create_download`, `DownloadFinished`.";
    catalog.section("Downloads", about);
    let causes: [(&str, InstanceEngine, Prepare); 8] = [
        ("the engine is not supported", InstanceEngine::RdsSqlServer, |_| {}),
        ("the support is unknown", InstanceEngine::RdsMySql, |dbs| {
            let body = r#"{"RequestId":"R","Success":"true","Data":""}"#;
            dbs.faults().replace_body("DescribeDownloadSupport", body);
        }),
        ("a row of the list is unreadable", InstanceEngine::RdsMySql, |dbs| {
            let body = r#"{"RequestId":"R","Success":"true","Data":{"Content":{"List":[7]}}}"#;
            dbs.faults().replace_body("DescribeDownloadTask", body);
        }),
        ("the same download exists, and is not listed", InstanceEngine::RdsMySql, |dbs| {
            let code = "DBS.DownloadTask.JobAlreadyExist";
            dbs.faults().business_error("CreateDownload", code, "it exists");
        }),
        ("the response to the creation is lost", InstanceEngine::RdsMySql, |dbs| {
            dbs.faults().drop_before_processing("CreateDownload");
        }),
        ("the download fails", InstanceEngine::RdsMySql, FakeDbs::fail_next_download),
        ("the addresses are missing", InstanceEngine::RdsMySql, |dbs| {
            let body = r#"{"RequestId":"R","Success":"true","Data":{}}"#;
            dbs.faults().replace_body("DescribeDownloadBackupSetStorageInfo", body);
        }),
        ("the addresses are refused", InstanceEngine::RdsMySql, |dbs| {
            let code = "DBS.DownloadTask.CannotFind";
            dbs.faults().business_error("DescribeDownloadBackupSetStorageInfo", code, "unknown");
        }),
    ];
    for (cause, engine, prepare) in causes {
        let (dbs, client, request) = service(engine);
        prepare(&dbs);
        catalog.add(cause, client.download(request).await.unwrap_err());
    }
    let (dbs, client, request) = service(InstanceEngine::RdsMySql);
    let since = client.server_time() + Duration::from_secs(3600);
    let future = client.create_download(request.clone()).since(since);
    catalog.add("`since` is in the future", future.await.unwrap_err());
    let short = client.download(request.clone()).timeout(Duration::from_secs(30));
    let error = short.await.unwrap_err();
    let task = error.task().unwrap().clone();
    catalog.add("a timeout", error);
    let mut other = request.clone();
    other.format = DownloadFormat::Sql;
    catalog.add("another download is active", client.create_download(other).await.unwrap_err());
    let (failing, blocked, request_again) = service(InstanceEngine::RdsMySql);
    failing.fail_next_download();
    let failed = blocked.download(request_again.clone()).await;
    assert!(failed.is_err());
    failing.clock().advance(Duration::from_secs(600));
    let error = blocked.download(request_again.clone()).await.unwrap_err();
    catalog.add("a failed download blocks the instance", error);
    let (_dbs, client_again, request_again) = service(InstanceEngine::RdsMySql);
    let mut late = client_again.download(request_again);
    late.next().await;
    let late = late.timeout(Duration::from_secs(60));
    catalog.add("an option is set after the first step", late.await.unwrap_err());
    dbs.clock().advance(Duration::from_secs(4 * 86_400));
    let mut expired = client.download(request.clone()).resume(task);
    while let Some(step) = expired.next().await {
        if let Err(error) = step {
            catalog.add("the download to resume has expired", error);
        }
    }
    catalog.add("awaited again after it has ended", expired.await.unwrap_err());
    let absent = DownloadFinished::new(
        Region::Hangzhou,
        request.instance_name,
        "dt-absent".parse().unwrap(),
    );
    catalog.add("a download that does not exist", client.wait_for(absent).await.unwrap_err());
}
