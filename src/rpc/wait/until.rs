//! `until`: a condition made of a request.

use std::fmt;

use super::condition::Condition;
use super::poll_outcome::{PollOutcome, PollStatus};
use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};

/// Waits until an operation's answer satisfies a judge of your own.
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::DescribeDLAService;
/// use aliyun_dbs::types::DlaServiceState;
/// use aliyun_dbs::wait::{PollStatus, until};
///
/// let request = DescribeDLAService::builder().backup_plan_id("dbs1".parse()?).build();
/// let closed = until("data-lake analytics to close", request, |answer| {
///     if answer.state == DlaServiceState::Closed {
///         PollStatus::done("closed")
///     } else {
///         PollStatus::pending(&answer.state)
///     }
/// });
/// client.wait_for(closed).await?;
/// # Ok(()) }
/// ```
pub fn until<O, J>(subject: impl Into<String>, request: O, judge: J) -> Until<O, J>
where
    O: Operation<Response: Clone + 'static> + Clone + 'static,
    J: Fn(&O::Response) -> PollStatus + Send + Sync + 'static,
{
    Until { subject: subject.into(), request, judge }
}

/// A condition on the answer to a request; made by [`until`].
#[derive(Clone)]
pub struct Until<O, J> {
    subject: String,
    request: O,
    judge: J,
}

impl<O: Operation, J> fmt::Debug for Until<O, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until")
            .field("subject", &self.subject)
            .field("operation", &O::ACTION)
            .finish_non_exhaustive()
    }
}

impl<O, J> Condition for Until<O, J>
where
    O: Operation<Response: Clone + 'static> + Clone + 'static,
    J: Fn(&O::Response) -> PollStatus + Send + Sync + 'static,
{
    type State = O::Response;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<O::Response>, Error> {
        let state = client.send(self.request.clone()).await.map(Response::into_inner)?;
        let status = (self.judge)(&state);
        Ok(PollOutcome::Found { state, status })
    }

    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        O::RATE_LIMIT
    }
}
