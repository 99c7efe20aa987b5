//! Recordings of exchanges without secrets: their format, and what replaces real values.

mod clock;
mod error;
pub(super) mod format;
mod names;
mod redact;

pub(super) use clock::ReplayClock;
pub use error::RecordingError;
pub(super) use names::is_whole_word;
pub(super) use redact::Redactor;

/// What a [`Recorder`](super::Recorder) recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordingSummary {
    /// The number of recorded exchanges.
    pub exchanges: u64,
    /// The number of different values that were replaced.
    pub replaced: usize,
}
