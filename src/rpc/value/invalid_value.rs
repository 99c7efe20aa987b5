//! `InvalidValue`: the error of a value that is invalid before it is sent.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write};

/// The error of a missing or invalid value.
///
/// It has the name of the value, the value, and what was expected.
///
/// The constructors, `FromStr` and `serde` implementations of [`crate::types`] return it. It never
/// contains a secret, because secrets are not parsed.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::PageSize;
///
/// let error = PageSize::new(200).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid page size `200`: expected a number of items from 1 to 100",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidValue {
    name: &'static str,
    value: String,
    expected: Cow<'static, str>,
}

impl InvalidValue {
    /// The length at which a value is truncated, in characters.
    const MAX_VALUE_CHARS: usize = 80;

    /// Creates the error of the type or parameter `name`; an empty value is a missing one.
    pub(crate) fn new(
        name: &'static str,
        value: impl fmt::Display,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        let value = value.to_string();
        let value = match value.char_indices().nth(Self::MAX_VALUE_CHARS) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value,
        };
        Self { name, value, expected: expected.into() }
    }

    /// Returns the name of the type or parameter, for example `DatabaseType`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the rejected value, truncated after 80 characters. Empty if the value is missing.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the part of the message that says what was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for InvalidValue {
    /// Writes the message. The alternate form (`{:#}`) of a missing value is its name only.
    ///
    /// A deserializer sees no more of an error than its `Display`, and recognizes a missing value
    /// by the alternate form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, expected } = self;
        if value.is_empty() {
            if f.alternate() {
                return f.write_str(name);
            }
            return write!(f, "missing `{name}`: {expected}");
        }
        f.write_str("invalid ")?;
        write_words(f, name)?;
        f.write_str(" `")?;
        for c in value.chars() {
            match c {
                '"' | '\'' | '\\' => f.write_char(c)?,
                // Keeps the message on one line.
                _ => c.escape_debug().fmt(f)?,
            }
        }
        write!(f, "`: {expected}")
    }
}

impl fmt::Debug for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        f.debug_struct("InvalidValue")
            .field("name", &self.name)
            .field("value", &self.value)
            .field("expected", &self.expected)
            .finish()
    }
}

impl Error for InvalidValue {}

/// Writes a `PascalCase` name as words: "page size" for `PageSize`, "OSS bucket name" for
/// `OSSBucketName`.
fn write_words(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let bytes = name.as_bytes();
    let is_upper = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_uppercase);
    let is_lower = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_lowercase);
    let mut start = 0;
    for end in 1..=name.len() {
        let starts_next = is_upper(end) && (!is_upper(end - 1) || is_lower(end + 1));
        if !starts_next && end < name.len() {
            continue;
        }
        if start > 0 {
            f.write_char(' ')?;
        }
        let word = &name[start..end];
        if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()) {
            f.write_str(word)?;
        } else {
            f.write_str(&word.to_ascii_lowercase())?;
        }
        start = end;
    }
    Ok(())
}

/// Returns the candidate closest to `value`, if it is close enough for a typing error.
pub(crate) fn closest<'a>(
    value: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let value = value.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&value, &candidate.to_ascii_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}

/// Returns the Levenshtein distance of two strings in bytes, of the first 64 bytes of each.
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
    fn display_names_the_value_and_what_was_expected() {
        for (name, value, message) in [
            ("DatabaseType", "MySQLL", "invalid database type `MySQLL`: expected X"),
            ("OSSBucketName", "a b", "invalid OSS bucket name `a b`: expected X"),
            (
                "SourceEndpointInstanceID",
                "a,",
                "invalid source endpoint instance ID `a,`: expected X",
            ),
            ("DestinationEndpointIP", "x", "invalid destination endpoint IP `x`: expected X"),
            ("BackupPlanId", "a\nb", "invalid backup plan id `a\\nb`: expected X"),
            ("BackupObjects", r#"["a"]"#, r#"invalid backup objects `["a"]`: expected X"#),
            ("endpoint", "ftp://", "invalid endpoint `ftp://`: expected X"),
        ] {
            assert_eq!(InvalidValue::new(name, value, "expected X").to_string(), message);
        }
    }

    #[test]
    fn alternate_display_names_a_missing_value() {
        let missing = InvalidValue::new("UsedTime", "", "expected an integer");
        assert_eq!(missing.to_string(), "missing `UsedTime`: expected an integer");
        assert_eq!(format!("{missing:#}"), "UsedTime");
        let invalid = InvalidValue::new("UsedTime", "0", "expected an integer");
        assert_eq!(format!("{invalid:#}"), invalid.to_string());
    }

    #[test]
    fn long_values_are_truncated_at_a_character() {
        let error = InvalidValue::new("ClientToken", "中".repeat(200), "…");
        assert_eq!(error.value().chars().count(), 81);
    }

    #[test]
    fn closest_finds_typing_errors_only() {
        assert_eq!(closest("cn-hangzou", ["cn-hangzhou", "cn-beijing"]), Some("cn-hangzhou"));
        assert_eq!(closest("mars", ["cn-hangzhou", "cn-beijing"]), None);
    }
}
