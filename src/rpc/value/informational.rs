//! Serde helpers for the informational fields of responses.
//!
//! A response is never lost to a field that its caller can do without. [`Informational`] asks its
//! deserializer for a list of at most one value, under a name that the deserializer of responses
//! knows. That one returns an empty list for a value that cannot be read, and notes its path and
//! its text. Any other deserializer reads an option.

use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use time::OffsetDateTime;

use super::lenient::{self, FromScalar, Scalar};
use super::open::Open;

/// The name under which an informational field is requested.
pub(crate) const FIELD: &str = "$lenient::field";

/// The name under which a row of a list is requested: it is left out if it is not a row.
pub(crate) const ROW: &str = "$lenient::row";

/// A field that is `None` if it is missing, empty or cannot be read.
pub(crate) struct Informational<T>(pub(crate) Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Informational<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(FIELD, AtMostOne(PhantomData)).map(Self)
    }
}

/// A row of a list, or `None` for a value that cannot be one, such as `null`.
///
/// An object that lacks what its type requires fails the whole list, because a row that is
/// missing without a trace is worse than an error.
pub(crate) struct Row<T>(pub(crate) Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Row<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ROW, AtMostOne(PhantomData)).map(Self)
    }
}

struct AtMostOne<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AtMostOne<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
        match seq.next_element_seed(PhantomData)? {
            None => another_form(seq),
            value => Ok(value),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Option::deserialize(deserializer)
    }
}

/// Requests a value for the second time, which reads another form of it.
///
/// Not inlined, so that the first request is, where its form is known.
#[cold]
fn another_form<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    mut seq: A,
) -> Result<Option<T>, A::Error> {
    seq.next_element()
}

/// Reads an informational field. Needs `#[serde(default)]`.
#[inline]
pub(crate) fn field<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Informational::deserialize(deserializer)?.0)
}

/// Reads an informational group of fields; all of them are missing if it is.
pub(crate) fn group<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(field(deserializer)?.unwrap_or_default())
}

/// Reads an optional message; some responses send the string `NULL` for a missing one.
pub(crate) fn message<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(field(deserializer)?.filter(|message: &String| message != "NULL"))
}

/// Reads an optional identifier; 0 is a missing one.
pub(crate) fn id<'de, T: FromScalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(field::<NonZero<T>, D>(deserializer)?.and_then(|NonZero(id)| id))
}

struct NonZero<T>(Option<T>);

impl<T: FromScalar> FromScalar for NonZero<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Unsigned(0) | Scalar::String("0") => Ok(Self(None)),
            scalar => T::from_scalar(scalar).map(|id| Self(Some(id))),
        }
    }
}

impl<'de, T: FromScalar> Deserialize<'de> for NonZero<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

/// Reads a value that is JSON in a string on the wire, also from JSON that is not in a string.
pub(crate) fn json_text<'de, T: std::str::FromStr, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Open<T>>, D::Error> {
    let value = field::<serde_json::Value, D>(deserializer)?;
    Ok(value.map(|value| match value {
        serde_json::Value::String(text) => Open::from_wire(&text),
        other => Open::from_wire(&other.to_string()),
    }))
}

/// Optional fields with a number or a flag that is a string on the wire (`"365"`, `"true"`).
pub(crate) mod as_text {
    use super::{Deserialize, Deserializer, FromScalar, Serializer, fmt, lenient};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        lenient::as_text::serialize(value, serializer)
    }

    pub(crate) fn deserialize<'de, T: FromScalar, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Ok(super::field::<FromText<T>, D>(deserializer)?.map(|FromText(value)| value))
    }

    struct FromText<T>(T);

    impl<'de, T: FromScalar> Deserialize<'de> for FromText<T> {
        #[inline]
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            lenient::required(deserializer).map(Self)
        }
    }
}

/// A time, or `None` for a value that stands for a missing one.
struct Instant(Option<OffsetDateTime>);

/// The strings that responses have in place of a missing time.
const NO_TIME: [&str; 5] = ["0", "-1", "N/A", "NULL", "0000-00-00 00:00:00"];

impl FromScalar for Instant {
    const EXPECTED: &'static str = "a time";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        let count = match scalar {
            Scalar::Unsigned(count) => Some(count),
            Scalar::Signed(-1) => return Ok(Self(None)),
            Scalar::String(text) => {
                let text = text.trim();
                if NO_TIME.iter().any(|none| none.eq_ignore_ascii_case(text)) {
                    return Ok(Self(None));
                }
                if let Some(at) = iso_time(text) {
                    return Ok(Self(Some(at)));
                }
                text.parse().ok()
            }
            _ => None,
        };
        match count {
            Some(0) => Ok(Self(None)),
            count => count
                .and_then(|count| {
                    let nanos = i128::from(count).checked_mul(1_000_000)?;
                    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
                })
                .map(|at| Self(Some(at)))
                .ok_or_else(|| format!("expected a time until the year 9999, got `{scalar}`")),
        }
    }
}

impl<'de> Deserialize<'de> for Instant {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required(deserializer)
    }
}

/// Reads `2020-02-24T07:35:13Z`, also with a blank, without seconds, or without a zone (UTC).
fn iso_time(text: &str) -> Option<OffsetDateTime> {
    use time::format_description::well_known::Rfc3339;
    let bytes = text.as_bytes();
    let is_date = bytes.len() >= 16 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':';
    if !is_date || !text.is_ascii() || !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let (date, minutes, rest) = (&text[..10], &text[11..16], &text[16..]);
    let seconds = if rest.starts_with(':') { "" } else { ":00" };
    let has_zone = rest.contains(['Z', 'z', '+', '-']);
    let zone = if has_zone { "" } else { "Z" };
    OffsetDateTime::parse(&format!("{date}T{minutes}{seconds}{rest}{zone}"), &Rfc3339).ok()
}

/// Optional times in milliseconds since 1970.
pub(crate) mod unix_ms {
    use super::{Deserializer, Instant, OffsetDateTime, Serializer, lenient};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<OffsetDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        lenient::unix_ms::serialize(value, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        Ok(super::field(deserializer)?.and_then(|Instant(at)| at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Times {
        #[serde(default, with = "unix_ms")]
        at: Option<OffsetDateTime>,
        #[serde(default, with = "as_text")]
        port: Option<u16>,
    }

    #[test]
    fn what_the_crate_writes_is_read_by_plain_serde() {
        let at = OffsetDateTime::from_unix_timestamp(1_582_527_713).ok();
        for times in [Times { at, port: Some(1) }, Times { at: None, port: None }] {
            let json = serde_json::to_string(&times).unwrap();
            assert_eq!(serde_json::from_str::<Times>(&json).unwrap(), times, "{json}");
        }
    }

    #[test]
    fn iso_times_are_read() {
        for text in [
            "2020-02-24T07:01:53Z",
            "2020-02-24 07:01:53",
            "2020-02-24T07:01:53.000Z",
            "2020-02-24T15:01:53+08:00",
            "2020-02-24t07:01:53",
        ] {
            let at = iso_time(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(at.unix_timestamp(), 1_582_527_713, "{text}");
        }
        assert_eq!(iso_time("2020-02-24T07:01Z").unwrap().unix_timestamp(), 1_582_527_660);
        for text in
            ["2020-02-24", "2020-13-24 07:01:53", "0000-00-00 00:00:00", "ö020-02-24 07:01:53"]
        {
            assert_eq!(iso_time(text), None, "{text}");
        }
    }
}
