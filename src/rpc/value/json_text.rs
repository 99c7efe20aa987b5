//! Parameters whose string value is a JSON array, such as `BackupObjects`.

use serde::de::DeserializeOwned;

use super::invalid_value::InvalidValue;

/// Parses a list from a JSON string: an array, or one object instead of an array of one.
///
/// The quotes of either may be escaped once more, as in responses.
pub(crate) fn parse_list<T: DeserializeOwned>(
    what: &'static str,
    example: &'static str,
    value: &str,
) -> Result<Vec<T>, InvalidValue> {
    read(value)
        .or_else(|error| {
            serde_json::from_str::<String>(&format!("\"{value}\""))
                .and_then(|unescaped| read(&unescaped))
                .map_err(|_| error)
        })
        .map_err(|error| {
            let expected = format!("expected a JSON array such as `{example}` ({error})");
            InvalidValue::new(what, value, expected)
        })
}

fn read<T: DeserializeOwned>(value: &str) -> Result<Vec<T>, serde_json::Error> {
    if value.trim_start().starts_with('{') {
        return serde_json::from_str(value).map(|one| vec![one]);
    }
    serde_json::from_str(value)
}

/// Implements `From` for arrays of these lengths: an empty list does not compile.
macro_rules! from_arrays {
    ($list:ident of $object:ident: $($length:literal)+) => {
        $(impl From<[$object; $length]> for $list {
            fn from(objects: [$object; $length]) -> Self {
                Self(objects.into())
            }
        })+
    };
}
pub(crate) use from_arrays;

/// Declares a non-empty list of objects that is sent as a JSON string.
macro_rules! json_text_list {
    ($(#[$meta:meta])* $list:ident of $object:ident such as $example:literal, $expected:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[derive(serde_with::SerializeDisplay, serde_with::DeserializeFromStr)]
        pub struct $list(Vec<$object>);

        impl $list {
            /// Creates a list.
            ///
            /// # Errors
            ///
            /// If the list is empty.
            pub fn new(
                objects: impl IntoIterator<Item = $object>,
            ) -> Result<Self, $crate::rpc::value::InvalidValue> {
                let objects: Vec<_> = objects.into_iter().collect();
                if objects.is_empty() {
                    let what = stringify!($list);
                    return Err($crate::rpc::value::InvalidValue::new(what, "[]", $expected));
                }
                Ok(Self(objects))
            }

            /// Returns the objects.
            pub fn as_slice(&self) -> &[$object] {
                &self.0
            }

            /// Returns an iterator over the objects.
            pub fn iter(&self) -> std::slice::Iter<'_, $object> {
                self.0.iter()
            }

            /// Returns the number of objects, which is at least 1.
            #[expect(clippy::len_without_is_empty, reason = "the list is never empty")]
            pub fn len(&self) -> usize {
                self.0.len()
            }
        }

        impl AsRef<[$object]> for $list {
            fn as_ref(&self) -> &[$object] {
                &self.0
            }
        }

        impl IntoIterator for $list {
            type Item = $object;
            type IntoIter = std::vec::IntoIter<$object>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $list {
            type Item = &'a $object;
            type IntoIter = std::slice::Iter<'a, $object>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        /// Fails for an empty list.
        impl TryFrom<Vec<$object>> for $list {
            type Error = $crate::rpc::value::InvalidValue;

            fn try_from(objects: Vec<$object>) -> Result<Self, Self::Error> {
                Self::new(objects)
            }
        }

        $crate::rpc::value::json_text::from_arrays!(
            $list of $object: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
        );

        impl From<$object> for $list {
            fn from(object: $object) -> Self {
                Self(vec![object])
            }
        }

        impl std::fmt::Display for $list {
            /// Writes the JSON array as it is sent.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&serde_json::to_string(&self.0).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::rpc::value::InvalidValue;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new($crate::rpc::value::json_text::parse_list(stringify!($list), $example, value)?)
            }
        }

        $crate::rpc::value::lenient::from_scalar_by_parsing!($list => "a string with a JSON array");
    };
}
pub(crate) use json_text_list;
