//! Failures that a test orders in advance.

use std::collections::VecDeque;

use super::pre_check::FailingItem;

/// What fails next, in the order it was ordered in.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    pub(crate) pre_checks: VecDeque<FailingItem>,
    pub(crate) full_backups: VecDeque<String>,
    pub(crate) restores: VecDeque<String>,
}
