//! A deserializer that accepts every form in which the service sends a value.
//!
//! The service sends a number or a flag also as a string (`"365"`, `"true"`), an id also as a
//! number, an absent value as a missing field, `null` or an empty string, and a list of one element
//! also as that element. A derived `Deserialize` requests the type of each field from its
//! deserializer. [`Lenient`] wraps another deserializer, reads what it finds, and converts it to
//! that type.
//!
//! A value that cannot be converted fails the response, unless its field is
//! [informational](crate::rpc::value::informational). To read on behind such a value, every list
//! and object reads itself to its end when an error is about a value in it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::scalar_target::{
    AnyType, AsScalar, ListType, OptionSeqAccess, OptionType, ScalarTarget, ScalarType, StringType,
    converting_methods,
};
use super::tracked::{TrackedList, TrackedObject};
use super::unread::Path;
use super::unread_scalar::ScalarField;
use crate::rpc::value::informational::{FIELD, ROW};
use crate::rpc::value::scalar::{Scalar, visit_scalars};

/// Converts scalars and lists to the requested types, at any depth.
///
/// Values that serde buffers before it reads them, such as a flattened struct, are not converted.
pub(super) struct Lenient<'p, D> {
    inner: D,
    path: &'p Path<'p>,
}

impl<'p, D> Lenient<'p, D> {
    #[inline]
    pub(super) fn new(inner: D, path: &'p Path<'p>) -> Self {
        Self { inner, path }
    }
}

/// Implements the deserializer methods that only call the inner deserializer.
macro_rules! delegating_methods {
    ($($method:ident),+ $(,)?) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Lenient<'_, D> {
    #[inline]
    fn read<P: ExpectedType, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(LenientVisitor::<P, V>::new(visitor, self.path))
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<'_, D> {
    type Error = D::Error;

    converting_methods!();

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(LenientVisitor::<AnyType, V>::new(visitor, self.path))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = LenientVisitor::<AnyType, V>::new(visitor, self.path);
        self.inner.deserialize_struct(
            name,
            fields,
            LenientVisitor { fields: Some(fields), ..visitor },
        )
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let is_row = name == ROW;
        if is_row || name == FIELD {
            return self.inner.deserialize_any(FieldVisitor { visitor, path: self.path, is_row });
        }
        // Some names, such as those of `RawValue`, have a meaning to the inner deserializer.
        let visitor = LenientVisitor::<AnyType, V>::new(visitor, self.path);
        self.inner.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = LenientVisitor::<AnyType, V>::new(visitor, self.path);
        self.inner.deserialize_tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = LenientVisitor::<AnyType, V>::new(visitor, self.path);
        self.inner.deserialize_tuple_struct(name, len, visitor)
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

/// The type that a visitor expects: converts a list or an object to it.
trait ExpectedType: ScalarTarget {
    #[inline]
    fn list<'de, V: Visitor<'de>, A: SeqAccess<'de>>(
        visitor: V,
        list: A,
        path: &Path<'_>,
    ) -> Result<V::Value, A::Error> {
        LenientList::read(list, path, visitor)
    }

    #[inline]
    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
        path: &Path<'_>,
        fields: Option<&'static [&'static str]>,
    ) -> Result<V::Value, A::Error> {
        LenientObject::read(object, path, fields, visitor)
    }
}

impl ExpectedType for AnyType {}
impl ExpectedType for StringType {}
impl<T> ExpectedType for ScalarType<T> where Self: ScalarTarget {}

impl ExpectedType for OptionType {
    fn list<'de, V: Visitor<'de>, A: SeqAccess<'de>>(
        visitor: V,
        list: A,
        path: &Path<'_>,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_some(Lenient::new(SeqAccessDeserializer::new(list), path))
    }

    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
        path: &Path<'_>,
        _: Option<&'static [&'static str]>,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_some(Lenient::new(MapAccessDeserializer::new(object), path))
    }
}

/// An object is a list of one.
impl ExpectedType for ListType {
    fn object<'de, V: Visitor<'de>, A: MapAccess<'de>>(
        visitor: V,
        object: A,
        path: &Path<'_>,
        _: Option<&'static [&'static str]>,
    ) -> Result<V::Value, A::Error> {
        let row = Lenient::new(MapAccessDeserializer::new(object), path);
        visitor.visit_seq(OptionSeqAccess(Some(row)))
    }
}

/// Passes the value that is found to a visitor, converted to the type that it expects.
struct LenientVisitor<'p, P, V> {
    visitor: V,
    path: &'p Path<'p>,
    /// The fields of the struct that is expected.
    fields: Option<&'static [&'static str]>,
    expected: PhantomData<P>,
}

impl<'p, P, V> LenientVisitor<'p, P, V> {
    #[inline]
    fn new(visitor: V, path: &'p Path<'p>) -> Self {
        Self { visitor, path, fields: None, expected: PhantomData }
    }
}

impl<'de, P: ExpectedType, V: Visitor<'de>> LenientVisitor<'_, P, V> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: impl AsScalar) -> Result<V::Value, E> {
        P::scalar(self.visitor, scalar).inspect_err(|_| self.path.failed_by_value())
    }

    #[inline]
    fn null<E: de::Error>(self) -> Result<V::Value, E> {
        P::null(self.visitor).inspect_err(|_| self.path.failed_by_value())
    }
}

impl<'de, P: ExpectedType, V: Visitor<'de>> Visitor<'de> for LenientVisitor<'_, P, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit_scalars! { visit_u64(u64) => Unsigned, visit_i64(i64) => Signed, visit_bool(bool) => Bool }

    #[inline]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<V::Value, E> {
        note_lost_digits(number, self.path);
        self.scalar(Scalar::Float(number))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.scalar(text)
    }

    #[inline]
    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.null()
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.null()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Lenient::new(deserializer, self.path))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        P::list(self.visitor, list, self.path)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<V::Value, A::Error> {
        P::object(self.visitor, object, self.path, self.fields)
    }
}

/// The JSON parser rounds integers that do not fit 64 bits.
#[inline]
fn note_lost_digits(number: f64, path: &Path<'_>) {
    if number.abs() >= 9_223_372_036_854_775_808.0 {
        path.notes().needs_repair.set(true);
    }
}

/// Passes an informational field or a row to its visitor, as a list of at most one value.
struct FieldVisitor<'p, V> {
    visitor: V,
    path: &'p Path<'p>,
    is_row: bool,
}

impl<'de, V: Visitor<'de>> FieldVisitor<'_, V> {
    #[inline]
    fn scalar<E: de::Error>(self, scalar: impl AsScalar) -> Result<V::Value, E> {
        self.visitor.visit_seq(ScalarField::new(scalar, self.path, self.is_row))
    }

    #[inline]
    fn container<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        let value = Some(Lenient::new(value, self.path));
        self.visitor.visit_seq(ContainerField { value, path: self.path, is_row: self.is_row })
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for FieldVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit_scalars! { visit_u64(u64) => Unsigned, visit_i64(i64) => Signed, visit_bool(bool) => Bool }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<V::Value, E> {
        note_lost_digits(number, self.path);
        self.scalar(Scalar::Float(number))
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.scalar(text)
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        if self.is_row {
            self.path.note_unread("null".to_owned());
        }
        self.visitor.visit_seq(OptionSeqAccess(None::<de::value::UnitDeserializer<E>>))
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.container(SeqAccessDeserializer::new(list))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<V::Value, A::Error> {
        self.container(MapAccessDeserializer::new(object))
    }
}

/// A list or an object, as a list of at most one value.
struct ContainerField<'p, D> {
    value: Option<Lenient<'p, D>>,
    path: &'p Path<'p>,
    is_row: bool,
}

impl<'de, D: Deserializer<'de>> SeqAccess<'de> for ContainerField<'_, D> {
    type Error = D::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, D::Error> {
        let Some(value) = self.value.take() else { return Ok(None) };
        seed.deserialize(value).map(Some).or_else(|error| {
            let notes = self.path.notes();
            match notes.take_readable() {
                Some(row) if self.is_row && row.is_struct => {
                    notes.lost.set(true);
                    Err(error)
                }
                Some(container) => {
                    // A field that comes twice fails its struct, unless the text is repaired.
                    notes.needs_repair.set(notes.needs_repair.get() || container.is_struct);
                    self.path.note_unread(container.text);
                    Ok(None)
                }
                None => Err(error),
            }
        })
    }
}

/// An object whose values are read leniently.
struct LenientObject<'p, 'de, A>(TrackedObject<'p, 'de, A>);

impl<'de, A: MapAccess<'de>> LenientObject<'_, 'de, A> {
    #[inline]
    fn read<V: Visitor<'de>>(
        inner: A,
        path: &Path<'_>,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let mut object = LenientObject(TrackedObject::new(inner, path, fields));
        visitor.visit_map(&mut object).inspect_err(|_| object.0.finish())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for LenientObject<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value(|object, path| object.next_value_seed(Lenient::new(seed, path)))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.inner.size_hint()
    }
}

/// A list whose elements are read leniently.
struct LenientList<'p, A>(TrackedList<'p, A>);

impl<'de, A: SeqAccess<'de>> LenientList<'_, A> {
    #[inline]
    fn read<V: Visitor<'de>>(inner: A, path: &Path<'_>, visitor: V) -> Result<V::Value, A::Error> {
        let mut list = LenientList(TrackedList::new(inner, path));
        visitor.visit_seq(&mut list).inspect_err(|_| list.0.finish())
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for LenientList<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next(|list, path| list.next_element_seed(Lenient::new(seed, path)))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.inner.size_hint()
    }
}

/// Makes the deserializer of a nested value lenient.
impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Lenient<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Lenient::new(deserializer, self.path))
    }
}

#[cfg(test)]
mod tests;
