//! `Figures`: the numbers of one run.

use std::fmt;

/// The numbers of one run.
pub(crate) struct Figures {
    journal: &'static str,
    pub(crate) kills: usize,
    pub(crate) restarts: usize,
    pub(crate) requests: usize,
    /// The requests that a fault rule changed.
    pub(crate) faults: usize,
    pub(crate) purchases: PurchaseFigures,
    pub(crate) seconds: u64,
}

/// The numbers of `CreateBackupPlan`.
#[derive(Default)]
pub(crate) struct PurchaseFigures {
    pub(crate) sent: usize,
    /// Executed by the service, with a plan each.
    pub(crate) executed: usize,
    /// Repetitions, to which the service sent the response of the first request.
    pub(crate) repeated: usize,
    /// Executed or repeated, but a fault rule destroyed the response.
    pub(crate) responses_lost: usize,
}

impl Figures {
    pub(crate) const HEADER: &str = "\
journal     kills  restarts  requests  faults  purchases sent  executed  repeated  lost  seconds";

    pub(crate) fn new(journal: &'static str) -> Self {
        let purchases = PurchaseFigures::default();
        Self { journal, kills: 0, restarts: 0, requests: 0, faults: 0, purchases, seconds: 0 }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { journal, kills, restarts, requests, faults, purchases, seconds } = self;
        let PurchaseFigures { sent, executed, repeated, responses_lost } = purchases;
        write!(
            f,
            "{journal:<10} {kills:>6} {restarts:>9} {requests:>9} {faults:>7} {sent:>15} \
             {executed:>9} {repeated:>9} {responses_lost:>5} {seconds:>8}"
        )
    }
}
