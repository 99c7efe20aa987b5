//! A task that tells its steps on the way: one future, to be awaited or watched.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Where a task puts its steps.
pub(crate) struct Steps<S>(Arc<Mutex<VecDeque<S>>>);

impl<S> Steps<S> {
    pub(crate) fn tell(&self, step: S) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(step);
    }

    fn next(&self) -> Option<S> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

type Task<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// A task and the steps that it has told and nobody has taken.
///
/// The steps wait in a list of their own instead of a channel: the task runs only when it is
/// polled, so there is never a second party.
pub(crate) struct Stepwise<S, T, E> {
    task: Option<Task<T, E>>,
    steps: Steps<S>,
    /// What the task ended with, until somebody takes it.
    outcome: Option<Result<T, E>>,
}

impl<S: Send + 'static, T, E> Stepwise<S, T, E> {
    pub(crate) fn new<F>(task: impl FnOnce(Steps<S>) -> F) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let steps = Arc::new(Mutex::new(VecDeque::new()));
        Self {
            task: Some(Box::pin(task(Steps(steps.clone())))),
            steps: Steps(steps),
            outcome: None,
        }
    }

    /// The next step; `None` once the task has ended well, its error once it has not.
    pub(crate) fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<S, E>>> {
        loop {
            if let Some(step) = self.steps.next() {
                return Poll::Ready(Some(Ok(step)));
            }
            let Some(task) = &mut self.task else {
                // A good end stays for whoever awaits the rest.
                return match self.outcome.take() {
                    Some(Err(error)) => Poll::Ready(Some(Err(error))),
                    kept => {
                        self.outcome = kept;
                        Poll::Ready(None)
                    }
                };
            };
            match task.as_mut().poll(context) {
                Poll::Pending => match self.steps.next() {
                    Some(step) => return Poll::Ready(Some(Ok(step))),
                    None => return Poll::Pending,
                },
                Poll::Ready(outcome) => {
                    self.task = None;
                    self.outcome = Some(outcome);
                }
            }
        }
    }

    /// What the task ends with, or has ended with; `None` if its error was given before. Steps
    /// that nobody has taken are dropped.
    pub(crate) async fn finish(mut self) -> Option<Result<T, E>> {
        match self.task.take() {
            Some(task) => Some(task.await),
            None => self.outcome.take(),
        }
    }
}
