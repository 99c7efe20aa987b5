//! Reports of many plans, on a service that enforces the published limits.

use std::collections::BTreeMap;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::report::Verdict;

use super::{BACKUPS, BILLING, LIST, RANGES, client, configured_plans, running_plans};

/// Returns how often each operation was sent, including throttled attempts.
fn requests(dbs: &FakeDbs, from: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in &dbs.requests()[from..] {
        *counts.entry(request.operation().to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn thousand_plans_stay_within_the_limits() {
    let dbs = FakeDbs::with_seed(1);
    dbs.record_limit(usize::MAX);
    running_plans(&dbs, 1000).await;
    let before = dbs.requests().len();
    dbs.enforce_rate_limits(true);

    let report = client(&dbs).report().await;

    assert!(report.is_complete(), "{:?}", report.errors);
    assert_eq!(report.summary.by_verdict[&Verdict::Protected], 1000);
    assert_eq!((report.summary.list_calls, report.summary.detail_calls), (10, 3000));
    // A throttled attempt would be a request more.
    let expected = [(BACKUPS, 1000), (BILLING, 1000), (LIST, 10), (RANGES, 1000)];
    let expected = expected.map(|(operation, count)| (operation.to_owned(), count));
    assert_eq!(requests(&dbs, before), BTreeMap::from(expected));
    let elapsed = report.elapsed.as_secs_f64();
    assert!((11.0..15.0).contains(&elapsed), "1000 calls at 90 per second: {elapsed} s");
}

#[tokio::test]
async fn accounts_have_their_own_limits() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    configured_plans(&dbs, 100).await;
    configured_plans(&other, 100).await;
    dbs.enforce_rate_limits(true);
    let elapsed = |report: aliyun_dbs::workflows::report::Report| {
        assert_eq!((report.summary.plans, report.summary.detail_calls), (200, 800));
        report.elapsed
    };
    // Not started, so two lists of full backups per plan: 200 calls per account, at 90 per second.
    let apart = elapsed(client(&dbs).report().label("a").and("b", client(&other)).await);
    assert!((2.0..3.0).contains(&apart.as_secs_f64()), "{apart:?}");
    dbs.clock().advance(Duration::from_secs(60));
    let shared = elapsed(client(&dbs).report().label("a").and("a", client(&other)).await);
    assert!((4.0..6.0).contains(&shared.as_secs_f64()), "{shared:?}");
}
