//! `RoleSession`: the role to assume, and for how long.

use serde::Serialize;

use crate::rpc::credentials::CredentialsError;
use crate::rpc::outside::Io;

/// The length of a session when none is set, in seconds.
const DEFAULT_DURATION: u32 = 3600;
/// The shortest session of the service, in seconds.
const SHORTEST: u32 = 900;

/// The role to assume, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RoleSession {
    role_arn: String,
    session_name: Option<String>,
    duration_seconds: u32,
    policy: Option<String>,
    external_id: Option<String>,
}

impl RoleSession {
    /// A session of one hour of a role (`acs:ram::<account>:role/<name>`).
    pub fn new(role_arn: impl Into<String>) -> Self {
        Self {
            role_arn: role_arn.into(),
            session_name: None,
            duration_seconds: DEFAULT_DURATION,
            policy: None,
            external_id: None,
        }
    }

    /// Sets the name of the session in the audit log: 2 to 64 letters, digits, `.`, `@`, `-`, `_`.
    ///
    /// Defaults to `ALIBABA_CLOUD_ROLE_SESSION_NAME`, or else to a generated name.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into()).filter(|name: &String| !name.is_empty());
        self
    }

    /// Sets the length of the session in seconds, at least 900. Defaults to one hour, as does 0.
    pub fn duration_seconds(mut self, seconds: u32) -> Self {
        self.duration_seconds = if seconds == 0 { DEFAULT_DURATION } else { seconds };
        self
    }

    /// Restricts the session by a policy (JSON).
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into()).filter(|policy: &String| !policy.is_empty());
        self
    }

    /// Sets the external id that the role's trust policy requires. Ignored for OIDC.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into()).filter(|id: &String| !id.is_empty());
        self
    }

    pub(super) fn role_arn(&self) -> &str {
        &self.role_arn
    }

    pub(super) fn given_external_id(&self) -> Option<String> {
        self.external_id.clone()
    }

    /// The parameters that both operations have.
    pub(super) fn parameters(&self, io: &Io) -> Result<SessionParameters, CredentialsError> {
        if self.duration_seconds < SHORTEST {
            return Err(CredentialsError::new(format!(
                "invalid duration of the session of {}: {} seconds, and {SHORTEST} is the least",
                self.role_arn, self.duration_seconds
            )));
        }
        let name = self
            .session_name
            .clone()
            .or_else(|| io.variable("ALIBABA_CLOUD_ROLE_SESSION_NAME"))
            .unwrap_or_else(|| format!("aliyun-dbs-{}", io.clock().now().unix_timestamp()));
        let plain = |c: char| c.is_ascii_alphanumeric() || ".@-_".contains(c);
        if !(2..=64).contains(&name.len()) || !name.chars().all(plain) {
            return Err(CredentialsError::new(format!(
                "invalid session name `{name}`: expected 2 to 64 letters, digits, `.`, `@`, `-`, \
                 `_`"
            )));
        }
        Ok(SessionParameters {
            duration_seconds: self.duration_seconds,
            role_arn: self.role_arn.clone(),
            role_session_name: name,
            policy: self.policy.clone(),
        })
    }
}

/// The parameters that both operations have.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SessionParameters {
    pub(super) duration_seconds: u32,
    pub(super) role_arn: String,
    pub(super) role_session_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
}
