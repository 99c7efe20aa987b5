//! Options for files that only their owner can read.

use std::fs::OpenOptions;

/// Returns options whose new files only the owner can read and write, on Unix.
///
/// An existing file keeps its permissions. On Windows, a new file has those of its folder.
pub(crate) fn private_options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has a mode to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
