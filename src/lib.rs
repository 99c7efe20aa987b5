#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The layers, from the lowest; docs/architecture.md has a diagram. A module imports only from its
// own layer and the ones below it.
//
// rpc          the client for any RPC-style API; rpc/outcome.rs classifies failed attempts, and
//              rpc/client/call.rs retries them
// sts          the operations of STS, and the credentials providers that call them
// credentials  the credentials providers that may assume a role
// v2019_03_06  DBS 2019-03-06: one file per operation in operations/<group>/
// v2021_01_01  DBS 2021-01-01, which also uses the ids and regions of 2019-03-06; another version
//              of the API is another folder here and one line below
// workflows    tasks that take several calls
// fake         an in-memory implementation of the service

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod credentials;
#[cfg(feature = "fake")]
pub mod fake;
pub mod reexport;
mod rpc;
mod sts;
pub mod unversioned;
mod v2019_03_06;
pub mod v2021_01_01;
pub mod wait;
pub mod workflows;

pub use rpc::api::{Api, ApiInfo};
pub use rpc::client::{
    Call, CallFuture, Client, ClientBuilder, Presign, PresignFuture, PresignedUrl, Response,
};
// At the root, because clients, transports and conditions all use a clock.
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
// Not in `unversioned`: `ApiRequest` and `Api`, which follow semver, have them in their signatures.
pub use rpc::wire::{EncodeError, EnvelopeFields, Parameters, UnreadField};
pub use rpc::{observe, transport};
pub use v2019_03_06::api::Dbs20190306;
pub use v2019_03_06::region::{OtherRegion, Region};
pub use v2019_03_06::types::period::Period;
pub use v2019_03_06::{operations, types};
pub use v2021_01_01::api::Dbs20210101;
