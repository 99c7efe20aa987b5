//! `TaskStream`: a task that reports events while it runs, awaited or used as a stream.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Receives the events of a task.
pub(crate) struct EventSink<T>(Arc<Mutex<VecDeque<T>>>);

impl<T> EventSink<T> {
    pub(crate) fn send(&self, event: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(event);
    }

    fn next(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

type Task<O, E> = Pin<Box<dyn Future<Output = Result<O, E>> + Send>>;

/// A task, and the events that it has sent and the caller has not taken.
///
/// A queue is enough, because the task runs only while the caller polls it; a channel would
/// connect two parties.
pub(crate) struct TaskStream<T, O, E> {
    task: Option<Task<O, E>>,
    events: EventSink<T>,
    /// The result of the task, until the caller takes it.
    result: Option<Result<O, E>>,
}

impl<T: Send + 'static, O, E> TaskStream<T, O, E> {
    pub(crate) fn new<F>(task: impl FnOnce(EventSink<T>) -> F) -> Self
    where
        F: Future<Output = Result<O, E>> + Send + 'static,
    {
        let queue = Arc::new(Mutex::new(VecDeque::new()));
        Self {
            task: Some(Box::pin(task(EventSink(queue.clone())))),
            events: EventSink(queue),
            result: None,
        }
    }

    /// Polls for the next event; at the end, `None` after success and the error after a failure.
    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        loop {
            if let Some(event) = self.events.next() {
                return Poll::Ready(Some(Ok(event)));
            }
            let Some(task) = &mut self.task else {
                // `finish` returns the output, so only an error is taken here.
                return match self.result.take() {
                    Some(Err(error)) => Poll::Ready(Some(Err(error))),
                    output => {
                        self.result = output;
                        Poll::Ready(None)
                    }
                };
            };
            match task.as_mut().poll(context) {
                Poll::Pending => match self.events.next() {
                    Some(event) => return Poll::Ready(Some(Ok(event))),
                    None => return Poll::Pending,
                },
                Poll::Ready(result) => {
                    self.task = None;
                    self.result = Some(result);
                }
            }
        }
    }

    /// Stops the task, and returns what the caller has not taken: the events, and the result.
    pub(crate) fn stop(self) -> (impl Iterator<Item = T>, Option<Result<O, E>>) {
        let Self { task, events, result } = self;
        drop(task);
        (std::iter::from_fn(move || events.next()), result)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.task.is_some()
    }

    /// Returns the result of the task, or `None` if [`poll_event`](Self::poll_event) returned its
    /// error before. Drops events that the caller has not taken.
    pub(crate) async fn finish(mut self) -> Option<Result<O, E>> {
        match self.task.take() {
            Some(task) => Some(task.await),
            None => self.result.take(),
        }
    }
}
