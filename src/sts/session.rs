//! `RoleSession`: the role to assume, and how.

use std::fmt;

use serde::Serialize;

use crate::rpc::credentials::CredentialsError;
use crate::rpc::outside::Io;

/// The default lifetime of a session, in seconds.
const DEFAULT_DURATION: u32 = 3600;
/// The shortest lifetime that the service accepts, in seconds.
const MIN_DURATION: u32 = 900;

/// The role to assume, and the lifetime, name and limits of the session.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::RoleSession;
///
/// let session = RoleSession::new("acs:ram::123456789012:role/backups")
///     .session_name("nightly")
///     .duration_seconds(900);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct RoleSession {
    role_arn: String,
    session_name: Option<String>,
    duration_seconds: u32,
    policy: Option<String>,
    external_id: Option<String>,
}

impl RoleSession {
    /// Creates a session of a role, given by its ARN `acs:ram::<account>:role/<name>`.
    pub fn new(role_arn: impl Into<String>) -> Self {
        Self {
            role_arn: role_arn.into(),
            session_name: None,
            duration_seconds: DEFAULT_DURATION,
            policy: None,
            external_id: None,
        }
    }

    /// Sets the name of the session, as audit logs show it.
    ///
    /// 2 to 64 ASCII letters, digits, `.`, `@`, `-` or `_`. Defaults to the variable
    /// `ALIBABA_CLOUD_ROLE_SESSION_NAME`, or else to `aliyun-dbs-` and the Unix time in seconds.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into()).filter(|name: &String| !name.is_empty());
        self
    }

    /// Sets the lifetime of the session in seconds, at least 900. Defaults to 3600.
    ///
    /// 0 sets the default.
    pub fn duration_seconds(mut self, seconds: u32) -> Self {
        self.duration_seconds = if seconds == 0 { DEFAULT_DURATION } else { seconds };
        self
    }

    /// Sets a policy in JSON that restricts the permissions of the session. Defaults to none.
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into()).filter(|policy: &String| !policy.is_empty());
        self
    }

    /// Sets the external id that the role's trust policy requires. Defaults to none.
    ///
    /// OIDC ignores it.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into()).filter(|id: &String| !id.is_empty());
        self
    }

    /// Returns the role for messages, or an ellipsis in place of a string that is not an ARN.
    ///
    /// A secret may have been written to the wrong field.
    pub(super) fn shown_role(&self) -> &str {
        let is_arn = |c: char| c.is_ascii_alphanumeric() || ":/.@_-*".contains(c);
        let shown = self.role_arn.starts_with("acs:ram::")
            && self.role_arn.contains(":role/")
            && self.role_arn.chars().all(is_arn);
        if shown { &self.role_arn } else { "…" }
    }

    pub(super) fn external_id_parameter(&self) -> Option<String> {
        self.external_id.clone()
    }

    /// Returns the parameters that both operations have.
    pub(super) fn parameters(&self, io: &Io) -> Result<SessionParameters, CredentialsError> {
        if self.duration_seconds < MIN_DURATION {
            return Err(CredentialsError::new(format!(
                "invalid session duration for `{}`: expected at least {MIN_DURATION} seconds, got \
                 {}",
                self.shown_role(),
                self.duration_seconds
            )));
        }
        let name = self
            .session_name
            .clone()
            .or_else(|| io.variable("ALIBABA_CLOUD_ROLE_SESSION_NAME"))
            .unwrap_or_else(|| format!("aliyun-dbs-{}", io.clock().now().unix_timestamp()));
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".@-_".contains(c);
        if !(2..=64).contains(&name.len()) || !name.chars().all(is_allowed) {
            return Err(CredentialsError::new(
                "invalid session name: expected 2 to 64 ASCII letters, digits, `.`, `@`, `-` or `_`",
            ));
        }
        Ok(SessionParameters {
            duration_seconds: self.duration_seconds,
            role_arn: self.role_arn.clone(),
            role_session_name: name,
            policy: self.policy.clone(),
        })
    }
}

impl fmt::Debug for RoleSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleSession")
            .field("role_arn", &self.shown_role())
            .field("duration_seconds", &self.duration_seconds)
            .finish_non_exhaustive()
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
