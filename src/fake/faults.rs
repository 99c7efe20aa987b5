//! Fault rules: what goes wrong, with which call of which operation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::refusal::Refusal;

/// The fault rules of a [`FakeDbs`](super::FakeDbs).
///
/// Each method adds a rule for the calls of an operation (`*` for all), and returns it for
/// [`nth`](FaultRule::nth) and [`times`](FaultRule::times). The first rule that fits a request
/// takes effect. A rule applies once if nothing else is said.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Rules>>,
}

#[derive(Debug, Default)]
struct Rules {
    rules: Vec<Rule>,
    last_id: u64,
}

/// One rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    id: u64,
    pub(super) operation: String,
    /// Requests that pass before the rule applies.
    pub(super) skip: u32,
    /// Requests that the rule applies to.
    pub(super) left: u32,
    pub(super) effect: Effect,
}

/// What a rule does to a request.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    RefuseConnection,
    DropBeforeProcessing,
    DropAfterProcessing,
    Slow(Duration),
    Truncate,
    Replace(Bytes),
    Html(u16),
    Refuse(Refusal),
}

impl Faults {
    fn add(&self, operation: &str, effect: Effect) -> FaultRule {
        let mut rules = self.lock();
        rules.last_id += 1;
        let id = rules.last_id;
        rules.rules.push(Rule { id, operation: operation.to_owned(), skip: 0, left: 1, effect });
        FaultRule { faults: self.clone(), id }
    }

    /// No connection comes about.
    pub fn refuse_connection(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::RefuseConnection)
    }

    /// The connection breaks before the service has the request.
    pub fn drop_before_processing(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::DropBeforeProcessing)
    }

    /// The service executes the request, and the connection breaks before the answer.
    pub fn drop_after_processing(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::DropAfterProcessing)
    }

    /// The service executes the request, and answers after a delay.
    pub fn delay(&self, operation: &str, delay: Duration) -> FaultRule {
        self.add(operation, Effect::Slow(delay))
    }

    /// The service does not execute the request, and answers with an HTTP status and a page of
    /// HTML, as a load balancer does.
    pub fn http_status(&self, operation: &str, status: u16) -> FaultRule {
        self.add(operation, Effect::Html(status))
    }

    /// The gateway refuses the request for too many, and asks to wait.
    pub fn throttle(&self, operation: &str, wait: Duration) -> FaultRule {
        self.add(operation, Effect::Refuse(Refusal::Throttled(wait)))
    }

    /// The gateway refuses the request with a status, a code and a message.
    pub fn gateway_error(
        &self,
        operation: &str,
        status: u16,
        code: &str,
        message: &str,
    ) -> FaultRule {
        self.add(operation, Effect::Refuse(Refusal::gateway(status, code, message)))
    }

    /// The service refuses the request inside HTTP 200, with `Success: false`.
    pub fn business_error(&self, operation: &str, code: &str, message: &str) -> FaultRule {
        self.add(operation, Effect::Refuse(Refusal::business(code, message)))
    }

    /// The service executes the request; half of the answer arrives.
    pub fn truncate_body(&self, operation: &str) -> FaultRule {
        self.add(operation, Effect::Truncate)
    }

    /// The service executes the request; another body arrives in place of the answer.
    pub fn replace_body(&self, operation: &str, body: impl Into<Bytes>) -> FaultRule {
        self.add(operation, Effect::Replace(body.into()))
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// The rules that are in force.
    #[cfg(feature = "emulator")]
    pub(super) fn in_force(&self) -> Vec<Rule> {
        self.lock().rules.clone()
    }

    /// What happens to the next request of an operation.
    pub(super) fn next(&self, operation: &str) -> Option<Effect> {
        let mut rules = self.lock();
        let fits = |rule: &&mut Rule| {
            rule.left > 0 && (rule.operation == "*" || rule.operation == operation)
        };
        let mut effect = None;
        for rule in rules.rules.iter_mut().filter(fits) {
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.left -= 1;
            effect = Some(rule.effect.clone());
            break;
        }
        rules.rules.retain(|rule| rule.left > 0);
        effect
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fault rule that was just added, to say which calls it applies to.
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

    /// Begins with the nth request of the operation from now, counted from 1.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is in force already")]
    pub fn nth(self, nth: u32) -> Self {
        self.change(|rule| rule.skip = nth.saturating_sub(1))
    }

    /// Applies to this many requests.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is in force already")]
    pub fn times(self, times: u32) -> Self {
        self.change(|rule| rule.left = times)
    }

    /// Applies to all requests from there on.
    #[expect(clippy::return_self_not_must_use, reason = "the rule is in force already")]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }
}
