//! `RecordingError`: why a recording could not be written or read.

use std::error::Error as StdError;
use std::fmt;

/// The error of a recording that cannot be written or read.
#[derive(Debug)]
pub struct RecordingError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl RecordingError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RecordingError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
