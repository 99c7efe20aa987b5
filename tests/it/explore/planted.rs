//! Planted bugs: the explorer finds each, and prints the schedule that shows it.

use std::future::ready;
use std::io;

use aliyun_dbs::Client;
use aliyun_dbs::fake::{ExploredWorld, explore, replay};
use aliyun_dbs::workflows::ProvisionStep;

use super::fleet::{check_report, fleet, journal};
use super::provision::{Store, check_outcome, stored};
use crate::support::{configure, create};

/// Asserts that one fault shows a bug, and that the printed schedule repeats it.
#[track_caller]
fn assert_found<F, Fut>(scenario: F, schedule: &str, message: &str)
where
    F: Fn(ExploredWorld) -> Fut + Sync,
    Fut: Future<Output = Result<(), String>>,
{
    let exploration = explore(1, &scenario);
    let failure = exploration.failure().expect("the bug is not found");
    assert_eq!(failure.schedule().to_string(), schedule, "{failure}");
    assert!(failure.message().contains(message), "{failure}");
    let script = super::script(&exploration, "planted").unwrap();
    let expected = format!("EXPLORE_SCHEDULE='{schedule}' cargo test --test it explore::planted");
    assert!(script.starts_with(&expected), "{script}");
    let again = replay(&schedule.parse().unwrap(), &scenario);
    assert_eq!(format!("{:?}", again.failure()), format!("{:?}", Some(failure)));
}

#[test]
fn token_that_is_not_kept_is_found() {
    let scenario = |world: ExploredWorld| async move {
        let provision =
            |client: Client| client.provision(create(), |plan| configure(&plan, "hunter2"));
        let result = world.run(|client| provision(client).into_future()).await;
        check_outcome(&world, &result)
    };
    assert_found(scenario, "CreateBackupPlan.1=crash-after", "the plans: ");
}

#[test]
fn record_after_the_configuration_is_found() {
    let scenario = |world: ExploredWorld| async move {
        let store = Store::default();
        let run = |client: Client| {
            let store = store.clone();
            async move {
                // Records after the configuration instead of in the hook.
                let mut provision =
                    stored(&client, &store).record(|_| ready(Ok::<_, io::Error>(())));
                let mut plan = None;
                while let Some(step) = provision.next().await {
                    match step? {
                        ProvisionStep::Created { backup_plan_id, .. } => {
                            plan = Some(backup_plan_id);
                        }
                        ProvisionStep::Configured => store.lock().unwrap().plan = plan.take(),
                        _ => {}
                    }
                }
                provision.await
            }
        };
        let result = world.run(run).await;
        check_outcome(&world, &result)
    };
    assert_found(scenario, "ConfigureBackupPlan.1=crash-late", "is not a candidate");
}

#[test]
fn purchase_with_forgotten_token_is_found() {
    let scenario = |world: ExploredWorld| async move {
        let store = Store::default();
        let run = |client: Client| {
            // Takes the token as new after each start.
            let now = client.clock().now();
            stored(&client, &store).token_since(now).into_future()
        };
        let result = world.run(run).await;
        check_outcome(&world, &result)
    };
    assert_found(scenario, "CreateBackupPlan.1=crash-late", "the plans: ");
}

#[test]
fn journal_that_ends_with_the_process_is_found() {
    let scenario = |world: ExploredWorld| async move {
        let run = |client: Client| fleet(&client, 1, journal(&world)).into_future();
        let report = world.run(run).await;
        check_report(&world, &report, 1)
    };
    assert_found(scenario, "CreateBackupPlan.1=crash-late", "more plans than names");
}
