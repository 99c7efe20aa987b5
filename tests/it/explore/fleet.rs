//! Fleets, with a journal that can fail as well.

use std::collections::BTreeSet;
use std::time::Duration;

use aliyun_dbs::fake::{ExploredWorld, FakePlan};
use aliyun_dbs::types::BackupPlanStatus;
use aliyun_dbs::workflows::fleet::{Fleet, FleetReport, FleetSpec, Journal, MemoryJournal};
use aliyun_dbs::{Client, Clock};

use super::provision::SERVICE_MEMORY;
use crate::support::{configure, create};

const TOKEN_MEMORY: Duration = Duration::from_secs(600);

/// Returns the fleet of a process that has just started.
pub(super) fn fleet(client: &Client, names: usize, journal: impl Journal + 'static) -> Fleet {
    let specs = (0..names).map(|number| {
        let name = format!("plan-{number}");
        FleetSpec::new(name.clone(), create(), move |plan| {
            let mut configuration = configure(&plan, "hunter2");
            name.clone_into(&mut configuration.backup_plan_name);
            configuration
        })
    });
    client.fleet(specs).concurrency(2).journal(journal)
}

/// Returns an empty journal by the clock of the world.
pub(super) fn journal(world: &ExploredWorld) -> MemoryJournal {
    MemoryJournal::with_clock(world.dbs().clock().clone())
}

/// Checks that at most one plan per name was bought, and that all run or are candidates.
pub(super) fn check_report(
    world: &ExploredWorld,
    report: &FleetReport,
    names: usize,
) -> Result<(), String> {
    let plans = world.dbs().plans();
    let failed = |reason: &str| Err(format!("{reason}: {plans:#?}\n{report}"));
    let is_running = |plan: &&FakePlan| plan.status == BackupPlanStatus::Running;
    let running = plans.iter().filter(is_running);
    let running: BTreeSet<_> =
        running.filter_map(|plan| Some(&plan.configuration.as_ref()?.backup_plan_name)).collect();
    if plans.len() > names {
        return failed("more plans than names");
    }
    if running.len() + report.unresolved_total != names {
        return failed("some names neither run nor are unresolved");
    }
    if plans.len() - running.len() > report.unresolved_total {
        return failed("two plans for one name");
    }
    let is_candidate = |plan: &FakePlan| {
        let mut unresolved = report.unresolved.iter();
        unresolved.any(|name| name.candidates.contains(&plan.backup_plan_id))
    };
    if plans.iter().any(|plan| !is_running(&plan) && !is_candidate(plan)) {
        return failed("a bought plan is not a candidate");
    }
    if !report.is_complete() && world.dbs().clock().elapsed() < TOKEN_MEMORY {
        return failed("unresolved too early");
    }
    Ok(())
}

async fn fleet_once(world: ExploredWorld, names: usize) -> Result<(), String> {
    world.dbs().forget_tokens_after(SERVICE_MEMORY);
    let durable = journal(&world);
    let start =
        |client: Client| fleet(&client, names, world.journal(durable.clone())).into_future();
    let report = world.run(start).await;
    check_report(&world, &report, names)
}

/// Checks the report of one of two processes.
///
/// If it is unresolved, the other process may still know the plan, and have finished it since.
fn check_report_of_one_process(world: &ExploredWorld, report: &FleetReport) -> Result<(), String> {
    if report.is_complete() {
        return check_report(world, report, 1);
    }
    let plans = world.dbs().plans();
    let failed = |reason: &str| Err(format!("{reason}: {plans:#?}\n{report}"));
    let [unresolved] = &*report.unresolved else {
        return failed("the name is neither complete nor unresolved");
    };
    if plans.len() > 1 {
        return failed("more plans than names");
    }
    if !plans.iter().all(|plan| unresolved.candidates.contains(&plan.backup_plan_id)) {
        return failed("the bought plan is not a candidate");
    }
    if world.dbs().clock().elapsed() < TOKEN_MEMORY {
        return failed("unresolved too early");
    }
    Ok(())
}

/// Two processes with one journal.
async fn two_processes(world: ExploredWorld) -> Result<(), String> {
    world.dbs().forget_tokens_after(SERVICE_MEMORY);
    let durable = journal(&world);
    let start = |client: Client| fleet(&client, 1, world.journal(durable.clone())).into_future();
    let (one, other) = futures_util::future::join(world.run(start), world.run(start)).await;
    check_report_of_one_process(&world, &one)?;
    check_report_of_one_process(&world, &other)
}

#[test]
fn fleet_of_one_buys_once_and_ends() {
    super::check("fleet::fleet_of_one_buys_once_and_ends", |world| fleet_once(world, 1));
}

#[test]
fn fleet_of_two_buys_once_and_ends() {
    super::check("fleet::fleet_of_two_buys_once_and_ends", |world| fleet_once(world, 2));
}

#[test]
fn two_processes_buy_once_and_end() {
    super::check("fleet::two_processes_buy_once_and_end", two_processes);
}
