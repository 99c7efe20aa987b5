//! `Store`: where a journal is, and how its database restarts.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::workflows::fleet::Journal;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::journals::JournalPlace;

/// Where a journal is.
pub(crate) enum Store {
    Database {
        name: &'static str,
        url: String,
        /// The program that kills and restarts the database.
        restart: String,
    },
    File(TemporaryFolder),
}

/// A folder that is removed at the end.
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = format!("aliyun-dbs-{name}-{}-{:x}", std::process::id(), fastrand::u32(..));
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What is left stays in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Returns the value of a variable that `.ci/services` sets.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("`{name}` is not set: run `.ci/services cargo test --test chaos`")
    })
}

impl Store {
    /// Returns one of each kind.
    pub(crate) fn all() -> [Self; 3] {
        let database = |name, variable_name: &str| Self::Database {
            name,
            url: variable(variable_name),
            restart: variable(&format!("{variable_name}_RESTART")),
        };
        [
            database("PostgreSQL", "DBS_TEST_POSTGRES"),
            database("Redis", "DBS_TEST_REDIS"),
            Self::File(TemporaryFolder::new("chaos")),
        ]
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Database { name, .. } => name,
            Self::File(_) => "file",
        }
    }

    /// Returns whether several processes have it open at once.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Database { .. })
    }

    /// Returns the value of the option `--journal`.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::Database { url, .. } => url.clone(),
            Self::File(folder) => folder.join("plans.journal").to_str().unwrap().to_owned(),
        }
    }

    pub(crate) async fn open(&self) -> Arc<dyn Journal> {
        let place: JournalPlace = self.argument().parse().unwrap();
        place.open(Duration::from_secs(30)).await.unwrap()
    }

    /// Returns the process that has the file open.
    pub(crate) fn holder(&self) -> Option<u32> {
        let Self::File(folder) = self else { return None };
        let holder = std::fs::read_to_string(folder.join("plans.journal.lock")).ok()?;
        holder.strip_prefix("process ")?.split(' ').next()?.parse().ok()
    }

    /// Kills and restarts the database.
    pub(crate) fn restart(&self) -> JoinHandle<()> {
        let command = match self {
            Self::Database { restart, .. } => Some(Command::new(restart)),
            Self::File(_) => None,
        };
        spawn_blocking(|| {
            let Some(mut command) = command else { return };
            let output = command.output().unwrap();
            assert!(output.status.success(), "the database does not restart: {output:?}");
        })
    }
}
