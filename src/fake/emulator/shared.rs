//! `Shared`: what all connections of an emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::call_log::CallLog;
use crate::fake::dbs::FakeDbs;

/// The fake that an emulator serves, its call log and its settings.
pub(super) struct Shared {
    pub(super) dbs: FakeDbs,
    pub(super) call_log: Mutex<CallLog>,
    pub(super) read_timeout: Duration,
    pub(super) allow_remote_control: bool,
}

impl Shared {
    pub(super) fn call_log(&self) -> MutexGuard<'_, CallLog> {
        self.call_log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
