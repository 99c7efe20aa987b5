//! `AssumeRole`: the owner of a key assumes a role.

use serde::{Deserialize, Serialize};

use super::api::Sts20150401;
use super::session::SessionParameters;
use crate::rpc::credentials::{Credentials, expiration};
use crate::rpc::operation::{Operation, RateLimit, Safety};
use crate::rpc::value::Secret;

/// The request of `AssumeRole`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRole {
    #[serde(flatten)]
    pub(super) session: SessionParameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
}

impl Operation for AssumeRole {
    type Api = Sts20150401;
    type Response = AssumedRole;

    const ACTION: &'static str = "AssumeRole";
    const SAFETY: Safety = Safety::ReadOnly;
    const RAM_RESOURCE: &'static str = "*";
    const RATE_LIMIT: Option<RateLimit> = None;
}

/// The response of both operations, without what providers do not need.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRole {
    credentials: SessionKeys,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SessionKeys {
    access_key_id: String,
    access_key_secret: Secret,
    security_token: Secret,
    expiration: String,
}

impl AssumedRole {
    /// The credentials of the session; `None` if their expiration is not a time.
    pub(super) fn into_credentials(self) -> Option<Credentials> {
        let keys = self.credentials;
        let expiration = expiration(&keys.expiration)?;
        Some(
            Credentials::new(keys.access_key_id, keys.access_key_secret)
                .with_security_token(keys.security_token)
                .with_expiration(expiration),
        )
    }
}
