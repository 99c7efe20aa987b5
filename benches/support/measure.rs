//! Measures several subjects in turns, so that noise of the machine affects all of them.

use std::time::{Duration, Instant};

use super::report::{Figure, Ratio};

const ROUNDS: usize = 101;
const ROUND: Duration = Duration::from_millis(4);

/// The values of one measure: for each subject, one value per round.
///
/// The first subject is the floor, and the last one is the floor again. By how much the ratio of these
/// two differs from 1 is the noise, or, if that is larger, the standard error of the ratio.
pub(crate) struct Rounds(Vec<Vec<f64>>);

impl Rounds {
    /// Creates the values of the floor, of `others`, and of the floor again.
    pub(crate) fn with_others(others: usize) -> Self {
        Self(vec![Vec::new(); others + 2])
    }

    pub(crate) fn push(&mut self, subject: usize, value: f64) {
        self.0[subject].push(value);
    }

    /// Returns the figure of a subject, with values in `units`, such as 1000 for ns measured in µs.
    ///
    /// Its ratio is the median of the ratios of all rounds, which noise affects less than the ratio of
    /// two medians.
    pub(crate) fn figure(
        &self,
        subject: usize,
        measure: impl Into<String>,
        (unit, units): (&str, f64),
    ) -> Figure {
        let value = |subject: usize| median(self.0[subject].clone()) / units;
        let ratios = self.ratios(subject);
        let rounds = f64::from(u32::try_from(ratios.len()).expect("a small number"));
        let (low, high) = (quantile(ratios.clone(), 0.25), quantile(ratios.clone(), 0.75));
        // The standard error of a median of normally distributed values, from their quartiles.
        let error = 0.93 * (high - low) / rounds.sqrt();
        let of_floor = (median(self.ratios(self.0.len() - 1)) - 1.0).abs();
        let ratio = Ratio {
            median: median(ratios),
            quartiles: Some((low, high)),
            noise: Some(of_floor.max(error)),
        };
        let figure = Figure::new(measure, unit, value(subject)).over(value(0));
        Figure { ratio: Some(ratio), ..figure }
    }

    /// Returns the ratios of a subject to the floor of the same round.
    fn ratios(&self, subject: usize) -> Vec<f64> {
        self.0[subject].iter().zip(&self.0[0]).map(|(value, floor)| value / floor).collect()
    }
}

/// Measures the time of one run of each function, in nanoseconds. The first function is the floor.
pub(crate) fn in_turns(functions: &mut [&mut dyn FnMut()]) -> Rounds {
    let mut rounds = Rounds::with_others(functions.len() - 1);
    let runs: Vec<_> = functions.iter_mut().map(|function| runs_per_round(function)).collect();
    for _ in 0..ROUNDS {
        for subject in 0..=functions.len() {
            let index = subject % functions.len();
            let started = Instant::now();
            for _ in 0..runs[index] {
                functions[index]();
            }
            rounds.push(subject, nanos(started.elapsed()) / f64::from(runs[index]));
        }
    }
    rounds
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

pub(crate) fn median(values: Vec<f64>) -> f64 {
    quantile(values, 0.5)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the index of a value"
)]
fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN)
}
