//! Encoding of typed requests as RPC parameters, and decoding of JSON responses.
//!
//! A request is encoded as [`Parameters`]. [`canonical_query`] writes them in the form that is
//! both sent and signed. Source: the vendor's pages on signatures of the API gateway.

mod decode;
mod encode;
mod envelope;
mod error_response;
mod key;
mod lenient;
mod list;
mod parameters;
mod percent;
mod repair;
mod response;
mod row;
mod scalar_target;
mod tracked;
mod unread;
mod unread_scalar;

#[cfg(feature = "fake")]
pub(crate) use decode::DecodeError;
pub use encode::EncodeError;
pub use envelope::EnvelopeFields;
pub(crate) use envelope::SuccessFlag;
pub(crate) use error_response::ErrorResponse;
pub(crate) use list::{ListName, Wrapped, list_name};
pub use parameters::Parameters;
pub(crate) use percent::{Pairs, encoded_length};
pub use percent::{canonical_query, percent_encode};
pub(crate) use response::{Decoded, decode_response, decode_value, read_envelope};
pub use row::Row;
pub use unread::UnreadField;
