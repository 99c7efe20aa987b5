#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The floors, from the ground up; docs/architecture.md draws them.
//
// rpc          the client for any RPC-style API; a failed attempt is judged in rpc/outcome.rs, and
//              retried, or not, in rpc/client/call.rs
// sts          the operations of STS, and the providers that call them
// credentials  the sources of credentials that may name a role
// v2019_03_06  DBS 2019-03-06: a file per operation below operations/<group>/; another version of
//              the API is a folder beside it, and a line here
// workflows    several calls that together do one thing
// fake         the service in memory

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod credentials;
#[cfg(feature = "fake")]
pub mod fake;
mod rpc;
mod sts;
pub mod unversioned;
mod v2019_03_06;
pub mod wait;
pub mod workflows;

pub use rpc::api::{Api, ApiInfo};
pub use rpc::client::{
    Call, CallFuture, Client, ClientBuilder, Presign, PresignFuture, PresignedUrl, Response,
};
// At the root, since the client, transports and conditions of callers all take a clock.
pub use rpc::clock::{Clock, Sleep, SystemClock};
pub use rpc::config::Config;
pub use rpc::endpoint::{Endpoint, Network};
pub use rpc::error::{Error, ErrorKind};
pub use rpc::operation::{ApiRequest, Operation, PagedOperation, RamAction, RateLimit, Safety};
pub use rpc::pages::{Items, Pages};
pub use rpc::raw::{RawDecodeError, RawRequest, RawResponse};
pub use rpc::retry::{RetryBudget, RetryPolicy};
pub use rpc::sign::SignatureVersion;
pub use rpc::value::RegionId;
// Not in `unversioned`: `ApiRequest` and `Api` name them, and those are under semver.
pub use rpc::wire::{EncodeError, EnvelopeFields, Parameters};
pub use rpc::{observe, transport};
pub use v2019_03_06::api::Dbs20190306;
pub use v2019_03_06::region::{OtherRegion, Region};
pub use v2019_03_06::types::period::Period;
pub use v2019_03_06::{operations, types};
