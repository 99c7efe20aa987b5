//! `FakeRuleEffect`: what a rule of the fake does, a fault or an edit of the response.

use super::edits::Edit;
use crate::rpc::transport::faults::effect::Effect;
#[cfg(feature = "emulator")]
use crate::rpc::transport::faults::effect::InjectedError;
use crate::rpc::transport::faults::rule_list::{RuleEffect, RuleList};

/// The rules of the fake. One list, so that a test can order and remove faults and edits together.
pub(super) type FakeRules = RuleList<FakeRuleEffect>;

/// What a rule does to a request or its response.
#[derive(Clone, Debug)]
pub(super) enum FakeRuleEffect {
    Fault(Effect),
    Edit(Edit),
}

impl From<Effect> for FakeRuleEffect {
    fn from(effect: Effect) -> Self {
        Self::Fault(effect)
    }
}

impl RuleEffect for FakeRuleEffect {
    fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }
}

#[cfg(feature = "emulator")]
impl FakeRuleEffect {
    /// Returns about how many bytes the strings and bodies take.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Fault(Effect::ReplaceBody(body)) => body.len(),
            Self::Fault(Effect::Error(
                InjectedError::Gateway { code, message, .. }
                | InjectedError::Business { code, message },
            )) => code.len() + message.len(),
            Self::Fault(_) => 0,
            Self::Edit(edit) => edit.bytes(),
        }
    }
}
