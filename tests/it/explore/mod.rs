//! Workflows under every schedule of faults and crashes.
//!
//! ```sh
//! cargo test --test it explore                                      # one fault
//! EXPLORE_FAULTS=2 cargo test --release --test it explore           # two faults, as in CI
//! EXPLORE_SCHEDULE='CreateBackupPlan.1=crash-late' cargo test --test it explore::provision
//! ```

mod fleet;
mod planted;
mod provision;
mod toys;

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use aliyun_dbs::fake::{Exploration, ExploredWorld, explore, replay};

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Explores a scenario, or replays the schedule in `EXPLORE_SCHEDULE`, and panics if it fails.
fn check<F, Fut, E>(test: &str, scenario: F)
where
    F: Fn(ExploredWorld) -> Fut + Sync,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    let faults = variable("EXPLORE_FAULTS").map_or(1, |faults| faults.parse().unwrap());
    let start = std::time::Instant::now();
    let exploration = match variable("EXPLORE_SCHEDULE") {
        Some(schedule) => replay(&schedule.parse().unwrap(), scenario),
        None => explore(faults, scenario),
    };
    print_figures(test, &exploration, start.elapsed());
    if let Some((failure, script)) = exploration.failure().zip(script(&exploration, test)) {
        panic!("{failure}\n{script}");
    }
}

#[expect(clippy::print_stdout, reason = "the figures of CI; a passing test does not show them")]
fn print_figures(test: &str, exploration: &Exploration, time: Duration) {
    let (schedules, points) = (exploration.schedules(), exploration.points());
    println!("{test}: {schedules} schedules, {points} points without faults, {time:.1?}");
}

/// Returns the command that runs a test under the schedule that failed.
fn script(exploration: &Exploration, test: &str) -> Option<String> {
    let schedule = exploration.failure()?.schedule();
    Some(format!("EXPLORE_SCHEDULE='{schedule}' cargo test --test it explore::{test} -- --exact"))
}
