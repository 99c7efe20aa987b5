//! `Log`: appends lines to a journal file, so that a failed write leaves no part of a line.

use std::io;

use super::super::journal_error::JournalError;
use super::super::records::{Change, ChangeLog};
use super::format::{Position, next_line};

/// The file operations of a log. Tests replace them, because few disks fail on request.
pub(super) trait Storage {
    /// Returns an error if another program has changed the file, which has `length` bytes.
    fn verify(&self, length: u64) -> io::Result<()>;
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Notes where the file ends, to detect an older copy.
    fn mark(&mut self, end: &Position);
}

/// The end of a journal file.
#[derive(Debug)]
pub(super) struct Log<S> {
    pub(super) storage: S,
    /// The path, for errors.
    pub(super) name: String,
    pub(super) end: Position,
    pub(super) length: u64,
    /// Whether the end of the file is unknown, so that no line may follow.
    pub(super) is_closed: bool,
}

impl<S: Storage> Log<S> {
    /// Appends a line that is synced when this returns.
    pub(super) fn append(&mut self, line: &str, end: Position) -> Result<(), JournalError> {
        let Self { storage, name, length, is_closed, .. } = self;
        if *is_closed {
            return Err(JournalError::other(format!(
                "cannot write journal `{name}`: an earlier write failed: check its disk, then open \
                 it again"
            )));
        }
        if let Err(error) = storage.verify(*length) {
            *is_closed = true;
            return Err(JournalError::corrupt(format!(
                "cannot write journal `{name}`: {error}: restore the file, then open it again"
            ))
            .with_source(error));
        }
        if let Err(error) = storage.write(*length, line.as_bytes()) {
            *is_closed = storage.truncate(*length).is_err();
            return Err(cannot("write", name, error));
        }
        if let Err(error) = storage.sync() {
            // The line may be on disk or not. Syncing again could succeed without writing it.
            *is_closed = true;
            return Err(cannot("sync", name, error));
        }
        *length += line.len() as u64;
        self.end = end;
        storage.mark(&self.end);
        Ok(())
    }
}

impl<S: Storage> ChangeLog for Log<S> {
    fn write(&mut self, change: &Change) -> Result<(), JournalError> {
        let json = serde_json::to_string(change).map_err(|error| {
            JournalError::other(format!("cannot write an entry as JSON: {error}"))
        })?;
        let (line, end) = next_line(&self.end, &json);
        self.append(&line, end)
    }
}

/// Returns the error of a file operation.
pub(super) fn cannot(act: &str, name: &str, error: io::Error) -> JournalError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};

    let message = format!("cannot {act} journal `{name}`: {error}");
    let failure = if matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull) {
        JournalError::full(format!("{message}: free disk space, then run again"))
    } else {
        JournalError::other(message)
    };
    failure.with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::journal::{JournalErrorKind, PlanKey};

    /// A file that fails after some bytes, or when it is synced or truncated.
    #[derive(Debug)]
    struct FailingStorage {
        bytes: Vec<u8>,
        space: usize,
        syncs: bool,
        truncates: bool,
        marked: u64,
    }

    impl Storage for FailingStorage {
        fn verify(&self, length: u64) -> io::Result<()> {
            assert_eq!(self.bytes.len() as u64, length, "part of a line was left");
            Ok(())
        }

        fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
            assert_eq!(self.bytes.len() as u64, at);
            let written = bytes.len().min(self.space - self.bytes.len());
            self.bytes.extend(&bytes[..written]);
            if written < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.syncs { Ok(()) } else { Err(io::Error::other("disk failure")) }
        }

        fn truncate(&mut self, length: u64) -> io::Result<()> {
            if !self.truncates {
                return Err(io::Error::other("disk failure"));
            }
            self.bytes.truncate(usize::try_from(length).unwrap());
            Ok(())
        }

        fn mark(&mut self, end: &Position) {
            self.marked = end.lines;
        }
    }

    fn log(space: usize, syncs: bool, truncates: bool) -> Log<FailingStorage> {
        let storage = FailingStorage { bytes: Vec::new(), space, syncs, truncates, marked: 0 };
        let (end, name) = (Position::default(), "plans.journal".to_owned());
        Log { storage, name, end, length: 0, is_closed: false }
    }

    fn write(log: &mut Log<FailingStorage>) -> Result<(), JournalError> {
        log.write(&Change::Done { key: PlanKey::new("prod", "orders", 0).unwrap() })
    }

    #[test]
    fn short_write_leaves_no_part_of_a_line() {
        let mut log = log(80, true, true);
        write(&mut log).unwrap();
        let (before, end) = (log.storage.bytes.clone(), log.end.clone());
        let error = write(&mut log).unwrap_err();
        assert_eq!(error.kind(), JournalErrorKind::Full, "{error}");
        assert_eq!((&log.storage.bytes, &log.end, log.storage.marked), (&before, &end, 1));
        log.storage.space = 1000;
        write(&mut log).unwrap();
        assert_eq!((log.storage.bytes.len(), log.storage.marked), (2 * before.len(), 2));
    }

    #[test]
    fn log_is_closed_if_part_of_a_line_may_be_left() {
        let mut log = log(10, true, false);
        assert_eq!(write(&mut log).unwrap_err().kind(), JournalErrorKind::Full);
        log.storage.space = 1000;
        let error = write(&mut log).unwrap_err();
        assert!(error.to_string().contains("an earlier write failed"), "{error}");
        assert_eq!(log.storage.bytes.len(), 10);
    }

    #[test]
    fn log_is_closed_after_a_failed_sync() {
        let mut log = log(1000, false, true);
        let error = write(&mut log).unwrap_err();
        assert!(error.to_string().contains("disk failure"), "{error}");
        log.storage.syncs = true;
        let error = write(&mut log).unwrap_err();
        assert!(error.to_string().contains("an earlier write failed"), "{error}");
        assert_eq!(log.storage.marked, 0);
    }
}
