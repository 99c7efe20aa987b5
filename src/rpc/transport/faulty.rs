//! `Faulty`: a transport that injects faults into another one.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::faults::Faults;
use super::faults::apply::apply;
use super::faults::effect::Effect;
use super::faults::rule_list::RuleList;
use super::{RecordedRequest, Transport, TransportError};
use crate::rpc::clock::{Clock, SystemClock};

/// A transport that injects faults into another one.
///
/// Without [rules](Self::faults), it passes each request on. Rules of
/// [`drop_after_processing`](Faults::drop_after_processing), and others that execute the request,
/// execute it in the inner transport: on the real service, they change or buy something. Rules of
/// [`delay`](Faults::delay) use the clock of the inner transport, by default the system clock.
/// Clones share the rules.
///
/// # Examples
///
/// The connection breaks before the response, so the client repeats the request:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
/// use aliyun_dbs::credentials::Credentials;
/// use aliyun_dbs::transport::{Faulty, ScriptedTransport};
/// use aliyun_dbs::{Client, RawRequest, Region, Safety};
///
/// let body = r#"{"RequestId":"R","Success":true}"#;
/// let script = ScriptedTransport::new().respond(200, body).respond(200, body);
/// let transport = Faulty::new(script.clone());
/// let faults = transport.faults().clone();
/// let client = Client::builder()
///     .region(Region::Hangzhou)
///     .credentials(Credentials::new("id", "secret"))
///     .transport(transport)
///     .build()?;
/// faults.drop_after_processing("DescribeRegions");
/// let request = RawRequest::new("DescribeRegions").safety(Safety::ReadOnly);
/// assert_eq!(client.send(request).await?.attempts(), 2);
/// script.assert_finished();
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Faulty<T> {
    inner: T,
    rules: RuleList<Effect>,
    faults: Faults,
}

impl<T: Transport> Faulty<T> {
    /// Wraps a transport, without rules.
    pub fn new(inner: T) -> Self {
        let rules = RuleList::new();
        Self { inner, faults: Faults::of(rules.clone()), rules }
    }

    /// Returns the fault rules.
    ///
    /// Clone them before the client takes the transport, to add rules later.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Returns the fault that applies to a request, and counts the request.
    fn next_fault(&self, request: &Request<Bytes>) -> Option<Effect> {
        if self.rules.is_empty() {
            return None;
        }
        // A client names the operation in the URL or a header, and secrets in the body.
        let head = RecordedRequest::new(request.clone().map(|_| Bytes::new()));
        self.rules.next(head.operation()).pop()
    }
}

#[async_trait]
impl<T: Transport> Transport for Faulty<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Some(effect) = self.next_fault(&request) else { return self.inner.send(request).await };
        let clock =
            self.inner.clock().unwrap_or_else(|| Arc::new(SystemClock::new()) as Arc<dyn Clock>);
        apply(Some(effect), request, &self.inner, &*clock).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.inner)
    }
}
