//! `Dbs20190306`: the description of the API for the client.

use std::borrow::Cow;

use super::error_code::ErrorCode;
use super::hints;
use super::region::Region;
use crate::rpc::api::Api;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;
use crate::rpc::wire::EnvelopeFields;

/// Version 2019-03-06 of the DBS API: plans, backups and restores.
///
/// The requests in [`operations`](crate::operations) belong to it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type without values")]
pub enum Dbs20190306 {}

impl Api for Dbs20190306 {
    const PRODUCT: &'static str = "Dbs";
    const VERSION: &'static str = "2019-03-06";
    const FIRST_PAGE: u32 = 0;
    const RAM_PREFIX: &'static str = "dbs";
    const USER_AGENT: &'static str = concat!("aliyun-dbs-rust/", env!("CARGO_PKG_VERSION"));
    const ENV_PREFIX: &'static str = "ALIYUN_DBS_";
    // `InitializeDbsServiceLinkedRole` sends `ErrorCode` in place of `ErrCode`.
    const ENVELOPE: EnvelopeFields = EnvelopeFields {
        http_status: &["HttpStatusCode"],
        success: &["Success"],
        code: &["ErrCode", "ErrorCode"],
        message: &["ErrMessage"],
        ..EnvelopeFields::GATEWAY
    };
    const ERROR_CODES: &'static [&'static str] = &published_codes();

    // Not published for DBS: the codes that products of the vendor send for a token in use.
    const TOKEN_IN_USE_CODES: &'static [&'static str] =
        &["LastTokenProcessing", "IdempotenceProcessing"];
    const BUSY_CODES: &'static [&'static str] = &["OperationConflict", "SystemBusy"];

    fn endpoint(region: &RegionId, network: Network) -> Endpoint {
        Endpoint::for_region(Region::from(region), network)
    }

    fn misspelled_region(region: &RegionId) -> Option<&'static str> {
        match Region::from(region) {
            Region::Other(other) => Region::misspelled(other.as_str()),
            _ => None,
        }
    }

    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        hints::for_code(code, operation)
    }
}

const fn published_codes() -> [&'static str; ErrorCode::ALL.len()] {
    let mut codes = [""; ErrorCode::ALL.len()];
    let mut index = 0;
    while index < codes.len() {
        codes[index] = ErrorCode::ALL[index].as_str();
        index += 1;
    }
    codes
}
