//! `RunHandle`: a workflow that starts when the caller awaits it or reads its first step.

use std::fmt;
use std::future::Future;
use std::task::{Context, Poll};

use super::task_stream::{EventSink, TaskStream};

/// One run of a workflow, with its options.
pub(crate) trait Run: Send + 'static {
    type Step: Send + 'static;
    type Output: Send + 'static;
    type Error: Send + 'static;
    /// What the error of a late option names, such as the id of a task.
    type Known: Send;

    /// Returns what is known before the first step.
    fn known(&self) -> Self::Known;

    /// Adds what a step shows.
    fn learn(known: &mut Self::Known, step: &Self::Step);

    /// Returns the error of a run that a late option stopped; see [`LateOption`].
    fn late_option(known: Self::Known) -> Self::Error;

    /// Runs the workflow. `steps` is `None` if the caller does not read them.
    fn run(
        self,
        steps: Option<EventSink<Self::Step>>,
    ) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// Displays that the caller set an option of a workflow after its first step.
pub(crate) struct LateOption(pub(crate) &'static str);

impl fmt::Display for LateOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(workflow) = self;
        write!(
            f,
            "an option was set after the first step, so the {workflow} was stopped: set every option \
             before it"
        )
    }
}

/// A run that has not started, is in progress, or has ended.
pub(crate) struct RunHandle<R: Run> {
    waiting: Option<R>,
    started: Option<StartedRun<R>>,
    /// The error of a run that a late option stopped or followed, until the caller takes it.
    late: Option<R::Error>,
    /// Whether the stream of steps has returned its last item.
    ended: bool,
}

struct StartedRun<R: Run> {
    task: TaskStream<R::Step, R::Output, R::Error>,
    known: R::Known,
}

impl<R: Run> RunHandle<R> {
    pub(crate) fn new(run: R) -> Self {
        Self { waiting: Some(run), started: None, late: None, ended: false }
    }

    /// Changes the options of a run that has not started.
    ///
    /// A run that has started would ignore them, and could do what they forbid, so it is stopped, and
    /// its result becomes [`Run::late_option`], unless it has failed before.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut R)) {
        if let Some(run) = &mut self.waiting {
            change(run);
        } else if let Some(StartedRun { task, mut known }) = self.started.take() {
            let was_running = task.is_running();
            let (steps, result) = task.stop();
            steps.for_each(|step| R::learn(&mut known, &step));
            self.late = match result {
                // It says more than the error of the option.
                Some(Err(error)) => Some(error),
                // The caller has taken the error.
                None if !was_running => None,
                _ => Some(R::late_option(known)),
            };
        }
    }

    pub(crate) fn is_started(&self) -> bool {
        self.waiting.is_none()
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Polls for the next step, and starts the run at first.
    pub(crate) fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<R::Step, R::Error>>> {
        if let Some(run) = self.waiting.take() {
            let known = run.known();
            let task = TaskStream::new(|steps| run.run(Some(steps)));
            self.started = Some(StartedRun { task, known });
        }
        let Some(StartedRun { task, known }) = &mut self.started else {
            let late = if self.ended { None } else { self.late.take() };
            self.ended = true;
            return Poll::Ready(late.map(Err));
        };
        let step = task.poll_event(context);
        if let Poll::Ready(Some(Ok(step))) = &step {
            R::learn(known, step);
        }
        self.ended |= matches!(step, Poll::Ready(None | Some(Err(_))));
        step
    }

    /// Returns the result of the run, or `None` if the stream of steps returned its error before.
    pub(crate) async fn finish(self) -> Option<Result<R::Output, R::Error>> {
        match (self.waiting, self.started) {
            (Some(run), _) => Some(run.run(None).await),
            (None, Some(StartedRun { task, .. })) => task.finish().await,
            (None, None) => self.late.map(Err),
        }
    }
}
