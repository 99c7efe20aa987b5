//! `Faults`: rules that make requests fail, on any transport.

pub(crate) mod apply;
pub(crate) mod effect;
pub(crate) mod render;
pub(crate) mod rule_list;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use self::effect::{Effect, InjectedError};
use self::rule_list::FaultList;

/// The fault rules of a transport: which requests fail, and how.
///
/// [`Faulty::faults`](super::Faulty::faults) returns those of a wrapped transport. The fake service
/// has such rules as well. Clones share the rules.
///
/// Each method adds a rule for the requests of one operation, such as `DescribeRegions`, or of
/// all operations (`*`). A rule applies to the next request only;
/// [`nth`](FaultRule::nth), [`times`](FaultRule::times) and [`always`](FaultRule::always) on the
/// returned rule change that. If several rules match a request, the oldest one applies. Each
/// attempt of a call is a separate request, and the client retries as after a real failure.
///
/// | method | executed? | what the client sees |
/// | --- | --- | --- |
/// | [`refuse_connection`](Self::refuse_connection) | no | no connection ([`ErrorKind::Connect`]) |
/// | [`drop_before_processing`](Self::drop_before_processing) | no | a broken connection ([`ErrorKind::Interrupted`]) |
/// | [`drop_after_processing`](Self::drop_after_processing) | yes | a broken connection ([`ErrorKind::Interrupted`]) |
/// | [`deliver_twice`](Self::deliver_twice) | received twice | the second response |
/// | [`delay`](Self::delay) | yes | a late response, or its own timeout ([`ErrorKind::Timeout`]) |
/// | [`http_status`](Self::http_status) | no | an HTML page with that status |
/// | [`throttle`](Self::throttle) | no | `Throttling.User` and a delay to wait |
/// | [`gateway_error`](Self::gateway_error) | no | that status, code and message ([`ErrorKind::Service`]) |
/// | [`business_error`](Self::business_error) | no | that code and message ([`ErrorKind::Service`]) |
/// | [`truncate_body`](Self::truncate_body) | yes | half of a response ([`ErrorKind::Response`]) |
/// | [`replace_body`](Self::replace_body) | yes | that body in place of the response |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use aliyun_dbs::transport::{Faulty, ScriptedTransport};
///
/// let transport = Faulty::new(ScriptedTransport::new());
/// transport.faults().throttle("StartBackupPlan", Duration::from_secs(2)).times(3);
/// transport.faults().drop_after_processing("CreateBackupPlan").nth(2);
/// ```
///
/// [`ErrorKind::Connect`]: crate::ErrorKind::Connect
/// [`ErrorKind::Interrupted`]: crate::ErrorKind::Interrupted
/// [`ErrorKind::Timeout`]: crate::ErrorKind::Timeout
/// [`ErrorKind::Service`]: crate::ErrorKind::Service
/// [`ErrorKind::Response`]: crate::ErrorKind::Response
#[derive(Clone, Debug)]
pub struct Faults {
    rules: Arc<dyn FaultList>,
}

impl Faults {
    /// Returns the rules of a list.
    pub(crate) fn of(rules: impl FaultList + 'static) -> Self {
        Self { rules: Arc::new(rules) }
    }

    fn add(&self, operation: &str, effect: Effect) -> FaultRule {
        FaultRule { id: self.rules.add_fault(operation, effect), rules: self.rules.clone() }
    }

    /// Returns the rule with an id.
    #[cfg(feature = "fake")]
    pub(crate) fn rule(&self, id: u64) -> FaultRule {
        FaultRule { rules: self.rules.clone(), id }
    }

    /// Refuses the connection. The service does not get the request.
    ///
    /// The client sees [`ErrorKind::Connect`](crate::ErrorKind::Connect), and retries: nothing was
    /// sent.
    pub fn refuse_connection(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::RefuseConnection)
    }

    /// Breaks the connection before the service gets the request.
    ///
    /// The client sees [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted). It cannot know
    /// whether the service executed the request, which it did not.
    pub fn drop_before_processing(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::DropBeforeProcessing)
    }

    /// Executes the request, then breaks the connection before the response.
    ///
    /// The client sees [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted). It cannot know
    /// whether the service executed the request, which it did.
    pub fn drop_after_processing(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::DropAfterProcessing)
    }

    /// Delivers the request twice, and returns the second response.
    ///
    /// A service that verifies nonces executes the first and rejects the second. If the operation
    /// has a client token, a retry of the client then gets the first response.
    pub fn deliver_twice(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::DeliverTwice)
    }

    /// Executes the request, and responds after a delay.
    ///
    /// The delay passes on the transport's clock, by default the system clock. The client sees a
    /// slow response, or [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if its timeout is
    /// shorter.
    pub fn delay(&self, operation: &str, delay: Duration) -> FaultRule {
        self.add(operation, Effect::Delay(delay))
    }

    /// Responds with an HTTP status and an HTML page, as a load balancer does.
    ///
    /// The service does not get the request. The client sees the status without an error code.
    pub fn http_status(&self, operation: &str, status: u16) -> FaultRule {
        self.add(operation, Effect::HttpStatus(status))
    }

    /// Rejects the request with `Throttling.User` and a delay to wait.
    ///
    /// The service does not get the request. The client sees HTTP status 400 and the header
    /// `x-acs-retry-after`, and retries after that delay.
    pub fn throttle(&self, operation: &str, wait: Duration) -> FaultRule {
        self.add(operation, Effect::Error(InjectedError::Throttled(wait)))
    }

    /// Rejects the request with an error of the gateway.
    ///
    /// The service does not get the request. The client sees
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) with this HTTP status, code and message.
    pub fn gateway_error(
        &self,
        operation: &str,
        status: u16,
        code: &str,
        message: &str,
    ) -> FaultRule {
        let (code, message) = (code.to_owned(), message.to_owned());
        self.add(operation, Effect::Error(InjectedError::Gateway { status, code, message }))
    }

    /// Rejects the request with an error of the service.
    ///
    /// The request is not executed. The client sees
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) with HTTP status 200 and this code and
    /// message.
    pub fn business_error(&self, operation: &str, code: &str, message: &str) -> FaultRule {
        let (code, message) = (code.to_owned(), message.to_owned());
        self.add(operation, Effect::Error(InjectedError::Business { code, message }))
    }

    /// Executes the request, and delivers only the first half of the response body.
    ///
    /// The client sees [`ErrorKind::Response`](crate::ErrorKind::Response): the body is not JSON.
    /// An emulator closes the connection within the body.
    pub fn truncate_body(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::TruncateBody)
    }

    /// Executes the request, and replaces the response body.
    ///
    /// The client sees the status and headers of the response with this body. An emulator sends
    /// the body as it is, without converting it to XML.
    pub fn replace_body(&self, operation: &str, body: impl Into<Bytes>) -> FaultRule {
        self.add(operation, Effect::ReplaceBody(body.into()))
    }

    /// Returns the operations of the rules that have not applied to any request yet.
    ///
    /// A rule with a misspelled operation applies to none, so a test passes although nothing failed.
    /// A test that ends with this list empty did meet its faults.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::transport::{Faulty, ScriptedTransport};
    ///
    /// let transport = Faulty::new(ScriptedTransport::new());
    /// transport.faults().drop_after_processing("CreateBackupplan");
    /// assert_eq!(transport.faults().unapplied(), ["CreateBackupplan"]);
    /// ```
    pub fn unapplied(&self) -> Vec<String> {
        self.rules.unapplied()
    }

    /// Removes all rules, also the response rules of the fake service.
    pub fn clear(&self) {
        self.rules.clear();
    }
}

/// A fault rule, to change which requests it applies to.
///
/// The rule is active already; dropping this value keeps it.
#[derive(Debug)]
pub struct FaultRule {
    rules: Arc<dyn FaultList>,
    id: u64,
}

impl FaultRule {
    /// Sets the first request that the rule applies to, counted from 1. Defaults to 1.
    ///
    /// Matching requests count from the moment the rule was added, except those that an older rule
    /// applies to.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn nth(self, nth: u32) -> Self {
        self.rules.set_skip(self.id, nth.saturating_sub(1));
        self
    }

    /// Sets how many requests the rule applies to. Defaults to 1.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn times(self, times: u32) -> Self {
        self.rules.set_remaining(self.id, times);
        self
    }

    /// Applies the rule to all requests, from the [`nth`](Self::nth) on.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }
}
