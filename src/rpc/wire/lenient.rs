//! Reads responses however the service spells them today.
//!
//! A number may arrive as a string (`"365"`), a flag as a string (`"true"`), an identifier as a
//! number, "absent" as a missing field, `null` or an empty string, and a list of one as the one.
//! Serde's derives say what they promise a field to be, and this deserializer, which wraps any
//! other and all values below it, delivers it from what is there.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, UnitDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use crate::rpc::value::scalar::{FromScalar, Scalar, visit_scalars};

/// A deserializer that is lenient about the kinds of scalars and lists, at any depth.
///
/// It asks the inner one for what is there, whatever that is, and converts. What serde buffers
/// before it reads it, such as a flattened struct, is read strictly.
pub(crate) struct Lenient<D>(D);

impl<D> Lenient<D> {
    #[inline]
    pub(crate) fn new(inner: D) -> Self {
        Self(inner)
    }
}

/// Deserializer methods that are read by a [`Promise`].
macro_rules! promised {
    ($($method:ident => $promise:ty),+ $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.read::<$promise, V>(visitor)
        }
    )+};
    () => {
        promised! {
            deserialize_any => Anything,
            deserialize_bool => Of<bool>,
            deserialize_i8 => Of<i8>,
            deserialize_i16 => Of<i16>,
            deserialize_i32 => Of<i32>,
            deserialize_i64 => Of<i64>,
            deserialize_u8 => Of<u8>,
            deserialize_u16 => Of<u16>,
            deserialize_u32 => Of<u32>,
            deserialize_u64 => Of<u64>,
            deserialize_f32 => Of<f64>,
            deserialize_f64 => Of<f64>,
            deserialize_char => Text,
            deserialize_str => Text,
            deserialize_string => Text,
            deserialize_option => Optional,
            deserialize_seq => List,
        }
    };
}

/// Deserializer methods that are the inner deserializer's.
macro_rules! passed_on {
    ($($method:ident),+ $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Lenient<D> {
    #[inline]
    fn read<P: Promise, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Reading::<P, V>::new(visitor))
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<D> {
    type Error = D::Error;

    promised!();

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Reading::<Anything, V>::new(visitor))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Reading::<Anything, V>::new(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // Names of some of them have a meaning to the inner deserializer.
        self.0.deserialize_newtype_struct(name, Reading::<Anything, V>::new(visitor))
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
        self.0.deserialize_tuple(len, Reading::<Anything, V>::new(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Reading::<Anything, V>::new(visitor))
    }

    passed_on! {
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

/// A [`Scalar`], or a string that is known to be one as the code is compiled: most values are.
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
        Scalar::Text(self)
    }
}

/// What serde was promised to find, and so what it gets for what is found.
trait Promise: Sized {
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E>;

    fn nothing<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
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

/// Nothing in particular.
struct Anything;

impl Promise for Anything {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::Text(text) => visitor.visit_str(text),
            Scalar::Unsigned(number) => visitor.visit_u64(number),
            Scalar::Signed(number) => visitor.visit_i64(number),
            Scalar::Float(number) => visitor.visit_f64(number),
            Scalar::Bool(flag) => visitor.visit_bool(flag),
        }
    }
}

/// A string; numbers and flags are written as one.
struct Text;

impl Promise for Text {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::Text(text) => visitor.visit_str(text),
            other => visitor.visit_string(other.to_string()),
        }
    }
}

/// A number or flag of this type; also read from a string.
struct Of<T>(PhantomData<T>);

macro_rules! promise_of {
    ($($type:ty => $visit:ident),+ $(,)?) => {$(
        impl Promise for Of<$type> {
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
promise_of! {
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

/// Something that may be absent, which `null` and an empty string say as well.
struct Optional;

impl Promise for Optional {
    #[inline]
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::Text("") => visitor.visit_none(),
            _ => visitor.visit_some(ScalarDeserializer::new(scalar)),
        }
    }

    #[inline]
    fn nothing<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
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

/// A list; `null` and an empty string are an empty one, and any other value is one of itself.
struct List;

impl Promise for List {
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E> {
        match scalar.as_scalar() {
            Scalar::Text("") => Self::nothing(visitor),
            _ => visitor.visit_seq(AtMostOne(Some(ScalarDeserializer::new(scalar)))),
        }
    }

    fn nothing<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_seq(AtMostOne(None::<UnitDeserializer<E>>))
    }

    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
    ) -> Result<V::Value, A::Error> {
        let row = Lenient(MapAccessDeserializer::new(object));
        visitor.visit_seq(AtMostOne(Some(row)))
    }
}

/// Hands what is found to a visitor, by way of what the visitor was promised.
struct Reading<P, V> {
    visitor: V,
    promise: PhantomData<P>,
}

impl<P, V> Reading<P, V> {
    #[inline]
    fn new(visitor: V) -> Self {
        Self { visitor, promise: PhantomData }
    }
}

impl<'de, P: Promise, V: Visitor<'de>> Reading<P, V> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: impl AsScalar) -> Result<V::Value, E> {
        P::scalar(self.visitor, scalar)
    }
}

impl<'de, P: Promise, V: Visitor<'de>> Visitor<'de> for Reading<P, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit_scalars!(but strings);

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.scalar(text)
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        P::nothing(self.visitor)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        P::nothing(self.visitor)
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

/// The seed of a value below a lenient one.
impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Lenient<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lenient(deserializer))
    }
}

/// A list of one value, or of none.
struct AtMostOne<D>(Option<D>);

impl<'de, D: Deserializer<'de>> SeqAccess<'de> for AtMostOne<D> {
    type Error = D::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, D::Error> {
        self.0.take().map(|deserializer| seed.deserialize(deserializer)).transpose()
    }
}

/// A scalar that was read before it was known what it is for; as lenient as [`Lenient`].
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
    fn read<'de, P: Promise, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        P::scalar(visitor, self.scalar)
    }
}

impl<'de, S: AsScalar, E: de::Error> Deserializer<'de> for ScalarDeserializer<S, E> {
    type Error = E;

    promised!();

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
