//! The client: signs requests, sends them, reads the answers, and tries again where that is safe.

mod admission;
mod answer;
mod builder;
mod call;
mod keys;
mod message;
mod nonce;
mod presign;
mod response;
mod scrub;
mod server_time;
mod trace;

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture};
pub use presign::{Presign, PresignFuture, PresignedUrl};
pub use response::Response;

use crate::rpc::api::ApiRequest;
use crate::rpc::clock::Clock;
use crate::rpc::credentials::{CredentialsProvider, DefaultChain};
use crate::rpc::endpoint::Endpoint;
use crate::rpc::error::Error;
use crate::rpc::observe::Observer;
use crate::rpc::retry::{RetryBudget, RetryPolicy};
use crate::rpc::sign::{SignatureVersion, Timestamps};
use crate::rpc::transport::Transport;
use crate::v2019_03_06::region::Region;

/// A client of the service: cheap to clone, shared between tasks and threads.
///
/// ```no_run
/// # async fn example() -> Result<(), aliyun_dbs::Error> {
/// use aliyun_dbs::{Client, Region};
/// use aliyun_dbs::operations::DescribeBackupPlanList;
///
/// let client = Client::from_env(Region::Hangzhou)?;
/// let list = client.send(DescribeBackupPlanList::builder().build()).await?;
/// for plan in &list.items {
///     println!("{}", plan.backup_plan_id);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Endpoint,
    credentials: Arc<dyn CredentialsProvider>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    signature: SignatureVersion,
    secrets_in_query: bool,
    /// What all requests have in common.
    target: message::Target,
    retry: RetryPolicy,
    budget: Arc<RetryBudget>,
    call_timeout: Duration,
    attempt_timeout: Duration,
    admission: admission::Admission,
    observer: Option<Arc<dyn Observer>>,
    /// Id of the access key of the last attempt, where an observer wants to know of others.
    last_key: Mutex<Option<String>>,
    /// What the server's clock is ahead of ours, in milliseconds, once an answer told.
    clock_offset: AtomicI64,
    timestamps: Timestamps,
    nonces: nonce::Nonces,
}

impl Client {
    /// A builder, for everything that can be set.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client for a region, with the credentials that [`DefaultChain`] finds: in the
    /// environment, by OIDC, in the files of the vendor's tools, or on the ECS instance.
    ///
    /// They are looked for at the first call, whose error lists every source that was tried.
    ///
    /// # Errors
    ///
    /// When the HTTP stack cannot be set up.
    pub fn from_env(region: Region) -> Result<Self, Error> {
        Self::builder().region(region).credentials(DefaultChain::new()).build()
    }

    /// Prepares a call; awaiting it sends the request.
    ///
    /// Takes any request of [`crate::operations`], or a [`RawRequest`](crate::RawRequest).
    pub fn send<R: ApiRequest>(&self, request: R) -> Call<R> {
        Call::new(self.clone(), request)
    }

    /// The clock that this client lives by, for waits of your own that tests can pass over.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The time of day as the service has it: the clock's, put right by what answers told.
    pub fn server_time(&self) -> OffsetDateTime {
        self.inner.server_time()
    }

    /// How long a call may take if it is told nothing else.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.inner.call_timeout
    }

    /// Where requests go.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// The retries that the calls of this client have left together.
    pub fn retry_budget(&self) -> &RetryBudget {
        &self.inner.budget
    }
}

impl Inner {
    /// The time of day as the server has it, as far as is known.
    fn server_time(&self) -> OffsetDateTime {
        let offset = time::Duration::milliseconds(self.clock_offset.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(offset).unwrap_or(now)
    }

    /// Keeps what an answer told about the server's clock. Says by how much it changed.
    fn learn_server_time(&self, server: OffsetDateTime) -> time::Duration {
        let offset = server - self.clock.now();
        let millis = i64::try_from(offset.whole_milliseconds()).unwrap_or(0);
        let before = self.clock_offset.swap(millis, Ordering::Relaxed);
        time::Duration::milliseconds(millis.saturating_sub(before))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoint.to_string())
            .field("credentials", &self.inner.credentials)
            .field("transport", &self.inner.transport)
            .field("signature", &self.inner.signature)
            .field("retry", &self.inner.retry)
            .field("call_timeout", &self.inner.call_timeout)
            .field("attempt_timeout", &self.inner.attempt_timeout)
            .finish_non_exhaustive()
    }
}
