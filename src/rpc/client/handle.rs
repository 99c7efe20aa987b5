//! `Client`: the handle that callers use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::inner::ClientInner;
use crate::rpc::clock::Clock;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::retry::RetryBudget;

/// A client of the service.
///
/// It is cheap to clone; clones share connections, credentials and limits. It can be used from
/// several tasks and threads.
///
/// # Examples
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
    pub(super) inner: Arc<ClientInner>,
}

impl Client {
    /// Returns the clock of this client.
    ///
    /// If callers use it for their own waits, tests with a fake clock can skip these.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Returns the service's current time: the clock, corrected by the times in responses.
    ///
    /// A response corrects it if the clock is off by more than 15 minutes. Until the first response,
    /// it is the clock.
    pub fn server_time(&self) -> OffsetDateTime {
        self.inner.server_time()
    }

    /// Returns the default timeout of a call.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.inner.call_timeout
    }

    /// Returns the endpoint that requests are sent to.
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// Returns the retry budget that the calls of this client share.
    pub fn retry_budget(&self) -> &RetryBudget {
        &self.inner.budget
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
