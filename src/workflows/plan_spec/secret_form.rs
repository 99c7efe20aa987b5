//! The serde form of `SecretRef`, whose errors quote nothing.

use std::fmt;
use std::path::PathBuf;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::secret::{SecretRef, SecretSource};
use crate::rpc::value::schema::value_schema;

const EXPECTED: &str = "expected `{ env: NAME }` or `{ file: PATH }`, not the secret";

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.from {
            SecretSource::Env(name) => map.serialize_entry("env", name)?,
            SecretSource::File(path) => map.serialize_entry("file", path)?,
        }
        if let Some(rotated) = self.rotated_text() {
            map.serialize_entry("rotated", &rotated)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretRefVisitor)
    }
}

/// Implements the [`Visitor`] methods whose defaults would quote the value.
macro_rules! refuse {
    ($expected:expr; $($method:ident($type:ty)),+) => {
        $(
            fn $method<E: Error>(self, _: $type) -> Result<Self::Value, E> {
                Err(E::custom(($expected)(&self)))
            }
        )+

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Err(E::custom(($expected)(&self)))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom(($expected)(&self)))
        }
    };
}

/// Reads a string, and quotes nothing in errors.
struct Text<T> {
    read: fn(&str) -> Option<T>,
    expected: &'static str,
}

const STRING: Text<String> =
    Text { read: |text| Some(text.to_owned()), expected: "expected a string in quotes" };

const TIME: Text<OffsetDateTime> = Text {
    read: |text| OffsetDateTime::parse(text, &Rfc3339).ok(),
    expected: "expected a time in RFC 3339, such as `2026-03-01T09:00:00Z`",
};

impl<'de, T> DeserializeSeed<'de> for Text<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T> Visitor<'de> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string in quotes")
    }

    refuse! {
        |text: &Self| text.expected;
        visit_bool(bool), visit_i64(i64), visit_i128(i128), visit_u64(u64), visit_u128(u128),
        visit_f64(f64), visit_bytes(&[u8])
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        (self.read)(value).ok_or_else(|| E::custom(self.expected))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        Err(A::Error::custom(self.expected))
    }
}

struct SecretRefVisitor;

impl<'de> Visitor<'de> for SecretRefVisitor {
    type Value = SecretRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`{ env: NAME }` or `{ file: PATH }`")
    }

    refuse! {
        |_: &Self| EXPECTED;
        visit_bool(bool), visit_i64(i64), visit_i128(i128), visit_u64(u64), visit_u128(u128),
        visit_f64(f64), visit_str(&str), visit_bytes(&[u8])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
        let mut from = None;
        let mut rotated = None;
        while let Some(key) = map.next_key_seed(STRING)? {
            let source = match key.as_str() {
                "env" => SecretSource::Env(map.next_value_seed(STRING)?),
                "file" => SecretSource::File(PathBuf::from(map.next_value_seed(STRING)?)),
                "rotated" => {
                    if rotated.replace(map.next_value_seed(TIME)?).is_some() {
                        return Err(A::Error::duplicate_field("rotated"));
                    }
                    continue;
                }
                // Not quoted, because a secret in braces is a key.
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    return Err(A::Error::custom(EXPECTED));
                }
            };
            if from.replace(source).is_some() {
                return Err(A::Error::custom("expected either `env` or `file`, got several"));
            }
        }
        let from = from.ok_or_else(|| A::Error::custom(EXPECTED))?;
        Ok(SecretRef { rotated, ..SecretRef::of(from) })
    }
}

#[cfg(feature = "schemars")]
const SCHEMA_OF_ROTATED: &str = "When the secret was last changed at the database. Set it after \
    the earlier secret stopped working, so that the plan gets the new one.";

value_schema! {
    SecretRef: {
        "type": "object",
        "properties": {
            "env": { "type": "string" },
            "file": { "type": "string" },
            "rotated": {
                "type": "string", "format": "date-time", "description": SCHEMA_OF_ROTATED
            },
        },
        "oneOf": [{ "required": ["env"] }, { "required": ["file"] }],
        "additionalProperties": false,
    }
}
