#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod client;
pub mod clock;
mod config;
pub mod credentials;
mod endpoint;
mod environment;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod observe;
mod operation;
pub mod operations;
pub mod pages;
pub mod provision;
pub mod ram;
mod raw;
mod retry;
pub mod sign;
mod steps;
pub mod transport;
pub mod types;
pub mod wait;
pub mod wire;

pub use client::{Call, Client, ClientBuilder, Response};
pub use config::Config;
pub use endpoint::{Endpoint, Network};
pub use error::{Error, ErrorKind};
pub use operation::{ApiRequest, Operation, PagedOperation, RamAction, RateLimit, Safety};
pub use raw::{RawDecodeError, RawRequest, RawResponse};
pub use retry::{RetryBudget, RetryPolicy};
pub use types::{Period, Region};
