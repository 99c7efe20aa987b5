//! Journals: keys, damaged files, and rules that a journal breaks.

use std::fs;
use std::path::Path;
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{
    Claim, Entry, FileJournal, Journal, JournalError, MemoryJournal, PlanKey, WorkerId,
    check_journal,
};
use async_trait::async_trait;
use time::OffsetDateTime;

use super::Catalog;
use crate::support::create;

/// A journal that leases each key to each worker.
#[derive(Debug)]
struct LeasesToAll(MemoryJournal);

#[async_trait]
impl Journal for LeasesToAll {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.0.enter(key, fresh).await
    }

    async fn bought(&self, k: &PlanKey, plan: &BackupPlanId) -> Result<BackupPlanId, JournalError> {
        self.0.bought(k, plan).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.0.done(key).await
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        self.0.claim(key, worker, lease).await.map(|_| Claim::Granted)
    }
}

/// Adds a message without what differs between runs and machines.
fn add(catalog: &mut Catalog, folder: &Path, cause: &str, error: &JournalError) {
    let message = error.to_string().replace(&format!("{}/", folder.display()), "");
    let message = message.replace(&std::process::id().to_string(), "4711");
    let since = message.find(" since 2").map(|at| at + " since ".len());
    let message = match since {
        Some(at) => {
            format!("{}2026-01-01T00:00:00Z{}", &message[..at], &message[at + 20..])
        }
        None => message,
    };
    catalog.add(cause, message);
}

pub(super) async fn print(catalog: &mut Catalog) {
    catalog.section("Journals", "`FileJournal`, `JournalError`, `check_journal`.");
    let folder = std::env::temp_dir().join(format!("aliyun-dbs-messages-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("plans.journal");
    let key = PlanKey::new("prod", "orders", 0).unwrap();
    let plan: BackupPlanId = "dbs1".parse().unwrap();
    let worker = WorkerId::new("pod-1").unwrap();
    let entry =
        Entry::new(key.client_token(), create(), OffsetDateTime::UNIX_EPOCH, worker.clone());

    let journal = FileJournal::open(&path).unwrap();
    add(catalog, &folder, "another process has it open", &FileJournal::open(&path).unwrap_err());
    let error = journal.bought(&key, &plan).await.unwrap_err();
    add(catalog, &folder, "a plan without an entry", &error);
    journal.enter(&key, &entry).await.unwrap();
    let error = journal.done(&key).await.unwrap_err();
    add(catalog, &folder, "the end of a plan that is not recorded", &error);
    fs::rename(&path, folder.join("moved")).unwrap();
    fs::write(&path, "").unwrap();
    let error = journal.bought(&key, &plan).await.unwrap_err();
    add(catalog, &folder, "replaced while it is open", &error);
    let error = journal.bought(&key, &plan).await.unwrap_err();
    add(catalog, &folder, "written again after a failure", &error);
    drop(journal);

    let original = fs::read_to_string(folder.join("moved")).unwrap();
    let mut open = |cause: &str, text: &str| {
        fs::write(&path, text).unwrap();
        add(catalog, &folder, cause, &FileJournal::open(&path).unwrap_err());
    };
    open("emptied", "");
    open("a damaged line", &original.replace("small", "smalk"));
    open("a journal of the example of version 0.1", "{\"name\":\"orders\"}\n");
    open("a file that is not a journal", "orders\n");
    fs::remove_dir_all(&folder).unwrap();

    let memory = MemoryJournal::new();
    let violation = check_journal(|| async { Ok(LeasesToAll(memory.clone())) }).await.unwrap_err();
    catalog.add("two workers get a lease", violation);
    catalog.add("an invalid name of a plan", PlanKey::new("prod", "a\nb", 0).unwrap_err());
    catalog.add("an invalid key", "prod/orders".parse::<PlanKey>().unwrap_err());
    catalog.add("an invalid worker", WorkerId::new("é").unwrap_err());
}
