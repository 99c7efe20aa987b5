//! Searches the model breadth first, with the crate's decision and with planted bugs.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use super::testing::{Bug, MEMORY, Model, Phase, World};

/// The most states, so that a change of the model does not search for hours.
const MAX_STATES: usize = 400_000;

impl Model {
    /// Returns the number of states, or the shortest way to a second purchase.
    fn search(self) -> Result<usize, String> {
        let mut index = HashMap::from([(World::START, 0_usize)]);
        let mut states = vec![(World::START, 0, "start", 0)];
        // From each state, the states before it that lead to it without a fault.
        let mut before: Vec<Vec<usize>> = vec![Vec::new()];
        let mut current = 0;
        while current < states.len() {
            assert!(states.len() < MAX_STATES, "too many states");
            let world = states[current].0;
            if world.bought() > 1 + usize::from(world.anyway) {
                let mut trace = String::new();
                let mut steps = Vec::new();
                while current != 0 {
                    let (_, before, name, at) = states[current];
                    steps.push((name, at));
                    current = before;
                }
                for (name, at) in steps.into_iter().rev() {
                    let _ = writeln!(trace, "{name} ({at})");
                }
                return Err(trace);
            }
            for (name, at, is_good, next) in self.steps(&world) {
                let next = next.normal(self);
                let found = *index.entry(next).or_insert_with(|| {
                    states.push((next, current, name, at));
                    before.push(Vec::new());
                    states.len() - 1
                });
                if is_good {
                    before[found].push(current);
                }
            }
            current += 1;
        }
        let is_end = |world: &World| {
            matches!(world.pods[0].phase, Phase::Done | Phase::Unresolved | Phase::Failed)
        };
        let mut ends: Vec<_> = (0..states.len()).filter(|at| is_end(&states[*at].0)).collect();
        let mut reaches_end = vec![false; states.len()];
        while let Some(at) = ends.pop() {
            if !std::mem::replace(&mut reaches_end[at], true) {
                ends.extend(&before[at]);
            }
        }
        let stuck = reaches_end.iter().position(|reaches| !reaches);
        assert_eq!(stuck.map(|at| states[at].0), None, "no end can be reached");
        Ok(states.len())
    }
}

const MODEL: Model = Model {
    bug: Bug::None,
    token_memory: MEMORY,
    forgets: true,
    loses_journal: false,
    edits: true,
    buys_anyway: false,
};

#[test]
fn no_interleaving_buys_twice() {
    for (token_memory, buys_anyway) in
        [(MEMORY, false), (Duration::ZERO, false), (MEMORY, true), (Duration::ZERO, true)]
    {
        // Both at once have too many states.
        let model = Model { token_memory, buys_anyway, edits: !buys_anyway, ..MODEL };
        let states = model.search();
        assert_eq!(states.as_ref().err(), None, "bought twice");
        assert!(states.is_ok_and(|states| states > 1_000));
    }
}

#[test]
fn planted_bugs_are_found() {
    for (bug, token_memory) in [
        (Bug::RandomToken, MEMORY),
        (Bug::RepeatOldPurchase, MEMORY),
        (Bug::BuyWithoutCandidates, MEMORY),
        (Bug::ForgetOutcome, Duration::ZERO),
        (Bug::FixedWorker, Duration::ZERO),
        (Bug::WithdrawUnknown, MEMORY),
        (Bug::WithdrawTaken, MEMORY),
    ] {
        let trace = Model { bug, token_memory, ..MODEL }.search();
        assert!(trace.is_err(), "{bug:?} is not found");
        let trace = trace.unwrap_err();
        assert!(trace.lines().count() >= 5, "{bug:?}:\n{trace}");
    }
}

#[test]
fn lost_journal_needs_the_memory_of_the_service() {
    let lost = Model { loses_journal: true, edits: false, ..MODEL };
    assert!(Model { forgets: false, ..lost }.search().is_ok());
    // The one case that is not covered: a plan that is neither recorded, configured nor remembered.
    let trace = lost.search().unwrap_err();
    assert!(trace.contains("journal lost") && trace.contains("service forgets"), "{trace}");
}
