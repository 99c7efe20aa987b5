//! `PlannedFailures`: failures that a test plans in advance.

use std::collections::VecDeque;

use super::pre_check::FailingItem;

/// Failures of the next pre-checks, full backups, restores and advanced downloads, each in order.
#[derive(Debug, Default)]
pub(crate) struct PlannedFailures {
    pub(crate) pre_checks: VecDeque<FailingItem>,
    pub(crate) full_backups: VecDeque<String>,
    pub(crate) restores: VecDeque<String>,
    /// The number of advanced downloads that fail.
    pub(crate) downloads: usize,
}

impl PlannedFailures {
    /// Returns whether the next advanced download fails, and counts it.
    pub(crate) const fn take_download(&mut self) -> bool {
        let fails = self.downloads > 0;
        self.downloads = self.downloads.saturating_sub(1);
        fails
    }
}

#[cfg(feature = "emulator")]
impl PlannedFailures {
    /// Returns the number of failures, and the bytes of their strings.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        let Self { pre_checks, full_backups, restores, downloads } = self;
        let items = pre_checks.iter().map(|(item, message)| item.len() + message.len());
        let messages = full_backups.iter().chain(restores).map(String::len);
        let planned = pre_checks.len() + full_backups.len() + restores.len() + downloads;
        (planned, items.chain(messages).sum())
    }
}
