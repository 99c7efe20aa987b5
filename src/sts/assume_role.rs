//! `AssumeRole`: assumes a role with an access key.

use serde::{Deserialize, Serialize};

use super::api::Sts20150401;
use super::session::SessionParameters;
use crate::rpc::credentials::{Credentials, parse_expiration};
use crate::rpc::operation::{Operation, RateLimit, Safety};
use crate::rpc::value::Secret;

/// The request for `AssumeRole`.
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

/// The response to both operations, without the fields that providers do not need.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRole {
    credentials: SessionCredentials,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SessionCredentials {
    access_key_id: String,
    access_key_secret: Secret,
    security_token: Secret,
    expiration: String,
}

impl AssumedRole {
    /// Returns the credentials of the session, or `None` if one of them is empty or invalid.
    pub(super) fn into_credentials(self) -> Option<Credentials> {
        let session = self.credentials;
        let secrets = [&session.access_key_secret, &session.security_token];
        if session.access_key_id.trim().is_empty()
            || secrets.iter().any(|secret| secret.expose().trim().is_empty())
        {
            return None;
        }
        let expiration = parse_expiration(&session.expiration)?;
        Some(
            Credentials::new(session.access_key_id, session.access_key_secret)
                .with_security_token(session.security_token)
                .with_expiration(expiration),
        )
    }
}
