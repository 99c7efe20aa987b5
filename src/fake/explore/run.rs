//! One run of a scenario, under one schedule.

use std::any::Any;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Builder;

use super::exploration::ExploreFailure;
use super::schedule::Schedule;
use super::session::{Session, TracePoint};
use super::world::ExploredWorld;
use crate::rpc::clock::format_duration;

/// When a run is treated as one that does not end.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// In real time.
    time: Duration,
    points: usize,
}

pub(super) const LIMITS: Limits = Limits { time: Duration::from_secs(60), points: 10_000 };

/// What one run of a scenario did.
pub(super) struct ScenarioRun {
    pub(super) trace: Vec<TracePoint>,
    pub(super) failure: Option<ExploreFailure>,
}

/// Runs a scenario under a schedule.
pub(super) fn run_once<F, Fut, E>(schedule: &Schedule, limits: Limits, scenario: &F) -> ScenarioRun
where
    F: Fn(ExploredWorld) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    let session = Arc::new(Session::new(schedule, limits.points));
    let result = catch_unwind(AssertUnwindSafe(|| run_session(&session, limits, scenario)));
    let result = result.unwrap_or_else(|panic| Err(format!("panicked: {}", panic_text(&*panic))));
    let result = result.and_then(|()| match session.missing_fault() {
        None => Ok(()),
        Some(fault) => Err(format!(
            "`{}` did not occur, so `{fault}` did not happen: the scenario does not repeat itself, or \
             the schedule belongs to another version of it",
            fault.point()
        )),
    });
    let trace = session.take_trace();
    let failure = result.err().map(|message| ExploreFailure {
        schedule: schedule.clone(),
        message,
        trace: trace.iter().map(ToString::to_string).collect(),
    });
    ScenarioRun { trace, failure }
}

/// Runs a scenario, and returns its error or why it does not end.
fn run_session<F, Fut, E>(
    session: &Arc<Session>,
    limits: Limits,
    scenario: &F,
) -> Result<(), String>
where
    F: Fn(ExploredWorld) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no Tokio runtime: {error}"))?;
    let Limits { time, points } = limits;
    let result = runtime.block_on(async {
        let mut scenario = pin!(scenario(ExploredWorld(session.clone())));
        let run = poll_fn(|context| {
            let poll = scenario.as_mut().poll(context);
            if session.is_exhausted(context.waker()) {
                let message = format!("did not end after {points} points");
                return Poll::Ready(Err(message));
            }
            poll.map(|result| result.map_err(|error| error.to_string()))
        });
        tokio::time::timeout(time, run).await
    });
    // A blocking task of the scenario may never end.
    runtime.shutdown_background();
    result.unwrap_or_else(|_| Err(format!("did not end within {}", format_duration(time))))
}

/// Returns the message of a panic.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref().map(String::as_str)).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::v2019_03_06::operations::DescribeRegions;

    async fn send_without_end(world: ExploredWorld) -> Result<(), String> {
        let run = |client: crate::Client| async move {
            loop {
                let _ = client.send(DescribeRegions::builder().build()).await;
            }
        };
        world.run(run).await
    }

    /// Spawns the requests, so that only the limit wakes the scenario.
    async fn spawn_without_end(world: ExploredWorld) -> Result<(), String> {
        tokio::spawn(send_without_end(world)).await.map_err(|error| error.to_string())?
    }

    async fn wait_without_end(world: ExploredWorld) -> Result<(), String> {
        world.run(|_| pending()).await
    }

    #[test]
    fn scenario_without_end_is_reported() {
        let few = Limits { points: 7, ..LIMITS };
        let no_time = Limits { time: Duration::ZERO, ..LIMITS };
        let schedule = Schedule::default();
        for (run, message, points) in [
            (run_once(&schedule, few, &send_without_end), "did not end after 7 points", 7),
            (run_once(&schedule, few, &spawn_without_end), "did not end after 7 points", 7),
            (run_once(&schedule, no_time, &wait_without_end), "did not end within 0ns", 0),
        ] {
            let failure = run.failure.unwrap();
            assert_eq!((failure.message(), failure.trace().len()), (message, points));
        }
    }
}
