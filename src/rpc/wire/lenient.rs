//! A deserializer that accepts every form in which the service sends a value.
//!
//! The service sends a number or a flag also as a string (`"365"`, `"true"`), an id also as a
//! number, an absent value as a missing field, `null` or an empty string, and a list of one element
//! also as that element. A derived `Deserialize` requests the type of each field from its
//! deserializer. [`Lenient`] wraps another deserializer, reads what it finds, and converts it to
//! that type.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, UnitDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use crate::rpc::value::scalar::{FromScalar, Scalar, visit_scalars};

/// Converts scalars and lists to the requested types, at any depth.
///
/// Values that serde buffers before it reads them, such as a flattened struct, are not converted.
pub(crate) struct Lenient<D>(D);

impl<D> Lenient<D> {
    #[inline]
    pub(crate) fn new(inner: D) -> Self {
        Self(inner)
    }
}

/// Implements the deserializer methods that convert, each with an [`ExpectedType`].
macro_rules! converting_methods {
    ($($method:ident => $expected:ty),+ $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.read::<$expected, V>(visitor)
        }
    )+};
    () => {
        converting_methods! {
            deserialize_any => AnyType,
            deserialize_bool => ScalarType<bool>,
            deserialize_i8 => ScalarType<i8>,
            deserialize_i16 => ScalarType<i16>,
            deserialize_i32 => ScalarType<i32>,
            deserialize_i64 => ScalarType<i64>,
            deserialize_u8 => ScalarType<u8>,
            deserialize_u16 => ScalarType<u16>,
            deserialize_u32 => ScalarType<u32>,
            deserialize_u64 => ScalarType<u64>,
            deserialize_f32 => ScalarType<f64>,
            deserialize_f64 => ScalarType<f64>,
            deserialize_char => StringType,
            deserialize_str => StringType,
            deserialize_string => StringType,
            deserialize_option => OptionType,
            deserialize_seq => ListType,
        }
    };
}

/// Implements the deserializer methods that only call the inner deserializer.
macro_rules! delegating_methods {
    ($($method:ident),+ $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Lenient<D> {
    #[inline]
    fn read<P: ExpectedType, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(LenientVisitor::<P, V>::new(visitor))
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<D> {
    type Error = D::Error;

    converting_methods!();

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(LenientVisitor::<AnyType, V>::new(visitor))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, LenientVisitor::<AnyType, V>::new(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // Some names, such as those of `RawValue`, have a meaning to the inner deserializer.
        self.0.deserialize_newtype_struct(name, LenientVisitor::<AnyType, V>::new(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, LenientVisitor::<AnyType, V>::new(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, LenientVisitor::<AnyType, V>::new(visitor))
    }

    delegating_methods! {
        deserialize_i128,
        deserialize_u128,
        deserialize_bytes,
        deserialize_byte_buf,
        deserialize_unit,
        deserialize_identifier,
        deserialize_ignored_any,
    }

    serde::forward_to_deserialize_any! { unit_struct }
}

/// A [`Scalar`] or a `&str`. Most values are strings, whose kind is then known at compile time.
pub(super) trait AsScalar: Copy {
    fn as_scalar(&self) -> Scalar<'_>;
}

impl AsScalar for Scalar<'_> {
    #[inline]
    fn as_scalar(&self) -> Scalar<'_> {
        *self
    }
}

impl AsScalar for &str {
    #[inline]
    fn as_scalar(&self) -> Scalar<'_> {
        Scalar::String(self)
    }
}

/// The type that a visitor expects: converts what is found to it.
trait ExpectedType: Sized {
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E>;

    fn null<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    #[inline]
    fn list<'de, V: Visitor<'de>, A: SeqAccess<'de>>(
        visitor: V,
        list: A,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_seq(Lenient(list))
    }

    #[inline]
    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_map(Lenient(object))
    }
}

/// No particular type: nothing is converted.
struct AnyType;

impl ExpectedType for AnyType {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::String(text) => visitor.visit_str(text),
            Scalar::Unsigned(number) => visitor.visit_u64(number),
            Scalar::Signed(number) => visitor.visit_i64(number),
            Scalar::Float(number) => visitor.visit_f64(number),
            Scalar::Bool(flag) => visitor.visit_bool(flag),
        }
    }
}

/// A string, also read from a number or a flag.
struct StringType;

impl ExpectedType for StringType {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::String(text) => visitor.visit_str(text),
            other => visitor.visit_string(other.to_string()),
        }
    }
}

/// A number or a flag of type `T`, also read from a string.
struct ScalarType<T>(PhantomData<T>);

macro_rules! impl_scalar_types {
    ($($type:ty => $visit:ident),+ $(,)?) => {$(
        impl ExpectedType for ScalarType<$type> {
            #[inline]
            fn scalar<'de, V: Visitor<'de>, E: de::Error>(
                visitor: V,
                scalar: impl AsScalar,
            ) -> Result<V::Value, E> {
                visitor.$visit(<$type>::from_scalar(scalar.as_scalar()).map_err(E::custom)?)
            }
        }
    )+};
}
impl_scalar_types! {
    bool => visit_bool,
    i8 => visit_i8,
    i16 => visit_i16,
    i32 => visit_i32,
    i64 => visit_i64,
    u8 => visit_u8,
    u16 => visit_u16,
    u32 => visit_u32,
    u64 => visit_u64,
    f64 => visit_f64,
}

/// An option: `null` and an empty string are `None`.
struct OptionType;

impl ExpectedType for OptionType {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::String("") => visitor.visit_none(),
            _ => visitor.visit_some(ScalarDeserializer::new(scalar)),
        }
    }

    #[inline]
    fn null<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    fn list<'de, V: Visitor<'de>, A: SeqAccess<'de>>(
        visitor: V,
        list: A,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_some(Lenient(de::value::SeqAccessDeserializer::new(list)))
    }

    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_some(Lenient(MapAccessDeserializer::new(object)))
    }
}

/// A list: `null` and an empty string are an empty one, any other value is a list of one.
struct ListType;

impl ExpectedType for ListType {
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::String("") => Self::null(visitor),
            _ => visitor.visit_seq(OptionSeqAccess(Some(ScalarDeserializer::new(scalar)))),
        }
    }

    fn null<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_seq(OptionSeqAccess(None::<UnitDeserializer<E>>))
    }

    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
    ) -> Result<V::Value, A::Error> {
        let row = Lenient(MapAccessDeserializer::new(object));
        visitor.visit_seq(OptionSeqAccess(Some(row)))
    }
}

/// Passes the value that is found to a visitor, converted to the type that it expects.
struct LenientVisitor<P, V> {
    visitor: V,
    expected: PhantomData<P>,
}

impl<P, V> LenientVisitor<P, V> {
    #[inline]
    fn new(visitor: V) -> Self {
        Self { visitor, expected: PhantomData }
    }
}

impl<'de, P: ExpectedType, V: Visitor<'de>> LenientVisitor<P, V> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: impl AsScalar) -> Result<V::Value, E> {
        P::scalar(self.visitor, scalar)
    }
}

impl<'de, P: ExpectedType, V: Visitor<'de>> Visitor<'de> for LenientVisitor<P, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit_scalars!(except strings);

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.scalar(text)
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        P::null(self.visitor)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        P::null(self.visitor)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Lenient(deserializer))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        P::list(self.visitor, list)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<V::Value, A::Error> {
        P::object(self.visitor, object)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Lenient<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Lenient(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Lenient<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Lenient(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// Makes the deserializer of a nested value lenient.
impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Lenient<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lenient(deserializer))
    }
}

/// A list with one element or none.
struct OptionSeqAccess<D>(Option<D>);

impl<'de, D: Deserializer<'de>> SeqAccess<'de> for OptionSeqAccess<D> {
    type Error = D::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, D::Error> {
        self.0.take().map(|deserializer| seed.deserialize(deserializer)).transpose()
    }
}

/// A scalar that was already read, converted like a value of [`Lenient`].
pub(super) struct ScalarDeserializer<S, E> {
    scalar: S,
    error: PhantomData<E>,
}

impl<S, E> ScalarDeserializer<S, E> {
    #[inline]
    pub(super) fn new(scalar: S) -> Self {
        Self { scalar, error: PhantomData }
    }
}

impl<S: AsScalar, E: de::Error> ScalarDeserializer<S, E> {
    #[inline]
    fn read<'de, P: ExpectedType, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        P::scalar(visitor, self.scalar)
    }
}

impl<'de, S: AsScalar, E: de::Error> Deserializer<'de> for ScalarDeserializer<S, E> {
    type Error = E;

    converting_methods!();

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_enum(self.scalar.as_scalar().to_string().into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        i128 u128 bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests;
