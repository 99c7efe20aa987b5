//! `AssumeRoleWithOIDC`: assumes a role with an OpenID Connect token.

use serde::Serialize;

use super::api::Sts20150401;
use super::assume_role::AssumedRole;
use super::session::SessionParameters;
use crate::rpc::operation::{Operation, RateLimit, Safety};
use crate::rpc::value::Secret;

/// The request for `AssumeRoleWithOIDC`. It is not signed, because the token proves the identity.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AssumeRoleWithOidc {
    #[serde(flatten)]
    pub(super) session: SessionParameters,
    #[serde(rename = "OIDCProviderArn")]
    pub(super) provider_arn: String,
    #[serde(skip)]
    pub(super) token: Secret,
}

impl Operation for AssumeRoleWithOidc {
    type Api = Sts20150401;
    type Response = AssumedRole;

    const ACTION: &'static str = "AssumeRoleWithOIDC";
    const SAFETY: Safety = Safety::ReadOnly;
    const RAM_RESOURCE: &'static str = "*";
    const RATE_LIMIT: Option<RateLimit> = None;

    fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        vec![("OIDCToken", &self.token)]
    }
}
