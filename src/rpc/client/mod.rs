//! The client: signs requests, sends them, reads the responses, and retries where that is safe.

mod admission;
mod attempts;
mod body_limit;
mod builder;
mod call;
mod confidential;
mod configuration_error;
mod failure;
mod handle;
mod hints;
mod inner;
mod keys;
mod message;
mod nonce;
mod presign;
mod receive;
mod response;
mod scrub;
mod server_time;
mod target;
mod trace;
mod user_agent;

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture};
pub use handle::Client;
#[cfg(feature = "emulator")]
pub(crate) use keys::check as check_credentials;
pub use presign::{Presign, PresignFuture, PresignedUrl};
pub use response::Response;
