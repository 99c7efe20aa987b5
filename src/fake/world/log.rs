//! Log (incremental) backups: a file every ten minutes, as long as a plan with logs runs.

use std::time::Duration;

use fastrand::Rng;
use time::OffsetDateTime;

use super::ids;
use super::times::{after, percent, since};
use super::world_error::WorldError;
use crate::v2019_03_06::types::{BackupSetId, BackupSetJobId, DatabaseType};

/// How much time one file holds.
const FILE_TIME: Duration = Duration::from_secs(600);

/// The logs of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    pub(crate) job_id: BackupSetJobId,
    prefix: &'static str,
    /// Sizes follow from it and the number of the file.
    seed: u64,
    windows: Vec<Window>,
}

/// A time without a gap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) from: OffsetDateTime,
    until: Option<OffsetDateTime>,
}

/// One file.
pub(crate) struct LogFile {
    pub(crate) id: BackupSetId,
    pub(crate) from: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
    pub(crate) is_full: bool,
    pub(crate) size: u64,
}

impl Window {
    pub(crate) fn until(self, now: OffsetDateTime) -> OffsetDateTime {
        self.until.unwrap_or(now)
    }
}

impl Logs {
    pub(crate) fn new(database: DatabaseType, random: &mut Rng) -> Result<Self, WorldError> {
        let prefix = match database {
            DatabaseType::MySql | DatabaseType::MariaDb | DatabaseType::Drds => "mysql-bin",
            _ => "log",
        };
        let job_id = ids::text(random, "1", 11)?;
        Ok(Self { job_id, prefix, seed: random.u64(..), windows: Vec::new() })
    }

    pub(crate) fn open(&mut self, now: OffsetDateTime) {
        if self.windows.last().is_none_or(|window| window.until.is_some()) {
            self.windows.push(Window { from: now, until: None });
        }
    }

    pub(crate) fn close(&mut self, now: OffsetDateTime) {
        if let Some(window) = self.windows.last_mut() {
            window.until.get_or_insert(now);
        }
    }

    pub(crate) fn windows(&self) -> &[Window] {
        &self.windows
    }

    pub(crate) fn files(&self, now: OffsetDateTime) -> Vec<LogFile> {
        let mut files: Vec<LogFile> = Vec::new();
        for window in &self.windows {
            let (end, is_closed) = (window.until(now), window.until.is_some());
            let mut from = window.from;
            loop {
                let is_whole = since(from, end) >= FILE_TIME;
                let until = after(from, FILE_TIME).min(end);
                let number = files.len() as u64 + 1;
                let Ok(id) = BackupSetId::new(format!("{}.{number:06}", self.prefix)) else {
                    break;
                };
                // An open window has a file that is being written, even if it is still empty.
                if is_closed && until <= from {
                    break;
                }
                let whole_size = Rng::with_seed(self.seed ^ number).u64(1 << 12..1 << 24);
                let size = whole_size * u64::from(percent(from, FILE_TIME, until)) / 100;
                files.push(LogFile { id, from, until, is_full: is_whole || is_closed, size });
                if !is_whole {
                    break;
                }
                from = until;
            }
        }
        files
    }

    pub(crate) fn bytes(&self, now: OffsetDateTime) -> u64 {
        self.files(now).iter().map(|file| file.size).sum()
    }
}
