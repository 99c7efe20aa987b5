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
        }

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
