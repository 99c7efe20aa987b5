//! `Sts20150401`: the API description of STS.

use std::borrow::Cow;

use crate::rpc::api::Api;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;

/// STS, API version 2015-04-01.
#[derive(Debug)]
pub(super) enum Sts20150401 {}

impl Api for Sts20150401 {
    const PRODUCT: &'static str = "Sts";
    const VERSION: &'static str = "2015-04-01";
    const FIRST_PAGE: u32 = 1;
    const RAM_PREFIX: &'static str = "sts";
    const USER_AGENT: &'static str = concat!("aliyun-dbs-rust/", env!("CARGO_PKG_VERSION"));
    const ENV_PREFIX: &'static str = "ALIBABA_CLOUD_STS_";
    const CONFIDENTIAL: bool = true;

    fn endpoint(region: &RegionId, network: Network) -> Endpoint {
        let vpc = match network {
            Network::Public => "",
            Network::Vpc => "-vpc",
        };
        Endpoint::https(format!("sts{vpc}.{region}.aliyuncs.com"))
    }

    fn hint(code: &str, _operation: &str) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(match code {
            "NoPermission" | "Forbidden.RAM" => {
                "allow `sts:AssumeRole` for this identity, and add the identity to the trust \
                 policy of the role"
            }
            "EntityNotExist.Role" => "check the ARN, because the role does not exist",
            code if code.contains("OIDCToken") => {
                "check the token file, its audience, and the identity provider of the role"
            }
            _ => return None,
        }))
    }
}
