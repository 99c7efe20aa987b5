//! `Faults`: rules that make calls of the fake fail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::edits::Edit;
use super::error_response::ErrorResponse;

/// The fault rules of a [`FakeDbs`](super::FakeDbs): which calls fail, and how.
///
/// Each method adds a rule for the requests of one operation, such as `CreateBackupPlan`, or of
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
/// | [`delay`](Self::delay) | yes | a late response, or its own timeout ([`ErrorKind::Timeout`]) |
/// | [`http_status`](Self::http_status) | no | an HTML page with that status |
/// | [`throttle`](Self::throttle) | no | `Throttling.User` and a delay to wait |
/// | [`gateway_error`](Self::gateway_error) | no | that status, code and message ([`ErrorKind::Service`]) |
/// | [`business_error`](Self::business_error) | no | that code and message ([`ErrorKind::Service`]) |
/// | [`truncate_body`](Self::truncate_body) | yes | half of a response ([`ErrorKind::Response`]) |
/// | [`replace_body`](Self::replace_body) | yes | that body in place of the response |
///
/// ```
/// use std::time::Duration;
///
/// use aliyun_dbs::fake::FakeDbs;
///
/// let dbs = FakeDbs::new();
/// dbs.faults().throttle("StartBackupPlan", Duration::from_secs(2)).times(3);
/// dbs.faults().drop_after_processing("CreateBackupPlan").nth(2);
/// ```
///
/// [`ErrorKind::Connect`]: crate::ErrorKind::Connect
/// [`ErrorKind::Interrupted`]: crate::ErrorKind::Interrupted
/// [`ErrorKind::Timeout`]: crate::ErrorKind::Timeout
/// [`ErrorKind::Service`]: crate::ErrorKind::Service
/// [`ErrorKind::Response`]: crate::ErrorKind::Response
#[derive(Clone, Debug, Default)]
pub struct Faults {
    state: Arc<Mutex<RuleList>>,
}

#[derive(Debug, Default)]
struct RuleList {
    rules: Vec<Rule>,
    last_id: u64,
}

/// A fault rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    id: u64,
    pub(super) operation: String,
    /// How many matching requests pass before the rule applies.
    pub(super) skip: u32,
    /// How many more requests the rule applies to; `u32::MAX` for all.
    pub(super) remaining: u32,
    pub(super) effect: Effect,
}

#[cfg(feature = "emulator")]
impl Rule {
    /// Returns about how many bytes the rule takes.
    pub(super) fn bytes(&self) -> usize {
        let texts = match &self.effect {
            Effect::ReplaceBody(body) => body.len(),
            Effect::Error(error) => error.bytes(),
            Effect::Edit(edit) => edit.bytes(),
            _ => 0,
        };
        size_of::<Self>() + self.operation.len() + texts
    }
}

/// What a rule does to a request.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    RefuseConnection,
    DropBeforeProcessing,
    DropAfterProcessing,
    Delay(Duration),
    TruncateBody,
    ReplaceBody(Bytes),
    HttpStatus(u16),
    Error(ErrorResponse),
    Edit(Edit),
}

/// What the rules do to one request.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) fault: Option<Effect>,
    pub(super) edits: Vec<Edit>,
}

impl Faults {
    pub(super) fn add(&self, operation: &str, effect: Effect) -> FaultRule {
        let mut rules = self.lock();
        rules.last_id += 1;
        let id = rules.last_id;
        rules.rules.push(Rule {
            id,
            operation: operation.to_owned(),
            skip: 0,
            remaining: 1,
            effect,
        });
        FaultRule { faults: self.clone(), id }
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

    /// Executes the request, and responds after a delay.
    ///
    /// The delay passes on the [fake's clock](super::FakeDbs::clock). The client sees a slow
    /// response, or [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if its timeout is shorter.
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
        self.add(operation, Effect::Error(ErrorResponse::Throttled(wait)))
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
        self.add(operation, Effect::Error(ErrorResponse::gateway(status, code, message)))
    }

    /// Rejects the request with an error of the service.
    ///
    /// The request is not executed. The client sees
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) with HTTP status 200 and this code and
    /// message.
    pub fn business_error(&self, operation: &str, code: &str, message: &str) -> FaultRule {
        self.add(operation, Effect::Error(ErrorResponse::business(code, message)))
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

    /// Removes all rules, also those of [`Responses`](super::Responses).
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Returns the active rules.
    #[cfg(feature = "emulator")]
    pub(super) fn active(&self) -> Vec<Rule> {
        self.lock().rules.clone()
    }

    /// Returns the effects on a request of an operation, and counts the request.
    pub(super) fn next(&self, operation: &str) -> Effects {
        let mut rules = self.lock();
        let matches = |rule: &&mut Rule| {
            rule.remaining > 0 && (rule.operation == "*" || rule.operation == operation)
        };
        let mut effects = Effects::default();
        for rule in rules.rules.iter_mut().filter(matches) {
            // One fault applies, and all edits.
            if effects.fault.is_some() && !matches!(rule.effect, Effect::Edit(_)) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.remaining -= 1;
            match &rule.effect {
                Effect::Edit(edit) => effects.edits.push(edit.clone()),
                fault => effects.fault = Some(fault.clone()),
            }
        }
        rules.rules.retain(|rule| rule.remaining > 0);
        effects
    }

    fn lock(&self) -> MutexGuard<'_, RuleList> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fault rule, to change which requests it applies to.
///
/// The rule is active already; dropping this value keeps it.
#[derive(Debug)]
pub struct FaultRule {
    faults: Faults,
    id: u64,
}

impl FaultRule {
    fn change(self, change: impl FnOnce(&mut Rule)) -> Self {
        if let Some(rule) = self.faults.lock().rules.iter_mut().find(|rule| rule.id == self.id) {
            change(rule);
        }
        self
    }

    /// Sets the first request that the rule applies to, counted from 1. Defaults to 1.
    ///
    /// Matching requests count from the moment the rule was added, except those that an older rule
    /// applies to.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn nth(self, nth: u32) -> Self {
        self.change(|rule| rule.skip = nth.saturating_sub(1))
    }

    /// Sets how many requests the rule applies to. Defaults to 1.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn times(self, times: u32) -> Self {
        self.change(|rule| rule.remaining = times)
    }

    /// Applies the rule to all requests, from the [`nth`](Self::nth) on.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is active already")]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }
}
