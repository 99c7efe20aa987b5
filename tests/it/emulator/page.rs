//! Tests of the status page.

use std::time::Duration;

use aliyun_dbs::Region;
use aliyun_dbs::fake::InstanceEngine;
use aliyun_dbs::operations::{CreateFullBackupSetDownload, StartBackupPlan};
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::{DownloadTarget, MySqlFormat};

use super::{EmulatorWorld, RawResponse, world};
use crate::support::{configure, create};

async fn page(world: &EmulatorWorld) -> RawResponse {
    world.http("GET /", "Accept: text/html,application/xhtml+xml\r\n", "").await
}

#[tokio::test]
async fn page_shows_plans_backups_and_calls() {
    let world = world().await;
    let page_of_nothing = page(&world).await;
    assert_eq!(page_of_nothing.status, 200);
    assert_eq!(page_of_nothing.body.matches("none yet").count(), 5);
    assert!(page_of_nothing.head.contains("content-security-policy: default-src 'none'"));

    let client = world.client();
    let id = client.send(create()).await.unwrap().backup_plan_id.clone();
    world.dbs.clock().advance(Duration::from_secs(5));
    let mut configuration = configure(&id, "hunter2");
    configuration.backup_plan_name = "<script>alert('1')</script> & \"more\"".parse().unwrap();
    client.send(configuration).await.unwrap();
    world.dbs.clock().advance(Duration::from_secs(10));
    client.send(StartBackupPlan::builder().backup_plan_id(id.clone()).build()).await.unwrap();
    world.dbs.clock().advance(Duration::from_secs(35));
    world.http("GET /?Action=%3Cimg%20src%3Dx%3E", "", "").await;
    world.dbs.faults().drop_before_processing("DescribeRegions");
    world.raw("GET /?Action=DescribeRegions HTTP/1.1\r\nHost: a\r\n\r\n").await;

    let html = page(&world).await.body;
    assert!(html.contains("<meta http-equiv=\"refresh\" content=\"2\">"));
    assert!(html.contains(id.as_str()));
    assert!(
        html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
    );
    assert!(html.contains("&lt;img src=x&gt;"));
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("hunter2"));
    assert!(html.contains("width:50%"), "{html}");
    for text in ["CreateBackupPlan", "StartBackupPlan", "IncompleteSignature", "connection closed"]
    {
        assert!(html.contains(text), "the page does not show {text}: {html}");
    }
    assert!(html.contains("class=\"state good\">ok<"), "{html}");
}

#[tokio::test]
async fn page_shows_downloads_of_both_versions() {
    let world = world().await;
    let plan = world.backed_up().await;
    let client = world.client();
    let set = world.dbs.full_backups()[0].backup_set_id.clone();
    let download = CreateFullBackupSetDownload::builder().backup_set_id(set).build();
    let of_plan = client.send(download).await.unwrap().backup_set_download_task_id.clone();
    let id = "rm-<b>".parse().unwrap();
    let instance = world.dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
    let request = CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name(instance.instance_name)
        .source(instance.backup_sets[0].id.clone())
        .format(MySqlFormat::QpXb)
        .target(DownloadTarget::Url)
        .build();
    let of_instance = client.send(request).await.unwrap().task_id.clone();
    for (seconds, state) in [
        (0, "class=\"state\">initializing<"),
        (40, "class=\"state good\">running<"),
        (30, "class=\"state good\">finished<"),
        (3 * 86_400, "class=\"state\">expired<"),
    ] {
        world.dbs.clock().advance(Duration::from_secs(seconds));
        let html = page(&world).await.body;
        assert!(html.contains(state), "{state}: {html}");
        for text in [plan.as_str(), of_plan.as_str(), of_instance.as_str(), "rm-&lt;b&gt;", "qp.xb"]
        {
            assert!(html.contains(text), "the page does not show {text}: {html}");
        }
        assert!(html.contains("<td>2021-01-01</td>") && html.contains("<td>2019-03-06</td>"));
        assert!(!html.contains("Signature="), "{html}");
    }
}

#[tokio::test]
async fn failed_download_is_red_on_the_page() {
    let world = world().await;
    let id = "rm-orders".parse().unwrap();
    let instance = world.dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
    world.dbs.fail_next_download();
    let request = CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name(instance.instance_name)
        .source(instance.backup_sets[0].id.clone())
        .format(MySqlFormat::Csv)
        .target(DownloadTarget::Url)
        .build();
    let task = world.client().send(request).await.unwrap().task_id.clone();
    world.dbs.clock().advance(Duration::from_secs(60));
    let html = page(&world).await.body;
    let (_, downloads) = html.split_once("<h2>Downloads <small>1<").unwrap();
    let (row, _) = downloads.split_once("</tbody>").unwrap();
    for text in [task.as_str(), "<code>rm-orders<", "state bad\">failed<", "bar bad\"", "50&nbsp;%"]
    {
        assert!(row.contains(text), "the row does not have {text}: {row}");
    }
    // The same row as JSON.
    let state = world.control("GET /_emulator/state", "").await.json();
    let download = &state["advanced_downloads"][0];
    assert_eq!(download["task_id"], task.as_str());
    assert_eq!((&download["status"], &download["progress"]), (&"failed".into(), &50.into()));
}

#[tokio::test]
async fn sdks_never_receive_the_page() {
    let world = world().await;
    let html = "Accept: text/html\r\n";
    for line in ["GET /?Action=DescribeRegions", "GET /?Signature=x", "POST /"] {
        let response = world.http(line, html, "").await;
        assert!(!response.head.contains("text/html"), "{line}: {response:?}");
    }
    let response = world.http("HEAD /", html, "").await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
}
