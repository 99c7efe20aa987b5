//! `FileJournal`: a journal in a file.

mod format;
mod lock;
mod log;
mod mark;

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use self::format::{Contents, Position, Refusal, first_line, read};
use self::lock::{HolderFile, LockedFile, verify_same_file};
use self::log::{Log, Storage, cannot};
use self::mark::Mark;
use super::claim::Claim;
use super::contract::Journal;
use super::entry::Entry;
use super::journal_error::{JournalError, JournalErrorKind};
use super::key::PlanKey;
use super::records::Records;
use super::worker::WorkerId;
use crate::rpc::clock::{Clock, SystemClock, random_hex};
use crate::v2019_03_06::types::BackupPlanId;

/// How often a waiting process tries to open a journal.
const OPEN_INTERVAL: Duration = Duration::from_millis(50);

/// A journal in a file that one process at a time can open.
///
/// Each change is one line of JSON with a checksum, about 700 bytes per plan in total, synced to
/// disk before the method returns. The calling thread blocks for that time, usually 1 to 10 ms.
/// The file is never rewritten. The lock does not work on network file systems. On Unix, only the
/// owner can read a new file.
///
/// | what happened | result |
/// | --- | --- |
/// | the process was killed, or power failed during a write | the incomplete line is removed, because nothing followed from it |
/// | the disk is full | the change fails, and no part of it is left |
/// | a bit, a line or the end of the file was changed | [`Corrupt`](JournalErrorKind::Corrupt) with the line; never skipped or guessed |
/// | the file was emptied, or is an older copy | [`Corrupt`](JournalErrorKind::Corrupt), as long as the file `<path>.mark` exists |
/// | an editor added a byte order mark or `\r\n` | ignored |
/// | another process has it open | [`Held`](JournalErrorKind::Held) with its process id, which is in `<path>.lock` |
///
/// Leases are in memory, since all workers are in this process. An entry of an earlier process cannot
/// be withdrawn.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::workflows::fleet::{FileJournal, JournalErrorKind};
///
/// let path = std::env::temp_dir().join(format!("example-{}.journal", std::process::id()));
/// let journal = FileJournal::open(&path)?;
/// let error = FileJournal::open(&path).unwrap_err();
/// assert_eq!(error.kind(), JournalErrorKind::Held);
/// # drop(journal);
/// # for kind in ["journal", "journal.mark"] { std::fs::remove_file(path.with_extension(kind)).unwrap(); }
/// # Ok::<(), aliyun_dbs::workflows::fleet::JournalError>(())
/// ```
pub struct FileJournal {
    path: PathBuf,
    // Removed before the file, with its lock, is closed.
    _holder: HolderFile,
    state: Mutex<FileState>,
}

struct FileState {
    records: Records,
    log: Log<Disk>,
}

impl FileJournal {
    /// Opens or creates a journal. Fails at once if another process has it open.
    ///
    /// # Errors
    ///
    /// See the table of the [type](Self). [`Other`](JournalErrorKind::Other) if the file cannot be
    /// read, written or locked.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let name = path.as_ref().display().to_string();
        let failed = |error| cannot("open", &name, error);
        // The working directory may change.
        let path = std::path::absolute(path.as_ref()).map_err(failed)?;
        let holder = beside(&path, ".lock");
        let Some(file) = LockedFile::open(&path).map_err(failed)? else {
            return Err(JournalError::held(format!(
                "journal `{name}` is open in {}: wait until it ends, for example with `open_within`",
                HolderFile::read(&holder)
            )));
        };
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("expected a regular file")));
        }
        verify_same_file(&file, &path).map_err(failed)?;
        let holder = HolderFile::create(holder);
        let mark = beside(&path, ".mark");
        let marked = Mark::read(&mark).map_err(failed)?;
        let Contents { records, end, length, is_unterminated } =
            read(BufReader::new(&*file), marked.as_ref()).map_err(|refusal| match refusal {
                Refusal::Io(error) => cannot("read", &name, error),
                Refusal::Line(line, why) => JournalError::corrupt(format!(
                    "journal `{name}`, line {line}: {why}; nothing was bought"
                ))
                .at_line(line),
            })?;
        if marked.is_none() && end.lines > 1 {
            tracing::warn!(
                path = %path.display(),
                "the journal has no mark, so an older copy is not detected",
            );
        }
        file.set_len(length).map_err(failed)?;
        let mark = Mark::create(&mark).map_err(failed)?;
        let disk = Disk { file, path: path.clone(), mark };
        let mut log = Log { storage: disk, name: name.clone(), end, length, is_closed: false };
        if log.end.lines == 0 {
            let (line, end) = first_line(&random_hex(&SystemClock::new()));
            log.append(&line, end)?;
            sync_folder(&path).map_err(|error| cannot("create", &name, error))?;
        } else if is_unterminated {
            log.append("\n", log.end.clone())?;
        } else {
            log.storage.mark(&log.end);
        }
        let state = Mutex::new(FileState { records, log });
        Ok(Self { path, _holder: holder, state })
    }

    /// Opens a journal, and waits up to `limit` while another process has it open.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub async fn open_within(
        path: impl AsRef<Path> + Send,
        limit: Duration,
    ) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let clock = SystemClock::new();
        let start = clock.elapsed();
        loop {
            match Self::open(&path) {
                Err(error)
                    if error.kind() == JournalErrorKind::Held
                        && clock.elapsed().saturating_sub(start) < limit =>
                {
                    clock.sleep(OPEN_INTERVAL).await;
                }
                opened => return opened,
            }
        }
    }

    /// Returns the absolute path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of entries.
    pub fn entries(&self) -> usize {
        self.state().records.len()
    }

    fn state(&self) -> MutexGuard<'_, FileState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FileJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileJournal")
            .field("path", &self.path)
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}

/// Returns a path with something appended to the name of its file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Makes the name of a new file survive a power failure.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// The open file of a journal.
#[derive(Debug)]
struct Disk {
    file: LockedFile,
    path: PathBuf,
    mark: Mark,
}

impl Storage for Disk {
    fn verify(&self, length: u64) -> io::Result<()> {
        verify_same_file(&self.file, &self.path)?;
        if self.file.metadata()?.len() == length {
            return Ok(());
        }
        Err(io::Error::other("another program has changed it"))
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn mark(&mut self, end: &Position) {
        if let Err(error) = self.mark.write(end) {
            tracing::warn!(path = %self.path.display(), %error, "cannot write the journal's mark");
        }
    }
}

#[async_trait]
impl Journal for FileJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        let mut state = self.state();
        let FileState { records, log } = &mut *state;
        records.enter(key, fresh, log)
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let mut state = self.state();
        let FileState { records, log } = &mut *state;
        records.bought(key, plan, log)
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let mut state = self.state();
        let FileState { records, log } = &mut *state;
        records.done(key, log)
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        Ok(self.state().records.find(key))
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        self.state().records.claim(key, worker, lease)
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        self.state().records.release(key, worker);
        Ok(())
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        let mut state = self.state();
        let FileState { records, log } = &mut *state;
        records.withdraw(key, worker, log)
    }
}
