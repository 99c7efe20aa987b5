//! `Dbs20210101`: the description of the API for the client.

use std::borrow::Cow;

use super::hints;
use crate::rpc::api::Api;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;
use crate::rpc::wire::EnvelopeFields;
use crate::v2019_03_06::api::Dbs20190306;

/// Version 2021-01-01 of the DBS API: advanced download, resource groups and sandboxes.
///
/// The requests in [`v2021_01_01::operations`](crate::v2021_01_01::operations) belong to it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type without values")]
pub enum Dbs20210101 {}

impl Api for Dbs20210101 {
    const PRODUCT: &'static str = Dbs20190306::PRODUCT;
    const VERSION: &'static str = "2021-01-01";
    const FIRST_PAGE: u32 = 1;
    const RAM_PREFIX: &'static str = Dbs20190306::RAM_PREFIX;
    const USER_AGENT: &'static str = Dbs20190306::USER_AGENT;
    const ENV_PREFIX: &'static str = Dbs20190306::ENV_PREFIX;
    // The vendor's interface file has every parameter in the query.
    const BODY_PARAMETERS: bool = false;
    // `Code` repeats `ErrCode`, and no field repeats the HTTP status.
    const ENVELOPE: EnvelopeFields = EnvelopeFields {
        success: &["Success"],
        code: &["ErrCode", "Code"],
        message: &["ErrMessage", "Message"],
        ..EnvelopeFields::GATEWAY
    };
    const ERROR_CODES: &'static [&'static str] = Dbs20190306::ERROR_CODES;
    const TOKEN_IN_USE_CODES: &'static [&'static str] = Dbs20190306::TOKEN_IN_USE_CODES;
    const BUSY_CODES: &'static [&'static str] = Dbs20190306::BUSY_CODES;

    fn endpoint(region: &RegionId, network: Network) -> Endpoint {
        Dbs20190306::endpoint(region, network)
    }

    fn misspelled_region(region: &RegionId) -> Option<&'static str> {
        Dbs20190306::misspelled_region(region)
    }

    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        hints::for_code(code, operation).or_else(|| Dbs20190306::hint(code, operation))
    }

    fn effect_check(operation: &str) -> Option<&'static str> {
        hints::effect_check(operation)
    }
}
