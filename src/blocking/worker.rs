//! The thread that the calls of a blocking client run on.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle, ThreadId};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A thread with a Tokio runtime of its own. Jobs run on it side by side; callers wait on a
/// channel of the standard library, so nothing blocks on a runtime that is not this one.
pub(super) struct Worker {
    /// Taken when the worker is dropped, which is how the thread knows.
    jobs: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<()>>,
    id: ThreadId,
}

/// Why a job gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoOutput {
    /// The caller is on the worker's thread, which cannot wait for itself.
    OnTheWorker,
    /// The thread has ended.
    Gone,
}

impl NoOutput {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::OnTheWorker => {
                "a blocking client was used by a part of itself (a transport, a provider or a \
                 condition), and would wait for itself for ever: use the client that is not \
                 blocking there"
            }
            Self::Gone => "the thread of the blocking client has ended",
        }
    }
}

impl Worker {
    pub(super) fn start() -> io::Result<Self> {
        let (jobs, queue) = unbounded_channel();
        let (ready, started) = sync_channel(1);
        // The runtime is made and dropped on its thread: a caller's may not allow either.
        let thread = thread::Builder::new().name("aliyun-dbs".to_owned()).spawn(move || {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    let _ = ready.send(Ok(()));
                    runtime.block_on(work(queue));
                    // A blocking task, such as the lookup of a name, may hang for minutes.
                    runtime.shutdown_background();
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            }
        })?;
        started.recv().map_err(io::Error::other)??;
        Ok(Self { jobs: Some(jobs), id: thread.thread().id(), thread: Some(thread) })
    }

    /// Runs a job on the thread and waits for what it gives. A panic of the job, which only code
    /// of the caller's can make, goes on here.
    pub(super) fn run<F>(&self, job: F) -> Result<F::Output, NoOutput>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        if thread::current().id() == self.id {
            return Err(NoOutput::OnTheWorker);
        }
        let (told, output) = sync_channel::<Result<F::Output, Box<dyn Any + Send>>>(1);
        let job: Job = Box::pin(async move {
            let output = match tokio::spawn(job).await {
                Ok(output) => Ok(output),
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => Err(panic),
                    // The runtime is shutting down; the caller learns it by the closed channel.
                    Err(_) => return,
                },
            };
            let _ = told.send(output);
        });
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or(NoOutput::Gone)?;
        match output.recv() {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(NoOutput::Gone),
        }
    }
}

async fn work(mut queue: UnboundedReceiver<Job>) {
    while let Some(job) = queue.recv().await {
        tokio::spawn(job);
    }
}

impl Drop for Worker {
    /// Ends the thread, and waits until its connections are closed. Nobody waits for a job by
    /// now, since whoever does holds the worker.
    fn drop(&mut self) {
        self.jobs = None;
        let on_itself = thread::current().id() == self.id;
        if let Some(thread) = self.thread.take().filter(|_| !on_itself) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.id).finish_non_exhaustive()
    }
}
