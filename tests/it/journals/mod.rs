//! Journals: keys and tokens, the check of a journal, and journals in memory and in files.

mod damage;
mod file;
mod lock;
mod memory;
mod planted;
mod values;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{Entry, PlanKey, WorkerId};
use time::OffsetDateTime;

use crate::support::create;

/// A folder that is removed at the end of the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("aliyun-dbs-journal-{}-{next}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join("plans.journal")
    }

    fn mark(&self) -> PathBuf {
        self.0.join("plans.journal.mark")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key(name: &str) -> PlanKey {
    PlanKey::new("prod", name, 0).unwrap()
}

fn plan(id: &str) -> BackupPlanId {
    id.parse().unwrap()
}

fn worker(id: &str) -> WorkerId {
    id.parse().unwrap()
}

/// Returns an entry of the worker `w`.
fn entry(name: &str) -> Entry {
    Entry::new(key(name).client_token(), create(), OffsetDateTime::UNIX_EPOCH, worker("w"))
}
