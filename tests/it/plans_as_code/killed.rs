//! Processes that are killed at random leave nothing that the next one does not finish.
//!
//! ```text
//! PLANS_SEEDS=200 cargo test --test it killed_fleet
//! ```

use aliyun_dbs::workflows::fleet::FileJournal;

use super::*;
use crate::journals::Folder;

/// What a plan is, apart from its ids and times.
fn world(dbs: &FakeDbs) -> Vec<String> {
    let mut plans: Vec<_> = dbs
        .plans()
        .into_iter()
        .map(|plan| {
            let mut configuration = plan.configuration.unwrap();
            configuration.backup_plan_id = "dbs1".parse().unwrap();
            configuration.client_token = None;
            let name = configuration.backup_plan_name.clone();
            let (class, status) = (plan.purchase.instance_class, plan.status);
            let paid = plan.expires_at.map(|end| end - plan.created_at);
            format!("{name} {class} {status} {paid:?} {configuration:?}")
        })
        .collect();
    plans.sort();
    plans
}

fn edited(dbs: &FakeDbs, first: &[PlanSpec]) -> Vec<PlanSpec> {
    let mut edited = first.to_vec();
    for ((_, edit), spec) in POSSIBLE.iter().zip(mysql_plans(&mut edited)) {
        edit(spec, dbs);
    }
    edited
}

fn mysql_specs() -> Vec<PlanSpec> {
    let mut specs = specs(2 * POSSIBLE.len());
    specs.retain(|spec| matches!(spec.source, PlanSpecSource::MySql(_)));
    specs
}

/// Runs a fleet whose process is killed after random numbers of requests, and returns how often.
async fn survive(
    dbs: &FakeDbs,
    specs: &[PlanSpec],
    folder: &Folder,
    random: &mut fastrand::Rng,
) -> usize {
    let mut run = 0;
    loop {
        let requests = if run < 12 { random.usize(1..70) } else { usize::MAX };
        let (network, died) = Mortal::new(dbs, requests, random.bool());
        let client = client_over(dbs, network);
        let journal = FileJournal::open(folder.journal()).unwrap();
        match until_death(&died, fleet(&client, specs, journal)).await {
            None => run += 1,
            Some(report) => {
                assert!(report.is_complete(), "{report}");
                return run;
            }
        }
    }
}

#[tokio::test]
async fn killed_fleet_ends_the_same() {
    let first = mysql_specs();
    let calm = FakeDbs::with_seed(1);
    let journal = MemoryJournal::with_clock(calm.clock().clone());
    assert!(fleet(&client(&calm), &first, journal.clone()).await.is_complete());
    calm.clock().advance(DAY);
    let report = fleet(&client(&calm), &edited(&calm, &first), journal).await;
    assert!(report.is_complete(), "{report}");
    let expected = world(&calm);

    let seeds = std::env::var("PLANS_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    for seed in 0..seeds.unwrap_or(10) {
        let mut random = fastrand::Rng::with_seed(seed);
        let dbs = FakeDbs::with_seed(seed);
        let folder = Folder::new();
        let mut kills = survive(&dbs, &first, &folder, &mut random).await;
        dbs.clock().advance(DAY);
        let edited = edited(&dbs, &first);
        kills += survive(&dbs, &edited, &folder, &mut random).await;
        assert!(kills > 2, "{kills}");
        assert_eq!(world(&dbs), expected, "seed {seed}");
        let before = writes(&dbs);
        let journal = FileJournal::open(folder.journal()).unwrap();
        let last = fleet(&client(&dbs), &edited, journal).await;
        assert_eq!((unchanged(&last), last.is_complete()), ((0, 0, 0), true), "{last}");
        assert_eq!(writes(&dbs), before, "seed {seed}");
    }
}

/// Returns a service with one plan, and the specification of all changes that one plan can have.
async fn prepared() -> (FakeDbs, MemoryJournal, PlanSpec) {
    let dbs = FakeDbs::with_seed(1);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    let mut spec = specs(1).remove(0);
    spec.logs = Some(false);
    let report = fleet(&client(&dbs), std::slice::from_ref(&spec), journal.clone()).await;
    assert!(report.is_complete(), "{report}");
    dbs.clock().advance(DAY);
    for (index, (field, edit)) in POSSIBLE.iter().enumerate() {
        // A plan has one schedule.
        if *field != "logs" && index != 1 {
            edit(&mut spec, &dbs);
        }
    }
    spec.logs = Some(true);
    let plan = dbs.plans().remove(0).backup_plan_id;
    let request = ModifyBackupPlanName::builder().backup_plan_id(plan).backup_plan_name("mine");
    client(&dbs).send(request.build()).await.unwrap();
    (dbs, journal, spec)
}

#[tokio::test]
async fn change_killed_at_any_request_is_finished() {
    let mut expected = None;
    for delivers_last in [true, false] {
        for requests in std::iter::once(usize::MAX).chain(0..) {
            let (dbs, journal, spec) = prepared().await;
            let (network, died) = Mortal::new(&dbs, requests, delivers_last);
            let client_until = client_over(&dbs, network);
            let change = async {
                let change = client_until
                    .reconcile(&spec)
                    .named("prod")
                    .journal(journal.clone())
                    .secrets(secrets)
                    .await
                    .unwrap();
                change.apply().await.unwrap()
            };
            let finished = until_death(&died, change).await;
            let mut runs = 0;
            loop {
                let change = client(&dbs).reconcile(&spec).named("prod").journal(journal.clone());
                let change = change.secrets(secrets).await.unwrap();
                if change.is_empty() {
                    break;
                }
                runs += 1;
                assert!(runs < 3 && finished.is_none(), "{requests}: {change}");
                change.apply().await.unwrap();
            }
            let found = world(&dbs);
            assert_eq!(*expected.get_or_insert_with(|| found.clone()), found, "{requests}");
            assert_eq!(dbs.plans().len(), 1);
            if finished.is_some() && requests < usize::MAX {
                assert!(requests > 20, "{requests}");
                break;
            }
        }
    }
    let expected = expected.unwrap();
    assert!(expected[0].starts_with("plan-0 large running"), "{expected:?}");
}
