//! `RunHandle`: a workflow that starts when the caller awaits it or reads its first step.

use std::future::Future;
use std::task::{Context, Poll};

use super::task_stream::{EventSink, TaskStream};

/// One run of a workflow, with its options.
pub(crate) trait Run: Send + 'static {
    type Step: Send + 'static;
    type Output: Send + 'static;
    type Error: Send + 'static;

    /// Runs the workflow. `steps` is `None` if the caller does not read them.
    fn run(
        self,
        steps: Option<EventSink<Self::Step>>,
    ) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// A run that has not started, is in progress, or has ended.
pub(crate) struct RunHandle<R: Run> {
    waiting: Option<R>,
    task: Option<TaskStream<R::Step, R::Output, R::Error>>,
    /// Whether the stream of steps has returned its last item.
    ended: bool,
}

impl<R: Run> RunHandle<R> {
    pub(crate) fn new(run: R) -> Self {
        Self { waiting: Some(run), task: None, ended: false }
    }

    /// Returns the options of a run that has not started.
    pub(crate) fn options(&mut self) -> Option<&mut R> {
        self.waiting.as_mut()
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
            self.task = Some(TaskStream::new(|steps| run.run(Some(steps))));
        }
        let Some(task) = &mut self.task else { return Poll::Ready(None) };
        let step = task.poll_event(context);
        self.ended |= matches!(step, Poll::Ready(None | Some(Err(_))));
        step
    }

    /// Returns the result of the run, or `None` if the stream of steps returned its error before.
    pub(crate) async fn finish(self) -> Option<Result<R::Output, R::Error>> {
        match (self.waiting, self.task) {
            (Some(run), _) => Some(run.run(None).await),
            (None, Some(task)) => task.finish().await,
            (None, None) => None,
        }
    }
}
