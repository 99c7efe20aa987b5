//! The blocking client, for programs without async.
//!
//! [`Client`] wraps [`crate::Client`]. Its calls block the calling thread until they end, while one
//! background thread with a Tokio runtime performs them. Clones share that thread, and dropping
//! the last clone ends it. Calls also work inside another async runtime, but block a thread of that
//! runtime; use the async client or `spawn_blocking` there.
//!
//! | to | use | ends with |
//! | --- | --- | --- |
//! | call an operation | [`Client::send`] | [`Call::call`] |
//! | sign a URL | [`Client::presign`] | [`Presign::call`] |
//! | list pages or items | [`Client::pages`], [`Client::items`] | an iterator: [`Pages`], [`Items`] |
//! | wait for a condition | [`Client::wait_for`] | [`Waiter::wait`], or an iterator of its polls |
//! | buy, configure and start a plan | [`Client::provision`] | [`Provision::run`], or an iterator of its steps |
//!
//! Options, defaults and errors are those of the async client. In addition, a blocking call fails
//! with [`ErrorKind::Configuration`]:
//!
//! * if a transport, provider or condition of the client makes it on the client's own background
//!   thread;
//! * if two clients call each other in this way;
//! * if the process was created by `fork`, which does not copy the thread. Create a client after
//!   `fork`.
//!
//! A panic in a transport, provider or condition continues on the calling thread.
//!
//! ```no_run
//! use aliyun_dbs::operations::DescribeBackupPlanList;
//! use aliyun_dbs::{Region, blocking};
//!
//! let client = blocking::Client::from_env(Region::Hangzhou)?;
//! for plan in client.items(DescribeBackupPlanList::builder().build()) {
//!     println!("{}", plan?.backup_plan_id);
//! }
//! # Ok::<(), aliyun_dbs::Error>(())
//! ```

mod call;
mod lists;
mod tasks;
mod worker;

use std::fmt;
use std::sync::Arc;

pub use call::{Call, Presign};
pub use lists::{Items, Pages};
pub use tasks::{Provision, Waiter};

use crate::rpc::client::ClientBuilder;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::{ApiRequest, PagedOperation};
use crate::rpc::wait::Condition;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::IntoConfiguration;
use worker::{Worker, WorkerError};

/// A client whose calls block; see [`blocking`](crate::blocking).
///
/// Cheap to clone, and can be shared between threads.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    worker: Arc<Worker>,
}

impl Client {
    /// Wraps a client and starts the background thread.
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot start the thread.
    pub fn new(client: crate::Client) -> Result<Self, Error> {
        let worker = Worker::start().map_err(|error| {
            Error::new(
                ErrorKind::Configuration,
                format!("starting the background thread of the blocking client failed: {error}"),
            )
            .with_source(error)
        })?;
        Ok(Self { client, worker: Arc::new(worker) })
    }

    /// Returns a builder, to finish with [`build_blocking`](ClientBuilder::build_blocking).
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// Creates a client for a region with the default credentials; see
    /// [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`crate::Client::from_env`], and an error if the system cannot start
    /// the thread.
    pub fn from_env(region: Region) -> Result<Self, Error> {
        Self::new(crate::Client::from_env(region)?)
    }

    /// Returns the async client, for what the blocking client does not offer.
    ///
    /// It gives access to the clock and the endpoint, and can be used on the caller's own runtime.
    pub fn inner(&self) -> &crate::Client {
        &self.client
    }

    /// Prepares a call; [`call`](Call::call) sends the request.
    pub fn send<R: ApiRequest>(&self, request: R) -> Call<R> {
        Call::new(self.client.send(request), self.worker.clone())
    }

    /// Prepares a presigned URL of a read; see [`crate::Client::presign`].
    pub fn presign<R: ApiRequest>(&self, request: R) -> Presign<R> {
        Presign::new(self.client.presign(request), self.worker.clone())
    }

    /// Returns an iterator over the pages of a list; see [`crate::Client::pages`].
    pub fn pages<O: PagedOperation>(&self, request: O) -> Pages<O> {
        Pages::new(self.client.pages(request), self.worker.clone())
    }

    /// Returns an iterator over the items of a list; see [`crate::Client::items`].
    pub fn items<O: PagedOperation>(&self, request: O) -> Items<O> {
        Items::new(self.pages(request))
    }

    /// Prepares a wait until a condition holds; see [`wait`](crate::wait).
    pub fn wait_for<C: Condition>(&self, condition: C) -> Waiter<C> {
        Waiter::new(self.client.wait_for(condition), self.worker.clone())
    }

    /// Prepares a workflow that buys, configures and starts a plan; see
    /// [`crate::Client::provision`].
    pub fn provision<F, C, Form>(&self, create: CreateBackupPlan, configure: F) -> Provision
    where
        F: FnOnce(BackupPlanId) -> C + Send + 'static,
        C: IntoConfiguration<Form>,
    {
        Provision::new(self.client.provision(create, configure), self.worker.clone())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}

impl ClientBuilder {
    /// Builds a blocking client.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`build`](Self::build), and an error if the system cannot start the
    /// thread.
    pub fn build_blocking(self) -> Result<Client, Error> {
        Client::new(self.build()?)
    }
}

fn worker_error(error: WorkerError) -> Error {
    Error::new(ErrorKind::Configuration, error.message())
}
