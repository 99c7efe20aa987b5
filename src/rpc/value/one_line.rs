//! `OneLine`: a string of a caller or server, as a part of one line.

use std::fmt;

/// Writes a string with its control characters escaped.
///
/// Names and values of a caller must not add lines to a log.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(char::is_control) {
            let control = part.chars().next_back().filter(|last| last.is_control());
            f.write_str(part.trim_end_matches(|c| Some(c) == control))?;
            if let Some(control) = control {
                control.escape_debug().fmt(f)?;
            }
        }
        Ok(())
    }
}
