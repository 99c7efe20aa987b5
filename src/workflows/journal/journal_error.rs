//! `JournalError`: why a journal failed.

use std::error::Error as StdError;
use std::fmt;

use super::key::PlanKey;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::labels::labels;

/// Why a journal failed.
///
/// Journals of your own create it with the function of its kind. The message is one line in lower
/// case: what failed, why, and what to do.
pub struct JournalError(Box<JournalErrorInner>);

struct JournalErrorInner {
    kind: JournalErrorKind,
    message: String,
    line: Option<u64>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of a [`JournalError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// The journal is temporarily unreachable. The only kind that is worth a retry.
    Unavailable,
    /// Another process has the journal open.
    Held,
    /// The journal is damaged, or was changed by another program.
    Corrupt,
    /// The journal has no space for another record.
    Full,
    /// The request contradicts what is recorded.
    Conflict,
    /// The key has no entry.
    NotEntered,
    /// Another reason; see the message.
    Other,
}

labels! {
    JournalErrorKind:
    Unavailable = "unavailable",
    Held = "held",
    Corrupt = "corrupt",
    Full = "full",
    Conflict = "conflict",
    NotEntered = "not_entered",
    Other = "other",
}

macro_rules! constructors {
    ($($(#[$meta:meta])* $name:ident = $kind:ident;)+) => {
        $(
            $(#[$meta])*
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(JournalErrorKind::$kind, message.into())
            }
        )+
    };
}

impl JournalError {
    constructors! {
        /// Creates an error of the kind [`Unavailable`](JournalErrorKind::Unavailable).
        unavailable = Unavailable;
        /// Creates an error of the kind [`Held`](JournalErrorKind::Held).
        held = Held;
        /// Creates an error of the kind [`Corrupt`](JournalErrorKind::Corrupt).
        corrupt = Corrupt;
        /// Creates an error of the kind [`Full`](JournalErrorKind::Full).
        full = Full;
        /// Creates an error of the kind [`Conflict`](JournalErrorKind::Conflict).
        conflict = Conflict;
        /// Creates an error of the kind [`Other`](JournalErrorKind::Other).
        other = Other;
    }

    fn new(kind: JournalErrorKind, message: String) -> Self {
        Self(Box::new(JournalErrorInner { kind, message, line: None, source: None }))
    }

    /// Creates an error of the kind [`NotEntered`](JournalErrorKind::NotEntered).
    pub fn not_entered(key: &PlanKey) -> Self {
        let message = format!("the journal has no entry for `{key}`: enter it first");
        Self::new(JournalErrorKind::NotEntered, message)
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Sets the line of the file.
    pub(super) fn at_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> JournalErrorKind {
        self.0.kind
    }

    /// Returns the damaged line of a [`FileJournal`](super::FileJournal). The first one is 1.
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// Returns whether the same request may succeed later: `true` for
    /// [`Unavailable`](JournalErrorKind::Unavailable) only.
    pub fn is_retryable(&self) -> bool {
        self.0.kind == JournalErrorKind::Unavailable
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.message)
    }
}

impl fmt::Debug for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        f.debug_struct("JournalError")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("line", &self.0.line)
            .finish_non_exhaustive()
    }
}

impl StdError for JournalError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, self.0.source.as_deref().map(|source| source as _))
    }
}
