//! `Checked`: reads a value through another form, with the line of errors.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{DeserializeAs, SerializeAs};

/// Converts a value from and to `Form`, which is a map or a list.
///
/// As `TryFromInto`, but the conversion runs within a visitor. Formats add the line to the errors of
/// visitors only.
pub(super) struct Checked<Form>(PhantomData<Form>);

impl<T: Copy + Into<Form>, Form: Serialize> SerializeAs<T> for Checked<Form> {
    fn serialize_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        (*value).into().serialize(serializer)
    }
}

impl<'de, T, Form> DeserializeAs<'de, T> for Checked<Form>
where
    T: TryFrom<Form, Error: fmt::Display>,
    Form: Deserialize<'de>,
{
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(CheckedVisitor::<T, Form>(PhantomData))
    }
}

struct CheckedVisitor<T, Form>(PhantomData<(T, Form)>);

impl<'de, T, Form> Visitor<'de> for CheckedVisitor<T, Form>
where
    T: TryFrom<Form, Error: fmt::Display>,
    Form: Deserialize<'de>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let form = Form::deserialize(MapAccessDeserializer::new(map))?;
        T::try_from(form).map_err(A::Error::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        let form = Form::deserialize(SeqAccessDeserializer::new(list))?;
        T::try_from(form).map_err(A::Error::custom)
    }
}
