//! `Open<T>`: a value of an answer that may be newer than this crate.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::scalar::{Found, FromScalar, Scalar, read};
use super::wire_enum::WireEnum;

/// A value from an answer: one that this crate knows, or the text of one that it does not.
///
/// The service adds values without a new API version, so answers never fail to decode for an
/// unknown one. Compare with the known values, and with [`as_str`](Open::as_str) for a value
/// that this version has no name for: that comparison keeps working once it has.
///
/// ```
/// use aliyun_dbs::types::{BackupPlanStatus, Open};
///
/// let status: Open<BackupPlanStatus> = "running".into();
/// assert_eq!(status, BackupPlanStatus::Running);
///
/// let newer: Open<BackupPlanStatus> = "hibernating".into();
/// assert_eq!(newer.known(), None);
/// assert_eq!(newer.as_str(), "hibernating");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Open<T> {
    /// A value of the set that this version knows.
    Known(T),
    /// A value that this version does not know.
    Unknown(UnknownValue),
}

/// The text of a value that this version of the crate does not know.
///
/// Opaque, so that code which meets it does not depend on a value staying unknown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// The text as the service sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<T> Open<T> {
    /// The known value, if it is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: FromStr> Open<T> {
    /// Reads a text as a known value, or keeps it.
    pub fn from_wire(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Unknown(UnknownValue(text.into())), Self::Known)
    }
}

impl<T: WireEnum> Open<T> {
    /// The wire spelling of a known value, the text itself of an unknown one.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Unknown(text) => text.as_str(),
        }
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: WireEnum + FromStr> From<&str> for Open<T> {
    fn from(text: &str) -> Self {
        Self::from_wire(text)
    }
}

impl<T: WireEnum> PartialEq<T> for Open<T> {
    fn eq(&self, other: &T) -> bool {
        self.known() == Some(other)
    }
}

impl<T: fmt::Display> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Unknown(text) => f.pad(text.as_str()),
        }
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(text) => serializer.serialize_str(text.as_str()),
        }
    }
}

impl<T: FromStr> FromScalar for Open<T> {
    const EXPECTED: &'static str = "a value";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match scalar {
            Scalar::Text(text) => Self::from_wire(text),
            other => Self::from_wire(&other.to_string()),
        })
    }
}

/// Accepts whatever stands there: an odd value must not cost the whole response.
impl<'de, T: FromStr> Deserialize<'de> for Open<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, |found| match found {
            Found::Scalar(scalar) => Self::from_scalar(scalar),
            Found::Null => Ok(Self::from_wire("")),
            Found::List => Ok(Self::from_wire("[…]")),
            Found::Object => Ok(Self::from_wire("{…}")),
        })
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares public types")]
mod tests {
    use super::super::wire_enum::wire_enum;
    use super::*;

    wire_enum! {
        /// A set for these tests.
        pub enum Colour {
            /// Red.
            Red = "red" | "rot",
            /// Blue.
            Blue = "BLUE",
        }
    }

    #[test]
    fn known_values_are_read_in_any_case_and_written_in_one() {
        for text in ["blue", "BLUE", "Blue"] {
            assert_eq!(Open::<Colour>::from(text), Colour::Blue);
        }
        assert_eq!(Open::<Colour>::from("ROT").as_str(), "red");
        let text: &str = Colour::Blue.as_ref();
        assert_eq!(text, "BLUE");
    }

    #[test]
    fn any_json_value_decodes_and_scalars_keep_their_text() {
        for (json, text) in [
            ("\"green\"", "green"),
            ("7", "7"),
            ("-7", "-7"),
            ("true", "true"),
            ("null", ""),
            ("[1,[2]]", "[…]"),
            ("{\"a\":1}", "{…}"),
        ] {
            let value: Open<Colour> = serde_json::from_str(json).unwrap();
            assert_eq!(value.as_str(), text, "{json}");
            assert_eq!(value.known(), None, "{json}");
        }
    }

    #[test]
    fn the_parse_error_lists_the_values_and_a_near_one() {
        let error = "bleu".parse::<Colour>().unwrap_err().to_string();
        assert!(error.contains("did you mean BLUE?") && error.contains("red, BLUE"), "{error}");
    }
}
