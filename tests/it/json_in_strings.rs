//! Tests of lists that are JSON in a string: what a client makes of odd and of unreadable ones.

use std::sync::Arc;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::types::{BackupPlanId, PageSizeChoice};
use aliyun_dbs::v2021_01_01::operations::{
    DescribeCostInfoByDbsInstance, DescribeSandboxBackupSets, DescribeSandboxInstances,
};
use aliyun_dbs::v2021_01_01::types::SandboxSetKind;
use aliyun_dbs::{Client, Region};
use serde_json::{Value, json};

use crate::response_fields::{paths, render};
use crate::support::published::Version;

/// Returns the body of a response whose field `Data` has this value.
fn body(data: &Value) -> String {
    json!({
        "RequestId": "R", "Success": "true", "Code": "", "ErrCode": "", "Message": "",
        "ErrMessage": "", "Data": data,
    })
    .to_string()
}

fn client(script: &ScriptedTransport) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script.clone())
        .clock(Arc::new(FakeClock::seeded(1)))
        .build()
        .unwrap()
}

fn plan() -> BackupPlanId {
    "dbs1hsandbox8plana".parse().unwrap()
}

/// Returns the JSON of a page with these backup sets.
fn page(sets: std::ops::Range<u32>, total: u32) -> Value {
    let rows =
        sets.map(|set| json!({ "backupSetId": format!("set-{set}"), "backupSetType": "FULL" }));
    let rows: Vec<_> = rows.collect();
    json!({ "number": rows.len(), "size": 30, "totalElements": total, "content": rows })
}

/// Lists all backup sets, one response per body; returns the ids, or the error after them.
async fn list(bodies: &[String]) -> (Vec<String>, Option<String>, usize) {
    let script = bodies
        .iter()
        .fold(ScriptedTransport::new(), |script, body| script.respond(200, body.clone()));
    let client = client(&script);
    let request = DescribeSandboxBackupSets::builder()
        .backup_plan_id(plan())
        .page_size(PageSizeChoice::Thirty)
        .build();
    let mut items = client.items(request);
    let (mut found, mut failed) = (Vec::new(), None);
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => found.push(item.backup_set_id.to_string()),
            // The next item would ask for the page again.
            Err(error) => {
                failed = Some(error.to_string());
                break;
            }
        }
    }
    (found, failed, script.requests().len())
}

#[tokio::test]
async fn lists_read_all_pages() {
    let bodies =
        [body(&page(0..30, 40).to_string().into()), body(&page(30..40, 40).to_string().into())];
    let (found, failed, sent) = list(&bodies).await;
    assert_eq!((found.len(), failed, sent), (40, None, 2));
}

#[tokio::test]
async fn unreadable_first_page_fails_the_list() {
    for garbage in ["not JSON", "{\"content\":", "7"] {
        let bodies = vec![body(&garbage.into()); 20];
        let (found, failed, sent) = list(&bodies).await;
        assert!(found.is_empty(), "{found:?}");
        let error =
            failed.unwrap_or_else(|| panic!("{garbage} ends the list after {sent} requests"));
        assert!(error.contains("DescribeSandboxBackupSets"), "{error}");
        assert!(error.contains("page 1 could not be read"), "{error}");
    }
}

#[tokio::test]
async fn unreadable_later_page_fails_the_list() {
    let mut bodies = vec![body(&page(0..30, 90).to_string().into())];
    bodies.extend(vec![body(&"not JSON".into()); 40]);
    let (found, failed, sent) = list(&bodies).await;
    assert_eq!(found.len(), 30);
    let error = failed.unwrap_or_else(|| panic!("the list ended after {sent} requests"));
    assert!(error.contains("DescribeSandboxBackupSets"), "{error}");
}

#[tokio::test]
async fn one_call_returns_the_unreadable_string() {
    let script = ScriptedTransport::new().respond(200, body(&"not JSON".into()));
    let request = DescribeSandboxInstances::builder().backup_plan_id(plan()).build();
    let page = client(&script).send(request).await.unwrap();
    assert!(page.items.is_empty());
    assert_eq!(page.unparsed.as_deref(), Some("not JSON"));
}

#[tokio::test]
async fn string_forms_of_a_page_are_read() {
    let json = json!({
        "number": "2", "size": "2", "totalElements": "1",
        "content": [{ "backupSetId": "1h_1", "backupSetType": "Inc", "backupSetTime": "2021-08-28T23:12:31Z" }],
    });
    let text = json.to_string();
    for data in [
        json.clone(),
        text.clone().into(),
        // A published demo has a name before the JSON, and a comma behind it.
        format!("\"data\": {text},").into(),
        format!(" {text} ").into(),
    ] {
        let script = ScriptedTransport::new().respond(200, body(&data));
        let request = DescribeSandboxBackupSets::builder().backup_plan_id(plan()).build();
        let page = client(&script).send(request).await.unwrap();
        assert_eq!((page.unparsed.as_deref(), page.total_elements), (None, Some(1)), "{data}");
        assert_eq!(page.items[0].backup_set_type, SandboxSetKind::Increment, "{data}");
        assert_eq!(page.items[0].backup_set_time.unwrap().unix_timestamp(), 1_630_192_351);
    }
}

/// No field in the string except the ids costs the others, whatever the service sends for it.
#[tokio::test]
async fn odd_fields_in_strings_cost_only_themselves() {
    let sample = |action: &str| -> Value {
        let sample = Version::of(action).sample(action);
        serde_json::from_str(sample["Data"].as_str().unwrap()).unwrap()
    };
    let mut tried = 0;
    for (action, id) in [
        ("DescribeSandboxBackupSets", "content[0].backupSetId"),
        ("DescribeSandboxInstances", "content[0].instanceId"),
        ("DescribeCostInfoByDbsInstance", ""),
    ] {
        let sample = sample(action);
        let mut all = Vec::new();
        paths(&sample, "", &mut all);
        for path in all
            .iter()
            .filter(|path| *path != id && !["content", "content[0]"].contains(&path.as_str()))
        {
            for odd in ["(missing)", "null", "-1", "7.5", r#""N/A""#, "true", "[]", r#"{"a":1}"#] {
                tried += 1;
                let data = render(&sample, "", path, odd);
                let script = ScriptedTransport::new().respond(200, body(&data.clone().into()));
                let client = client(&script);
                let (count, unparsed) = match action {
                    "DescribeSandboxBackupSets" => {
                        let request = DescribeSandboxBackupSets::builder().backup_plan_id(plan());
                        let page = client.send(request.build()).await.unwrap().into_inner();
                        (page.items.len(), page.unparsed)
                    }
                    "DescribeSandboxInstances" => {
                        let request = DescribeSandboxInstances::builder().backup_plan_id(plan());
                        let page = client.send(request.build()).await.unwrap().into_inner();
                        (page.items.len(), page.unparsed)
                    }
                    _ => {
                        let request = DescribeCostInfoByDbsInstance::builder().build();
                        let costs = client.send(request).await.unwrap().into_inner();
                        (costs.items.len(), costs.unparsed)
                    }
                };
                let rows = sample["content"].as_array().map_or(1, Vec::len);
                assert_eq!((count, unparsed), (rows, None), "{action} {path}: {data}");
            }
        }
    }
    assert!(tried > 150, "{tried}");
}
