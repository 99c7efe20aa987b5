//! `until`: a condition on the response to a request.

use std::fmt;

use super::condition::Condition;
use super::poll_outcome::{PollOutcome, PollStatus};
use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};

/// Makes a condition from a request and a function that evaluates its response.
///
/// The waiter sends a clone of the request for each poll. The subject completes the phrase
/// "waiting for" in error messages.
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::DescribeDLAService;
/// use aliyun_dbs::types::DlaServiceState;
/// use aliyun_dbs::wait::{PollStatus, until};
///
/// let request = DescribeDLAService::builder().backup_plan_id("dbs1".parse()?).build();
/// let closed = until("data-lake analytics to close", request, |response| {
///     if response.state == DlaServiceState::Closed {
///         PollStatus::done("closed")
///     } else {
///         PollStatus::pending(&response.state)
///     }
/// });
/// client.wait_for(closed).await?;
/// # Ok(()) }
/// ```
pub fn until<O, F>(subject: impl Into<String>, request: O, evaluate: F) -> Until<O, F>
where
    O: Operation<Response: Clone + 'static> + Clone + 'static,
    F: Fn(&O::Response) -> PollStatus + Send + Sync + 'static,
{
    Until { subject: subject.into(), request, evaluate }
}

/// A condition on the response to a request, made by [`until`].
#[derive(Clone)]
pub struct Until<O, F> {
    subject: String,
    request: O,
    evaluate: F,
}

impl<O: Operation, F> fmt::Debug for Until<O, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until")
            .field("subject", &self.subject)
            .field("operation", &O::ACTION)
            .finish_non_exhaustive()
    }
}

impl<O, F> Condition for Until<O, F>
where
    O: Operation<Response: Clone + 'static> + Clone + 'static,
    F: Fn(&O::Response) -> PollStatus + Send + Sync + 'static,
{
    type State = O::Response;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<O::Response>, Error> {
        let state = client.send(self.request.clone()).await.map(Response::into_inner)?;
        let status = (self.evaluate)(&state);
        Ok(PollOutcome::Found { state, status })
    }

    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        O::RATE_LIMIT
    }
}
