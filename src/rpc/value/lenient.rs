//! Decoding of scalars that the service spells one way today and another tomorrow.
//!
//! A number may arrive as text (`"365"`), a flag as text (`"true"`), an identifier as a
//! number, and "absent" as a missing member, `null` or an empty text.

use std::fmt;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;

use super::invalid_value::InvalidValue;
use super::scalar::{Found, read};
pub(crate) use super::scalar::{FromScalar, Scalar, checked, from_scalar_by_text};

/// Reads a field that must be there.
#[inline]
pub(crate) fn required<'de, T: FromScalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    read(deserializer, |found| match found {
        Found::Scalar(scalar) => T::from_scalar(scalar),
        other => Err(other.refused(T::EXPECTED)),
    })
}

/// Reads a field that may be missing, `null` or empty; use with `#[serde(default)]`.
#[inline]
pub(crate) fn optional<'de, T: FromScalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    // As an option, so that a deserializer can tell that the field may be left out.
    Ok(Option::<Maybe<T>>::deserialize(deserializer)?.and_then(|Maybe(value)| value))
}

struct Maybe<T>(Option<T>);

impl<'de, T: FromScalar> Deserialize<'de> for Maybe<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, |found| match found {
            Found::Null | Found::Scalar(Scalar::Text("")) => Ok(Self(None)),
            Found::Scalar(scalar) => T::from_scalar(scalar).map(|value| Self(Some(value))),
            other => Err(other.refused(format_args!("{}, or nothing", T::EXPECTED))),
        })
    }
}

/// Reads a message that may be missing; some answers write the text `NULL` for none.
pub(crate) fn message<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(optional(deserializer)?.filter(|message: &String| message != "NULL"))
}

/// Reads parameters that stand among others and belong together, or `None` when all are missing.
///
/// Serde's own flattened `Option` would take an invalid group for a missing one.
pub(crate) fn optional_group<'de, Wire, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    Wire: Deserialize<'de> + Default + PartialEq,
    T: TryFrom<Wire, Error = InvalidValue>,
    D: Deserializer<'de>,
{
    match Wire::deserialize(deserializer)? {
        wire if wire == Wire::default() => Ok(None),
        wire => T::try_from(wire).map(Some).map_err(de::Error::custom),
    }
}

/// Members that hold a number or flag, but as text on the wire (`"365"`, `"true"`).
pub(crate) mod as_text {
    use super::{Deserializer, FromScalar, Serialize, Serializer, fmt};

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the member")]
    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => None::<()>.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, T: FromScalar, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        super::optional(deserializer)
    }
}

/// Writes a member that is a number everywhere else as the text that it is here.
pub(crate) fn display<T: fmt::Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// An instant from a count since 1970 in units of this many nanoseconds.
fn instant<E: de::Error>(count: u64, unit: i128, name: &str) -> Result<OffsetDateTime, E> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(count) * unit)
        .map_err(|_| E::custom(format!("{count} {name} since 1970 is beyond the year 9999")))
}

/// The count since 1970 in units of this many nanoseconds.
///
/// Dates of the `time` crate span the years -9999 to 9999, whose milliseconds fit in 64 bits.
fn count(at: OffsetDateTime, unit: i128) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(unit)).unwrap_or(i64::MAX)
}

const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1_000_000_000;

/// Declares how optional instants travel in one unit.
macro_rules! optional_instants {
    ($(#[$meta:meta])* $module:ident, $unit:ident, $name:literal) => {
        $(#[$meta])*
        pub(crate) mod $module {
            use super::{$unit, Deserializer, OffsetDateTime, Serialize, Serializer, count, instant};

            #[expect(clippy::ref_option, reason = "serde calls it with a reference to the member")]
            pub(crate) fn serialize<S: Serializer>(
                value: &Option<OffsetDateTime>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                value.map(|at| count(at, $unit)).serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<OffsetDateTime>, D::Error> {
                let found: Option<u64> = super::optional(deserializer)?;
                found.map(|found| instant(found, $unit, $name)).transpose()
            }
        }
    };
}
optional_instants! {
    /// Instants as milliseconds since 1970, optional.
    unix_ms, MILLISECOND, "ms"
}
optional_instants! {
    /// Instants as seconds since 1970, optional.
    unix_seconds, SECOND, "s"
}

/// Instants as milliseconds since 1970 that must be there.
pub(crate) mod required_unix_ms {
    use super::{Deserializer, MILLISECOND, OffsetDateTime, Serialize, Serializer, count, instant};

    pub(crate) fn serialize<S: Serializer>(
        value: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        count(*value, MILLISECOND).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OffsetDateTime, D::Error> {
        instant(super::required(deserializer)?, MILLISECOND, "ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Row {
        #[serde(default, deserialize_with = "optional")]
        days: Option<u32>,
        #[serde(default, with = "as_text", skip_serializing_if = "Option::is_none")]
        ssl: Option<bool>,
        #[serde(default, with = "unix_ms", skip_serializing_if = "Option::is_none")]
        at: Option<OffsetDateTime>,
    }

    fn row(json: &str) -> Result<Row, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn numbers_and_flags_are_read_from_either_spelling() {
        for json in [
            r#"{"days":365,"ssl":true,"at":1582527713000}"#,
            r#"{"days":"365","ssl":"True","at":"1582527713000"}"#,
        ] {
            let row = row(json).unwrap();
            assert_eq!(row.days, Some(365));
            assert_eq!(row.ssl, Some(true));
            assert_eq!(row.at.unwrap().unix_timestamp(), 1_582_527_713);
            assert_eq!(
                serde_json::to_string(&row).unwrap(),
                r#"{"days":365,"ssl":"true","at":1582527713000}"#
            );
        }
    }

    #[test]
    fn missing_null_and_empty_are_nothing() {
        for json in ["{}", r#"{"days":null,"ssl":null}"#, r#"{"days":"","ssl":"","at":""}"#] {
            assert_eq!(row(json).unwrap(), Row { days: None, ssl: None, at: None }, "{json}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_range() {
        for json in [r#"{"days":-1}"#, r#"{"days":4294967296}"#, r#"{"days":"many"}"#] {
            let error = row(json).unwrap_err().to_string();
            assert!(error.contains("whole number from 0 to 4294967295"), "{json}: {error}");
        }
        assert!(row(r#"{"at":18446744073709551615}"#).unwrap_err().to_string().contains("9999"));
    }
}
