//! Tests of lists that change while `Client::items` and `Client::pages` walk them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{BackupPlanDetail, DescribeBackupPlanList, ReleaseBackupPlan};
use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
use aliyun_dbs::types::{Billing, page_size};
use aliyun_dbs::{Client, ErrorKind, Items, Region};
use async_trait::async_trait;
use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::support::create;

const PAGE: usize = 3;

/// Changes the rows of a list after the response to a request with this number.
type ListChange = Box<dyn FnMut(&mut Vec<u32>, usize) + Send>;

/// A list of rows that changes.
struct ChangingList {
    rows: Vec<u32>,
    requested: Vec<usize>,
    change: ListChange,
    has_null_rows: bool,
}

impl ChangingList {
    fn row(&self, row: u32) -> serde_json::Value {
        if self.has_null_rows && row % 10 == NULL_ROW { json!(null) } else { row_json(row) }
    }
}

#[derive(Clone)]
struct ListServer(Arc<Mutex<ChangingList>>);

impl fmt::Debug for ListServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListServer")
    }
}

#[async_trait]
impl Transport for ListServer {
    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let query = request.uri().query().unwrap();
        let (_, number) = query.split_once("PageNum=").unwrap();
        let number: usize = number.split('&').next().unwrap().parse().unwrap();
        let list = &mut *self.0.lock().unwrap();
        list.requested.push(number);
        let rows: Vec<_> =
            list.rows.iter().skip(number * PAGE).take(PAGE).map(|row| list.row(*row)).collect();
        let body = json!({
            "RequestId": "R", "Success": true, "PageNum": number, "PageSize": PAGE,
            "TotalPages": list.rows.len().div_ceil(PAGE), "TotalElements": list.rows.len(),
            "Items": { "BackupPlanDetail": rows },
        });
        (list.change)(&mut list.rows, list.requested.len());
        Ok(Response::new(body.to_string().into()))
    }
}

/// Rows whose number ends in this digit are `null`, in lists that have such rows.
const NULL_ROW: u32 = 7;

fn row_json(row: u32) -> serde_json::Value {
    json!({
        "BackupPlanId": format!("dbs{row}"), "BackupPlanName": "p", "BackupPlanStatus": "running",
        "BackupPlanCreateTime": 1, "BackupMethod": "logical", "DatabaseType": "MySQL",
        "InstanceClass": "micro",
    })
}

/// Returns a server of rows 0 to `rows`, and the items that a client reads from it.
fn list(
    rows: u32,
    change: impl FnMut(&mut Vec<u32>, usize) + Send + 'static,
) -> (ListServer, Items<DescribeBackupPlanList>) {
    let server = ListServer(Arc::new(Mutex::new(ChangingList {
        rows: (0..rows).collect(),
        requested: Vec::new(),
        change: Box::new(change),
        has_null_rows: false,
    })));
    let client = client(server.clone());
    let items = client.items(DescribeBackupPlanList::builder().page_size(page_size!(3)).build());
    (server, items)
}

fn client(transport: impl Transport + 'static) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(transport)
        .build()
        .unwrap()
}

fn number(plan: &BackupPlanDetail) -> u32 {
    plan.backup_plan_id.as_str()[3..].parse().unwrap()
}

/// Returns the rows that a client reads, and the pages that it requests.
async fn walk(
    rows: u32,
    change: impl FnMut(&mut Vec<u32>, usize) + Send + 'static,
) -> (Vec<u32>, Vec<usize>) {
    let (server, items) = list(rows, change);
    let walked = items.collect().await.unwrap().iter().map(number).collect();
    let requested = server.0.lock().unwrap().requested.clone();
    (walked, requested)
}

#[tokio::test]
async fn list_without_changes_needs_one_call_per_page() {
    assert_eq!(walk(9, |_, _| {}).await, ((0..9).collect(), vec![0, 1, 2]));
    assert_eq!(walk(7, |_, _| {}).await, ((0..7).collect(), vec![0, 1, 2]));
    assert_eq!(walk(0, |_, _| {}).await, (vec![], vec![0]));
}

#[tokio::test]
async fn insertion_in_front_repeats_no_item() {
    let (walked, requested) = walk(7, |rows, call| {
        if call == 1 {
            rows.insert(0, 100);
        }
    })
    .await;
    // The new row is found in the end, because the total says that one is missing.
    assert_eq!(walked, [0, 1, 2, 3, 4, 5, 6, 100]);
    assert_eq!(requested[..3], [0, 1, 2]);
}

#[tokio::test]
async fn removal_in_front_loses_no_item() {
    for removed in 1..=7 {
        let (walked, requested) = walk(12, move |rows, call| {
            if call == 3 {
                rows.drain(..removed);
            }
        })
        .await;
        assert_eq!(walked, (0..12).collect::<Vec<_>>(), "{removed} removed, {requested:?}");
    }
}

#[tokio::test]
async fn removal_of_all_rows_ends_the_list() {
    let (walked, _) = walk(9, |rows, call| {
        if call == 2 {
            rows.clear();
        }
    })
    .await;
    assert_eq!(walked, (0..6).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_repeat_items_but_lose_none() {
    let (server, _) = list(9, |rows, call| match call {
        1 => rows.insert(0, 100),
        2 => drop(rows.drain(..3)),
        _ => {}
    });
    let client = client(server);
    let mut pages =
        client.pages(DescribeBackupPlanList::builder().page_size(page_size!(3)).build());
    let mut seen = BTreeSet::new();
    while let Some(page) = pages.next().await {
        seen.extend(page.unwrap().items.iter().map(number));
    }
    assert!((0..9).all(|row| seen.contains(&row)), "{seen:?}");
}

#[tokio::test]
async fn endless_changes_are_an_error() {
    // Each response has another total, and no page overlaps with the one before.
    let (server, mut items) = list(30, |rows, call| {
        let next = u32::try_from(call).unwrap() * 1000;
        let len = if call % 2 == 0 { 30 } else { 29 };
        *rows = (next..next + len).collect();
    });
    let error = loop {
        match items.next().await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Response);
    assert!(error.to_string().contains("differs in each request"), "{error}");
    assert!(server.0.lock().unwrap().requested.len() < 40);
}

#[tokio::test]
async fn balanced_removal_and_append_stay_unseen() {
    // The documented exception: the total is the same, so that nothing shows the shift.
    let (walked, requested) = walk(9, |rows, call| {
        if call == 1 {
            rows.remove(0);
            rows.push(100);
        }
    })
    .await;
    assert_eq!(walked, [0, 1, 2, 4, 5, 6, 7, 8, 100]);
    assert_eq!(requested, [0, 1, 2]);
}

/// Changes a list at random after each of the first calls.
///
/// Returns, for each seed, how many rows were lost and whether the loss was visible.
async fn random_walk(seed: u64, inserts_anywhere: bool, has_null_rows: bool) {
    let mut random = fastrand::Rng::with_seed(seed);
    let rows = random.u32(0..25);
    let changes = random.usize(0..12);
    let survivors = Arc::new(Mutex::new((0..rows).collect::<BTreeSet<_>>()));
    let is_hidden = Arc::new(Mutex::new(false));
    let (kept, hidden) = (survivors.clone(), is_hidden.clone());
    let mut new = 1000;
    let (server, items) = list(rows, move |rows, call| {
        if call > changes || random.bool() {
            return;
        }
        let before = rows.len();
        for _ in 0..random.usize(0..5) {
            if random.bool() {
                new += 1;
                rows.insert(if inserts_anywhere { random.usize(..=rows.len()) } else { 0 }, new);
            } else if !rows.is_empty() {
                let removed = rows.remove(random.usize(..rows.len()));
                kept.lock().unwrap().remove(&removed);
            }
        }
        let may_hide = inserts_anywhere || has_null_rows;
        *hidden.lock().unwrap() |= may_hide && before == rows.len();
    });
    server.0.lock().unwrap().has_null_rows = has_null_rows;
    let walked = items.collect().await;
    let requested = server.0.lock().unwrap().requested.clone();
    let Ok(walked) = walked else { return };
    let walked: Vec<_> = walked.iter().map(number).collect();
    let distinct: BTreeSet<_> = walked.iter().copied().collect();
    assert_eq!(distinct.len(), walked.len(), "seed {seed}: repeated in {walked:?}");
    let is_readable = |row: &u32| !has_null_rows || row % 10 != NULL_ROW;
    let survivors = survivors.lock().unwrap();
    let lost: Vec<_> = survivors.difference(&distinct).copied().filter(is_readable).collect();
    assert!(
        lost.is_empty() || *is_hidden.lock().unwrap(),
        "seed {seed}: lost {lost:?} of {walked:?}, requested {requested:?}"
    );
}

#[tokio::test]
async fn random_changes_lose_no_row_in_silence() {
    for seed in 0..500 {
        for has_null_rows in [false, true] {
            random_walk(seed, false, has_null_rows).await;
            random_walk(seed, true, has_null_rows).await;
        }
    }
}

#[tokio::test]
async fn plans_bought_and_released_between_pages() {
    let dbs = FakeDbs::with_seed(3);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    let buy = async || {
        let mut purchase = create();
        purchase.billing = Billing::PayAsYouGo;
        client.send(purchase).await.unwrap().backup_plan_id.clone()
    };
    let mut plans = Vec::new();
    for _ in 0..8 {
        plans.push(buy().await);
    }
    let request = DescribeBackupPlanList::builder().page_size(page_size!(3)).build();
    let mut items = client.items(request);
    let mut walked = Vec::new();
    for _ in 0..3 {
        walked.push(items.next().await.unwrap().unwrap().backup_plan_id);
    }
    for plan in &plans[..2] {
        let release = ReleaseBackupPlan::builder().backup_plan_id(plan.clone()).build();
        client.send(release).await.unwrap();
    }
    plans.push(buy().await);
    while let Some(plan) = items.next().await {
        walked.push(plan.unwrap().backup_plan_id);
    }
    assert_eq!(walked, plans);
}

/// Returns a page whose rows are these ids, with `null` for a row of 0.
fn page_with_nulls(number: usize, rows: &[u32], total: usize) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| if *row == 0 { serde_json::Value::Null } else { row_json(*row) })
        .collect();
    json!({
        "RequestId": "R", "Success": true, "PageNum": number, "PageSize": PAGE, "TotalPages": 3,
        "TotalElements": total, "Items": { "BackupPlanDetail": rows },
    })
    .to_string()
}

/// Returns the rows and the error that a client reads from these pages, after which none follow.
async fn walk_pages(pages: &[&[u32]], total: usize) -> (Vec<u32>, Option<String>) {
    let script =
        pages.iter().enumerate().fold(ScriptedTransport::new(), |script, (number, rows)| {
            script.respond(200, page_with_nulls(number, rows, total))
        });
    let client = client(script.clone());
    let mut items =
        client.items(DescribeBackupPlanList::builder().page_size(page_size!(3)).build());
    let mut walked = Vec::new();
    let mut error = None;
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => walked.push(number(&item)),
            Err(failed) => {
                error = Some(failed.to_string());
                break;
            }
        }
    }
    script.assert_finished();
    (walked, error)
}

#[tokio::test]
async fn unreadable_rows_are_not_an_early_end() {
    for (pages, walked) in [
        (&[&[1, 0, 2][..], &[3, 4, 5], &[6]][..], vec![1, 2, 3, 4, 5, 6]),
        (&[&[0, 0, 0], &[3, 4, 5], &[6]], vec![3, 4, 5, 6]),
        (&[&[0, 1, 2], &[0, 0, 0], &[0]], vec![1, 2]),
        (&[&[0, 0, 0], &[0, 0, 0], &[0]], vec![]),
        (&[&[1, 2, 3], &[4, 5, 0], &[0]], vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(walk_pages(pages, 7).await, (walked, None), "{pages:?}");
    }
    // A row that is missing altogether is still an early end.
    let (walked, error) = walk_pages(&[&[1, 0, 2], &[3, 4, 5], &[]], 7).await;
    assert_eq!(walked, [1, 2, 3, 4, 5]);
    assert!(error.unwrap().contains("after 6 of 7 items: page 2 is empty"));
}

#[tokio::test]
async fn unreadable_row_that_shifts_hides_no_item() {
    let pages: &[(&[u32], usize)] =
        &[(&[1, 2, 0], 7), (&[0, 3, 4], 8), (&[100, 1, 2], 8), (&[0, 3, 4], 8), (&[5, 6], 8)];
    let script = pages.iter().fold(ScriptedTransport::new(), |script, (rows, total)| {
        script.respond(200, page_with_nulls(0, rows, *total))
    });
    let items = client(script.clone())
        .items(DescribeBackupPlanList::builder().page_size(page_size!(3)).build());
    let walked: Vec<_> = items.collect().await.unwrap().iter().map(number).collect();
    assert_eq!(walked, [1, 2, 100, 3, 4, 5, 6]);
    script.assert_finished();
}

#[tokio::test]
async fn unreadable_rows_are_counted_beyond_the_noted_ones() {
    let odd = |row: u32| {
        let mut row = row_json(row);
        for name in ["BackupPlanCreateTime", "SourceEndpointPort", "BackupGatewayId"] {
            row[name] = "?".into();
        }
        row
    };
    let page = |rows: Vec<serde_json::Value>| {
        json!({
            "RequestId": "R", "Success": true, "PageNum": 0, "PageSize": 100, "TotalPages": 1,
            "TotalElements": 60, "Items": { "BackupPlanDetail": rows },
        })
        .to_string()
    };
    let rows = (1..=59).map(odd).chain([serde_json::Value::Null]).collect();
    let script = ScriptedTransport::new().respond(200, page(rows));
    let client = client(script);
    let items = client.items(DescribeBackupPlanList::builder().page_size(page_size!(100)).build());
    assert_eq!(items.collect().await.unwrap().len(), 59);
}
