//! Lists inside an object, the way the service wraps them: `{"Items":{"Row":[…]}}`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::rpc::value::lenient;

/// The member that holds the rows of a wrapped list.
pub(crate) trait ListName {
    const NAME: &'static str;
}

/// Names the member of a wrapped list: `list_name!(RowName = "Row")`.
macro_rules! list_name {
    ($name:ident = $member:literal) => {
        struct $name;

        impl $crate::rpc::wire::ListName for $name {
            const NAME: &'static str = $member;
        }
    };
}
pub(crate) use list_name;

/// For `#[serde(with = "Wrapped::<RowName>")]` on a `Vec` of rows.
///
/// `null`, a missing inner member, a bare list and a single row in place of a list of one are
/// read as well.
pub(crate) struct Wrapped<N>(PhantomData<N>);

impl<N: ListName> Wrapped<N> {
    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        rows: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(N::NAME, rows)?;
        map.end()
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(WrapperVisitor::<N, T>(PhantomData))
    }
}

/// For `#[serde(with = "WrappedTexts::<RowName>")]` on a `Vec` of texts, which are read from
/// numbers as well, as a database may be called `2024`.
pub(crate) struct WrappedTexts<N>(PhantomData<N>);

impl<N: ListName> WrappedTexts<N> {
    pub(crate) fn serialize<S: Serializer>(
        rows: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Wrapped::<N>::serialize(rows, serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        let rows = Wrapped::<N>::deserialize::<Text, D>(deserializer)?;
        Ok(rows.into_iter().map(|Text(text)| text).collect())
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Text(#[serde(deserialize_with = "lenient::required")] String);

struct WrapperVisitor<N, T>(PhantomData<(N, T)>);

impl<'de, N: ListName, T: Deserialize<'de>> Visitor<'de> for WrapperVisitor<N, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list {}", N::NAME)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        if text.is_empty() {
            Ok(Vec::new())
        } else {
            Err(E::invalid_type(de::Unexpected::Str(text), &self))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Vec<T>, A::Error> {
        Rows(PhantomData).visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(is_list) = map.next_key_seed(IsNamed(N::NAME))? {
            if is_list {
                rows = map.next_value_seed(Rows(PhantomData))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(rows)
    }
}

/// Whether a key is the one looked for, without copying it.
struct IsNamed(&'static str);

impl<'de> DeserializeSeed<'de> for IsNamed {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for IsNamed {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

/// The rows: a list, a single row, or nothing.
struct Rows<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Rows<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Rows<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            rows.push(row);
        }
        Ok(rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|row| vec![row])
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        T::deserialize(text.into_deserializer()).map(|row| vec![row])
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Vec<T>, E> {
        T::deserialize(number.into_deserializer()).map(|row| vec![row])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        n: u8,
    }

    struct RowName;
    impl ListName for RowName {
        const NAME: &'static str = "Row";
    }

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Page {
        #[serde(default, rename = "Items", with = "Wrapped::<RowName>")]
        items: Vec<Row>,
    }

    #[test]
    fn every_way_to_write_a_list_is_read() {
        for (json, rows) in [
            (r#"{"Items":{"Row":[{"n":1},{"n":2}]}}"#, vec![1, 2]),
            (r#"{"Items":{"Other":[1],"Row":[{"n":1}]}}"#, vec![1]),
            (r#"{"Items":{"Row":{"n":1}}}"#, vec![1]),
            (r#"{"Items":[{"n":1}]}"#, vec![1]),
            (r#"{"Items":{"Row":null}}"#, vec![]),
            (r#"{"Items":{"Row":""}}"#, vec![]),
            (r#"{"Items":{}}"#, vec![]),
            (r#"{"Items":null}"#, vec![]),
            (r#"{"Items":""}"#, vec![]),
            (r"{}", vec![]),
        ] {
            let page: Page = serde_json::from_str(json).unwrap();
            assert_eq!(page.items.iter().map(|row| row.n).collect::<Vec<_>>(), rows, "{json}");
        }
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Names {
        #[serde(rename = "Names", with = "WrappedTexts::<RowName>")]
        names: Vec<String>,
    }

    #[test]
    fn texts_may_be_numbers() {
        for (json, names) in [
            (r#"{"Names":{"Row":[2024,"orders"]}}"#, vec!["2024", "orders"]),
            (r#"{"Names":[2024]}"#, vec!["2024"]),
            (r#"{"Names":{"Row":2024}}"#, vec!["2024"]),
            (r#"{"Names":{"Row":"orders"}}"#, vec!["orders"]),
        ] {
            assert_eq!(serde_json::from_str::<Names>(json).unwrap().names, names, "{json}");
        }
        assert!(serde_json::from_str::<Names>(r#"{"Names":{"Row":[[1]]}}"#).is_err());
    }

    #[test]
    fn it_is_written_wrapped() {
        let json = serde_json::to_string(&Page { items: vec![Row { n: 1 }] }).unwrap();
        assert_eq!(json, r#"{"Items":{"Row":[{"n":1}]}}"#);
    }
}
