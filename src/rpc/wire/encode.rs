//! A serde serializer that writes a request as flat RPC parameters.
//!
//! Members become parameters, `None` becomes nothing, nested values become `Name.1.Member`,
//! counted from 1, as the API gateway reads them.

use std::fmt::{Display, Write};

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::parameters::Parameters;

/// A request that cannot be written as RPC parameters.
///
/// The operations of this crate never cause it; a request type of your own may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request cannot be written as RPC parameters: {message}")]
pub struct EncodeError {
    message: String,
}

impl EncodeError {
    fn new(message: impl Display) -> Self {
        Self { message: message.to_string() }
    }
}

impl ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl Parameters {
    /// Writes a request as parameters: one per member, named as serde names it.
    ///
    /// # Errors
    ///
    /// When the value is not a struct or a map, or holds bytes.
    pub fn from_serialize(request: &impl Serialize) -> Result<Self, EncodeError> {
        let mut parameters = Self::with_usual_capacity();
        request.serialize(Value { parameters: &mut parameters, start: 0, is_key: false })?;
        parameters.sort();
        Ok(parameters)
    }
}

/// One value. Its name stands at the end of the text already, from `start`; the request itself
/// has no name, and must have members.
struct Value<'p> {
    parameters: &'p mut Parameters,
    start: usize,
    /// Whether the value is the name of a member, to be added to the name that is there.
    is_key: bool,
}

/// The members of a request or of a nested value, below a prefix (empty at the top).
struct Members<'p> {
    parameters: &'p mut Parameters,
    prefix: String,
    /// Where the name of the value to come begins.
    key: Option<usize>,
    count: usize,
}

impl Members<'_> {
    /// Writes the prefix of a member's name, and says where it begins.
    fn begin_name(&mut self) -> usize {
        let start = self.parameters.text.len();
        if !self.prefix.is_empty() {
            self.parameters.text.push_str(&self.prefix);
            self.parameters.text.push('.');
        }
        start
    }

    fn value(&mut self, start: usize) -> Value<'_> {
        Value { parameters: self.parameters, start, is_key: false }
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), EncodeError> {
        let start = self.begin_name();
        self.parameters.text.push_str(key);
        value.serialize(self.value(start))
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count += 1;
        let start = self.begin_name();
        // Writing to a `String` does not fail.
        let _ = write!(self.parameters.text, "{}", self.count);
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

impl<'p> Value<'p> {
    fn name(&self) -> &str {
        &self.parameters.text[self.start..]
    }

    /// Writes a scalar.
    fn put(self, write: impl FnOnce(&mut String)) -> Result<(), EncodeError> {
        if self.is_key {
            write(&mut self.parameters.text);
            return Ok(());
        }
        self.has_name()?;
        let middle = self.parameters.text.len();
        write(&mut self.parameters.text);
        self.parameters.push_tail(self.start, middle);
        Ok(())
    }

    /// Takes the name back: there is no value, or it has members.
    fn take_name(self) -> Result<Members<'p>, EncodeError> {
        if self.is_key {
            return Err(EncodeError::new("the name of a member has members"));
        }
        let prefix = if self.is_nameless() {
            String::new()
        } else {
            self.parameters.text.split_off(self.start)
        };
        Ok(Members { parameters: self.parameters, prefix, key: None, count: 0 })
    }

    fn elements(self) -> Result<Members<'p>, EncodeError> {
        self.has_name()?;
        self.take_name()
    }

    fn is_nameless(&self) -> bool {
        self.parameters.text.len() == self.start
    }

    fn has_name(&self) -> Result<(), EncodeError> {
        if self.is_nameless() {
            return Err(EncodeError::new("a request is a struct or a map"));
        }
        Ok(())
    }
}

impl<'p> Serializer for Value<'p> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Members<'p>;
    type SerializeTuple = Members<'p>;
    type SerializeTupleStruct = Members<'p>;
    type SerializeTupleVariant = Impossible<(), EncodeError>;
    type SerializeMap = Members<'p>;
    type SerializeStruct = Members<'p>;
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
        self.put(|text| text.push_str(value))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        // Writing to a `String` fails only where `Display` itself does.
        self.put(|text| {
            let _ = write!(text, "{value}");
        })
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), EncodeError> {
        Err(EncodeError::new(format_args!("{} holds bytes", self.name())))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        self.parameters.text.truncate(self.start);
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
        self.take_name()?.member(variant, value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple(self, _: usize) -> Result<Members<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Members<'p>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Err(EncodeError::new(format_args!("{} holds an enum with members", self.name())))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'p>, EncodeError> {
        self.take_name()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'p>, EncodeError> {
        self.take_name()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Err(EncodeError::new(format_args!("{} holds an enum with members", self.name())))
    }
}

impl ser::SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.member(key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        let start = self.begin_name();
        let own = self.parameters.text.len();
        key.serialize(Value { parameters: self.parameters, start: own, is_key: true })?;
        if self.parameters.text.len() == own {
            return Err(EncodeError::new("a member has no name"));
        }
        self.key = Some(start);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let start = self.key.take().ok_or_else(|| EncodeError::new("a value has no name"))?;
        value.serialize(self.value(start))
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),+) => {$(
        impl ser::$trait for Members<'_> {
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
    fn scalars_are_texts_and_nothing_is_nothing() {
        let value = json!({"b": true, "i": -3, "n": null, "s": "a b", "u": u64::MAX});
        let expected = [("b", "true"), ("i", "-3"), ("s", "a b"), ("u", "18446744073709551615")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&value), expected);
        assert_eq!(pairs(&()), []);
    }

    #[test]
    fn members_come_in_order_and_the_last_of_one_name_counts() {
        #[derive(serde::Serialize)]
        struct Twice {
            b: u8,
            a: u8,
            #[serde(flatten)]
            inner: Inner,
        }
        #[derive(serde::Serialize)]
        struct Inner {
            #[serde(rename = "b")]
            again: u8,
            long_name_1: u8,
            long_name_0: u8,
        }
        let inner = Inner { again: 3, long_name_1: 4, long_name_0: 5 };
        let expected = [("a", "2"), ("b", "3"), ("long_name_0", "5"), ("long_name_1", "4")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&Twice { b: 1, a: 2, inner }), expected);
    }

    #[test]
    fn nested_values_are_counted_from_one() {
        let value = json!({"A": [{"B": 1}, {"B": null, "C": ["x", "y"]}]});
        let expected = [("A.1.B", "1"), ("A.2.C.1", "x"), ("A.2.C.2", "y")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs(&value), expected);
    }

    #[test]
    fn what_has_no_members_is_refused() {
        for value in [json!(1), json!("x"), json!([1])] {
            let error = Parameters::from_serialize(&value).unwrap_err().to_string();
            assert!(error.contains("a struct or a map"), "{error}");
        }
    }
}
