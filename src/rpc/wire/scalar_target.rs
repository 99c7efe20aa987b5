//! Conversion of scalars to the types that the fields of a response have.

use std::marker::PhantomData;

use serde::de::value::UnitDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};

use crate::rpc::value::scalar::{FromScalar, Scalar};

/// Implements the deserializer methods that convert, each with a [`ScalarTarget`].
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
pub(super) use converting_methods;

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

/// The type that a visitor expects: converts a scalar or `null` to it.
pub(super) trait ScalarTarget: Sized {
    fn scalar<'de, V: Visitor<'de>, E: de::Error>(
        visitor: V,
        scalar: impl AsScalar,
    ) -> Result<V::Value, E>;

    fn null<'de, V: Visitor<'de>, E: de::Error>(visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }
}

/// No particular type: nothing is converted.
pub(super) struct AnyType;

impl ScalarTarget for AnyType {
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
pub(super) struct StringType;

impl ScalarTarget for StringType {
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
pub(super) struct ScalarType<T>(PhantomData<T>);

macro_rules! impl_scalar_types {
    ($($type:ty => $visit:ident),+ $(,)?) => {$(
        impl ScalarTarget for ScalarType<$type> {
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
pub(super) struct OptionType;

impl ScalarTarget for OptionType {
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
}

/// A list: `null` and an empty string are an empty one, any other value is a list of one.
pub(super) struct ListType;

impl ScalarTarget for ListType {
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
}

/// A list with one element or none.
pub(super) struct OptionSeqAccess<D>(pub(super) Option<D>);

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
    fn read<'de, P: ScalarTarget, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
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
