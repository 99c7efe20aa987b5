//! `PlanSpecError`: why plans could not be read.

use std::error::Error as StdError;
use std::fmt;

use crate::rpc::value::invalid_value::closest;
use crate::rpc::value::one_line::one_line;

/// Why plans could not be read.
///
/// The message is one line: the field, the reason, and the line and column if the format reports
/// them. It contains no secret, because the file contains none, and a value where a reference to a
/// secret is expected is not quoted.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanSpecError {
    field: String,
    line: Option<usize>,
    message: String,
}

impl PlanSpecError {
    /// Creates an error from that of a format, which has the position in its message.
    pub(super) fn new(path: &str, error: &impl fmt::Display) -> Self {
        let error = error.to_string();
        let (reason, position) = split_position(&error);
        let mut message = one_line(without_path(reason, path)).into_owned();
        if let Some(name) = suggestion(&message) {
            message = format!("{message}; did you mean `{name}`?");
        }
        if let Some((line, column)) = position {
            message = format!("{message} (line {line}, column {column})");
        }
        let field = without_secret(if path == "." { "" } else { path });
        Self { field: one_line(field).into_owned(), line: position.map(|(line, _)| line), message }
    }

    /// Returns the field, such as `[3].source.mysql.password`. Empty for the list itself.
    ///
    /// The number is the index of the plan, from 0.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the line, from 1. `None` if the format does not report it.
    ///
    /// For a rule between several fields it is the first or the last line of the plan.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for PlanSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "invalid list of plans: {}", self.message),
            field => write!(f, "invalid plan: `{field}`: {}", self.message),
        }
    }
}

impl fmt::Debug for PlanSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for PlanSpecError {}

/// Separates the position that `serde_json` and the YAML crates append to a message.
fn split_position(message: &str) -> (&str, Option<(usize, usize)>) {
    // libyaml also names where the surrounding map or list begins.
    let message = message.split(", while ").next().unwrap_or(message);
    let position = || {
        let (reason, position) = message.rsplit_once(" at line ")?;
        let (line, column) = position.split_once(" column ")?;
        Some((reason, (line.parse().ok()?, column.parse().ok()?)))
    };
    match position() {
        Some((reason, position)) => (reason, Some(position)),
        None => (message, None),
    }
}

/// Removes the path with which the YAML crates begin a message: all of `path`, or its beginning.
fn without_path<'m>(reason: &'m str, path: &str) -> &'m str {
    let bare = reason.strip_prefix('.').unwrap_or(reason);
    if let Some(rest) = bare.strip_prefix(path).and_then(|rest| rest.strip_prefix(": ")) {
        return rest;
    }
    match bare.split_once(": ") {
        Some((prefix, rest)) if bare.starts_with('[') && path.starts_with(prefix) => rest,
        _ => reason,
    }
}

/// Removes an unknown key below a password, because a secret in braces is a key.
fn without_secret(path: &str) -> &str {
    const PASSWORD: &str = ".password";
    let Some(at) = path.find(".password.") else { return path };
    let (password, key) = path.split_at(at + PASSWORD.len());
    if matches!(key, ".env" | ".file" | ".rotated") { path } else { password }
}

/// Returns the known name closest to the unknown one that a message of serde reports.
fn suggestion(message: &str) -> Option<&str> {
    let rest = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("unknown variant `"))?;
    let (unknown, known) = rest.split_once("`, expected ")?;
    closest(unknown, known.split('`').skip(1).step_by(2))
}
