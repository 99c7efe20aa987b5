//! Lists that the service wraps in an object: `{"Items":{"Row":[…]}}`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::rpc::value::informational::{self, Informational, Row};
use crate::rpc::value::scalar::read_value;

/// The name of the field that contains the rows of a wrapped list.
pub(crate) trait ListName {
    const NAME: &'static str;
}

/// Implements [`ListName`]: `list_name!(RowName = "Row")`, or `list_name!(Row)` if the field has the
/// name of the type of the rows.
macro_rules! list_name {
    ($name:ident = $field:literal) => {
        struct $name;

        $crate::rpc::wire::list_name!(impl $name, $field);
    };
    ($row:ident) => {
        $crate::rpc::wire::list_name!(impl $row, stringify!($row));
    };
    (impl $type:ident, $field:expr) => {
        impl $crate::rpc::wire::ListName for $type {
            const NAME: &'static str = $field;
        }
    };
}
pub(crate) use list_name;

/// Reads and writes a wrapped list: `#[serde(with = "Wrapped::<RowName>")]` on a `Vec` of rows.
///
/// Also reads `null`, an empty object, and a list that is not wrapped. Leaves out what is not a row,
/// such as `null`.
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
        let wrapper: Option<Wrapper<N, T>> = informational::field(deserializer)?;
        Ok(wrapper.map_or_else(Vec::new, |wrapper| wrapper.rows))
    }
}

/// The object that contains the rows.
struct Wrapper<N, T> {
    rows: Vec<T>,
    name: PhantomData<N>,
}

impl<'de, N: ListName, T: Deserialize<'de>> Deserialize<'de> for Wrapper<N, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = deserializer.deserialize_any(WrapperVisitor::<N, T>(PhantomData))?;
        Ok(Self { rows, name: PhantomData })
    }
}

struct WrapperVisitor<N, T>(PhantomData<(N, T)>);

impl<'de, N: ListName, T: Deserialize<'de>> Visitor<'de> for WrapperVisitor<N, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list `{}`", N::NAME)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Vec<T>, A::Error> {
        RowsVisitor(PhantomData).visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let (mut rows, mut has_others) = (None, false);
        while let Some(is_list) = map.next_key_seed(IsNamed(N::NAME))? {
            if !is_list {
                has_others = true;
                map.next_value::<IgnoredAny>()?;
            } else if rows.is_some() {
                map.next_value::<Informational<Repeated>>()?;
            } else {
                let found: Informational<Rows<T>> = map.next_value()?;
                rows = Some(found.0.map_or_else(Vec::new, |rows| rows.0));
            }
        }
        match rows {
            None if has_others => Err(de::Error::missing_field(N::NAME)),
            rows => Ok(rows.unwrap_or_default()),
        }
    }
}

/// The rows of a list, without values that are not rows.
struct Rows<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData)).map(Self)
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element::<Row<T>>()? {
            rows.extend(row.0);
        }
        Ok(rows)
    }
}

/// The second list of the same name, which is not read.
struct Repeated;

impl<'de> Deserialize<'de> for Repeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_value(deserializer, |_| Err("the list is in the response twice".to_owned()))
    }
}

/// Returns whether a key equals the name, without copying the key.
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
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::super::decode_value;
    use super::*;

    fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
        decode_value(serde_json::from_str(json).unwrap())
    }

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
    fn every_form_of_a_list_is_read() {
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
            let page: Page = read(json).unwrap();
            assert_eq!(page.items.iter().map(|row| row.n).collect::<Vec<_>>(), rows, "{json}");
        }
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Names {
        #[serde(rename = "Names", with = "Wrapped::<RowName>")]
        names: Vec<String>,
    }

    #[test]
    fn strings_are_read_from_numbers() {
        for (json, names) in [
            (r#"{"Names":{"Row":[2024,"orders"]}}"#, vec!["2024", "orders"]),
            (r#"{"Names":[2024]}"#, vec!["2024"]),
            (r#"{"Names":{"Row":2024}}"#, vec!["2024"]),
            (r#"{"Names":{"Row":"orders"}}"#, vec!["orders"]),
        ] {
            assert_eq!(read::<Names>(json).unwrap().names, names, "{json}");
        }
        for json in
            [r#"{"Names":{"Row":[[1],null,{}]}}"#, r#"{"Names":{"Other":["a"]}}"#, r#"{"Names":7}"#]
        {
            assert_eq!(read::<Names>(json).unwrap().names, [""; 0], "{json}");
        }
        assert!(read::<Page>(r#"{"Items":[{"n":1},{}]}"#).is_err(), "a row without its number");
    }

    #[test]
    fn lists_are_written_wrapped() {
        let json = serde_json::to_string(&Page { items: vec![Row { n: 1 }] }).unwrap();
        assert_eq!(json, r#"{"Items":{"Row":[{"n":1}]}}"#);
    }
}
