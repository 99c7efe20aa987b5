//! `Fields`: the fields of a profile or section, read leniently, with errors that name the field.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::rpc::credentials::{Credentials, CredentialsError, EcsRamRoleProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

/// The value of a field, before it is known whether the field is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FieldValue {
    /// `null`, or an empty string.
    Absent,
    /// A string, a number or a flag, without whitespace at its ends. Any field may hold a secret.
    Text(Secret),
    /// A value of another kind, by its name.
    Other(&'static str),
    /// The field occurs more than once, with different values.
    Contradictory,
}

impl FieldValue {
    pub(super) fn text(value: &str) -> Self {
        match value.trim() {
            "" => Self::Absent,
            trimmed => Self::Text(trimmed.into()),
        }
    }

    /// Adds a field, and remembers whether it contradicts an earlier one.
    pub(super) fn insert_into(self, fields: &mut BTreeMap<String, Self>, name: String) {
        match fields.get_mut(&name) {
            Some(earlier) if *earlier != self => *earlier = Self::Contradictory,
            Some(_) => {}
            None => {
                fields.insert(name, self);
            }
        }
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReadValue;

        impl<'de> Visitor<'de> for ReadValue {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E: de::Error>(self) -> Result<FieldValue, E> {
                Ok(FieldValue::Absent)
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::text(value))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::text(if value { "true" } else { "false" }))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(Secret::new(value.to_string())))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(Secret::new(value.to_string())))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(Secret::new(value.to_string())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FieldValue, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(FieldValue::Other("a list"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldValue, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(FieldValue::Other("an object"))
            }
        }

        deserializer.deserialize_any(ReadValue)
    }
}

/// The fields of one profile or section, and which of them have been read.
pub(super) struct Fields<'a> {
    /// The profile or section and its file, for messages.
    place: String,
    values: &'a BTreeMap<String, FieldValue>,
    read: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(place: String, values: &'a BTreeMap<String, FieldValue>) -> Self {
        Self { place, values, read: RefCell::default() }
    }

    /// Returns the error of an invalid profile. The reason must not contain a value.
    pub(super) fn invalid(&self, reason: &str) -> CredentialsError {
        CredentialsError::new(format!("invalid {}: {reason}", self.place))
    }

    pub(super) fn missing(&self, field: &str) -> CredentialsError {
        self.invalid(&format!("missing `{field}`"))
    }

    /// Returns whether a field has a value of any kind.
    pub(super) fn has(&self, field: &str) -> bool {
        self.values.get(field).is_some_and(|value| *value != FieldValue::Absent)
    }

    pub(super) fn secret(&self, field: &'static str) -> Result<Option<Secret>, CredentialsError> {
        self.read.borrow_mut().insert(field);
        match self.values.get(field) {
            None | Some(FieldValue::Absent) => Ok(None),
            Some(FieldValue::Text(value)) => Ok(Some(value.clone())),
            Some(FieldValue::Other(kind)) => {
                Err(self.invalid(&format!("expected a string for `{field}`, got {kind}")))
            }
            Some(FieldValue::Contradictory) => {
                Err(self.invalid(&format!("`{field}` occurs twice, with different values")))
            }
        }
    }

    pub(super) fn text(&self, field: &'static str) -> Result<Option<String>, CredentialsError> {
        Ok(self.secret(field)?.map(|value| value.expose().to_owned()))
    }

    pub(super) fn required_secret(&self, field: &'static str) -> Result<Secret, CredentialsError> {
        self.secret(field)?.ok_or_else(|| self.missing(field))
    }

    pub(super) fn required(&self, field: &'static str) -> Result<String, CredentialsError> {
        self.text(field)?.ok_or_else(|| self.missing(field))
    }

    /// Reads a number of seconds: `3600`, `3600.0` or a string with one.
    pub(super) fn seconds(&self, field: &'static str) -> Result<Option<u32>, CredentialsError> {
        let Some(value) = self.secret(field)? else { return Ok(None) };
        let number = value.expose().parse::<f64>().ok();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked first"
        )]
        let seconds = number
            .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))
            .map(|number| number as u32);
        seconds
            .map(Some)
            .ok_or_else(|| self.invalid(&format!("expected a number of seconds for `{field}`")))
    }

    /// Reads `true` or `false`, also as a string or as `1` or `0`. A missing flag is `false`.
    pub(super) fn flag(&self, field: &'static str) -> Result<Option<bool>, CredentialsError> {
        let Some(value) = self.secret(field)? else { return Ok(None) };
        match value.expose().to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(self.invalid(&format!("expected `true` or `false` for `{field}`"))),
        }
    }

    /// Reads the access key, which may have a token if `token` names its field.
    pub(super) fn access_key(
        &self,
        token: Option<&'static str>,
    ) -> Result<Credentials, CredentialsError> {
        let id = self.required("access_key_id")?;
        let key = Credentials::new(id, self.required_secret("access_key_secret")?);
        let token = match token {
            Some(field) => self.secret(field)?,
            None => None,
        };
        Ok(match token {
            Some(token) => key.with_security_token(token),
            None => key,
        })
    }

    /// Reads the role of the instance, which defaults to that of the environment.
    pub(super) fn instance_role(
        &self,
        field: &'static str,
        io: &Io,
    ) -> Result<EcsRamRoleProvider, CredentialsError> {
        EcsRamRoleProvider::of_profile(self.text(field)?, io)
            .map_err(|error| self.invalid(&format!("it needs the metadata service, but {error}")))
    }

    /// Returns those of `known` that have a value and were not read.
    pub(super) fn unread(&self, known: &[&'static str]) -> Vec<&'static str> {
        let read = self.read.borrow();
        known.iter().copied().filter(|field| !read.contains(field) && self.has(field)).collect()
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_leniently() {
        let mut fields = BTreeMap::new();
        for (name, value) in serde_json::from_str::<BTreeMap<String, FieldValue>>(
            r#"{"null":null,"empty":"","blank":" \n","text":" a\n","number":3600,"real":3600.0,
                "string":"3600","half":0.5,"negative":-1,"flag":true,"word":"TRUE","list":[1],
                "object":{"hunter2":1}}"#,
        )
        .unwrap()
        {
            value.insert_into(&mut fields, name);
        }
        FieldValue::text("x").insert_into(&mut fields, "twice".to_owned());
        FieldValue::text("x").insert_into(&mut fields, "twice".to_owned());
        FieldValue::text("hunter2").insert_into(&mut fields, "text".to_owned());
        let fields = Fields::new("profile `p` in `f`".to_owned(), &fields);
        for field in ["null", "empty", "blank", "missing"] {
            assert_eq!(fields.text(field).unwrap(), None);
            assert!(!fields.has(field));
        }
        assert_eq!(fields.text("twice").unwrap().as_deref(), Some("x"));
        for field in ["number", "real", "string"] {
            assert_eq!(fields.seconds(field).unwrap(), Some(3600), "{field}");
        }
        assert_eq!(fields.flag("flag").unwrap(), Some(true));
        assert_eq!(fields.flag("word").unwrap(), Some(true));
        for (error, says) in [
            (fields.seconds("half").unwrap_err(), "a number of seconds for `half`"),
            (fields.seconds("negative").unwrap_err(), "a number of seconds for `negative`"),
            (fields.flag("number").unwrap_err(), "`true` or `false` for `number`"),
            (fields.text("list").unwrap_err(), "a string for `list`, got a list"),
            (fields.text("object").unwrap_err(), "a string for `object`, got an object"),
            (fields.text("text").unwrap_err(), "`text` occurs twice"),
            (fields.required("missing").unwrap_err(), "missing `missing`"),
        ] {
            let error = error.to_string();
            assert!(error.starts_with("invalid profile `p` in `f`: "), "{error}");
            assert!(error.contains(says) && !error.contains("hunter2"), "{error}");
        }
        assert_eq!(fields.unread(&["number", "list", "null"]), [""; 0]);
    }
}
