//! The names of the kinds of fault rules, as `serde` reads them.

use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::rules::NewRule;

/// Returns the values of the field `kind` that a new rule can have.
pub(super) fn names() -> &'static [&'static str] {
    let mut names: &[&str] = &[];
    let rule = MapDeserializer::new([("kind", VariantNames(&mut names))].into_iter());
    // Fails always, after the names are read.
    let _ = NewRule::deserialize(rule);
    names
}

/// Stores the names of the variants of the enum that is read from it.
struct VariantNames<'n>(&'n mut &'static [&'static str]);

impl IntoDeserializer<'_, Error> for VariantNames<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for VariantNames<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("expected an enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = variants;
        Err(Error::custom("the names are read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
