//! `Worker`: the background thread that runs the calls of a blocking client.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle, ThreadId};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type BoxedTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A thread with its own Tokio runtime, which runs tasks concurrently.
///
/// Callers wait on a channel of the standard library, so that they do not block another runtime.
pub(super) struct Worker {
    /// Taken on drop, which ends the thread.
    tasks: Option<UnboundedSender<BoxedTask>>,
    thread: Option<JoinHandle<()>>,
    id: ThreadId,
}

/// Why the worker did not run a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkerError {
    /// The caller runs on the worker's thread, which would wait for itself.
    Reentrant,
    /// The thread has ended.
    Stopped,
}

impl WorkerError {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Reentrant => {
                "blocking call failed: a transport, provider or condition made this call on the \
                 client's own background thread, which would deadlock; use the async client there"
            }
            Self::Stopped => {
                "blocking call failed: the client's background thread has ended; create a new \
                 client"
            }
        }
    }
}

impl Worker {
    pub(super) fn start() -> io::Result<Self> {
        let (tasks, queue) = unbounded_channel();
        let (ready, started) = sync_channel(1);
        // The thread creates and drops the runtime, because an async caller may do neither.
        let thread = thread::Builder::new().name("aliyun-dbs".to_owned()).spawn(move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    let _ = ready.send(Ok(()));
                    runtime.block_on(run_tasks(queue));
                    // A blocking task, such as a DNS lookup, may hang for minutes.
                    runtime.shutdown_background();
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            }
        })?;
        started.recv().map_err(io::Error::other)??;
        Ok(Self { tasks: Some(tasks), id: thread.thread().id(), thread: Some(thread) })
    }

    /// Runs a task on the thread and waits for its output.
    ///
    /// # Panics
    ///
    /// Panics with the panic of the task, which comes from the caller's own code.
    pub(super) fn run<F>(&self, task: F) -> Result<F::Output, WorkerError>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        if thread::current().id() == self.id {
            return Err(WorkerError::Reentrant);
        }
        let (sender, receiver) = sync_channel::<Result<F::Output, Box<dyn Any + Send>>>(1);
        let task: BoxedTask = Box::pin(async move {
            let output = match tokio::spawn(task).await {
                Ok(output) => Ok(output),
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => Err(panic),
                    // The runtime shuts down; the caller sees the closed channel.
                    Err(_) => return,
                },
            };
            let _ = sender.send(output);
        });
        let sent = self.tasks.as_ref().and_then(|tasks| tasks.send(task).ok());
        sent.ok_or(WorkerError::Stopped)?;
        match receiver.recv() {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(WorkerError::Stopped),
        }
    }
}

async fn run_tasks(mut queue: UnboundedReceiver<BoxedTask>) {
    while let Some(task) = queue.recv().await {
        tokio::spawn(task);
    }
}

impl Drop for Worker {
    /// Ends the thread and waits until its connections are closed.
    ///
    /// No task is running: its caller would still hold the worker.
    fn drop(&mut self) {
        self.tasks = None;
        let is_worker_thread = thread::current().id() == self.id;
        if let Some(thread) = self.thread.take().filter(|_| !is_worker_thread) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.id).finish_non_exhaustive()
    }
}
