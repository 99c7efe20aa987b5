//! Tests of paging against scripted responses.

use std::time::Duration;

use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::{PageSize, page_size};
use aliyun_dbs::{Client, ErrorKind, Region, RetryPolicy};
use futures_util::{StreamExt, TryStreamExt};

fn client(transport: &ScriptedTransport) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(aliyun_dbs::credentials::Credentials::new("id", "secret"))
        .transport(transport.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

/// Returns a page of plans with ids from `first` on.
fn page(first: u32, rows: u32, total: u32) -> String {
    let rows: Vec<_> = (first..first + rows)
        .map(|n| {
            serde_json::json!({
                "BackupPlanId": format!("dbs{n}"), "BackupPlanName": "n",
                "BackupPlanStatus": "wait", "BackupPlanCreateTime": 1,
                "BackupMethod": "logical", "DatabaseType": "MySQL", "InstanceClass": "micro",
            })
        })
        .collect();
    serde_json::json!({
        "Success": true, "PageNum": 1, "PageSize": 2, "TotalPages": total.div_ceil(2),
        "TotalElements": total, "Items": { "BackupPlanDetail": rows },
    })
    .to_string()
}

fn request() -> DescribeBackupPlanList {
    DescribeBackupPlanList::builder().page_size(page_size!(2)).build()
}

fn requested_pages(transport: &ScriptedTransport) -> Vec<String> {
    let requests = transport.requests();
    requests.iter().map(|request| request.parameter("PageNum").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_start_at_zero_and_end_at_the_total() {
    let transport = ScriptedTransport::new()
        .respond(200, page(0, 2, 5))
        .respond(200, page(2, 2, 5))
        .respond(200, page(4, 1, 5));
    let mut pages = client(&transport).pages(request());
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await {
        rows.push(page.unwrap().items.len());
    }
    assert_eq!(rows, [2, 2, 1]);
    assert_eq!(requested_pages(&transport), ["0", "1", "2"]);
    assert!(pages.next().await.is_none(), "stays at the end, without a call");
    assert_eq!(transport.requests().len(), 3);
}

#[tokio::test]
async fn full_last_page_needs_no_further_call() {
    let transport =
        ScriptedTransport::new().respond(200, page(0, 2, 4)).respond(200, page(2, 2, 4));
    let plans = client(&transport).items(request()).collect().await.unwrap();
    assert_eq!(plans.len(), 4);
    assert_eq!(transport.requests().len(), 2);
}

#[tokio::test]
async fn early_end_is_an_error() {
    for (second, says) in [
        (page(2, 0, 100), "page 1 is empty"),
        (page(0, 2, 100), "page 1 repeats the page before it"),
    ] {
        let transport =
            ScriptedTransport::new().respond(200, page(0, 2, 100)).respond(200, second.clone());
        let mut items = client(&transport).items(request());
        items.next().await.unwrap().unwrap();
        items.next().await.unwrap().unwrap();
        let error = items.next().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Response, true), "{error}");
        assert!(error.to_string().contains("DescribeBackupPlanList failed"), "{error}");
        assert!(error.to_string().contains("after 2 of 100 items"), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(items.page_num(), 1, "the position does not change");
        assert_eq!(requested_pages(&transport), ["0", "1"]);
    }
}

#[tokio::test]
async fn empty_or_repeated_page_ends_without_total() {
    for second in [page(2, 0, 0), page(0, 2, 0)] {
        let transport = ScriptedTransport::new().respond(200, page(0, 2, 0)).respond(200, second);
        assert_eq!(client(&transport).items(request()).collect().await.unwrap().len(), 2);
        assert_eq!(transport.requests().len(), 2);
    }
}

#[tokio::test]
async fn zero_total_does_not_lose_items() {
    let transport = ScriptedTransport::new()
        .respond(200, page(0, 2, 0))
        .respond(200, page(2, 1, 0))
        .respond(200, page(3, 0, 0));
    assert_eq!(client(&transport).items(request()).collect().await.unwrap().len(), 3);
}

#[tokio::test]
async fn failed_page_is_requested_again() {
    let transport = ScriptedTransport::new()
        .respond(200, page(0, 2, 4))
        .fail(TransportError::interrupted("the connection broke"))
        .respond(200, page(2, 2, 4));
    let mut items = client(&transport).items(request());
    assert_eq!(items.next().await.unwrap().unwrap().backup_plan_id.as_str(), "dbs0");
    assert_eq!(items.next().await.unwrap().unwrap().backup_plan_id.as_str(), "dbs1");
    items.next().await.unwrap().unwrap_err();
    assert_eq!(items.page_num(), 1, "the position does not change");
    assert_eq!(items.next().await.unwrap().unwrap().backup_plan_id.as_str(), "dbs2");
    assert_eq!(requested_pages(&transport), ["0", "1", "1"]);
}

#[tokio::test]
async fn pages_resume_at_a_page_number() {
    let transport = ScriptedTransport::new().respond(200, page(0, 2, 6));
    let mut pages = client(&transport).pages(request());
    pages.next().await.unwrap().unwrap();
    let resume = pages.page_num();
    assert_eq!(resume, 1);

    let transport =
        ScriptedTransport::new().respond(200, page(2, 2, 6)).respond(200, page(4, 2, 6));
    let mut request = request();
    request.page_num = Some(resume);
    let plans = client(&transport).items(request).collect().await.unwrap();
    assert_eq!(plans.len(), 4);
    assert_eq!(requested_pages(&transport), ["1", "2"]);
}

#[tokio::test]
async fn pages_and_items_are_streams() {
    let transport =
        ScriptedTransport::new().respond(200, page(0, 2, 3)).respond(200, page(2, 1, 3));
    let ids: Vec<_> = client(&transport)
        .items(request())
        .map_ok(|plan| plan.backup_plan_id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["dbs0", "dbs1", "dbs2"]);

    let transport = ScriptedTransport::new().respond(200, page(0, 2, 2));
    let pages: Vec<_> = client(&transport).pages(request()).collect().await;
    assert_eq!(pages.len(), 1);
}

#[tokio::test]
async fn pages_are_lazy() {
    let transport = ScriptedTransport::new();
    let pages = client(&transport).pages(request());
    tokio::time::timeout(Duration::from_millis(1), std::future::pending::<()>()).await.unwrap_err();
    drop(pages);
    assert!(transport.requests().is_empty());
}

#[tokio::test]
async fn smaller_pages_do_not_lose_items() {
    let transport = ScriptedTransport::new()
        .respond(200, page(0, 2, 5))
        .respond(200, page(2, 2, 5))
        .respond(200, page(4, 1, 5));
    let request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
    let plans = client(&transport).items(request).collect().await.unwrap();
    assert_eq!(plans.len(), 5);
}

#[tokio::test]
async fn items_resume_without_missing_any() {
    let transport =
        ScriptedTransport::new().respond(200, page(0, 2, 4)).respond(200, page(2, 2, 4));
    let mut items = client(&transport).items(request());
    for (row, resume) in [(0, 0), (1, 1), (2, 1), (3, 2)] {
        let plan = items.next().await.unwrap().unwrap();
        assert_eq!(plan.backup_plan_id.as_str(), format!("dbs{row}"));
        assert_eq!(items.page_num(), resume, "after item {row}");
    }
}

#[tokio::test]
async fn resume_on_smaller_pages_misses_no_items() {
    let transport =
        ScriptedTransport::new().respond(200, page(2, 2, 5)).respond(200, page(4, 1, 5));
    let mut request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
    request.page_num = Some(1);
    let plans = client(&transport).items(request).collect().await.unwrap();
    assert_eq!(plans.len(), 3);
}
