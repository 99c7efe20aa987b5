//! Conditions made of requests and of other conditions.

use std::fmt;
use std::future::Future;

use super::condition::{Condition, Look, Pace, Verdict};
use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};

/// Waits until an operation's answer satisfies a judge of your own.
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::DescribeDLAService;
/// use aliyun_dbs::types::DlaServiceState;
/// use aliyun_dbs::wait::{Verdict, until};
///
/// let request = DescribeDLAService::builder().backup_plan_id("dbs1".parse()?).build();
/// let closed = until("data-lake analytics to close", request, |answer| {
///     if answer.state == DlaServiceState::Closed {
///         Verdict::done("closed")
///     } else {
///         Verdict::pending(&answer.state)
///     }
/// });
/// client.wait_for(closed).await?;
/// # Ok(()) }
/// ```
pub fn until<O, J>(subject: impl Into<String>, request: O, judge: J) -> Until<O, J>
where
    O: Operation<Response: Clone + 'static> + Clone + 'static,
    J: Fn(&O::Response) -> Verdict + Send + Sync + 'static,
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
    J: Fn(&O::Response) -> Verdict + Send + Sync + 'static,
{
    type State = O::Response;

    async fn look(&self, client: &Client) -> Result<Look<O::Response>, Error> {
        let state = client.send(self.request.clone()).await.map(Response::into_inner)?;
        let verdict = (self.judge)(&state);
        Ok(Look::Seen { state, verdict })
    }

    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn limit(&self) -> Option<RateLimit> {
        O::RATE_LIMIT
    }
}

/// Both conditions at one look; made by [`Condition::and`].
#[derive(Clone, Debug)]
pub struct And<A, B>(Pair<A, B>);

/// Either of two conditions; made by [`Condition::or`].
#[derive(Clone, Debug)]
pub struct Or<A, B>(Pair<A, B>);

#[derive(Clone, Debug)]
struct Pair<A, B> {
    first: A,
    second: B,
}

impl<A: Condition, B: Condition> And<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self(Pair { first, second })
    }
}

impl<A: Condition, B: Condition> Or<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Self(Pair { first, second })
    }
}

impl<A: Condition, B: Condition> Pair<A, B> {
    async fn look(
        &self,
        client: &Client,
        judge: impl Fn(&Verdict, &Verdict) -> Verdict + Send,
    ) -> Result<Look<(Option<A::State>, Option<B::State>)>, Error> {
        let (first, of_first) = self.first.look(client).await?.into_parts();
        let (second, of_second) = self.second.look(client).await?.into_parts();
        if first.is_none() && second.is_none() {
            return Ok(Look::Absent);
        }
        let mut verdict = judge(&of_first, &of_second);
        if let (Some(first), Some(second)) = (of_first.percent(), of_second.percent()) {
            verdict = verdict.progress(first.min(second));
        }
        Ok(Look::Seen { state: (first, second), verdict })
    }

    fn subject(&self, word: &str) -> String {
        format!("{} {word} {}", self.first.subject(), self.second.subject())
    }

    /// Both limits one after the other: a look makes both calls, perhaps of the same operation.
    fn limit(&self) -> Option<RateLimit> {
        let (first, second) = match (self.first.limit(), self.second.limit()) {
            (Some(first), Some(second)) => (first, second),
            (one, other) => return one.or(other),
        };
        let calls = first.calls.saturating_mul(second.calls);
        let seconds = first.seconds.saturating_mul(second.calls);
        let seconds = seconds.saturating_add(second.seconds.saturating_mul(first.calls));
        Some(RateLimit { calls, seconds })
    }

    /// The more patient pace.
    fn pace(&self) -> Pace {
        let (first, second) = (self.first.pace(), self.second.pace());
        Pace {
            timeout: first.timeout.max(second.timeout),
            first: first.first.max(second.first),
            longest: first.longest.max(second.longest),
            absent: first.absent.max(second.absent),
        }
    }
}

fn both(first: &Verdict, second: &Verdict) -> String {
    format!("{}; {}", first.summary(), second.summary())
}

impl<A: Condition, B: Condition> Condition for And<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn look(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Look<Self::State>, Error>> + Send {
        self.0.look(client, |first, second| {
            if let Some(why) = first.failure().or(second.failure()) {
                Verdict::failed(why)
            } else if first.is_done() && second.is_done() {
                Verdict::done(both(first, second))
            } else {
                Verdict::pending(both(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("and")
    }

    fn limit(&self) -> Option<RateLimit> {
        self.0.limit()
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}

impl<A: Condition, B: Condition> Condition for Or<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn look(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Look<Self::State>, Error>> + Send {
        self.0.look(client, |first, second| {
            if first.is_done() || second.is_done() {
                Verdict::done(both(first, second))
            } else if first.failure().is_some() && second.failure().is_some() {
                Verdict::failed(both(first, second))
            } else {
                Verdict::pending(both(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("or")
    }

    fn limit(&self) -> Option<RateLimit> {
        self.0.limit()
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}
