//! `wire_enum!`: one macro for every closed set of wire values.

use std::fmt;

use super::invalid_value::{InvalidValue, closest};

/// A closed set of values with a fixed spelling on the wire.
///
/// Implemented by every enum of [`crate::types`] that stands for a documented value set.
/// Answers carry such values as [`Open<T>`](super::Open), which survives values that
/// this crate does not know.
pub trait WireEnum: Copy + Eq + fmt::Debug + 'static {
    /// The name of the value set, as the service's pages call it.
    const NAME: &'static str;
    /// Every value, in the order of the service's pages.
    const ALL: &'static [Self];

    /// The spelling that requests carry.
    fn as_str(self) -> &'static str;

    /// The value with this spelling; upper and lower case are not told apart, because the
    /// service answers some values (`rds`) in another case than it takes them (`RDS`).
    fn from_wire(text: &str) -> Option<Self>;
}

/// Parses `text`, or explains which values there are.
pub(crate) fn parse<T: WireEnum>(text: &str) -> Result<T, InvalidValue> {
    T::from_wire(text).ok_or_else(|| {
        let names = || T::ALL.iter().map(|value| value.as_str());
        let list = names().collect::<Vec<_>>().join(", ");
        let hint = match closest(text, names()) {
            Some(near) => format!("did you mean {near}? Valid values: {list}"),
            None => format!("valid values: {list}"),
        };
        InvalidValue::new(T::NAME, text, hint)
    })
}

/// Declares an enum of wire values with `as_str`, `ALL`, `Display`, `FromStr` and serde.
///
/// `Variant = "wire" | "alias"`: the first spelling is written, all are read, in any case.
macro_rules! wire_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $wire:literal $(| $alias:literal)* ),+ $(,)?
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
            /// Every value, in the order of the service's pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling on the wire.
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

            fn from_wire(text: &str) -> Option<Self> {
                $(
                    if text.eq_ignore_ascii_case($wire) $(|| text.eq_ignore_ascii_case($alias))* {
                        return Some(Self::$variant);
                    }
                )+
                None
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::rpc::value::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::rpc::value::wire_enum::parse(text)
            }
        }
    };
}
pub(crate) use wire_enum;
