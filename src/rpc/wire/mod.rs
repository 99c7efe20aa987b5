//! The wire: typed requests to RPC parameters, and JSON responses to typed ones.
//!
//! [`Parameters`] is what a request becomes; [`canonical_query`] is how parameters are written,
//! on the wire and under the signature alike. Source: the signing pages of the API gateway.

mod decode;
mod encode;
mod envelope;
mod lenient;
mod list;
mod parameters;
mod percent;
mod refusal;
mod response;

#[cfg(feature = "fake")]
pub(crate) use decode::DecodeError;
pub use encode::EncodeError;
pub use envelope::EnvelopeFields;
pub(crate) use envelope::Success;
pub(crate) use lenient::Lenient;
pub(crate) use list::{ListName, Wrapped, list_name};
pub use parameters::Parameters;
pub(crate) use percent::{Pairs, encoded_length};
pub use percent::{canonical_query, percent_encode};
pub(crate) use refusal::Refusal;
pub(crate) use response::{Decoded, decode_response, read_envelope};
