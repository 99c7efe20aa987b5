//! `LogBackups`: the log (incremental) backups of a plan, one file every ten minutes.

use std::time::Duration;

use fastrand::Rng;
use time::OffsetDateTime;

use super::ids;
use super::times::{after, percent, since};
use super::world_error::WorldError;
use crate::v2019_03_06::types::{BackupSetId, BackupSetJobId, DatabaseType};

/// The time that one file covers.
const FILE_TIME: Duration = Duration::from_secs(600);

/// The log backups of a plan, which run as long as the plan does and has them enabled.
#[derive(Clone, Debug)]
pub(crate) struct LogBackups {
    pub(crate) job_id: BackupSetJobId,
    prefix: &'static str,
    /// Determines the sizes, together with the number of the file.
    seed: u64,
    periods: Vec<LogPeriod>,
}

/// A period of uninterrupted log backups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogPeriod {
    pub(crate) from: OffsetDateTime,
    until: Option<OffsetDateTime>,
}

/// A log file.
pub(crate) struct LogFile {
    pub(crate) id: BackupSetId,
    pub(crate) from: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
    pub(crate) is_complete: bool,
    pub(crate) size: u64,
}

impl LogPeriod {
    pub(crate) fn until(self, now: OffsetDateTime) -> OffsetDateTime {
        self.until.unwrap_or(now)
    }
}

impl LogBackups {
    pub(crate) fn new(database: DatabaseType, random: &mut Rng) -> Result<Self, WorldError> {
        let prefix = match database {
            DatabaseType::MySql | DatabaseType::MariaDb | DatabaseType::Drds => "mysql-bin",
            _ => "log",
        };
        let job_id = ids::string(random, "1", 11)?;
        Ok(Self { job_id, prefix, seed: random.u64(..), periods: Vec::new() })
    }

    /// Begins a period, unless one is open.
    pub(crate) fn open(&mut self, now: OffsetDateTime) {
        if self.periods.last().is_none_or(|period| period.until.is_some()) {
            self.periods.push(LogPeriod { from: now, until: None });
        }
    }

    /// Ends the open period.
    pub(crate) fn close(&mut self, now: OffsetDateTime) {
        if let Some(period) = self.periods.last_mut() {
            period.until.get_or_insert(now);
        }
    }

    pub(crate) fn periods(&self) -> &[LogPeriod] {
        &self.periods
    }

    pub(crate) fn files(&self, now: OffsetDateTime) -> Vec<LogFile> {
        let mut files = Vec::new();
        self.visit(now, |number, from, until, is_complete, size| {
            if let Ok(id) = BackupSetId::new(format!("{}.{number:06}", self.prefix)) {
                files.push(LogFile { id, from, until, is_complete, size });
            }
        });
        files
    }

    pub(crate) fn bytes(&self, now: OffsetDateTime) -> u64 {
        let mut bytes = 0;
        self.visit(now, |_, _, _, _, size| bytes += size);
        bytes
    }

    /// Calls a closure with the number, beginning, end, completeness and size of each file.
    fn visit(
        &self,
        now: OffsetDateTime,
        mut file: impl FnMut(u64, OffsetDateTime, OffsetDateTime, bool, u64),
    ) {
        let mut number = 0;
        for period in &self.periods {
            let (end, is_closed) = (period.until(now), period.until.is_some());
            let mut from = period.from;
            loop {
                let is_whole = since(from, end) >= FILE_TIME;
                let until = after(from, FILE_TIME).min(end);
                // An open period always has a file in progress, even if it is empty.
                if is_closed && until <= from {
                    break;
                }
                number += 1;
                let whole_size = Rng::with_seed(self.seed ^ number).u64(1 << 12..1 << 24);
                let size = whole_size * u64::from(percent(from, FILE_TIME, until)) / 100;
                file(number, from, until, is_whole || is_closed, size);
                if !is_whole {
                    break;
                }
                from = until;
            }
        }
    }
}
