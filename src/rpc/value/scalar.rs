//! Scalars of JSON and of parameters, and the visitor that reads them.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::invalid_value::InvalidValue;

/// A scalar of JSON, or the string value of a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Scalar<'a> {
    String(&'a str),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(value) => f.write_str(value),
            Self::Unsigned(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Bool(flag) => flag.fmt(f),
        }
    }
}

/// A type that can be read from more than one kind of [`Scalar`].
pub(crate) trait FromScalar: Sized {
    /// The expected value in an error message, after "expected".
    const EXPECTED: &'static str;

    /// Reads the value, or returns an error message: "expected X, got `Y`".
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String>;
}

macro_rules! from_scalar_for_integers {
    ($($int:ty),+) => {$(
        impl FromScalar for $int {
            const EXPECTED: &'static str = "an integer, or a string with one";

            #[inline]
            fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
                match scalar {
                    Scalar::Unsigned(number) => number.try_into().ok(),
                    Scalar::Signed(number) => number.try_into().ok(),
                    // Trims only what does not parse: few strings have whitespace.
                    Scalar::String(value) => {
                        value.parse().or_else(|_| value.trim().parse()).ok()
                    }
                    Scalar::Float(_) | Scalar::Bool(_) => None,
                }
                .ok_or_else(|| {
                    let (min, max) = (Self::MIN, Self::MAX);
                    match Self::BITS {
                        // A range of 64 bits would only lengthen the message.
                        64 if min == 0 => unexpected(scalar, "a non-negative integer"),
                        64 => unexpected(scalar, "an integer"),
                        _ => unexpected(scalar, format_args!("an integer from {min} to {max}")),
                    }
                })
            }
        }
    )+};
}
from_scalar_for_integers!(u8, u16, u32, u64, i8, i16, i32, i64);

/// Reads a number and checks it.
///
/// If it does not fit the integer `N`, the error names the bounds of `T` instead of those of `N`.
pub(crate) fn checked<N: FromScalar, T: FromScalar>(
    scalar: Scalar<'_>,
    new: impl FnOnce(N) -> Result<T, InvalidValue>,
) -> Result<T, String> {
    let number = N::from_scalar(scalar).map_err(|_| unexpected(scalar, T::EXPECTED))?;
    new(number).map_err(|error| error.to_string())
}

impl FromScalar for f64 {
    const EXPECTED: &'static str = "a number, or a string with one";

    #[expect(clippy::cast_precision_loss, reason = "serde reads integers as floats the same way")]
    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Unsigned(number) => Some(number as Self),
            Scalar::Signed(number) => Some(number as Self),
            Scalar::Float(number) => Some(number),
            Scalar::String(value) => value.trim().parse().ok(),
            Scalar::Bool(_) => None,
        }
        .ok_or_else(|| unexpected(scalar, "a number"))
    }
}

impl FromScalar for bool {
    const EXPECTED: &'static str = "`true` or `false`, or a string with one";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        match scalar {
            Scalar::Bool(flag) => Ok(flag),
            Scalar::String(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Scalar::String(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(unexpected(scalar, "`true` or `false`")),
        }
    }
}

impl FromScalar for String {
    const EXPECTED: &'static str = "a string";

    #[inline]
    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match scalar {
            // Without the formatter.
            Scalar::String(value) => value.to_owned(),
            other => other.to_string(),
        })
    }
}

/// Implements [`FromScalar`] with `FromStr`, for types that are strings on the wire.
macro_rules! from_scalar_by_parsing {
    ($($type:ty => $expected:literal),+ $(,)?) => {$(
        impl $crate::rpc::value::lenient::FromScalar for $type {
            const EXPECTED: &'static str = $expected;

            #[inline]
            fn from_scalar(scalar: $crate::rpc::value::lenient::Scalar<'_>) -> Result<Self, String> {
                match scalar {
                    $crate::rpc::value::lenient::Scalar::String(value) => value.parse(),
                    other => other.to_string().parse(),
                }
                .map_err(|error| format!("{error}"))
            }
        }
    )+};
}
pub(crate) use from_scalar_by_parsing;

/// Implements the [`Visitor`] methods for scalars with the visitor's own method `scalar`.
macro_rules! visit_scalars {
    () => {
        $crate::rpc::value::scalar::visit_scalars! { visit_str(&str) => String }
        $crate::rpc::value::scalar::visit_scalars! { except strings }
    };
    (except strings) => {
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

/// A value of a document: a scalar, or the kind of another value.
#[derive(Clone, Copy)]
pub(crate) enum ValueKind<'a> {
    Scalar(Scalar<'a>),
    Null,
    List,
    Object,
}

impl ValueKind<'_> {
    /// Returns the error message for an unexpected kind, worded like serde's.
    pub(crate) fn unexpected(self, expected: impl fmt::Display) -> String {
        let kind = match self {
            Self::Scalar(scalar) => return unexpected(scalar, expected),
            Self::Null => "null",
            Self::List => "sequence",
            Self::Object => "map",
        };
        format!("invalid type: {kind}, expected {expected}")
    }
}

fn unexpected(scalar: Scalar<'_>, expected: impl fmt::Display) -> String {
    format!("expected {expected}, got `{scalar}`")
}

/// Reads a value of any kind with `read`. The contents of lists and objects are ignored.
#[inline]
pub(crate) fn read_value<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(ValueKind<'_>) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ValueKindVisitor(read))
}

struct ValueKindVisitor<F>(F);

impl<T, F: FnOnce(ValueKind<'_>) -> Result<T, String>> ValueKindVisitor<F> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: Scalar<'_>) -> Result<T, E> {
        (self.0)(ValueKind::Scalar(scalar)).map_err(E::custom)
    }
}

impl<'de, T, F: FnOnce(ValueKind<'_>) -> Result<T, String>> Visitor<'de> for ValueKindVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    visit_scalars!();

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        (self.0)(ValueKind::Null).map_err(E::custom)
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        let value = (self.0)(ValueKind::List).map_err(de::Error::custom)?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let value = (self.0)(ValueKind::Object).map_err(de::Error::custom)?;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(value)
    }
}
