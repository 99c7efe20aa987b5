//! Tests of `Row`, by which items of lists become lines of a CSV file.

use aliyun_dbs::Region;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::*;
use aliyun_dbs::v2021_01_01::operations::{
    DescribeDownloadTask, DescribeSandboxBackupSets, DescribeSandboxInstances,
};
use aliyun_dbs::{Client, PagedOperation};
use serde::Serialize;

use crate::support::{configure, create};

fn table<T: Serialize>(items: &[T]) -> Vec<csv::StringRecord> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for item in items {
        table.serialize(Row(item)).unwrap();
    }
    let text = table.into_inner().unwrap();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(&*text);
    lines.records().map(Result::unwrap).collect()
}

fn sample<O: PagedOperation>(json: &str) -> Vec<O::Item> {
    let json = serde_json::from_str::<serde_json::Value>(json).unwrap();
    let response = serde_json::from_value::<O::Response>(json).unwrap();
    O::into_items(response)
}

#[tokio::test]
async fn plans_with_different_fields_fit_one_table() {
    let dbs = FakeDbs::new();
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build().unwrap();
    client.provision(create(), |id| configure(&id, "hunter2")).await.unwrap();
    client.send(create()).await.unwrap();
    let plans = client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
    assert_eq!(plans.items.len(), 2);
    let lines = table(&plans.items);
    assert_eq!(lines.len(), 3);
    let column = |name: &str| lines[0].iter().position(|column| column == name).unwrap();
    let created = column("BackupPlanCreateTime");
    for (line, plan) in lines[1..].iter().zip(&plans.items) {
        assert_eq!(&line[column("BackupPlanId")], plan.backup_plan_id.as_str());
        assert!(line[created].starts_with("20") && line[created].ends_with('Z'), "{line:?}");
    }
    let name = column("SourceEndpointInstanceID");
    let mut instances: Vec<_> = lines[1..].iter().map(|line| &line[name]).collect();
    instances.sort_unstable();
    assert_eq!(instances, ["", "rm-1"]);
}

#[test]
fn items_of_every_list_have_all_columns() {
    #[track_caller]
    fn check<O: PagedOperation<Item: Serialize>>(json: &str) {
        let items = sample::<O>(json);
        assert!(!items.is_empty());
        let lines = table(&items);
        assert_eq!(lines.len(), items.len() + 1);
        assert!(lines.iter().all(|line| line.len() == lines[0].len()));
        for (index, column) in lines[0].iter().enumerate() {
            let is_time = column.ends_with("Time") || column.ends_with("Timestamp");
            let value = &lines[1][index];
            let is_millis = value.len() == 13 && value.bytes().all(|byte| byte.is_ascii_digit());
            assert!(!(is_time && is_millis), "{column}: {value}");
        }
    }
    check::<DescribeBackupPlanList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeBackupPlanList.json"
    ));
    check::<DescribeFullBackupList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeFullBackupList.json"
    ));
    check::<DescribeIncrementBackupList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeIncrementBackupList.json"
    ));
    check::<DescribeRestoreTaskList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeRestoreTaskList.json"
    ));
    check::<DescribeBackupGatewayList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeBackupGatewayList.json"
    ));
    check::<DescribeBackupSetDownloadTaskList>(include_str!(
        "../../src/fake/samples/2019-03-06/DescribeBackupSetDownloadTaskList.json"
    ));
    check::<DescribeDownloadTask>(include_str!(
        "../../src/fake/samples/2021-01-01/DescribeDownloadTask.json"
    ));
    check::<DescribeSandboxBackupSets>(include_str!(
        "../../src/fake/samples/2021-01-01/DescribeSandboxBackupSets.json"
    ));
    check::<DescribeSandboxInstances>(include_str!(
        "../../src/fake/samples/2021-01-01/DescribeSandboxInstances.json"
    ));
}

#[test]
fn nested_values_are_json_and_missing_ones_empty() {
    #[derive(Serialize)]
    struct Item {
        number: u32,
        list: Vec<u32>,
        object: std::collections::BTreeMap<&'static str, bool>,
        inner: Inner,
        #[serde(skip_serializing_if = "Option::is_none")]
        missing: Option<u32>,
        unit: (),
    }
    #[derive(Serialize)]
    struct Inner {
        a: Option<u8>,
    }
    let item = Item {
        number: 1,
        list: vec![2, 3],
        object: [("x", true)].into(),
        inner: Inner { a: None },
        missing: None,
        unit: (),
    };
    let lines = table(&[item]);
    assert_eq!(lines[0], ["number", "list", "object", "inner", "missing", "unit"][..]);
    assert_eq!(lines[1], ["1", "[2,3]", r#"{"x":true}"#, r#"{"a":null}"#, "", ""][..]);
}
