//! `identifiers!`: declares the types of ids and names, such as plan ids and host names.

use super::invalid_value::InvalidValue;

/// Rejects what the service would reject, and characters that would split a list of ids.
#[inline]
pub(crate) fn check(what: &'static str, value: &str) -> Result<(), InvalidValue> {
    if value.is_empty() {
        return Err(InvalidValue::new(what, value, "expected a non-empty string"));
    }
    #[expect(clippy::needless_bitwise_bool, reason = "without a branch for each byte")]
    let is_plain = value
        .bytes()
        .fold(true, |is_plain, byte| is_plain & byte.is_ascii_graphic() & (byte != b','));
    if !is_plain && value.chars().any(|c| c == ',' || c.is_whitespace() || c.is_control()) {
        return Err(InvalidValue::new(
            what,
            value,
            "expected a string without whitespace, commas or control characters",
        ));
    }
    Ok(())
}

/// Declares newtypes over a checked string.
///
/// They get `FromStr`, `Display`, `AsRef<str>` and serde, which also reads numbers. The first line
/// is the public module of the types, for their examples.
macro_rules! identifiers {
    (in $module:literal; $($(#[$meta:meta])* $name:ident = $example:literal;)+) => {
        $(
            $(#[$meta])*
            ///
            /// A non-empty string without whitespace, commas and control characters.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use ", $module, "::", stringify!($name), ";")]
            ///
            #[doc = concat!("let value: ", stringify!($name), " = \"", $example, "\".parse()?;")]
            #[doc = concat!("assert_eq!(value.as_str(), \"", $example, "\");")]
            #[doc = concat!("assert!(", stringify!($name), "::new(\"\").is_err());")]
            /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
            /// ```
            #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
            #[serde(transparent)]
            pub struct $name(Box<str>);

            impl $name {
                /// Creates the value from a string.
                ///
                /// # Errors
                ///
                /// If the string is empty, or contains whitespace, a comma or a control character.
                #[inline]
                pub fn new(value: impl AsRef<str>) -> Result<Self, $crate::rpc::value::InvalidValue> {
                    let value = value.as_ref();
                    $crate::rpc::value::identifier::check(stringify!($name), value)?;
                    Ok(Self(value.into()))
                }

                /// Returns the string on the wire.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            $crate::rpc::value::schema::value_schema! {
                $name: {
                    "type": ["string", "integer"], "pattern": r"^[^\s,]+$", "examples": [$example]
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::rpc::value::InvalidValue;

                #[inline]
                fn from_str(value: &str) -> Result<Self, Self::Err> {
                    Self::new(value)
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

            $crate::rpc::value::lenient::from_scalar_by_parsing!($name => "a string or a number");

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
