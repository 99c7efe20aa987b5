//! Files of an [`Io`](super::Io): bounded reads off the runtime, and stamps that detect changes.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The longest file that is read, in bytes.
const MAX_FILE_SIZE: u64 = 1 << 20;

pub(super) type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;
pub(super) type ReadStamp = dyn Fn(&Path) -> Option<FileStamp> + Send + Sync;

/// When a file was modified, and its length: it has changed if they differ.
///
/// [`Io::with_file_stamps`](super::Io::with_file_stamps) provides stamps in tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    modified: SystemTime,
    length: u64,
    /// The number of the file in its file system, which changes if another file replaces it.
    file_number: u64,
}

impl FileStamp {
    /// Creates the stamp of a file.
    pub fn new(modified: SystemTime, length: u64) -> Self {
        Self { modified, length, file_number: 0 }
    }

    pub(crate) fn modified(&self) -> SystemTime {
        self.modified
    }

    fn of(metadata: &Metadata) -> Option<Self> {
        #[cfg(unix)]
        let file_number = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let file_number = 0;
        Some(Self { modified: metadata.modified().ok()?, length: metadata.len(), file_number })
    }
}

/// The files of this machine, or the functions that replace them.
#[derive(Clone)]
pub(super) enum Files {
    System,
    Replaced { read: Arc<ReadFile>, stamp: Arc<ReadStamp> },
}

impl Files {
    /// Reads a file. A read that blocks does not block the runtime.
    pub(super) async fn read(&self, path: &Path) -> io::Result<String> {
        match self {
            Self::System => off_the_runtime(path, read).await?,
            Self::Replaced { read, .. } => read(path),
        }
    }

    /// Reads a file, on this thread.
    pub(super) fn read_blocking(&self, path: &Path) -> io::Result<String> {
        match self {
            Self::System => read(path),
            Self::Replaced { read, .. } => read(path),
        }
    }

    /// Returns the stamp of a file, or `None` if it is unknown.
    pub(super) async fn stamp(&self, path: &Path) -> Option<FileStamp> {
        match self {
            Self::System => off_the_runtime(path, stamp).await.ok()?,
            Self::Replaced { stamp, .. } => stamp(path),
        }
    }
}

/// Runs a blocking function on a thread for blocking work, or here without a runtime.
async fn off_the_runtime<T: Send + 'static>(
    path: &Path,
    function: impl FnOnce(&Path) -> T + Send + 'static,
) -> io::Result<T> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return Ok(function(path)) };
    let path: PathBuf = path.to_owned();
    runtime.spawn_blocking(move || function(&path)).await.map_err(io::Error::other)
}

fn stamp(path: &Path) -> Option<FileStamp> {
    FileStamp::of(&path.metadata().ok()?)
}

/// Reads a regular file of at most 1 MiB.
fn read(path: &Path) -> io::Result<String> {
    let metadata = path.metadata().map_err(|error| unreadable(error, || false))?;
    // Before opening, because opening a pipe waits for a writer.
    check_regular(&metadata)?;
    let file = File::open(path).map_err(|error| unreadable(error, || path.metadata().is_ok()))?;
    check_regular(&file.metadata()?)?;
    let mut content = zeroize::Zeroizing::new(Vec::new());
    file.take(MAX_FILE_SIZE + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_FILE_SIZE {
        return Err(io::Error::other("the file is larger than 1 MiB"));
    }
    match std::str::from_utf8(&content) {
        Ok(content) => Ok(content.to_owned()),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8")),
    }
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let kind = if metadata.is_dir() { "a directory" } else { "a pipe, device or socket" };
    Err(io::Error::other(format!("expected a regular file, got {kind}")))
}

/// Changes the kind of the error of an existing file that the process must not read.
///
/// Such a file is configured, and [`is_absent`] would skip it.
fn unreadable(error: io::Error, exists: impl FnOnce() -> bool) -> io::Error {
    if error.kind() == io::ErrorKind::PermissionDenied && exists() {
        return io::Error::other("permission denied");
    }
    error
}

/// Returns whether a default file does not exist for this process.
///
/// An account may have no home directory, or one that it must not enter.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_unreadable_file_is_not_absent() {
        use io::ErrorKind::{NotFound, PermissionDenied};
        for (kind, exists, absent) in [
            (PermissionDenied, true, false),
            (PermissionDenied, false, true),
            (NotFound, false, true),
        ] {
            let error = unreadable(kind.into(), || exists);
            assert_eq!(is_absent(&error), absent, "{kind:?}, exists: {exists}");
        }
    }
}
