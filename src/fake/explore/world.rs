//! `ExploredWorld`: what a scenario gets.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use super::journal::ExploredJournal;
use super::session::{Process, Session};
use super::transport::ExploredTransport;
use crate::fake::dbs::FakeDbs;
use crate::rpc::client::Client;
use crate::rpc::transport::Transport;
use crate::v2019_03_06::region::Region;
use crate::workflows::fleet::Journal;

/// A service, and processes that run a workflow with it. Clones share both.
///
/// [`explore`](super::explore) gives each run of a scenario a new one. It repeats itself: ids, random
/// values and the time follow from a seed.
#[derive(Clone, Debug)]
pub struct ExploredWorld(pub(super) Arc<Session>);

impl ExploredWorld {
    /// Returns the service, to prepare it and to check the outcome.
    ///
    /// Its [clock](FakeDbs::clock) is that of the clients. It remembers client tokens without limit,
    /// unless the scenario [limits](FakeDbs::forget_tokens_after) that, but forgets them in
    /// [`Fault::CrashLate`](super::Fault::CrashLate).
    pub fn dbs(&self) -> &FakeDbs {
        &self.0.dbs
    }

    /// Returns a client outside of the workflow, whose requests do not fail.
    pub fn client(&self) -> Client {
        self.client_with(self.0.dbs.clone())
    }

    /// Runs a workflow to its end, and starts it again after each crash.
    ///
    /// The closure is what a process does when it starts: it gets a client with default settings,
    /// reads what is durable, and continues. What is durable lives outside of the closure. A crash
    /// drops the future. Tasks that the workflow has spawned end at their next request.
    ///
    /// Runs that are polled together, such as with `futures_util::future::join`, are separate processes, which
    /// crash separately.
    pub async fn run<W, Fut>(&self, workflow: W) -> Fut::Output
    where
        W: Fn(Client) -> Fut,
        Fut: Future,
    {
        let session = &self.0;
        loop {
            let process = Arc::new(Process::default());
            let transport =
                ExploredTransport { session: session.clone(), process: process.clone() };
            let client = self.client_with(transport);
            let crash = {
                let mut workflow = pin!(session.within(&process, || workflow(client)));
                let end = poll_fn(|context| {
                    process.watch(context.waker());
                    let poll = session.within(&process, || workflow.as_mut().poll(context));
                    match process.crash() {
                        Some(crash) => Poll::Ready(Err(crash)),
                        None => poll.map(Ok),
                    }
                });
                match end.await {
                    Ok(output) => {
                        process.end();
                        return output;
                    }
                    Err(crash) => crash,
                }
            };
            session.restart_after(crash);
        }
    }

    /// Wraps a journal, so that its requests can fail and crash as well.
    ///
    /// Call it in the workflow, once per process. The inner journal is what is durable, so it lives
    /// outside.
    pub fn journal<J: Journal>(&self, journal: J) -> ExploredJournal<J> {
        ExploredJournal { journal, session: self.0.clone(), process: self.0.current() }
    }

    fn client_with(&self, transport: impl Transport + 'static) -> Client {
        let builder = Client::builder().region(Region::Hangzhou);
        let client = builder.credentials(self.0.dbs.credentials()).transport(transport).build();
        client.unwrap_or_else(|error| panic!("a client of the explorer: {error}"))
    }
}
