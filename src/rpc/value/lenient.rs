//! Serde helpers that read scalars leniently.
//!
//! The service sends a number or a flag also as a string (`"365"`, `"true"`), an id also as a
//! number, and omits an optional field or sends `null` or an empty string.

use std::fmt;

use serde::de::{self, Deserializer};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;

use super::invalid_value::InvalidValue;
pub(crate) use super::scalar::{FromScalar, Scalar, checked, from_scalar_by_parsing};
use super::scalar::{ValueKind, read_value};

/// Reads a required field.
#[inline]
pub(crate) fn required<'de, T: FromScalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    read_value(deserializer, |kind| match kind {
        ValueKind::Scalar(scalar) => T::from_scalar(scalar),
        other => Err(other.unexpected(T::EXPECTED)),
    })
}

/// Reads a field that may be missing, `null` or an empty string. Needs `#[serde(default)]`.
#[inline]
pub(crate) fn optional<'de, T: FromScalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    // As an option, so that the deserializer knows that the field is optional.
    Ok(Option::<Nullable<T>>::deserialize(deserializer)?.and_then(|Nullable(value)| value))
}

struct Nullable<T>(Option<T>);

impl<'de, T: FromScalar> Deserialize<'de> for Nullable<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_value(deserializer, |kind| match kind {
            ValueKind::Null | ValueKind::Scalar(Scalar::String("")) => Ok(Self(None)),
            ValueKind::Scalar(scalar) => T::from_scalar(scalar).map(|value| Self(Some(value))),
            other => Err(other.unexpected(format_args!("{}, or null", T::EXPECTED))),
        })
    }
}

/// Reads a group of flattened parameters, or `None` if all of them are missing.
///
/// Serde's flattened `Option` would also read an invalid group as `None`.
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

/// Optional fields with a number or a flag that is a string on the wire (`"365"`, `"true"`).
pub(crate) mod as_text {
    use super::{Deserializer, FromScalar, Serialize, Serializer, fmt};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
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

/// Writes a number as a string, for the fields where it is one on the wire.
pub(crate) fn display<T: fmt::Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Returns the time `count` units after 1970, each of `unit` nanoseconds.
fn instant<E: de::Error>(count: u64, unit: i128, name: &str) -> Result<OffsetDateTime, E> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(count) * unit).map_err(|_| {
        E::custom(format!("expected a time until the year 9999, got `{count}` {name} after 1970"))
    })
}

/// Returns the number of units since 1970, each of `unit` nanoseconds.
///
/// The `time` crate has the years -9999 to 9999, whose milliseconds fit in 64 bits.
fn count(at: OffsetDateTime, unit: i128) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(unit)).unwrap_or(i64::MAX)
}

const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1_000_000_000;

/// Serializes a time as a number of units since 1970.
///
/// [`instant_of`] recognizes it by the name of the newtype, which formats such as JSON ignore.
struct Instant(OffsetDateTime, i128);

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = if self.1 == SECOND { "UnixSeconds" } else { "UnixMs" };
        let count = count(self.0, self.1);
        if count < 0 {
            return Err(S::Error::custom(format_args!(
                "expected a time since 1970, got {}",
                self.0
            )));
        }
        serializer.serialize_newtype_struct(name, &count)
    }
}

/// Returns the time that the value of a newtype of this name is, if it is one.
pub(crate) fn instant_of<T: Serialize + ?Sized>(name: &str, value: &T) -> Option<OffsetDateTime> {
    let unit = match name {
        "UnixMs" => MILLISECOND,
        "UnixSeconds" => SECOND,
        _ => return None,
    };
    let value = serde_json::to_value(value).ok()?;
    // Some lists have times as strings.
    let count = value.as_str().map_or_else(|| value.as_i64(), |text| text.parse().ok())?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(count) * unit).ok()
}

/// Declares a serde module for optional times in one unit.
macro_rules! optional_instants {
    ($(#[$meta:meta])* $module:ident, $unit:ident, $name:literal) => {
        $(#[$meta])*
        pub(crate) mod $module {
            use super::{$unit, Deserializer, Instant, OffsetDateTime, Serialize, Serializer, instant};

            #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
            pub(crate) fn serialize<S: Serializer>(
                value: &Option<OffsetDateTime>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                value.map(|at| Instant(at, $unit)).serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<OffsetDateTime>, D::Error> {
                let count: Option<u64> = super::optional(deserializer)?;
                count.map(|count| instant(count, $unit, $name)).transpose()
            }
        }
    };
}
optional_instants! {
    /// Optional times in milliseconds since 1970.
    unix_ms, MILLISECOND, "milliseconds"
}
optional_instants! {
    /// Optional times in seconds since 1970.
    unix_seconds, SECOND, "seconds"
}

/// Required times in milliseconds since 1970.
pub(crate) mod required_unix_ms {
    use super::{
        Deserializer, Instant, MILLISECOND, OffsetDateTime, Serialize, Serializer, instant,
    };

    pub(crate) fn serialize<S: Serializer>(
        value: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Instant(*value, MILLISECOND).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OffsetDateTime, D::Error> {
        instant(super::required(deserializer)?, MILLISECOND, "milliseconds")
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
    fn numbers_and_flags_are_read_from_strings() {
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
    fn missing_null_and_empty_are_none() {
        for json in ["{}", r#"{"days":null,"ssl":null}"#, r#"{"days":"","ssl":"","at":""}"#] {
            assert_eq!(row(json).unwrap(), Row { days: None, ssl: None, at: None }, "{json}");
        }
    }

    #[test]
    fn invalid_number_error_names_the_range() {
        for json in [r#"{"days":-1}"#, r#"{"days":4294967296}"#, r#"{"days":"many"}"#] {
            let error = row(json).unwrap_err().to_string();
            assert!(
                error.contains("expected an integer from 0 to 4294967295, got `"),
                "{json}: {error}"
            );
        }
        assert!(row(r#"{"at":18446744073709551615}"#).unwrap_err().to_string().contains("9999"));
    }

    #[test]
    fn times_before_1970_are_not_sent() {
        let row = |at| Row { days: None, ssl: None, at: Some(at) };
        let epoch = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(serde_json::to_string(&row(epoch)).unwrap(), r#"{"days":null,"at":0}"#);
        let error = serde_json::to_string(&row(epoch - time::Duration::MILLISECOND)).unwrap_err();
        assert!(
            error.to_string().starts_with("expected a time since 1970, got 1969-12-31"),
            "{error}"
        );
    }
}
