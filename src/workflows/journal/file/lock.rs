//! `LockedFile`: a file that one process at a time has open.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process;

use crate::rpc::clock::{Clock, SystemClock};
#[cfg(any(all(unix, not(target_os = "solaris")), windows))]
use crate::rpc::private_file::private_options;
use crate::rpc::sign::timestamp;

/// A file that no other process can open like this.
#[derive(Debug)]
pub(super) struct LockedFile(File);

impl Deref for LockedFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

#[cfg(all(unix, not(target_os = "solaris")))]
impl LockedFile {
    /// Opens or creates a file and locks it. `None` if another process has locked it.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        use rustix::fs::{FlockOperation, flock};

        let file = options().open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Closing the file is not enough: a program that another thread starts has it open until it runs.
#[cfg(all(unix, not(target_os = "solaris")))]
impl Drop for LockedFile {
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.0, rustix::fs::FlockOperation::Unlock);
    }
}

#[cfg(windows)]
impl LockedFile {
    /// Opens or creates a file that others can only read. `None` if another process writes it.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        use std::os::windows::fs::OpenOptionsExt;

        const FILE_SHARE_READ: u32 = 1;
        const ERROR_SHARING_VIOLATION: i32 = 32;
        match options().share_mode(FILE_SHARE_READ).open(path) {
            Ok(file) => Ok(Some(Self(file))),
            Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(not(any(all(unix, not(target_os = "solaris")), windows)))]
impl LockedFile {
    pub(super) fn open(_: &Path) -> io::Result<Option<Self>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "files cannot be locked on this platform"))
    }
}

#[cfg(any(all(unix, not(target_os = "solaris")), windows))]
fn options() -> OpenOptions {
    let mut options = private_options();
    options.read(true).write(true).create(true).truncate(false);
    options
}

/// Returns an error if the path has another file than the one that was opened.
#[cfg(unix)]
pub(super) fn verify_same_file(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    let (opened, now) = (file.metadata()?, fs::metadata(path)?);
    if (opened.dev(), opened.ino()) == (now.dev(), now.ino()) {
        return Ok(());
    }
    Err(io::Error::other("another file has replaced it"))
}

/// Windows refuses to replace or remove an open file.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the result is that of Unix")]
pub(super) fn verify_same_file(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// A file beside the journal that says which process has it open. For error messages only.
#[derive(Debug)]
pub(super) struct HolderFile(PathBuf);

impl HolderFile {
    /// The longest text that an error message shows.
    const MAX_CHARS: usize = 80;

    pub(super) fn create(path: PathBuf) -> Self {
        let since = timestamp(SystemClock::new().now());
        let _ = fs::write(&path, format!("process {} since {since}\n", process::id()));
        Self(path)
    }

    /// Returns which process holds the lock.
    pub(super) fn read(path: &Path) -> String {
        let text = fs::read_to_string(path).unwrap_or_default();
        let holder: String =
            text.chars().take_while(|c| !c.is_control()).take(Self::MAX_CHARS).collect();
        if holder.is_empty() { "another process".to_owned() } else { holder }
    }
}

impl Drop for HolderFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
