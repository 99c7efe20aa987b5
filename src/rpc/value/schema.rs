//! `value_schema!`: the JSON Schema of a value, with the feature `schemars`.

/// A string with a non-negative integer, as integers are also read.
#[cfg(feature = "schemars")]
pub(crate) const INTEGER: &str = r"^\s*\+?[0-9]+\s*$";

/// Implements `JsonSchema` with the schema of a type, in JSON.
macro_rules! value_schema {
    ($name:ident: $schema:tt) => {
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use value_schema;
