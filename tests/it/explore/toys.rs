//! The explorer itself, with small workflows.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::fake::{ExploredWorld, Schedule, explore, replay};
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::workflows::fleet::{Entry, Journal, JournalErrorKind, PlanKey};
use aliyun_dbs::{Client, Clock, ErrorKind, RetryPolicy};

use super::fleet::{fleet, journal};
use crate::support::create;

/// Sends a request once, and ignores its failure.
async fn send(client: &Client) {
    let call = client.send(DescribeRegions::builder().build());
    let _ = call.retry(RetryPolicy::never()).await;
}

#[test]
fn every_schedule_is_run_once() {
    let seen = Mutex::new(BTreeSet::new());
    let scenario = |world: ExploredWorld| async move {
        world
            .run(|client| async move {
                for _ in 0..3 {
                    send(&client).await;
                }
            })
            .await;
        Ok::<_, String>(())
    };
    let number = |faults| {
        let exploration = explore(faults, scenario);
        exploration.assert_passed();
        assert_eq!(exploration.points(), 3);
        seen.lock().unwrap().insert(exploration.schedules());
        exploration.schedules()
    };
    // After one of 6 faults the rest of 3 points follows, after one of 3 crashes all of them.
    let two = 6 * 9 * (2 + 1) + 3 * 3 * 9 * 3;
    assert_eq!([number(0), number(1), number(2)], [1, 1 + 27, 1 + 27 + two]);
}

#[test]
fn schedule_is_a_short_script() {
    let script = "CreateBackupPlan.1=crash-after,journal.bought.2=drop-before";
    let schedule: Schedule = script.parse().unwrap();
    assert_eq!(schedule.to_string(), script);
    assert_eq!(schedule.faults()[1].point(), "journal.bought.2");
    assert_eq!(schedule.faults()[1].fault().to_string(), "drop-before");
    assert_eq!(" A.1=throttle, B.2=duplicate ".parse::<Schedule>().unwrap().faults().len(), 2);
    assert_eq!("".parse::<Schedule>().unwrap(), Schedule::default());
    for (invalid, expected) in [
        ("A.1", "invalid schedule `A.1`: expected `operation.number=fault` with commas"),
        ("A=throttle", "`operation.number=fault`"),
        ("A.0=throttle", "`operation.number=fault`"),
        ("A.01=throttle", "`operation.number=fault`"),
        (".1=throttle", "`operation.number=fault`"),
        ("A.1=throttle,", "`operation.number=fault`"),
        ("A.1=crash", "invalid fault `crash`: expected one of `drop-before`, `drop-after`"),
        ("journal.done.1=throttle", "expected a drop or a crash of the journal"),
    ] {
        let error = invalid.parse::<Schedule>().unwrap_err().to_string();
        assert!(error.contains(expected), "{invalid}: {error}");
    }
}

#[test]
fn same_schedule_repeats_the_same_trace() {
    let scenario = |world: ExploredWorld| async move {
        let durable = journal(&world);
        let start =
            |client: Client| fleet(&client, 2, world.journal(durable.clone())).into_future();
        let report = world.run(start).await;
        let random = world.client().clock().random_fraction();
        Err::<(), _>(format!("{report}\n{random} {:?}", world.dbs().plans()))
    };
    for schedule in [
        "",
        "journal.bought.1=drop-after,CreateBackupPlan.2=crash-after",
        "CreateBackupPlan.1=crash-late,journal.enter.3=crash-before",
    ] {
        let run = || format!("{:?}", replay(&schedule.parse().unwrap(), scenario));
        let first = run();
        assert!(first.contains("StartBackupPlan.1"), "{first}");
        assert_eq!(first, run());
    }
}

#[test]
fn each_fault_does_what_its_row_says() {
    for (fault, executed, attempts, kind) in [
        ("drop-before", 0, 1, Some(ErrorKind::Interrupted)),
        ("drop-after", 1, 1, Some(ErrorKind::Interrupted)),
        ("unavailable", 0, 1, Some(ErrorKind::Service)),
        ("throttle", 0, 1, Some(ErrorKind::Service)),
        ("truncate", 1, 1, Some(ErrorKind::Response)),
        ("duplicate", 1, 1, Some(ErrorKind::Service)),
        ("crash-before", 1, 2, None),
        ("crash-after", 2, 2, None),
        ("crash-late", 2, 2, None),
    ] {
        let schedule = format!("CreateBackupPlan.1={fault}").parse().unwrap();
        let exploration = replay(&schedule, |world| async move {
            let starts = AtomicUsize::new(0);
            let result = world
                .run(|client| {
                    starts.fetch_add(1, Ordering::Relaxed);
                    async move { client.send(create()).retry(RetryPolicy::never()).await }
                })
                .await;
            let kind = result.err().map(|error| error.kind());
            let hours = world.dbs().clock().elapsed().as_secs() / 3600;
            let starts = starts.into_inner();
            Err::<(), _>(format!("{} {starts} {kind:?} {hours}", world.dbs().plans().len()))
        });
        let hours = if fault == "crash-late" { 24 } else { 0 };
        let message = exploration.failure().unwrap().message();
        assert_eq!(message, format!("{executed} {attempts} {kind:?} {hours}"), "{fault}");
    }
}

#[test]
fn requests_to_a_journal_fail_and_crash() {
    for (fault, stored, starts, error) in [
        ("drop-before", false, 1, true),
        ("drop-after", true, 1, true),
        ("crash-before", false, 2, false),
        ("crash-after", true, 2, false),
        ("crash-late", true, 2, false),
    ] {
        let schedule = format!("journal.enter.1={fault}").parse().unwrap();
        replay(&schedule, |world| async move {
            let key = &PlanKey::new("fleet", "name", 0).unwrap();
            let durable = &journal(&world);
            let world = &world;
            let runs = &AtomicUsize::new(0);
            let result = world
                .run(|client| async move {
                    let run = runs.fetch_add(1, Ordering::Relaxed);
                    if run == 1 {
                        return Ok(());
                    }
                    let now = client.clock().now();
                    let worker = "worker".parse().unwrap();
                    let fresh = Entry::new(key.client_token(), create(), now, worker);
                    world.journal(durable.clone()).enter(key, &fresh).await.map(drop)
                })
                .await;
            let kind = result.err().map(|error| error.kind());
            assert_eq!(kind, error.then_some(JournalErrorKind::Unavailable));
            assert_eq!(runs.load(Ordering::Relaxed), starts);
            let done = durable.done(key).await.map_err(|error| error.kind());
            assert_eq!(done == Err(JournalErrorKind::NotEntered), !stored);
            Ok::<_, String>(())
        })
        .assert_passed();
    }
}

#[test]
fn crash_ends_one_process_and_its_tasks() {
    let schedule = "DescribeRegions.1=crash-before".parse().unwrap();
    let exploration = replay(&schedule, |world| async move {
        let starts = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let start = |process: usize| {
            let starts = &starts;
            move |client: Client| {
                starts[process].fetch_add(1, Ordering::Relaxed);
                async move {
                    let task = client.clone();
                    let spawned = tokio::spawn(async move { send(&task).await });
                    send(&client).await;
                    spawned.await.unwrap();
                }
            }
        };
        futures_util::future::join(world.run(start(0)), world.run(start(1))).await;
        assert_eq!(starts.map(AtomicUsize::into_inner), [2, 1]);
        Ok::<_, String>(())
    });
    exploration.assert_passed();
    assert_eq!(exploration.points(), 1 + 2 + 2, "the spawned task of the crash sends nothing");
}

#[test]
fn requests_outside_of_the_workflow_do_not_fail() {
    let exploration = explore(1, |world| async move {
        send(&world.client()).await;
        let client = world.run(|client| async { client }).await;
        send(&client).await;
        Ok::<_, String>(())
    });
    exploration.assert_passed();
    assert_eq!((exploration.points(), exploration.schedules()), (0, 1));
}

#[test]
fn panic_and_missing_point_are_failures() {
    let exploration = explore(1, |world| async move {
        world.run(|client| async move { send(&client).await }).await;
        assert!(world.dbs().clock().elapsed() < Duration::from_secs(60), "the clock is late");
        Ok::<_, String>(())
    });
    let failure = exploration.failure().unwrap();
    assert_eq!(failure.message(), "panicked: the clock is late");
    let text = failure.to_string();
    assert!(text.contains("schedule: DescribeRegions.1=crash-late\n"), "{text}");
    assert!(text.contains("0.000 s  DescribeRegions.1=crash-late\n"), "{text}");
    assert!(text.contains("86400.000 s  DescribeRegions.2\n"), "{text}");
    let rerun = "rerun: replay(&\"DescribeRegions.1=crash-late\".parse().unwrap(), scenario)";
    assert!(text.contains(rerun), "{text}");

    let schedule = "DescribeRegions.2=throttle".parse().unwrap();
    let exploration = replay(&schedule, |world| async move {
        world.run(|client| async move { send(&client).await }).await;
        Ok::<_, String>(())
    });
    let message = exploration.failure().unwrap().message();
    assert!(message.starts_with("`DescribeRegions.2` did not occur"), "{message}");
}

#[test]
fn scenario_that_does_not_repeat_is_reported() {
    let first = AtomicBool::new(true);
    let exploration = explore(1, |world| {
        let is_first = first.swap(false, Ordering::Relaxed);
        async move {
            if is_first {
                world.run(|client| async move { send(&client).await }).await;
            }
            Ok::<_, String>(())
        }
    });
    let message = exploration.failure().unwrap().message();
    assert!(message.contains("the scenario does not repeat itself"), "{message}");
}
