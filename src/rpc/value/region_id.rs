//! `RegionId`: the id of a region of any API.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_with::DeserializeFromStr;

use super::invalid_value::InvalidValue;

/// The id of a region, as the vendor's endpoint lists write it.
///
/// Two or more words of lower-case ASCII letters and digits, joined by hyphens; the first word has
/// letters only, and at least two. At most 32 characters. Each API has an enum of the regions that
/// it knows, which converts into this type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, DeserializeFromStr)]
#[serde(transparent)]
pub struct RegionId(Box<str>);

impl RegionId {
    /// The length of the longest id: 32 characters.
    pub const MAX_LEN: usize = 32;

    /// Creates an id from a string, without checking that the region exists.
    ///
    /// # Errors
    ///
    /// If the string does not have the form of a region id, such as `xx-yyy-1`.
    pub fn new(value: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let value = value.as_ref();
        if Self::is_well_formed(value) {
            return Ok(Self(value.into()));
        }
        Err(InvalidValue::new(
            "Region",
            value,
            "expected lower-case words joined by hyphens, such as `eu-central-1`",
        ))
    }

    /// Creates an id without checking it, for ids that are known to be valid.
    pub(crate) fn of_well_formed(id: &str) -> Self {
        debug_assert!(Self::is_well_formed(id), "{id}");
        Self(id.into())
    }

    /// Returns whether a string is lower-case words joined by hyphens, the first of letters only.
    pub(crate) fn is_well_formed(id: &str) -> bool {
        let Some((first, rest)) = id.split_once('-') else { return false };
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        first.len() >= 2
            && first.bytes().all(|b| b.is_ascii_lowercase())
            && rest.split('-').all(word)
            && id.len() <= Self::MAX_LEN
    }

    /// Returns the id as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RegionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for RegionId {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_accepts_words_joined_by_hyphens() {
        for text in ["xx-yyy", "xx-yyy-1", "xx-y2"] {
            assert_eq!(RegionId::new(text).unwrap().as_str(), text);
        }
        for text in
            ["", "a", "xx", "xx-y.z", "xx-y/z", "xx y", "XX-Y", "-xx-y", "xx-", "xx--y", "x1-y"]
        {
            assert!(RegionId::new(text).is_err(), "{text:?}");
        }
        assert!(RegionId::new(format!("xx-{}", "y".repeat(30))).is_err());
    }
}
