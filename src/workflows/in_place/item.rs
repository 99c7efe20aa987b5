//! `ChangeItem`: one difference between a plan and its specification.

use std::fmt;

use serde::Serialize;
use serde_with::SerializeDisplay;

use crate::rpc::value::one_line::one_line;

/// One difference between a plan and its specification.
///
/// `Display` writes it as a line of a diff, such as `~ schedule   Monday 02:30 → Friday 02:30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangeItem {
    /// Whether it is bought, changed, or not possible.
    pub kind: ChangeKind,
    /// The field of the specification, such as `schedule`.
    pub field: &'static str,
    /// The present value. `None` if the plan has none, or the service did not return it.
    pub from: Option<String>,
    /// The value of the specification. A secret is the name of its source.
    pub to: Option<String>,
    /// Why it is not possible in place, and what to do instead.
    pub reason: Option<String>,
    /// The operation that makes the change.
    pub operation: Option<&'static str>,
    /// Whether the change needs a pre-check and a start of the plan.
    pub restarts: bool,
}

/// What a [`ChangeItem`] is. `Display` writes `+`, `~` or `!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, SerializeDisplay)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The field is set for the first time, by a purchase or a first configuration.
    Add,
    /// The field is changed in place.
    Modify,
    /// The field cannot be changed in place.
    Impossible,
}

impl ChangeKind {
    /// Returns `+`, `~` or `!`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Modify => "~",
            Self::Impossible => "!",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl ChangeItem {
    pub(in crate::workflows) fn is_possible(&self) -> bool {
        self.kind != ChangeKind::Impossible
    }

    /// Returns whether two items set the same field to the same value.
    pub(in crate::workflows) fn has_target_of(&self, other: &Self) -> bool {
        self.field == other.field && self.to == other.to
    }

    /// Returns the item of a field that a first configuration or a purchase sets.
    pub(in crate::workflows) fn add(
        field: &'static str,
        to: String,
        operation: &'static str,
    ) -> Self {
        let to = Some(to);
        let operation = Some(operation);
        Self {
            kind: ChangeKind::Add,
            field,
            from: None,
            to,
            reason: None,
            operation,
            restarts: true,
        }
    }

    /// Returns the item of a field that cannot be changed.
    pub(in crate::workflows) fn impossible(
        field: &'static str,
        from: Option<String>,
        to: Option<String>,
        reason: impl Into<String>,
    ) -> Self {
        let (kind, reason) = (ChangeKind::Impossible, Some(reason.into()));
        Self { kind, field, from, to, reason, operation: None, restarts: false }
    }

    /// Returns the same difference, which must not be changed.
    pub(in crate::workflows) fn forbidden(self, reason: &str) -> Self {
        match self.kind {
            ChangeKind::Impossible => self,
            _ => Self::impossible(self.field, self.from, self.to, reason),
        }
    }
}

impl fmt::Display for ChangeItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:<14}", self.kind, self.field)?;
        // Values of the service may contain line breaks or codes of a terminal.
        let [from, to, reason] =
            [&self.from, &self.to, &self.reason].map(|value| value.as_deref().map(one_line));
        let has_value = from.is_some() || to.is_some();
        match (from, to) {
            (Some(from), Some(to)) => write!(f, " {from} → {to}")?,
            (None, Some(value)) | (Some(value), None) => write!(f, " {value}")?,
            (None, None) => {}
        }
        if let Some(reason) = reason {
            write!(f, "{} {reason}", if has_value { ":" } else { "" })?;
        }
        if self.restarts && self.kind == ChangeKind::Modify {
            f.write_str(" (restarts the plan)")?;
        }
        Ok(())
    }
}
