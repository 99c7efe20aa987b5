//! Many seeds of clients that buy, configure, start, list and stop plans over a network that
//! loses, delays, repeats, reorders, throttles and spoils what it carries, and that crash and go
//! on with their tokens. After each seed the promises are checked against what the service did.
//!
//! ```sh
//! cargo test --test it simulation                                       # 400 seeds
//! SIMULATION_SEEDS=10000 cargo test --release --test it simulation      # what CI runs
//! SIMULATION_SEED=4711 cargo test --test it simulation -- --nocapture   # one seed again
//! ```
//!
//! Everything follows from the seed: ids, nonces, tokens, waits and what the network does. Time is
//! the fake's.

mod network;
mod operator;
mod world;

use std::fmt::Write;

use self::network::Flaw;
use self::world::World;

/// Runs a seed, and says which promises it broke.
fn run(seed: u64, flaw: Option<Flaw>) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let world = World::new(seed, flaw);
        let mut operators = tokio::task::JoinSet::new();
        for number in 0..world.operators() {
            operators.spawn(operator::work(world.clone(), number));
        }
        while let Some(operator) = operators.join_next().await {
            operator.unwrap();
        }
        world.deliver_the_rest().await;
        world.broken_promises()
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn no_seed_breaks_a_promise() {
    if let Some(seed) = number("SIMULATION_SEED") {
        let broken = run(seed, None);
        assert!(broken.is_empty(), "seed {seed}:\n{}", broken.join("\n"));
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
                        let broken = run(seed, None);
                        if !broken.is_empty() {
                            writeln!(report, "seed {seed}:\n  {}", broken.join("\n  ")).unwrap();
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
fn a_seed_is_the_same_every_time() {
    let trace = |seed| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let world = World::new(seed, None);
            for number in 0..world.operators() {
                operator::work(world.clone(), number).await;
            }
            world.deliver_the_rest().await;
            world.trace()
        })
    };
    let first = trace(7);
    assert!(first.len() > 20, "{first:?}");
    assert_eq!(first, trace(7));
    assert_ne!(first, trace(8));
}

/// A harness that finds nothing proves nothing: each of these bugs is planted, and must be found
/// within a few seeds.
#[test]
fn planted_bugs_are_found() {
    for (flaw, says) in [
        (Flaw::NewTokenForEachTry, "bought"),
        (Flaw::DroppedIsCalledNotSent, "may_have_executed"),
        (Flaw::NonceIsReused, "nonce"),
        (Flaw::DeadlineIsIgnored, "deadline"),
    ] {
        let found = (0..60).find_map(|seed| {
            run(seed, Some(flaw)).into_iter().find(|promise| promise.contains(says))
        });
        assert!(found.is_some(), "{flaw:?} was not found");
    }
    // A dropped connection that is called unsent makes even a mutating call run twice.
    let twice = (0..200).any(|seed| {
        let broken = run(seed, Some(Flaw::DroppedIsCalledNotSent));
        broken.iter().any(|promise| promise.contains("mutating"))
    });
    assert!(twice, "a mutating call that ran twice was not found");
}
