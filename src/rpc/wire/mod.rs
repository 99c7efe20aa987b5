//! The wire: typed requests to RPC parameters, and JSON answers to typed ones.
//!
//! [`Parameters`] is what a request becomes; [`canonical_query`] is how parameters are written,
//! on the wire and under the signature alike. Source: the signing pages of the API gateway.

mod answer;
mod decode;
mod encode;
mod list;
mod parameters;
mod percent;

pub(crate) use answer::{Answer, Refusal, Success, decode_answer};
#[cfg(feature = "fake")]
pub(crate) use decode::DecodeError;
pub use encode::EncodeError;
pub(crate) use list::{ListName, Wrapped, WrappedTexts, list_name};
pub use parameters::Parameters;
pub(crate) use percent::{Pairs, encoded_length};
pub use percent::{canonical_query, percent_encode};
