//! `RegionId`: the name of a region as an API writes it.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_with::DeserializeFromStr;

use super::invalid_value::InvalidValue;

/// Identifier of a region, as the vendor's endpoint lists write it.
///
/// Lower-case words of ASCII letters and digits joined by hyphens, at least two, 32 characters at
/// most. The regions that an API knows by name are an enum of that API, which converts
/// into this type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, DeserializeFromStr)]
#[serde(transparent)]
pub struct RegionId(Box<str>);

impl RegionId {
    /// Longest identifier, in characters.
    pub const MAX_LEN: usize = 32;

    /// Checks the form of an identifier; which regions exist is known to each API only.
    ///
    /// # Errors
    ///
    /// When the text does not have the form of a region id (`xx-yyy-1`).
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let text = text.as_ref();
        if Self::is_well_formed(text) {
            return Ok(Self(text.into()));
        }
        Err(InvalidValue::new(
            "Region",
            text,
            "expected a region id: lower-case words joined by hyphens",
        ))
    }

    /// Takes over an id whose form is known to be right, such as one that an API has a name for.
    pub(crate) fn of_well_formed(id: &str) -> Self {
        debug_assert!(Self::is_well_formed(id), "{id}");
        Self(id.into())
    }

    /// Whether a text is lower-case words joined by hyphens, the first one of letters only.
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

    /// The identifier as it goes over the wire.
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

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_ids_are_words_joined_by_hyphens() {
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
