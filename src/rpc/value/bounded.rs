//! `bounded!`: declares numbers with a minimum and a maximum.

/// Declares a newtype over a bounded number, and a macro for its constants.
///
/// ```text
/// bounded! {
///     /// Rows per page.
///     pub struct PageSize(u8) is "PageSize", "a number of items" from 1 to 100;
///     constant page_size = __page_size, $ "aliyun_dbs::types" types::PageSize
/// }
/// ```
///
/// The type gets `MIN`, `MAX`, `new`, `get`, `TryFrom`, `FromStr`, `Display` and serde, which
/// also reads the number from a string. Errors name the parameter, which is the first string, and
/// the bounds. `macro_export` puts a macro in the root of the crate, so the constant macro is
/// exported under the hidden name and re-exported next to the type. The rest of the last line is
/// the public path of both.
macro_rules! bounded {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($number:ty) is $what:literal, $noun:literal from $min:literal to $max:literal;
        constant $constant:ident = $hidden:ident, $dollar:tt $module:literal $($path:ident)::+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name($number);

        impl $name {
            #[doc = concat!("The smallest value: ", $min, ".")]
            pub const MIN: Self = Self($min);

            #[doc = concat!("The largest value: ", $max, ".")]
            pub const MAX: Self = Self($max);

            #[doc(hidden)]
            pub const RANGE: &'static str = concat!("expected ", $noun, " from ", $min, " to ", $max);

            /// Creates the value from a number that is known only at run time.
            ///
            #[doc = concat!("For a constant, use [`", stringify!($constant), "!`].")]
            ///
            /// # Errors
            ///
            #[doc = concat!("If the number is not from ", $min, " to ", $max, ".")]
            pub fn new(number: $number) -> Result<Self, $crate::rpc::value::InvalidValue> {
                Self::checked(i128::from(number)).ok_or_else(|| {
                    $crate::rpc::value::InvalidValue::new($what, number, Self::RANGE)
                })
            }

            // Takes any integer, so that a literal that does not fit the type's own integer gets
            // the same error.
            #[doc(hidden)]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the bounds fit"
            )]
            pub const fn checked(number: i128) -> Option<Self> {
                match number {
                    $min..=$max => Some(Self(number as $number)),
                    _ => None,
                }
            }

            /// Returns the number.
            pub const fn get(self) -> $number {
                self.0
            }
        }

        impl TryFrom<$number> for $name {
            type Error = $crate::rpc::value::InvalidValue;

            fn try_from(number: $number) -> Result<Self, Self::Error> {
                Self::new(number)
            }
        }

        impl From<$name> for $number {
            fn from(bounded: $name) -> Self {
                bounded.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::rpc::value::InvalidValue;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                value.trim().parse().ok().and_then(Self::checked).ok_or_else(|| {
                    $crate::rpc::value::InvalidValue::new($what, value, Self::RANGE)
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::rpc::value::lenient::FromScalar for $name {
            const EXPECTED: &'static str = concat!($noun, " from ", $min, " to ", $max);

            fn from_scalar(
                scalar: $crate::rpc::value::lenient::Scalar<'_>,
            ) -> Result<Self, String> {
                $crate::rpc::value::lenient::checked(scalar, Self::new)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::rpc::value::lenient::required(deserializer)
            }
        }

        $crate::rpc::value::schema::value_schema! {
            $name: {
                "type": ["integer", "string"], "minimum": $min, "maximum": $max,
                "pattern": $crate::rpc::value::schema::INTEGER
            }
        }

        #[doc(hidden)]
        #[macro_export]
        macro_rules! $hidden {
            ($dollar number:expr) => {
                $crate::__constant!(
                    $crate::$($path)::+,
                    <$crate::$($path)::+>::checked($dollar number)
                )
            };
        }

        #[doc = concat!("Creates a constant [`", stringify!($name), "`], checked at compile time.")]
        ///
        #[doc = concat!("Takes ", $noun, " from ", $min, " to ", $max, ". `cargo check` rejects others.")]
        ///
        /// ```
        #[doc = concat!("use ", $module, "::{", stringify!($name), ", ", stringify!($constant), "};")]
        ///
        #[doc = concat!(
            "assert_eq!(", stringify!($constant), "!(", $max, "), ", stringify!($name), "::MAX);"
        )]
        /// ```
        #[doc(inline)]
        pub use $hidden as $constant;
    };
}
pub(crate) use bounded;
