//! The client: signs requests, sends them, reads the responses, and retries where that is safe.

mod admission;
mod builder;
mod call;
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

pub use builder::ClientBuilder;
pub use call::{Call, CallFuture};
pub use handle::Client;
pub use presign::{Presign, PresignFuture, PresignedUrl};
pub use response::Response;
