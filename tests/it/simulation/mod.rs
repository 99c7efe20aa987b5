//! Simulates clients on an unreliable network, for many seeds.
//!
//! The clients buy, configure, start, list and stop plans, crash, and resume with their tokens. The
//! network loses, delays, repeats, reorders, throttles and corrupts messages. After each seed, the
//! test compares the guarantees of the crate with what the service did.
//!
//! ```sh
//! cargo test --test it simulation                                       # 400 seeds
//! SIMULATION_SEEDS=10000 cargo test --release --test it simulation      # what CI runs
//! SIMULATION_SEED=4711 cargo test --test it simulation -- --nocapture   # one seed again
//! ```
//!
//! The seed determines everything: ids, nonces, tokens, delays and the behavior of the network. Time
//! is that of the fake.

mod network;
mod operator;
mod world;

use std::fmt::Write;

use self::network::Flaw;
use self::world::SimulatedWorld;

/// Runs a seed, and returns the guarantees that it violated.
fn run(seed: u64, flaw: Option<Flaw>) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let world = SimulatedWorld::new(seed, flaw);
        let mut operators = tokio::task::JoinSet::new();
        for number in 0..world.operators() {
            operators.spawn(operator::work(world.clone(), number));
        }
        while let Some(operator) = operators.join_next().await {
            operator.unwrap();
        }
        world.deliver_pending().await;
        world.violations()
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn invariants_hold_for_every_seed() {
    if let Some(seed) = number("SIMULATION_SEED") {
        let violations = run(seed, None);
        assert!(violations.is_empty(), "seed {seed}:\n{}", violations.join("\n"));
        return;
    }
    let seeds = number("SIMULATION_SEEDS").unwrap_or(400);
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let report: String = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    let mut report = String::new();
                    for seed in (worker..seeds).step_by(usize::try_from(threads).unwrap()) {
                        let violations = run(seed, None);
                        if !violations.is_empty() {
                            writeln!(report, "seed {seed}:\n  {}", violations.join("\n  "))
                                .unwrap();
                        }
                    }
                    report
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(
        report.is_empty(),
        "{report}\nrun one again: SIMULATION_SEED=<seed> cargo test --test it simulation -- --nocapture"
    );
}

#[test]
fn same_seed_repeats_the_same_trace() {
    let trace = |seed| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let world = SimulatedWorld::new(seed, None);
            for number in 0..world.operators() {
                operator::work(world.clone(), number).await;
            }
            world.deliver_pending().await;
            world.trace()
        })
    };
    let first = trace(7);
    assert!(first.len() > 20, "{first:?}");
    assert_eq!(first, trace(7));
    assert_ne!(first, trace(8));
}

/// Tests the simulation itself: it must detect each planted bug within a few seeds.
#[test]
fn detects_planted_bugs() {
    for (flaw, says) in [
        (Flaw::NewTokenForEachRun, "bought"),
        (Flaw::DroppedIsReportedUnsent, "may_have_executed"),
        (Flaw::NonceIsReused, "nonce"),
        (Flaw::DeadlineIsIgnored, "deadline"),
    ] {
        let found = (0..60).find_map(|seed| {
            run(seed, Some(flaw)).into_iter().find(|violation| violation.contains(says))
        });
        assert!(found.is_some(), "{flaw:?} was not detected");
    }
    // Reporting a dropped connection as unsent makes even a mutating call run twice.
    let twice = (0..200).any(|seed| {
        let violations = run(seed, Some(Flaw::DroppedIsReportedUnsent));
        violations.iter().any(|violation| violation.contains("mutating"))
    });
    assert!(twice, "a mutating call that ran twice was not detected");
}
