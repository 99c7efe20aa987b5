//! `labels!`: gives the enums without data of the client their names.

use super::invalid_value::InvalidValue;

/// Gives an enum without data `as_str`, and a `Display` that writes the same.
///
/// The part after `as` adds a `FromStr` that ignores ASCII case and reads `_` as `-`; errors name the
/// value by the string.
macro_rules! labels {
    ($name:ident: $($variant:ident = $label:literal),+ $(,)?) => {
        impl $name {
            /// Returns the name in lower case, for labels of metrics. `Display` writes the same.
            ///
            #[doc = concat!("The names are", $(" `", $label, "`",)+ ".")]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
    ($name:ident as $what:literal: $($variant:ident = $label:literal),+ $(,)?) => {
        $crate::rpc::value::labels::labels! { $name: $($variant = $label),+ }

        impl std::str::FromStr for $name {
            type Err = $crate::rpc::value::InvalidValue;

            /// Parses a name, ignoring ASCII case. `_` is read as `-`.
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                const LABELS: &[(&str, $name)] = &[$(($label, $name::$variant)),+];
                $crate::rpc::value::labels::parse($what, value, LABELS)
            }
        }

        $crate::rpc::value::argument::argument! { $name: vec![$($label),+] }
    };
}
pub(crate) use labels;

/// Returns the value with a label.
pub(crate) fn parse<T: Copy>(
    what: &'static str,
    value: &str,
    labels: &[(&str, T)],
) -> Result<T, InvalidValue> {
    let label = value.trim().to_ascii_lowercase().replace('_', "-");
    labels.iter().find(|(known, _)| *known == label).map(|(_, found)| *found).ok_or_else(|| {
        let names: Vec<_> = labels.iter().map(|(known, _)| format!("`{known}`")).collect();
        InvalidValue::new(what, value, format!("expected {}", names.join(" or ")))
    })
}
