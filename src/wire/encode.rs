//! A serde serializer that writes a request as flat RPC parameters.
//!
//! Members become parameters, `None` becomes nothing, nested values become `Name.1.Member`,
//! counted from 1, as the API gateway reads them.

use std::fmt::Display;

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
        let mut parameters = Self::with_capacity(16);
        request.serialize(Value { parameters: &mut parameters, name: String::new() })?;
        Ok(parameters)
    }
}

/// One value, at a name; the request itself is at the empty name, and must have members.
struct Value<'p> {
    parameters: &'p mut Parameters,
    name: String,
}

/// The members of a request or of a nested value, below a prefix (empty at the top).
struct Members<'p> {
    parameters: &'p mut Parameters,
    prefix: String,
    key: Option<String>,
    count: usize,
}

impl<'p> Members<'p> {
    fn new(parameters: &'p mut Parameters, prefix: String) -> Self {
        Self { parameters, prefix, key: None, count: 0 }
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), EncodeError> {
        let name =
            if self.prefix.is_empty() { key.to_owned() } else { format!("{}.{key}", self.prefix) };
        value.serialize(Value { parameters: self.parameters, name })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count += 1;
        self.member(&self.count.to_string(), value)
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.put(value)
        }
    )+};
}

impl<'p> Value<'p> {
    fn put(self, value: impl Display) -> Result<(), EncodeError> {
        self.has_name()?;
        self.parameters.set(&self.name, value);
        Ok(())
    }

    fn elements(self) -> Result<Members<'p>, EncodeError> {
        self.has_name()?;
        Ok(Members::new(self.parameters, self.name))
    }

    fn has_name(&self) -> Result<(), EncodeError> {
        if self.name.is_empty() {
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
        serialize_char: char, serialize_str: &str,
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        self.put(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), EncodeError> {
        Err(EncodeError::new(format_args!("{} holds bytes", self.name)))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        Ok(())
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
        Members::new(self.parameters, self.name).member(variant, value)
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
        Err(EncodeError::new(format_args!("{} holds an enum with members", self.name)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'p>, EncodeError> {
        Ok(Members::new(self.parameters, self.name))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'p>, EncodeError> {
        Ok(Members::new(self.parameters, self.name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Err(EncodeError::new(format_args!("{} holds an enum with members", self.name)))
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
        let mut name = Parameters::new();
        key.serialize(Value { parameters: &mut name, name: "key".to_owned() })?;
        let key = name.get("key").ok_or_else(|| EncodeError::new("a member has no name"))?;
        self.key = Some(key.to_owned());
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let key = self.key.take().ok_or_else(|| EncodeError::new("a value has no name"))?;
        self.member(&key, value)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), EncodeError> {
        self.serialize_key(key)?;
        self.serialize_value(value)
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
