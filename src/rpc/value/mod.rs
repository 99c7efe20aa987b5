//! Values that every API shares.

mod client_token;
pub(crate) mod invalid_value;
pub(crate) mod json_text;
pub(crate) mod lenient;
pub(crate) mod open;
mod region_id;
pub(crate) mod secret;
pub(crate) mod wire_enum;

pub use client_token::ClientToken;
pub use invalid_value::InvalidValue;
pub use open::{Open, UnknownValue};
pub use region_id::RegionId;
pub use secret::Secret;
pub use wire_enum::WireEnum;
