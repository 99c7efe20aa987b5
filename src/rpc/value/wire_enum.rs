//! `wire_enum!`: declares the enums whose variants are strings on the wire.

use std::fmt;

use super::invalid_value::{InvalidValue, closest};

/// An enum whose variants are documented strings on the wire.
///
/// The enums of [`crate::types`] implement it. Responses hold such values as
/// [`Open<T>`](super::Open), which also holds values that this crate does not know.
pub trait WireEnum: Copy + Eq + fmt::Debug + 'static {
    /// The name of the enum, as error messages show it.
    const NAME: &'static str;
    /// All values, in the order of the vendor's pages.
    const ALL: &'static [Self];

    /// Returns the string that requests send.
    fn as_str(self) -> &'static str;

    /// Returns the value of this string, ignoring ASCII case, or `None` if it is unknown.
    ///
    /// The service returns some values in another case (`rds`) than it accepts them (`RDS`).
    fn from_wire(value: &str) -> Option<Self>;

    /// Returns the value that people write this way elsewhere, for an error message.
    ///
    /// `value` is lower case, without spaces, hyphens and underscores. Defaults to `None`.
    fn from_habit(value: &str) -> Option<Self> {
        let _ = value;
        None
    }
}

/// The largest number of values that an error message lists.
const MAX_LISTED: usize = 12;

/// Parses a value, or returns an error that lists the values and suggests the closest one.
#[inline]
pub(crate) fn parse<T: WireEnum>(value: &str) -> Result<T, InvalidValue> {
    T::from_wire(value).ok_or_else(|| unknown::<T>(value))
}

#[cold]
fn unknown<T: WireEnum>(value: &str) -> InvalidValue {
    let names: Vec<_> = T::ALL.iter().map(|value| value.as_str()).collect();
    let list = match *names {
        [first, ..] if names.len() > MAX_LISTED => {
            format!("a value of `{}::ALL`, such as `{first}`", T::NAME)
        }
        _ => list_alternatives(&names),
    };
    let mut habit = value.to_ascii_lowercase();
    habit.retain(|c| !matches!(c, ' ' | '-' | '_' | '.'));
    let meant = T::from_wire(&habit).or_else(|| T::from_habit(&habit)).map(T::as_str);
    let expected = match meant.or_else(|| closest(value, names)) {
        Some(name) => format!("expected {list}; did you mean `{name}`?"),
        None => format!("expected {list}"),
    };
    InvalidValue::new(T::NAME, value, expected)
}

/// Joins names in backticks: "`a`, `b` or `c`".
fn list_alternatives(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Declares an enum of wire values with `as_str`, `ALL`, `AsRef<str>`, `Display`, `FromStr` and
/// serde.
///
/// `Variant = "wire" | "alias" ~ "habit"`: requests send the first string; it and the aliases are
/// read, ignoring ASCII case. A habit is not read: the error suggests the variant. It is lower case,
/// without spaces, hyphens and underscores.
macro_rules! wire_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $wire:literal $(| $alias:literal)* $(~ $habit:literal)* ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(serde_with::DeserializeFromStr)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("\n\nWire value: `", $wire, "`.")]
                $variant,
            )+
        }

        impl $name {
            /// All values, in the order of the vendor's pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the string on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
        }

        impl $crate::rpc::value::WireEnum for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }

            fn from_wire(value: &str) -> Option<Self> {
                $(
                    if value.eq_ignore_ascii_case($wire) $(|| value.eq_ignore_ascii_case($alias))* {
                        return Some(Self::$variant);
                    }
                )+
                None
            }

            fn from_habit(value: &str) -> Option<Self> {
                match value {
                    $($($habit => Some(Self::$variant),)*)+
                    _ => None,
                }
            }
        }

        $crate::rpc::value::schema::value_schema! {
            $name: { "type": "string", "enum": [$($wire),+] }
        }

        $crate::rpc::value::argument::argument! {
            $name: Self::ALL.iter().map(|value| value.as_str()).collect()
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::rpc::value::InvalidValue;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                $crate::rpc::value::wire_enum::parse(value)
            }
        }
    };
}
pub(crate) use wire_enum;
