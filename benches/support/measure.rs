//! Works measured in turns, so that what disturbs the machine disturbs all of them alike.

use std::time::{Duration, Instant};

const ROUNDS: usize = 101;
const ROUND: Duration = Duration::from_millis(4);

/// The median time of one run of each work, in nanoseconds.
pub(crate) fn in_turns<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let runs = works.each_mut().map(|work| runs_in_a_round(work));
    let mut rounds = [const { Vec::<f64>::new() }; N];
    for _ in 0..ROUNDS {
        for (index, work) in works.iter_mut().enumerate() {
            let started = Instant::now();
            for _ in 0..runs[index] {
                work();
            }
            rounds[index].push(nanos(started.elapsed()) / f64::from(runs[index]));
        }
    }
    rounds.map(median)
}

/// How often a work runs in a round; finding out warms it up.
fn runs_in_a_round(work: &mut dyn FnMut()) -> u32 {
    let mut runs = 0;
    let started = Instant::now();
    while started.elapsed() < ROUND * 10 {
        work();
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
