//! Scalars as JSON and parameters spell them, and the one visitor that reads them.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::invalid_value::InvalidValue;

/// A scalar as it stands in JSON or in a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Scalar<'a> {
    Text(&'a str),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Unsigned(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Bool(flag) => flag.fmt(f),
        }
    }
}

/// A type that can be read from a [`Scalar`] of more than one kind.
pub(crate) trait FromScalar: Sized {
    const EXPECTED: &'static str;

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String>;
}

macro_rules! from_scalar_for_integers {
    ($($int:ty),+) => {$(
        impl FromScalar for $int {
            const EXPECTED: &'static str = "a whole number, or its text";

            #[inline]
            fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
                match scalar {
                    Scalar::Unsigned(number) => number.try_into().ok(),
                    Scalar::Signed(number) => number.try_into().ok(),
                    Scalar::Text(text) => text.trim().parse().ok(),
                    Scalar::Float(_) | Scalar::Bool(_) => None,
                }
                .ok_or_else(|| {
                    format!("{scalar} is not a whole number from {} to {}", Self::MIN, Self::MAX)
                })
            }
        }
    )+};
}
from_scalar_for_integers!(u8, u16, u32, u64, i8, i16, i32, i64);

/// Reads a number and checks it. Where it does not even fit, the error names the type's own bounds
/// and not those of the integer behind it.
pub(crate) fn checked<N: FromScalar, T: FromScalar>(
    scalar: Scalar<'_>,
    new: impl FnOnce(N) -> Result<T, InvalidValue>,
) -> Result<T, String> {
    let number = N::from_scalar(scalar).map_err(|_| format!("{scalar} is not {}", T::EXPECTED))?;
    new(number).map_err(|error| error.to_string())
}

impl FromScalar for f64 {
    const EXPECTED: &'static str = "a number, or its text";

    #[expect(clippy::cast_precision_loss, reason = "serde reads integers as floats the same way")]
    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Unsigned(number) => Some(number as Self),
            Scalar::Signed(number) => Some(number as Self),
            Scalar::Float(number) => Some(number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Bool(_) => None,
        }
        .ok_or_else(|| format!("{scalar} is not a number"))
    }
}

impl FromScalar for bool {
    const EXPECTED: &'static str = "true or false, or its text";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Bool(flag) => Ok(flag),
            Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(format!("{scalar} is neither true nor false")),
        }
    }
}

impl FromScalar for String {
    const EXPECTED: &'static str = "a text";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(scalar.to_string())
    }
}

/// Implements [`FromScalar`] by way of `FromStr`, for types that are text on the wire.
macro_rules! from_scalar_by_text {
    ($($type:ty => $expected:literal),+ $(,)?) => {$(
        impl $crate::rpc::value::lenient::FromScalar for $type {
            const EXPECTED: &'static str = $expected;

            #[inline]
            fn from_scalar(scalar: $crate::rpc::value::lenient::Scalar<'_>) -> Result<Self, String> {
                match scalar {
                    $crate::rpc::value::lenient::Scalar::Text(text) => text.parse(),
                    other => other.to_string().parse(),
                }
                .map_err(|error| format!("{error}"))
            }
        }
    )+};
}
pub(crate) use from_scalar_by_text;

/// The methods of a [`Visitor`] that see scalars, all by the visitor's own method `scalar`.
macro_rules! visit_scalars {
    () => {
        $crate::rpc::value::scalar::visit_scalars! { visit_str(&str) => Text }
        $crate::rpc::value::scalar::visit_scalars! { but strings }
    };
    (but strings) => {
        $crate::rpc::value::scalar::visit_scalars! {
            visit_u64(u64) => Unsigned,
            visit_i64(i64) => Signed,
            visit_f64(f64) => Float,
            visit_bool(bool) => Bool,
        }
    };
    ($($method:ident($type:ty) => $scalar:ident),+ $(,)?) => {$(
        #[inline]
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<Self::Value, E> {
            self.scalar($crate::rpc::value::scalar::Scalar::$scalar(value))
        }
    )+};
}
pub(crate) use visit_scalars;

/// What stands at a place of a document, as far as it matters to a scalar.
#[derive(Clone, Copy)]
pub(crate) enum Found<'a> {
    Scalar(Scalar<'a>),
    Null,
    List,
    Object,
}

impl Found<'_> {
    /// The error for a value of another kind, in serde's words.
    pub(crate) fn refused(self, expected: impl fmt::Display) -> String {
        let kind = match self {
            Self::Scalar(scalar) => return format!("{scalar} is not {expected}"),
            Self::Null => "null",
            Self::List => "sequence",
            Self::Object => "map",
        };
        format!("invalid type: {kind}, expected {expected}")
    }
}

/// Reads whatever stands there; lists and objects are passed over.
#[inline]
pub(crate) fn read<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(Found<'_>) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(FoundVisitor(read))
}

struct FoundVisitor<F>(F);

impl<T, F: FnOnce(Found<'_>) -> Result<T, String>> FoundVisitor<F> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<T, E> {
        (self.0)(Found::Scalar(scalar)).map_err(E::custom)
    }
}

impl<'de, T, F: FnOnce(Found<'_>) -> Result<T, String>> Visitor<'de> for FoundVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    visit_scalars!();

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        (self.0)(Found::Null).map_err(E::custom)
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        (self.0)(Found::List).map_err(de::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        (self.0)(Found::Object).map_err(de::Error::custom)
    }
}
