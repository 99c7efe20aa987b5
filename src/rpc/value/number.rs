//! `numbers!`: one macro for every number that has a type of its own and no bounds.

/// Declares newtypes over a number, read from its text as well.
///
/// The string is the unit that `Display` appends and `FromStr` does not insist on.
macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident in $unit:literal;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
            #[serde(transparent)]
            pub struct $name(u64);

            impl $name {
                /// Wraps the number.
                pub const fn new(number: u64) -> Self {
                    Self(number)
                }

                /// The number.
                pub const fn get(self) -> u64 {
                    self.0
                }
            }

            impl From<u64> for $name {
                fn from(number: u64) -> Self {
                    Self(number)
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::rpc::value::InvalidValue;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    let number = text.strip_suffix($unit).unwrap_or(text);
                    number.parse().map(Self).map_err(|_| {
                        let what = stringify!($name);
                        $crate::rpc::value::InvalidValue::new(what, text, "expected a whole number")
                    })
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.0.fmt(f)?;
                    f.write_str($unit)
                }
            }

            impl $crate::rpc::value::lenient::FromScalar for $name {
                const EXPECTED: &'static str = "a whole number, or its text";

                #[inline]
                fn from_scalar(
                    scalar: $crate::rpc::value::lenient::Scalar<'_>,
                ) -> Result<Self, String> {
                    <u64 as $crate::rpc::value::lenient::FromScalar>::from_scalar(scalar).map(Self)
                }
            }

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
pub(crate) use numbers;
