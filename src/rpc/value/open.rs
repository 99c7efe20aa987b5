//! `Open<T>`: a response value that may be newer than this crate.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::scalar::{FromScalar, Scalar, ValueKind, read_value};
use super::wire_enum::WireEnum;

/// A response value that this crate knows, or the string of an unknown one.
///
/// The service adds values without a new API version, so an unknown value never fails the
/// decoding of a response. It is the [empty string](Open::default) if the response has no value, or
/// one that cannot be read. Compare with the known values. For a value that this crate does not
/// know, compare [`as_str`](Open::as_str), which keeps working when a later release knows it.
///
/// # Examples
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
    /// A value that this version of the crate knows.
    Known(T),
    /// A value that this version of the crate does not know.
    Unknown(UnknownValue),
}

/// The string of a value that this version of the crate does not know.
///
/// The type is opaque, so that callers cannot match on a value that a later release may know.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// Returns the string that the service sent.
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
    /// Returns the value if this version of the crate knows it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: FromStr> Open<T> {
    /// Parses a string as a known value, and otherwise keeps the string.
    pub fn from_wire(value: &str) -> Self {
        value.parse().map_or_else(|_| Self::Unknown(UnknownValue(value.into())), Self::Known)
    }
}

impl<T: WireEnum> Open<T> {
    /// Returns the string on the wire, of a known or an unknown value.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Unknown(value) => value.as_str(),
        }
    }
}

/// The empty string: the service sent no value.
impl<T> Default for Open<T> {
    fn default() -> Self {
        Self::Unknown(UnknownValue("".into()))
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: WireEnum + FromStr> From<&str> for Open<T> {
    fn from(value: &str) -> Self {
        Self::from_wire(value)
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
            Self::Unknown(value) => f.pad(value.as_str()),
        }
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(value) => serializer.serialize_str(value.as_str()),
        }
    }
}

impl<T: FromStr> FromScalar for Open<T> {
    const EXPECTED: &'static str = "a value";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match scalar {
            Scalar::String(value) => Self::from_wire(value),
            other => Self::from_wire(&other.to_string()),
        })
    }
}

/// Accepts any scalar, because a new value must not be lost.
impl<'de, T: FromStr> Deserialize<'de> for Open<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_value(deserializer, |kind| match kind {
            ValueKind::Scalar(scalar) => Self::from_scalar(scalar),
            other => Err(other.unexpected(Self::EXPECTED)),
        })
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares public types")]
mod tests {
    use super::super::wire_enum::wire_enum;
    use super::*;

    wire_enum! {
        /// An enum for these tests.
        pub enum Colour {
            /// Red.
            Red = "red" | "rot",
            /// Blue.
            Blue = "BLUE",
        }
    }

    #[test]
    fn known_values_are_parsed_in_any_case() {
        for text in ["blue", "BLUE", "Blue"] {
            assert_eq!(Open::<Colour>::from(text), Colour::Blue);
        }
        assert_eq!(Open::<Colour>::from("ROT").as_str(), "red");
        let text: &str = Colour::Blue.as_ref();
        assert_eq!(text, "BLUE");
    }

    #[test]
    fn any_scalar_decodes() {
        for (json, text) in [("\"green\"", "green"), ("7", "7"), ("-7", "-7"), ("true", "true")] {
            let value: Open<Colour> = serde_json::from_str(json).unwrap();
            assert_eq!(value.as_str(), text, "{json}");
            assert_eq!(value.known(), None, "{json}");
        }
        for json in ["null", "[1,[2]]", "{\"a\":1}"] {
            assert!(serde_json::from_str::<Open<Colour>>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn parse_error_lists_values_and_suggests_one() {
        let error = "bleu".parse::<Colour>().unwrap_err().to_string();
        assert_eq!(error, "invalid colour `bleu`: expected `red` or `BLUE`; did you mean `BLUE`?");
        let error = "x".parse::<Colour>().unwrap_err().to_string();
        assert_eq!(error, "invalid colour `x`: expected `red` or `BLUE`");
        let error = "".parse::<Colour>().unwrap_err().to_string();
        assert_eq!(error, "missing `Colour`: expected `red` or `BLUE`");
    }
}
