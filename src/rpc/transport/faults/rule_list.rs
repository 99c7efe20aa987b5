//! `RuleList`: rules, and the requests that they still apply to.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::effect::Effect;

/// The effect of a rule: a fault, or one that the owner of the list adds.
pub(crate) trait RuleEffect: From<Effect> + Clone + fmt::Debug + Send + 'static {
    /// Returns whether the effect is a fault, of which at most one applies to a request.
    fn is_fault(&self) -> bool;
}

impl RuleEffect for Effect {
    fn is_fault(&self) -> bool {
        true
    }
}

/// A rule of a [`RuleList`].
#[derive(Clone, Debug)]
pub(crate) struct Rule<E> {
    id: u64,
    pub(crate) operation: String,
    /// How many matching requests pass before the rule applies.
    pub(crate) skip: u32,
    /// How many more requests the rule applies to; `u32::MAX` for all.
    pub(crate) remaining: u32,
    /// Whether it applied to a request.
    has_applied: bool,
    pub(crate) effect: E,
}

/// Rules in the order they were added. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct RuleList<E> {
    rules: Arc<Mutex<Rules<E>>>,
}

#[derive(Debug)]
struct Rules<E> {
    rules: Vec<Rule<E>>,
    last_id: u64,
}

impl<E: RuleEffect> RuleList<E> {
    pub(crate) fn new() -> Self {
        Self { rules: Arc::new(Mutex::new(Rules { rules: Vec::new(), last_id: 0 })) }
    }

    /// Adds a rule for the next request of an operation, and returns its id.
    pub(crate) fn add(&self, operation: &str, effect: E) -> u64 {
        let mut rules = self.lock();
        rules.last_id += 1;
        let id = rules.last_id;
        let operation = operation.to_owned();
        rules.rules.push(Rule { id, operation, skip: 0, remaining: 1, has_applied: false, effect });
        id
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().rules.is_empty()
    }

    /// Returns the active rules.
    #[cfg(feature = "emulator")]
    pub(crate) fn active(&self) -> Vec<Rule<E>> {
        self.lock().rules.clone()
    }

    /// Returns the effects on a request of an operation, and counts the request.
    ///
    /// Contains at most one fault.
    pub(crate) fn next(&self, operation: &str) -> Vec<E> {
        let mut rules = self.lock();
        let matches = |rule: &&mut Rule<E>| {
            rule.remaining > 0 && (rule.operation == "*" || rule.operation == operation)
        };
        let mut effects = Vec::new();
        let mut has_fault = false;
        for rule in rules.rules.iter_mut().filter(matches) {
            let is_fault = rule.effect.is_fault();
            if has_fault && is_fault {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.remaining -= 1;
            rule.has_applied = true;
            has_fault |= is_fault;
            effects.push(rule.effect.clone());
        }
        rules.rules.retain(|rule| rule.remaining > 0);
        effects
    }

    fn lock(&self) -> MutexGuard<'_, Rules<E>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A list of rules of any effect, to add faults to it and to change its rules.
pub(crate) trait FaultList: fmt::Debug + Send + Sync {
    /// Adds a fault for the next request of an operation, and returns the id of the rule.
    fn add_fault(&self, operation: &str, effect: Effect) -> u64;
    /// Sets how many matching requests pass before a rule applies.
    fn set_skip(&self, id: u64, skip: u32);
    /// Sets how many more requests a rule applies to; `u32::MAX` for all.
    fn set_remaining(&self, id: u64, remaining: u32);
    /// Returns the operations of the faults that applied to no request.
    fn unapplied(&self) -> Vec<String>;
    /// Removes all rules.
    fn clear(&self);
}

impl<E: RuleEffect> RuleList<E> {
    fn change(&self, id: u64, change: impl FnOnce(&mut Rule<E>)) {
        if let Some(rule) = self.lock().rules.iter_mut().find(|rule| rule.id == id) {
            change(rule);
        }
    }
}

impl<E: RuleEffect> FaultList for RuleList<E> {
    fn add_fault(&self, operation: &str, effect: Effect) -> u64 {
        self.add(operation, effect.into())
    }

    fn set_skip(&self, id: u64, skip: u32) {
        self.change(id, |rule| rule.skip = skip);
    }

    fn set_remaining(&self, id: u64, remaining: u32) {
        self.change(id, |rule| rule.remaining = remaining);
    }

    fn unapplied(&self) -> Vec<String> {
        let rules = self.lock();
        let faults = rules.rules.iter().filter(|rule| rule.effect.is_fault() && !rule.has_applied);
        faults.map(|rule| rule.operation.clone()).collect()
    }

    fn clear(&self) {
        self.lock().rules.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug)]
    enum Mixed {
        Fault(Effect),
        Note(u8),
    }

    impl From<Effect> for Mixed {
        fn from(effect: Effect) -> Self {
            Self::Fault(effect)
        }
    }

    impl RuleEffect for Mixed {
        fn is_fault(&self) -> bool {
            matches!(self, Self::Fault(_))
        }
    }

    #[test]
    fn one_fault_and_all_other_effects_apply() {
        let list = RuleList::<Mixed>::new();
        list.add("A", Mixed::Note(1));
        list.add_fault("*", Effect::RefuseConnection);
        // Only requests that no older fault applies to count for this one.
        let late = list.add_fault("A", Effect::HttpStatus(500));
        list.set_skip(late, 1);
        let notes = list.add("A", Mixed::Note(2));
        list.set_remaining(notes, u32::MAX);
        let show = |effect| match effect {
            Mixed::Fault(fault) => format!("{fault:?}"),
            Mixed::Note(note) => note.to_string(),
        };
        let next = |operation| -> Vec<_> { list.next(operation).into_iter().map(show).collect() };
        assert_eq!(next("A"), ["1", "RefuseConnection", "2"]);
        assert!(next("B").is_empty());
        assert_eq!(next("A"), ["2"]);
        assert_eq!(next("A"), ["HttpStatus(500)", "2"]);
        assert_eq!(next("A"), ["2"]);
        list.clear();
        assert!(list.is_empty());
        // The rule of an id that was removed is not another one.
        assert!(list.add("A", Mixed::Note(3)) > notes);
        list.set_remaining(notes, 0);
        assert_eq!(next("A"), ["3"]);
    }

    #[test]
    fn faults_that_applied_to_no_request_are_listed() {
        let list = RuleList::<Mixed>::new();
        list.add("A", Mixed::Note(1));
        list.add_fault("B", Effect::RefuseConnection);
        let always = list.add_fault("A", Effect::RefuseConnection);
        list.set_remaining(always, u32::MAX);
        let third = list.add_fault("C", Effect::RefuseConnection);
        list.set_skip(third, 2);
        assert_eq!(list.unapplied(), ["B", "A", "C"]);
        for operation in ["A", "C", "C"] {
            list.next(operation);
        }
        assert_eq!(list.unapplied(), ["B", "C"]);
    }
}
