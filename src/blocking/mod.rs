//! The client for programs without async: the same calls, which block until they have ended.
//!
//! [`Client`] is a thin wrapper over [`crate::Client`]. It has one background thread with a Tokio
//! runtime; clones share it, and it ends with the last of them. It works on any thread, also
//! inside somebody else's runtime. There it blocks the thread as any blocking function does, so
//! prefer the async client, or `spawn_blocking`.
//!
//! ```no_run
//! use aliyun_dbs::operations::DescribeBackupPlanList;
//! use aliyun_dbs::{Region, blocking};
//!
//! let client = blocking::Client::from_env(Region::Hangzhou)?;
//! for plan in client.items(DescribeBackupPlanList::builder().build()) {
//!     println!("{}", plan?.backup_plan_name);
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
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::BackupPlanId;
use worker::{NoOutput, Worker};

/// A client whose calls block; cheap to clone, shared between threads. See
/// [`blocking`](crate::blocking).
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    worker: Arc<Worker>,
}

impl Client {
    /// Wraps a client, and starts the thread that its calls run on.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn new(client: crate::Client) -> Result<Self, Error> {
        let worker = Worker::start().map_err(|error| {
            Error::new(
                ErrorKind::Configuration,
                format!("the thread of the blocking client cannot be started: {error}"),
            )
            .with_source(error)
        })?;
        Ok(Self { client, worker: Arc::new(worker) })
    }

    /// A builder, for everything that can be set; it ends with
    /// [`build_blocking`](ClientBuilder::build_blocking).
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// As [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::from_env`], and when the system gives no thread.
    pub fn from_env(region: Region) -> Result<Self, Error> {
        Self::new(crate::Client::from_env(region)?)
    }

    /// The client inside, for what has no blocking twin: its clock, its endpoint.
    ///
    /// It can also send calls of its own, on a runtime of yours.
    pub fn inner(&self) -> &crate::Client {
        &self.client
    }

    /// Prepares a call; [`call`](Call::call) sends the request.
    pub fn send<R: ApiRequest>(&self, request: R) -> Call<R> {
        Call::new(self.client.send(request), self.worker.clone())
    }

    /// Prepares a URL that makes a read; see [`crate::Client::presign`].
    pub fn presign<R: ApiRequest>(&self, request: R) -> Presign<R> {
        Presign::new(self.client.presign(request), self.worker.clone())
    }

    /// All pages of a list; see [`crate::Client::pages`].
    pub fn pages<O: PagedOperation>(&self, request: O) -> Pages<O> {
        Pages::new(self.client.pages(request), self.worker.clone())
    }

    /// All rows of a list; see [`crate::Client::items`].
    pub fn items<O: PagedOperation>(&self, request: O) -> Items<O> {
        Items::new(self.pages(request))
    }

    /// Prepares to wait until a condition holds; see [`wait`](crate::wait).
    pub fn wait_for<C: Condition>(&self, condition: C) -> Waiter<C> {
        Waiter::new(self.client.wait_for(condition), self.worker.clone())
    }

    /// Prepares to buy, configure and start a plan; see
    /// [`Provision`](crate::workflows::Provision).
    pub fn provision<F>(&self, create: CreateBackupPlan, configure: F) -> Provision
    where
        F: FnOnce(BackupPlanId) -> ConfigureBackupPlan + Send + 'static,
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
    /// As [`build`](Self::build), and when the system gives no thread.
    pub fn build_blocking(self) -> Result<Client, Error> {
        Client::new(self.build()?)
    }
}

fn no_output(why: NoOutput) -> Error {
    Error::new(ErrorKind::Configuration, why.reason())
}
