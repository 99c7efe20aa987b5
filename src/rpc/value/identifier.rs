//! `identifiers!`: one macro for every string that the service made up to name something.

use super::invalid_value::InvalidValue;

/// Rejects what the service would reject, or what would split a list of identifiers.
#[inline]
pub(crate) fn check(what: &'static str, text: &str) -> Result<(), InvalidValue> {
    if text.is_empty() {
        return Err(InvalidValue::new(what, text, "give the id that the service gave"));
    }
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    if !is_plain && text.chars().any(|c| c == ',' || c.is_whitespace() || c.is_control()) {
        return Err(InvalidValue::new(
            what,
            text,
            "an id has no blanks, commas or control characters",
        ));
    }
    Ok(())
}

/// Declares newtypes over a checked string, with `FromStr`, `Display`, `AsRef<str>` and serde,
/// which reads numbers as well.
///
/// The first line is the public module of the types, for their examples.
macro_rules! identifiers {
    (in $module:literal; $($(#[$meta:meta])* $name:ident = $example:literal;)+) => {
        $(
            $(#[$meta])*
            ///
            /// Not empty, without blanks, commas and control characters.
            ///
            /// ```
            #[doc = concat!("use ", $module, "::", stringify!($name), ";")]
            ///
            #[doc = concat!("let id: ", stringify!($name), " = \"", $example, "\".parse()?;")]
            #[doc = concat!("assert_eq!(id.as_str(), \"", $example, "\");")]
            #[doc = concat!("assert!(", stringify!($name), "::new(\"\").is_err());")]
            /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
            /// ```
            #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
            #[serde(transparent)]
            pub struct $name(Box<str>);

            impl $name {
                /// Checks an identifier.
                ///
                /// # Errors
                ///
                /// When the string is empty or holds a blank, a comma or a control character.
                #[inline]
                pub fn new(text: impl AsRef<str>) -> Result<Self, $crate::rpc::value::InvalidValue> {
                    let text = text.as_ref();
                    $crate::rpc::value::identifier::check(stringify!($name), text)?;
                    Ok(Self(text.into()))
                }

                /// The string as it goes over the wire.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::rpc::value::InvalidValue;

                #[inline]
                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    Self::new(text)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.pad(&self.0)
                }
            }

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.0
                }
            }

            $crate::rpc::value::lenient::from_scalar_by_text!($name => "an identifier");

            impl<'de> serde::Deserialize<'de> for $name {
                #[inline]
                fn deserialize<D: serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Self, D::Error> {
                    $crate::rpc::value::lenient::required(deserializer)
                }
            }
        )+
    };
}
pub(crate) use identifiers;
