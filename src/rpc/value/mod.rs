//! Value types that all APIs share, and the macros that declare the values of one API.

pub(crate) mod argument;
pub(crate) mod bounded;
mod client_token;
mod constant;
pub(crate) mod identifier;
pub(crate) mod informational;
pub(crate) mod invalid_value;
pub(crate) mod json_text;
pub(crate) mod labels;
pub(crate) mod lenient;
pub(crate) mod number;
pub(crate) mod one_line;
pub(crate) mod open;
mod region_id;
pub(crate) mod scalar;
pub(crate) mod schema;
pub(crate) mod secret;
pub(crate) mod wire_enum;

pub use client_token::ClientToken;
pub use invalid_value::InvalidValue;
pub use open::{Open, UnknownValue};
pub use region_id::RegionId;
pub use secret::Secret;
pub use wire_enum::WireEnum;
