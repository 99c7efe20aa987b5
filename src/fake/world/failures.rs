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
