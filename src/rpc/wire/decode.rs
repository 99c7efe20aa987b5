//! Decoding of RPC parameters as a typed request, for the fake service.

use std::fmt;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::parameters::Parameters;

impl Parameters {
    /// Decodes a typed request from its parameters, including the secret ones.
    ///
    /// Every value is a string; the types of this crate read numbers and flags from strings.
    #[cfg_attr(not(feature = "fake"), allow(dead_code, reason = "the fake and tests decode"))]
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let secrets = self.secrets().map(|(name, secret)| (name, secret.expose()));
        let all =
            self.iter().chain(secrets).map(|(name, value)| (name, ParameterValue { name, value }));
        T::deserialize(MapDeserializer::new(all))
    }
}

/// The error of parameters that cannot be decoded as a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "fake"), allow(dead_code, reason = "the fake and tests decode"))]
pub(crate) enum DecodeError {
    /// A parameter is missing.
    Missing {
        /// The name of the parameter, or of the type of its value.
        name: String,
        message: String,
    },
    /// A parameter has an invalid value.
    Invalid { message: String },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Missing { message, .. } | Self::Invalid { message }) = self;
        f.write_str(message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    /// Detects a missing value by the alternate form of the message, which is then its name.
    ///
    /// Only the `Display` of an [`InvalidValue`](crate::rpc::value::InvalidValue) arrives here.
    fn custom<T: fmt::Display>(error: T) -> Self {
        let (message, name) = (format!("{error}"), format!("{error:#}"));
        if name == message { Self::Invalid { message } } else { Self::Missing { name, message } }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing { name: field.to_owned(), message: format!("missing field `{field}`") }
    }
}

/// The value of a parameter.
#[derive(Clone, Copy)]
struct ParameterValue<'a> {
    name: &'a str,
    value: &'a str,
}

impl ParameterValue<'_> {
    /// Reports an empty value that its type rejects as a missing one.
    fn missing_if_empty(self, error: DecodeError) -> DecodeError {
        if !self.value.is_empty() {
            return error;
        }
        DecodeError::Missing { name: self.name.to_owned(), message: error.to_string() }
    }
}

impl IntoDeserializer<'_, DecodeError> for ParameterValue<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for ParameterValue<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str(self.value).map_err(|error| self.missing_if_empty(error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let variant: StrDeserializer<'_, DecodeError> = self.value.into_deserializer();
        visitor.visit_enum(variant).map_err(|error| self.missing_if_empty(error))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::rpc::value::{ClientToken, InvalidValue, lenient};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Request {
        token: ClientToken,
        #[serde(flatten)]
        term: Term,
        #[serde(default, deserialize_with = "lenient::optional")]
        count: Option<u32>,
        note: Option<String>,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Kind {
        Plain,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(try_from = "WireTerm")]
    struct Term(String);

    #[derive(Deserialize)]
    struct WireTerm {
        term: Option<String>,
    }

    impl TryFrom<WireTerm> for Term {
        type Error = InvalidValue;

        fn try_from(wire: WireTerm) -> Result<Self, InvalidValue> {
            match wire.term.as_deref() {
                None => Err(InvalidValue::new("term", "", "expected a term")),
                Some("never") => Err(InvalidValue::new("term", "never", "expected a year")),
                Some(term) => Ok(Self(term.to_owned())),
            }
        }
    }

    fn decode(given: &[(&str, &str)]) -> Result<Request, DecodeError> {
        let mut parameters = Parameters::new();
        for (name, value) in given {
            parameters.set(name, value);
        }
        parameters.decode()
    }

    #[test]
    fn strings_decode_as_a_request() {
        let mut parameters = Parameters::new();
        for (name, value) in [("token", "t"), ("count", "3"), ("kind", "Plain"), ("more", "x")] {
            parameters.set(name, value);
        }
        parameters.set_secret("term", "1 year".into());
        let request: Request = parameters.decode().unwrap();
        assert_eq!(request.token, ClientToken::new("t").unwrap());
        assert_eq!(request.term, Term("1 year".to_owned()));
        assert_eq!((request.count, request.note, request.kind), (Some(3), None, Some(Kind::Plain)));
    }

    #[test]
    fn missing_parameters_are_named() {
        for (given, missing, message) in [
            (&[("term", "1")][..], "token", "missing field `token`"),
            (&[("token", "t")], "term", "missing `term`: expected a term"),
            (&[("token", ""), ("term", "1")], "token", "missing `ClientToken`"),
            (&[("token", "t"), ("term", "1"), ("kind", "")], "kind", "unknown variant"),
        ] {
            let error = decode(given).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
            let DecodeError::Missing { name, .. } = error else { panic!("{error:?}") };
            assert_eq!(name, missing);
        }
    }

    #[test]
    fn unknown_values_are_invalid() {
        for invalid in [("term", "never"), ("count", "many"), ("kind", "Other")] {
            let given: Vec<_> = [("token", "t"), ("term", "1"), invalid].into();
            let error = decode(&given).unwrap_err();
            assert!(matches!(error, DecodeError::Invalid { .. }), "{error:?}");
        }
    }
}
