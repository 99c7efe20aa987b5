//! `Worker`: the background thread that runs the calls of a blocking client.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::process;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// The process of the thread. A child process that `fork` creates has the worker, but not the
    /// thread.
    process: u32,
}

/// The workers whose threads wait for other workers: the waiting one and the other.
static WAITS: Mutex<Vec<(ThreadId, ThreadId)>> = Mutex::new(Vec::new());

/// Removes an entry of [`WAITS`] on drop.
struct Wait(ThreadId);

impl Wait {
    /// Records that a thread waits for a worker, unless the worker waits for that thread.
    fn start(waiting: ThreadId, worker: ThreadId) -> Result<Self, WorkerError> {
        let mut waits = lock_waits();
        let mut last = worker;
        while let Some((_, next)) = waits.iter().find(|(waiting, _)| *waiting == last) {
            last = *next;
            if last == waiting {
                return Err(WorkerError::Deadlock);
            }
        }
        waits.push((waiting, worker));
        Ok(Self(waiting))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        lock_waits().retain(|(waiting, _)| *waiting != self.0);
    }
}

fn lock_waits() -> MutexGuard<'static, Vec<(ThreadId, ThreadId)>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why the worker did not run a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkerError {
    /// The caller runs on the worker's thread, which would wait for itself.
    Reentrant,
    /// The caller runs on the thread of another worker, which this one waits for.
    Deadlock,
    /// The caller runs in a child process, which `fork` created without the thread.
    Forked,
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
            Self::Deadlock => {
                "blocking call failed: two blocking clients call each other in their transports, \
                 providers or conditions, which would deadlock; use the async client there"
            }
            Self::Forked => {
                "blocking call failed: the process is a fork, which has no background thread; \
                 create the client after `fork`"
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
        Ok(Self {
            tasks: Some(tasks),
            id: thread.thread().id(),
            thread: Some(thread),
            process: process::id(),
        })
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
        if self.is_forked() {
            return Err(WorkerError::Forked);
        }
        let current = thread::current().id();
        if current == self.id {
            return Err(WorkerError::Reentrant);
        }
        let _wait = Wait::start(current, self.id)?;
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

impl Worker {
    fn is_forked(&self) -> bool {
        process::id() != self.process
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
        if self.is_forked() {
            // Both belong to the thread of the other process. Closing the channel would wake it.
            mem::forget(self.tasks.take());
            mem::forget(self.thread.take());
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A fork differs from its parent by the id of the process, and lacks the thread.
    #[test]
    fn fork_is_refused_and_does_not_join() {
        let mut worker = Worker::start().unwrap();
        assert_eq!(worker.run(async { 7 }), Ok(7));
        let parent = mem::replace(&mut worker.process, process::id() + 1);
        assert_eq!(worker.run(async { 7 }), Err(WorkerError::Forked));
        assert!(WorkerError::Forked.message().contains("fork"));
        let mut tasks = worker.tasks.clone();
        drop(worker);
        let (sender, receiver) = sync_channel(1);
        let still_running: BoxedTask = Box::pin(async move { sender.send(parent).unwrap() });
        assert!(tasks.take().unwrap().send(still_running).is_ok());
        assert_eq!(receiver.recv(), Ok(parent), "the parent's thread is unaffected");
    }

    #[test]
    fn workers_that_wait_for_each_other_are_refused() {
        let [first, second, third] =
            [(); 3].map(|()| std::sync::Arc::new(Worker::start().unwrap()));
        let (a, b, c) = (first.clone(), second.clone(), third.clone());
        let nested = first.run(async move {
            let again = b.clone();
            b.run(async move {
                let both = (a.clone(), again);
                c.run(async move { (both.0.run(async {}), both.1.run(async {})) })
            })
        });
        let deadlock = Err(WorkerError::Deadlock);
        assert_eq!(nested, Ok(Ok(Ok((deadlock, deadlock)))));
        assert_eq!(first.run(async { 7 }), Ok(7), "the workers remain usable");
        let inside = second.clone();
        assert_eq!(first.run(async move { inside.run(async { 7 }) }), Ok(Ok(7)));
        drop(third);
    }
}
