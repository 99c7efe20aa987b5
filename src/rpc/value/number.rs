//! `numbers!`: declares number types without bounds, such as amounts with a unit.

/// Declares newtypes over a number, which serde also reads from a string.
///
/// The string literal is the unit, which `Display` appends and `FromStr` accepts but does not
/// require.
macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident in $unit:literal;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
            #[serde(transparent)]
            pub struct $name(u64);

            impl $name {
                /// Creates the value from a number.
                pub const fn new(number: u64) -> Self {
                    Self(number)
                }

                /// Returns the number.
                pub const fn get(self) -> u64 {
                    self.0
                }
            }

            $crate::rpc::value::schema::value_schema! {
                $name: {
                    "type": ["integer", "string"], "minimum": 0,
                    "pattern": $crate::rpc::value::schema::INTEGER
                }
            }

            impl From<u64> for $name {
                fn from(number: u64) -> Self {
                    Self(number)
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::rpc::value::InvalidValue;

                fn from_str(value: &str) -> Result<Self, Self::Err> {
                    let number = value.strip_suffix($unit).unwrap_or(value);
                    number.parse().map(Self).map_err(|_| {
                        let what = stringify!($name);
                        let expected = "expected a non-negative integer";
                        $crate::rpc::value::InvalidValue::new(what, value, expected)
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
                const EXPECTED: &'static str = "an integer, or a string with one";

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
