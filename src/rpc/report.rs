//! The rule of all error types: `Display` and `source` repeat nothing, and `Debug` is a report.

use std::error::Error;
use std::fmt::{self, Display};

/// Returns the first error of a chain of sources that the `Display` of `error` does not show.
///
/// A message often contains that of its source, so a program that prints all levels would repeat
/// it.
pub(crate) fn unshown<'e>(
    error: &impl Display,
    mut source: Option<&'e (dyn Error + 'static)>,
) -> Option<&'e (dyn Error + 'static)> {
    let shown = error.to_string();
    while let Some(cause) = source {
        if !shows(&shown, cause) {
            return Some(cause);
        }
        source = cause.source();
    }
    None
}

/// Writes an error as the `Debug` output that `fn main() -> Result<(), Error>` prints: its message,
/// then a line for each source that adds something.
pub(crate) fn write_report(f: &mut fmt::Formatter<'_>, error: &dyn Error) -> fmt::Result {
    let mut shown = error.to_string();
    f.write_str(&shown)?;
    let mut title = "\n\nCaused by:";
    let mut source = error.source();
    while let Some(cause) = source {
        if !shows(&shown, cause) {
            let message = cause.to_string();
            write!(f, "{title}\n    {message}")?;
            title = "";
            shown.push('\n');
            shown.push_str(&message);
        }
        source = cause.source();
    }
    Ok(())
}

/// Returns whether a string contains the message of an error, apart from the full stop at its end.
fn shows(text: &str, error: &dyn Error) -> bool {
    text.contains(error.to_string().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Level(&'static str, Option<Box<Level>>);

    impl Display for Level {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Level {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|source| source as _)
        }
    }

    struct Report(Level);

    impl fmt::Debug for Report {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_report(f, &self.0)
        }
    }

    fn chain(levels: &[&'static str]) -> Level {
        let (first, rest) = levels.split_first().unwrap();
        Level(first, (!rest.is_empty()).then(|| Box::new(chain(rest))))
    }

    #[test]
    fn source_skips_what_the_message_shows() {
        let error = chain(&["a failed: b.", "b.", "", "c", "b"]);
        assert_eq!(unshown(&error, error.source()).unwrap().to_string(), "c");
        let error = chain(&["a: b: c", "b: c", "c"]);
        assert!(unshown(&error, error.source()).is_none());
    }

    #[test]
    fn report_writes_each_level_once() {
        for (levels, report) in [
            (&["a"] as &[_], "a"),
            (&["a: b", "b"], "a: b"),
            (&["a: b", "b", "c", "d: c", "c"], "a: b\n\nCaused by:\n    c\n    d: c"),
        ] {
            assert_eq!(format!("{:?}", Report(chain(levels))), report);
        }
    }
}
