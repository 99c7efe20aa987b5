//! What the connections of an emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::journal::Journal;
use crate::fake::dbs::FakeDbs;

/// The fake behind an emulator, with the emulator's settings.
pub(super) struct Shared {
    pub(super) dbs: FakeDbs,
    pub(super) journal: Mutex<Journal>,
    pub(super) read_timeout: Duration,
    pub(super) allow_remote_control: bool,
}

impl Shared {
    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
