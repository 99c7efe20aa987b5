//! Measures several functions in turns, so that noise of the machine affects all of them.

use std::time::{Duration, Instant};

const ROUNDS: usize = 101;
const ROUND: Duration = Duration::from_millis(4);

/// Returns the median time of one run of each function, in nanoseconds.
pub(crate) fn in_turns<const N: usize>(mut functions: [&mut dyn FnMut(); N]) -> [f64; N] {
    let runs = functions.each_mut().map(|function| runs_per_round(function));
    let mut rounds = [const { Vec::<f64>::new() }; N];
    for _ in 0..ROUNDS {
        for (index, function) in functions.iter_mut().enumerate() {
            let started = Instant::now();
            for _ in 0..runs[index] {
                function();
            }
            rounds[index].push(nanos(started.elapsed()) / f64::from(runs[index]));
        }
    }
    rounds.map(median)
}

/// Returns how often a function runs in a round, after warming it up.
fn runs_per_round(function: &mut dyn FnMut()) -> u32 {
    let mut runs = 0;
    let started = Instant::now();
    while started.elapsed() < ROUND * 10 {
        function();
        runs += 1;
    }
    (runs / 10).max(1)
}

pub(crate) fn nanos(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
