//! `Dbs20190306`: what tells DBS 2019-03-06 from other APIs.

use std::borrow::Cow;

use super::hints;
use super::region::Region;
use crate::rpc::api::Api;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;

/// DBS, API version 2019-03-06: plans, backups and restores. The API of the requests in
/// [`operations`](crate::operations).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "it has no values: it is a name for the compiler")]
pub enum Dbs20190306 {}

impl Api for Dbs20190306 {
    const PRODUCT: &'static str = "Dbs";
    const VERSION: &'static str = "2019-03-06";
    const FIRST_PAGE: u32 = 0;
    const RAM_PREFIX: &'static str = "dbs";
    const USER_AGENT: &'static str = concat!("aliyun-dbs-rust/", env!("CARGO_PKG_VERSION"));
    const ENV_PREFIX: &'static str = "ALIYUN_DBS_";

    fn endpoint(region: &RegionId, network: Network) -> Endpoint {
        Endpoint::for_region(Region::from(region), network)
    }

    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        hints::of_refusal(code, operation)
    }
}
