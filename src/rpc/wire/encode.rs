//! A serde serializer that writes a request as flat RPC parameters.
//!
//! Each field becomes a parameter, `None` is omitted, and a field of a nested list becomes
//! `Name.1.Field`, where the index starts at 1, as the API gateway expects.

use std::fmt::{self, Debug, Display, Write};

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::parameters::Parameters;
use crate::rpc::report::write_report;

/// The error of a request that cannot be encoded as RPC parameters.
///
/// The operations of this crate fail with it only if a value is empty, such as a password from an
/// environment variable that is not set, or if a time is before 1970.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EncodeError {
    message: String,
}

impl Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl EncodeError {
    fn new(message: impl Display) -> Self {
        Self { message: format!("cannot encode the request as RPC parameters: {message}") }
    }

    /// Creates the error of a parameter with an empty or blank value.
    fn blank(name: &str) -> Self {
        let message = format!(
            "missing `{name}`: its value is empty; omit the parameter if it is optional, or check \
             where the value comes from"
        );
        Self { message }
    }
}

impl ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl Parameters {
    /// Encodes a request as parameters: one per field, with the name that serde gives it.
    ///
    /// # Errors
    ///
    /// If the value is not a struct or a map, or contains bytes or an enum variant with fields.
    pub fn from_serialize(request: &impl Serialize) -> Result<Self, EncodeError> {
        let mut parameters = Self::with_usual_capacity();
        request.serialize(ValueSerializer {
            parameters: &mut parameters,
            start: 0,
            is_key: false,
        })?;
        parameters.sort();
        Ok(parameters)
    }

    /// Returns an error if a parameter is empty or blank, because the service ignores it.
    ///
    /// It may be a login or the name of a database, so a purchase or a backup would lack it.
    pub(crate) fn require_values(&self) -> Result<(), EncodeError> {
        let secrets = self.secrets().map(|(name, secret)| (name, secret.expose()));
        let plain = self.may_have_blank.then(|| self.iter()).into_iter().flatten();
        match plain.chain(secrets).find(|(_, value)| value.trim_ascii().is_empty()) {
            Some((name, _)) => Err(EncodeError::blank(name)),
            None => Ok(()),
        }
    }
}

/// Serializes one value.
///
/// Its name is already at the end of the buffer, from `start`. The request itself has no name, so
/// it must have fields.
struct ValueSerializer<'p> {
    parameters: &'p mut Parameters,
    start: usize,
    /// Whether the value is a map key, to be appended to the name.
    is_key: bool,
}

/// Serializes the fields or elements of a request or of a nested value.
struct CompoundSerializer<'p> {
    parameters: &'p mut Parameters,
    /// The prefix of the names; empty for the request itself.
    prefix: String,
    /// The start of the name of the next value of a map.
    key: Option<usize>,
    count: usize,
}

impl CompoundSerializer<'_> {
    /// Writes the prefix of a name and returns the start of the name.
    fn begin_name(&mut self) -> usize {
        let start = self.parameters.buffer.len();
        if !self.prefix.is_empty() {
            self.parameters.buffer.push_str(&self.prefix);
            self.parameters.buffer.push('.');
        }
        start
    }

    fn value(&mut self, start: usize) -> ValueSerializer<'_> {
        ValueSerializer { parameters: self.parameters, start, is_key: false }
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), EncodeError> {
        let start = self.begin_name();
        self.parameters.buffer.push_str(key);
        value.serialize(self.value(start))
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count += 1;
        let start = self.begin_name();
        // Writing to a `String` does not fail.
        let _ = write!(self.parameters.buffer, "{}", self.count);
        value.serialize(self.value(start))
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.collect_str(&value)
        }
    )+};
}

impl<'p> ValueSerializer<'p> {
    fn unsupported(&self, got: &str) -> EncodeError {
        let name = &self.parameters.buffer[self.start..];
        let expected = "expected a scalar, a list, a struct or a map";
        if name.is_empty() {
            EncodeError::new(format_args!("{expected}, got {got}"))
        } else {
            EncodeError::new(format_args!("parameter `{name}`: {expected}, got {got}"))
        }
    }

    /// Writes a scalar, as the value of a parameter or as a map key.
    fn write_scalar(self, write: impl FnOnce(&mut String)) -> Result<(), EncodeError> {
        if self.is_key {
            write(&mut self.parameters.buffer);
            return Ok(());
        }
        self.require_name()?;
        let middle = self.parameters.buffer.len();
        write(&mut self.parameters.buffer);
        self.parameters.push_unsorted(self.start, middle);
        Ok(())
    }

    /// Serializes a value with fields: its name becomes the prefix of theirs.
    fn fields(self) -> Result<CompoundSerializer<'p>, EncodeError> {
        if self.is_key {
            return Err(EncodeError::new("expected a string as map key, got a value with fields"));
        }
        let prefix = if self.is_nameless() {
            String::new()
        } else {
            self.parameters.buffer.split_off(self.start)
        };
        Ok(CompoundSerializer { parameters: self.parameters, prefix, key: None, count: 0 })
    }

    fn elements(self) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.require_name()?;
        self.fields()
    }

    fn is_nameless(&self) -> bool {
        self.parameters.buffer.len() == self.start
    }

    fn require_name(&self) -> Result<(), EncodeError> {
        if self.is_key {
            return Err(EncodeError::new("expected a string as map key, got a list"));
        }
        if self.is_nameless() {
            return Err(EncodeError::new("expected a struct or a map, got a scalar or a list"));
        }
        Ok(())
    }
}

impl<'p> Serializer for ValueSerializer<'p> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = CompoundSerializer<'p>;
    type SerializeTuple = CompoundSerializer<'p>;
    type SerializeTupleStruct = CompoundSerializer<'p>;
    type SerializeTupleVariant = Impossible<(), EncodeError>;
    type SerializeMap = CompoundSerializer<'p>;
    type SerializeStruct = CompoundSerializer<'p>;
    type SerializeStructVariant = Impossible<(), EncodeError>;

    scalars! {
        serialize_bool: bool,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64,
        serialize_char: char,
    }

    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        self.write_scalar(|buffer| buffer.push_str(value))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        // Writing to a `String` fails only if `Display` does.
        self.write_scalar(|buffer| {
            let _ = write!(buffer, "{value}");
        })
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), EncodeError> {
        Err(self.unsupported("bytes"))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        self.parameters.buffer.truncate(self.start);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.fields()?.field(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple(self, _: usize) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Err(self.unsupported("an enum variant with fields"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.fields()
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<CompoundSerializer<'p>, EncodeError> {
        self.fields()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Err(self.unsupported("an enum variant with fields"))
    }
}

impl ser::SerializeStruct for CompoundSerializer<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::SerializeMap for CompoundSerializer<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        let start = self.begin_name();
        let own = self.parameters.buffer.len();
        key.serialize(ValueSerializer { parameters: self.parameters, start: own, is_key: true })?;
        if self.parameters.buffer.len() == own {
            return Err(EncodeError::new("expected a non-empty string as map key"));
        }
        self.key = Some(start);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let start = self
            .key
            .take()
            .ok_or_else(|| EncodeError::new("expected a map key before the value"))?;
        value.serialize(self.value(start))
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),+) => {$(
        impl ser::$trait for CompoundSerializer<'_> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.element(value)
            }

            fn end(self) -> Result<(), EncodeError> {
                Ok(())
            }
        }
    )+};
}
elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(value: &impl Serialize) -> Vec<(String, String)> {
        Parameters::from_serialize(value)
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn scalars_are_strings_and_null_is_omitted() {
        let value = json!({"b": true, "i": -3, "n": null, "s": "a b", "u": u64::MAX});
        let expected = [("b", "true"), ("i", "-3"), ("s", "a b"), ("u", "18446744073709551615")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&value), expected);
        assert_eq!(pairs(&()), []);
    }

    #[test]
    fn names_are_sorted_and_the_last_value_is_kept() {
        #[derive(serde::Serialize)]
        struct Repeated {
            b: u8,
            a: u8,
            #[serde(flatten)]
            nested: Nested,
        }
        #[derive(serde::Serialize)]
        struct Nested {
            #[serde(rename = "b")]
            again: u8,
            long_name_1: u8,
            long_name_0: u8,
        }
        let nested = Nested { again: 3, long_name_1: 4, long_name_0: 5 };
        let expected = [("a", "2"), ("b", "3"), ("long_name_0", "5"), ("long_name_1", "4")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&Repeated { b: 1, a: 2, nested }), expected);
    }

    #[test]
    fn nested_list_indexes_start_at_one() {
        let value = json!({"A": [{"B": 1}, {"B": null, "C": ["x", "y"]}]});
        let expected = [("A.1.B", "1"), ("A.2.C.1", "x"), ("A.2.C.2", "y")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&value), expected);
    }

    #[test]
    fn scalars_and_lists_are_rejected() {
        for value in [json!(1), json!("x"), json!([1])] {
            let error = Parameters::from_serialize(&value).unwrap_err().to_string();
            assert!(error.contains("expected a struct or a map"), "{error}");
        }
    }
}
