//! The error of every value that is checked before it is sent.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// A value that its type refuses: what was given, for which type, and what to write instead.
///
/// Returned by the checked constructors and the `FromStr` and `serde` implementations of
/// [`crate::types`]. It never holds a secret: secrets are not parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    what: &'static str,
    given: String,
    expected: Cow<'static, str>,
}

impl InvalidValue {
    /// Longest part of the refused text that is kept, in characters.
    const GIVEN_LIMIT: usize = 80;

    pub(crate) fn new(
        what: &'static str,
        given: impl fmt::Display,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        let given = given.to_string();
        let given = match given.char_indices().nth(Self::GIVEN_LIMIT) {
            Some((end, _)) => format!("{}…", &given[..end]),
            None => given,
        };
        Self { what, given, expected: expected.into() }
    }

    /// The type or parameter that refused the value, for example `DatabaseType`.
    pub fn name(&self) -> &'static str {
        self.what
    }

    /// The refused text, cut after 80 characters.
    pub fn value(&self) -> &str {
        &self.given
    }

    /// What would have been accepted.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

/// The alternate form (`{:#}`) of a missing value is its bare name: by this a deserializer, whose
/// error sees only what displays, tells a missing value from a wrong one.
impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, given, expected } = self;
        if given.is_empty() {
            if f.alternate() {
                return f.write_str(what);
            }
            return write!(f, "{what} is missing: {expected}");
        }
        write!(f, "{given:?} is not a valid {what}: {expected}")
    }
}

impl Error for InvalidValue {}

/// The candidate closest to `given`, when it is close enough to be a slip of the keyboard.
pub(crate) fn closest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given = given.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&given, &candidate.to_ascii_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes, of texts cut to 64 bytes: good enough for a hint.
fn edit_distance(left: &str, right: &str) -> usize {
    let right = &right.as_bytes()[..right.len().min(64)];
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.bytes().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let substitute = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_says_what_was_given_and_what_to_write() {
        let error = InvalidValue::new("DatabaseType", "MySQLL", "use MySQL");
        assert_eq!(error.to_string(), "\"MySQLL\" is not a valid DatabaseType: use MySQL");
    }

    #[test]
    fn alternate_display_names_a_missing_value() {
        let missing = InvalidValue::new("UsedTime", "", "give the number of units");
        assert_eq!(missing.to_string(), "UsedTime is missing: give the number of units");
        assert_eq!(format!("{missing:#}"), "UsedTime");
        let wrong = InvalidValue::new("UsedTime", "0", "give the number of units");
        assert_eq!(format!("{wrong:#}"), wrong.to_string());
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let error = InvalidValue::new("ClientToken", "中".repeat(200), "…");
        assert_eq!(error.value().chars().count(), 81);
    }

    #[test]
    fn closest_finds_slips_and_ignores_strangers() {
        assert_eq!(closest("cn-hangzou", ["cn-hangzhou", "cn-beijing"]), Some("cn-hangzhou"));
        assert_eq!(closest("mars", ["cn-hangzhou", "cn-beijing"]), None);
    }
}
