//! `PlannedFailures`: failures that a test plans in advance.

use std::collections::VecDeque;

use super::pre_check::FailingItem;

/// Failures of the next pre-checks, full backups and restores, each in order.
#[derive(Debug, Default)]
pub(crate) struct PlannedFailures {
    pub(crate) pre_checks: VecDeque<FailingItem>,
    pub(crate) full_backups: VecDeque<String>,
    pub(crate) restores: VecDeque<String>,
}

#[cfg(feature = "emulator")]
impl PlannedFailures {
    /// Returns the number of failures, and the bytes of their strings.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        let Self { pre_checks, full_backups, restores } = self;
        let items = pre_checks.iter().map(|(item, message)| item.len() + message.len());
        let messages = full_backups.iter().chain(restores).map(String::len);
        (pre_checks.len() + full_backups.len() + restores.len(), items.chain(messages).sum())
    }
}
