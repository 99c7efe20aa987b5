//! Lists that travel as JSON in a text, such as `BackupObjects`.

use serde::de::DeserializeOwned;

use super::invalid_value::InvalidValue;

/// Reads a list from its text: an array, one object in place of an array of one, or either with
/// the quotes escaped once more, as answers do it.
pub(crate) fn parse_list<T: DeserializeOwned>(
    what: &'static str,
    example: &'static str,
    text: &str,
) -> Result<Vec<T>, InvalidValue> {
    read(text)
        .or_else(|error| {
            serde_json::from_str::<String>(&format!("\"{text}\""))
                .and_then(|unescaped| read(&unescaped))
                .map_err(|_| error)
        })
        .map_err(|error| {
            let form = format!("it is a JSON array such as {example} ({error})");
            InvalidValue::new(what, text, form)
        })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, serde_json::Error> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map(|one| vec![one]);
    }
    serde_json::from_str(text)
}

/// Declares a list of objects, never empty, that travels as JSON in a text.
macro_rules! json_text_list {
    ($(#[$meta:meta])* $list:ident of $object:ident such as $example:literal, $none:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[derive(serde_with::SerializeDisplay, serde_with::DeserializeFromStr)]
        pub struct $list(Vec<$object>);

        impl $list {
            /// Checks a list.
            ///
            /// # Errors
            ///
            /// When there is none.
            pub fn new(
                objects: impl IntoIterator<Item = $object>,
            ) -> Result<Self, $crate::rpc::value::InvalidValue> {
                let objects: Vec<_> = objects.into_iter().collect();
                if objects.is_empty() {
                    let what = stringify!($list);
                    return Err($crate::rpc::value::InvalidValue::new(what, "[]", $none));
                }
                Ok(Self(objects))
            }

            /// The objects.
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
            /// The JSON text as it travels.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&serde_json::to_string(&self.0).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::rpc::value::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new($crate::rpc::value::json_text::parse_list(stringify!($list), $example, text)?)
            }
        }

        $crate::rpc::value::lenient::from_scalar_by_text!($list => "a JSON array in a text");
    };
}
pub(crate) use json_text_list;
