//! `Control`: what a fleet, its plans and its handles share.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use super::outcome::FleetOutcomeKind;
use super::progress::{Counters, FleetProgress};
use crate::rpc::clock::Clock;
use crate::workflows::provision::ProvisionStage;

/// Whether a fleet continues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    #[default]
    Running,
    /// No further plan starts.
    Draining,
    /// Plans in progress end at the next step at which nothing is lost.
    Cancelled,
}

/// What a fleet, its plans and its handles share.
#[derive(Debug)]
pub(super) struct Control {
    state: Mutex<ControlState>,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct ControlState {
    mode: Mode,
    /// The task that polls the fleet.
    waker: Option<Waker>,
    counters: Counters,
    stopped_by: Option<String>,
}

impl Control {
    pub(super) fn new(clock: Arc<dyn Clock>, total: Option<usize>) -> Self {
        let mut counters = Counters::default();
        counters.total = total;
        let state = ControlState { counters, ..ControlState::default() };
        Self { state: Mutex::new(state), clock }
    }

    fn state(&self) -> MutexGuard<'_, ControlState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn start(&self) {
        self.state().counters.started.get_or_insert(self.clock.elapsed());
    }

    pub(super) fn mode(&self) -> Mode {
        self.state().mode
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.mode() == Mode::Cancelled
    }

    /// Sets the task to wake when the mode changes, and returns the mode.
    pub(super) fn watch(&self, waker: &Waker) -> Mode {
        let mut state = self.state();
        state.waker = Some(waker.clone());
        state.mode
    }

    /// Changes the mode, unless it is a later one already.
    pub(super) fn stop(&self, mode: Mode) {
        let mut state = self.state();
        state.mode = state.mode.max(mode);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Cancels the fleet because of an error.
    pub(super) fn stop_by(&self, error: String) {
        self.state().stopped_by.get_or_insert(error);
        self.stop(Mode::Cancelled);
    }

    pub(super) fn stopped_by(&self) -> Option<String> {
        self.state().stopped_by.clone()
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        change(&mut self.state().counters);
    }

    pub(super) fn add(&self, kind: &FleetOutcomeKind) {
        let now = self.clock.elapsed();
        self.count(|counters| counters.add(kind, now));
    }

    pub(super) fn progress(&self) -> FleetProgress {
        let now = self.clock.elapsed();
        self.state().counters.progress(now)
    }

    /// Returns the output of a future, or `None` if the fleet reaches a mode first.
    pub(super) async fn unless<F: Future>(&self, mode: Mode, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        // A change of the mode wakes all plans.
        std::future::poll_fn(|context| {
            if self.mode() >= mode {
                return Poll::Ready(None);
            }
            future.as_mut().poll(context).map(Some)
        })
        .await
    }
}

/// Counts a plan in a stage until it is dropped.
pub(super) struct StageMark<'c> {
    control: &'c Control,
    stage: Option<ProvisionStage>,
}

impl<'c> StageMark<'c> {
    pub(super) fn new(control: &'c Control) -> Self {
        Self { control, stage: None }
    }

    pub(super) fn set(&mut self, stage: Option<ProvisionStage>) {
        if self.stage == stage {
            return;
        }
        let before = std::mem::replace(&mut self.stage, stage);
        self.control.count(|counters| {
            if let Some(before) = before
                && let Some(count) = counters.stages.get_mut(&before)
            {
                *count -= 1;
                if *count == 0 {
                    counters.stages.remove(&before);
                }
            }
            if let Some(stage) = stage {
                *counters.stages.entry(stage).or_default() += 1;
            }
        });
    }
}

impl Drop for StageMark<'_> {
    fn drop(&mut self) {
        self.set(None);
    }
}

/// Counts a plan that another worker has leased until it is dropped.
#[derive(Debug)]
pub(super) struct HeldMark(Arc<Control>);

impl HeldMark {
    pub(super) fn new(control: Arc<Control>) -> Self {
        control.count(|counters| counters.held_elsewhere += 1);
        Self(control)
    }
}

impl Drop for HeldMark {
    fn drop(&mut self) {
        self.0.count(|counters| counters.held_elsewhere -= 1);
    }
}

/// Returns the delay before a repeated run or request: 2 to the power of `attempt` seconds, at most
/// 60, of which a random part of up to a half is left out.
pub(super) fn backoff(clock: &dyn Clock, attempt: u32) -> Duration {
    let seconds = 2_f64.powi(i32::try_from(attempt.min(6)).unwrap_or(6)).min(60.0);
    Duration::from_secs_f64(seconds * (1.0 - clock.random_fraction() / 2.0))
}
