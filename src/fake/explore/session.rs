//! `Session`: one run of a scenario, and the processes in it.

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::fault::Fault;
use super::schedule::{JOURNAL, Schedule, ScheduledFault};
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;

/// How much later a process starts again after [`Fault::CrashLate`].
const LATE: Duration = Duration::from_secs(24 * 3600);

/// One run of a scenario under a schedule.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) dbs: FakeDbs,
    max_points: usize,
    state: Mutex<SessionState>,
}

#[derive(Debug)]
struct SessionState {
    /// The faults that have not happened.
    faults: Vec<ScheduledFault>,
    /// How often each operation was reached.
    reached: BTreeMap<String, u32>,
    trace: Vec<TracePoint>,
    /// The process that is polled now.
    current: Option<Arc<Process>>,
    /// The task to wake if there are too many points.
    waker: Option<Waker>,
}

/// A point that a scenario has reached.
#[derive(Clone, Debug)]
pub(super) struct TracePoint {
    pub(super) name: Arc<str>,
    pub(super) at: Duration,
    pub(super) fault: Option<Fault>,
}

impl TracePoint {
    pub(super) fn is_of_journal(&self) -> bool {
        self.name.starts_with(JOURNAL)
    }
}

impl fmt::Display for TracePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.3} s  {}", self.at.as_secs_f64(), self.name)?;
        self.fault.map_or(Ok(()), |fault| write!(f, "={fault}"))
    }
}

/// One start of a workflow, until it ends or crashes.
#[derive(Debug, Default)]
pub(super) struct Process(Mutex<ProcessState>);

#[derive(Debug, Default)]
struct ProcessState {
    ended: bool,
    crash: Option<Fault>,
    waker: Option<Waker>,
}

impl Process {
    fn state(&self) -> MutexGuard<'_, ProcessState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the task to wake if the process crashes.
    pub(super) fn watch(&self, waker: &Waker) {
        self.state().waker = Some(waker.clone());
    }

    /// Returns the fault that crashed the process.
    pub(super) fn crash(&self) -> Option<Fault> {
        self.state().crash
    }

    /// Records that the workflow has returned, so that no further fault happens to it.
    pub(super) fn end(&self) {
        self.state().ended = true;
    }

    /// Crashes the process: the caller is never polled again.
    pub(super) async fn crash_by<T>(&self, fault: Fault) -> T {
        let waker = {
            let mut state = self.state();
            state.crash.get_or_insert(fault);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        pending().await
    }
}

impl Session {
    pub(super) fn new(schedule: &Schedule, max_points: usize) -> Self {
        let state = SessionState {
            faults: schedule.faults().to_vec(),
            reached: BTreeMap::new(),
            trace: Vec::new(),
            current: None,
            waker: None,
        };
        Self { dbs: FakeDbs::with_seed(1), max_points, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, SessionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the process that is polled now.
    pub(super) fn current(&self) -> Option<Arc<Process>> {
        self.state().current.clone()
    }

    /// Polls a process, or lets it do other work.
    pub(super) fn within<T>(&self, process: &Arc<Process>, work: impl FnOnce() -> T) -> T {
        let outer = self.state().current.replace(process.clone());
        let output = work();
        self.state().current = outer;
        output
    }

    /// Returns the fault of the next point, and records the point.
    ///
    /// Never returns in a process that has crashed, as its tasks may still be polled, and if the
    /// scenario has reached too many points.
    pub(super) async fn reach(&self, process: &Process, operation: &str) -> Option<Fault> {
        let is_alive = {
            let process = process.state();
            if process.ended {
                return None;
            }
            process.crash.is_none()
        };
        if is_alive && !self.wake_if_exhausted() {
            return self.next_fault(operation);
        }
        pending().await
    }

    fn next_fault(&self, operation: &str) -> Option<Fault> {
        let mut state = self.state();
        let number = state.reached.entry(operation.to_owned()).or_default();
        *number += 1;
        let name: Arc<str> = format!("{operation}.{number}").into();
        let index = state.faults.iter().position(|fault| fault.point() == &*name);
        let fault = index.map(|index| state.faults.remove(index).fault());
        let at = self.dbs.clock().elapsed();
        state.trace.push(TracePoint { name, at, fault });
        fault
    }

    /// Returns whether the scenario has reached too many points, and wakes it then.
    fn wake_if_exhausted(&self) -> bool {
        let mut state = self.state();
        let is_exhausted = state.trace.len() >= self.max_points;
        if let Some(waker) = state.waker.take_if(|_| is_exhausted) {
            waker.wake();
        }
        is_exhausted
    }

    /// Sets the task to wake, and returns whether the scenario has reached too many points.
    pub(super) fn is_exhausted(&self, waker: &Waker) -> bool {
        let mut state = self.state();
        state.waker = Some(waker.clone());
        state.trace.len() >= self.max_points
    }

    /// Prepares the service for a process that starts after a crash.
    pub(super) fn restart_after(&self, crash: Fault) {
        if crash == Fault::CrashLate {
            self.dbs.clock().advance(LATE);
            self.dbs.forget_tokens();
        }
    }

    /// Returns the first fault that has not happened.
    pub(super) fn missing_fault(&self) -> Option<ScheduledFault> {
        self.state().faults.first().cloned()
    }

    /// Returns the points in the order in which they were reached.
    pub(super) fn take_trace(&self) -> Vec<TracePoint> {
        std::mem::take(&mut self.state().trace)
    }
}
