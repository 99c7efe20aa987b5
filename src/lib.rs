#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "fake")]
pub mod fake;
mod rpc;
mod v2019_03_06;
mod workflows;

/// Waiting: until a plan can be configured, a pre-check has passed, a backup is finished …
pub mod wait {
    pub use crate::rpc::wait::*;
    pub use crate::v2019_03_06::conditions::*;
}

pub use rpc::api::{Api, ApiInfo};
pub use rpc::client::{Call, Client, ClientBuilder, Response};
pub use rpc::config::Config;
pub use rpc::endpoint::{Endpoint, Network};
pub use rpc::error::{Error, ErrorKind};
pub use rpc::operation::{ApiRequest, Operation, PagedOperation, RamAction, RateLimit, Safety};
pub use rpc::raw::{RawDecodeError, RawRequest, RawResponse};
pub use rpc::retry::{RetryBudget, RetryPolicy};
pub use rpc::value::RegionId;
pub use rpc::{client, clock, credentials, observe, pages, sign, transport, wire};
pub use v2019_03_06::api::Dbs20190306;
pub use v2019_03_06::types::{Period, Region};
pub use v2019_03_06::{operations, ram, types};
pub use workflows::provision;
