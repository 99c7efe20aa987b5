//! Tests of pods with keys of their own, and of a service that forgets client tokens.

use std::future::IntoFuture;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::fleet::Fleet;
use aliyun_dbs::{Client, Region};

use super::{HOUR, assert_one_plan_per_name, client, fleet, service, specs};

/// Returns the fleet of a pod, which has a temporary key of its own and no journal.
fn pod(dbs: &FakeDbs) -> Fleet {
    let key = dbs.add_temporary_key(24 * HOUR);
    let builder = Client::builder().region(Region::Hangzhou).credentials(key);
    let client = builder.transport(dbs.clone()).build().unwrap();
    client.fleet(specs(20)).named("prod").check_existing(false)
}

#[tokio::test]
async fn pods_with_keys_of_their_own_buy_each_plan_once() {
    let dbs = FakeDbs::with_seed(1);
    let pods: Vec<_> = (0..6).map(|_| tokio::spawn(pod(&dbs).into_future())).collect();
    for pod in pods {
        let report = pod.await.unwrap();
        assert!(report.is_complete(), "{report}");
    }
    assert_one_plan_per_name(&dbs, 20);
}

#[tokio::test]
async fn forgotten_tokens_buy_no_second_plan() {
    let (dbs, journal) = service();
    dbs.forget_tokens_after(Duration::from_secs(1500));
    // The responses to the purchases are lost until the calls give up.
    dbs.faults().drop_after_processing("CreateBackupPlan").always();
    let report = fleet(&dbs, 5, &journal).max_runs(1).into_future().await;
    assert!(!report.is_complete(), "{report}");
    assert_eq!(dbs.plans().len(), 5);
    dbs.faults().clear();
    dbs.clock().advance(HOUR);
    let report = fleet(&dbs, 5, &journal).into_future().await;
    assert_eq!((report.unresolved.len(), dbs.plans().len()), (5, 5), "{report}");

    // Without the journal, the token is all that protects: the service must remember it.
    let lost = client(&dbs).fleet(specs(5)).named("prod").into_future().await;
    assert_eq!(lost.bought, 5, "the limit that the docs name: {lost}");
}
