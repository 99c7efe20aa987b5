//! What it costs to decode a page of 100 plans, against the same JSON into an untyped tree.

use aliyun_dbs::operations::plan::DescribeBackupPlanListResponse;
use divan::black_box;

fn main() {
    divan::main();
}

/// The published sample, with its full plan a hundred times.
fn page() -> String {
    let sample = include_str!("../tests/data/samples/DescribeBackupPlanList.json");
    let mut page: serde_json::Value = serde_json::from_str(sample).expect("the sample");
    let plan = page["Items"]["BackupPlanDetail"][0].clone();
    page["Items"]["BackupPlanDetail"] = vec![plan; 100].into();
    page.to_string()
}

#[divan::bench]
fn floor_untyped(bencher: divan::Bencher<'_, '_>) {
    let page = page();
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(black_box(&page)).expect("JSON"));
}

#[divan::bench]
fn typed_page_of_100_plans(bencher: divan::Bencher<'_, '_>) {
    let page = page();
    bencher.bench(|| {
        serde_json::from_str::<DescribeBackupPlanListResponse>(black_box(&page)).expect("a page")
    });
}
