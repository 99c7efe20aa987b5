//! `TransportCheck` and `TransportViolation`: the results of a check.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::rpc::report::{unshown, write_report};
use crate::rpc::transport::TransportError;

/// The rules that a transport keeps, and those that were skipped.
#[derive(Clone, Debug)]
pub struct TransportCheck {
    pub(super) rules: Vec<CheckedRule>,
}

impl TransportCheck {
    /// Returns all rules, in the order in which they were checked.
    pub fn rules(&self) -> &[CheckedRule] {
        &self.rules
    }
}

/// A rule that a transport keeps, or that was skipped.
#[derive(Clone, Debug)]
pub struct CheckedRule {
    pub(super) rule: &'static str,
    pub(super) is_skipped: bool,
    pub(super) outcomes: Vec<String>,
}

impl CheckedRule {
    /// Returns the rule, as a sentence.
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// Returns whether the transport was not checked, because it cannot do what the rule needs.
    pub fn is_skipped(&self) -> bool {
        self.is_skipped
    }

    /// Returns the errors that the rule received, without the ports of its servers.
    ///
    /// Each is `step: kind: message`, and `, permanent` follows the kind of a permanent error. A rule of
    /// one step has no `step: `. Errors that depend on the timing are left out, so that two transports
    /// can be compared.
    pub fn outcomes(&self) -> &[String] {
        &self.outcomes
    }
}

/// A rule of the contract that a transport breaks.
pub struct TransportViolation(Box<BrokenRule>);

struct BrokenRule {
    rule: &'static str,
    step: String,
    failure: Failure,
}

/// Why a transport breaks a rule.
pub(super) enum Failure {
    /// The string says what was expected and found.
    Found(String),
    /// A request, or the creation of the transport, failed.
    Error { expected: &'static str, kind: &'static str, error: TransportError },
    /// A server of the check failed.
    Server(io::Error),
}

pub(super) type Checked<T = ()> = Result<T, Failure>;

/// Returns the failure that describes what was expected and found.
pub(super) fn found(found: impl Into<String>) -> Failure {
    Failure::Found(found.into())
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Server(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(found) => f.write_str(found),
            Self::Error { expected, kind, error } => {
                write!(f, "expected {expected}, got {kind}: {error}")
            }
            Self::Server(error) => write!(f, "a server of the check failed: {error}"),
        }
    }
}

impl TransportViolation {
    pub(super) fn new(rule: &'static str, step: String, failure: Failure) -> Self {
        Self(Box::new(BrokenRule { rule, step, failure }))
    }

    /// Returns the rule, as a sentence.
    pub fn rule(&self) -> &str {
        self.0.rule
    }
}

impl fmt::Display for TransportViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BrokenRule { rule, step, failure } = &*self.0;
        write!(f, "the transport breaks the rule \"{rule}\": ")?;
        if !step.is_empty() {
            write!(f, "{step}: ")?;
        }
        failure.fmt(f)
    }
}

impl fmt::Debug for TransportViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for TransportViolation {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.failure {
            Failure::Found(_) => None,
            Failure::Error { error, .. } => unshown(self, Some(error)),
            Failure::Server(error) => unshown(self, Some(error)),
        }
    }
}
