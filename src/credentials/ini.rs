//! `IniFileProvider`: a section of the file `~/.alibabacloud/credentials`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use tracing::warn;

use super::fields::Fields;
use super::ini_format;
use super::profile_file::{ProfileFile, ProfileSelection};
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::observe::TARGET;
use crate::rpc::outside::Io;
use crate::sts::{OidcProvider, RamRoleProvider, RoleSession};

const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// Reads a section of the ini file of the vendor's SDKs.
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_CREDENTIALS_FILE` | The path of the file. Defaults to `.alibabacloud/credentials`, or else `.alibabacloud/credentials.ini`, in the home directory (`HOME` or `USERPROFILE`). |
/// | `ALIBABA_CLOUD_PROFILE` | The name of the section. Defaults to `default`. |
/// | `ALIBABA_CLOUD_ECS_METADATA`, `…_DISABLED` | The default of `role_name`; `true` forbids the type `ecs_ram_role`. |
///
/// The `type` of the section selects the provider and the keys:
///
/// | type | credentials | required keys | optional keys |
/// | --- | --- | --- | --- |
/// | `access_key` | a permanent key | `access_key_id`, `access_key_secret` | |
/// | `sts` | a temporary key | `access_key_id`, `access_key_secret`, `security_token` | |
/// | `ecs_ram_role` | [`EcsRamRoleProvider`] | | `role_name` |
/// | `ram_role_arn` | [`RamRoleProvider`] | `access_key_id`, `access_key_secret`, `role_arn` | `security_token`, `role_session_name`, `role_session_expiration` (seconds, defaults to 3600), `policy` |
/// | `oidc_role_arn` | [`OidcProvider`], 1 hour | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path` | `role_session_name`, `policy` |
///
/// A `#` or `;` begins a comment at the start of a line and after a space or tab, so a secret may
/// contain one. Keys are read in any case. Quotes around a value (`'…'`, `"…"`) are removed. Any other
/// form of line, such as `key: value`, makes its section invalid. The provider logs a warning that
/// names the keys of credentials that the type does not use.
/// `docs/credentials.md` in the repository compares this with the vendor's readers.
///
/// The provider keeps the section and reads the file again when it changes, as
/// [`CliProfileProvider`](super::CliProfileProvider#changes-of-the-file) does. It does not cache
/// temporary credentials; wrap it in a [`Cached`](super::Cached), as the default chain does.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if the default file or the
/// section does not exist. It is [transient](CredentialsError::is_transient) if the file was modified
/// in the last two seconds, because its end may be missing while it is written. It is a failure if `ALIBABA_CLOUD_CREDENTIALS_FILE`
/// names a file that cannot be read, if a key of the section is missing or invalid, if it occurs
/// twice with different values, if the section has an invalid line or `enable = false`, if it has the
/// keys `proxy` or `host`, if the type is unknown, `rsa_key_pair` or `bearer`, and if the selected
/// provider fails. An invalid section does not affect the others.
///
/// [`EcsRamRoleProvider`]: super::EcsRamRoleProvider
/// [`OidcProvider`]: super::OidcProvider
/// [`RamRoleProvider`]: super::RamRoleProvider
#[derive(Clone)]
pub struct IniFileProvider {
    profile: Option<String>,
    io: Io,
    file: Arc<ProfileFile>,
}

impl IniFileProvider {
    /// Creates a provider for a section. `None` selects it as described [above](Self).
    pub fn new(profile: Option<String>, io: Io) -> Self {
        let file = Arc::new(ProfileFile::ini("credentials file", io.clone()));
        Self { profile, io, file }
    }

    /// Returns the provider that the section selects.
    async fn provider(
        &self,
        rejected: bool,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let selection = ProfileSelection {
            named: named.is_some(),
            paths: match named {
                Some(path) => vec![path],
                None => [".alibabacloud/credentials", ".alibabacloud/credentials.ini"]
                    .into_iter()
                    .filter_map(|relative| self.io.home(relative))
                    .collect(),
            },
            profile: self.profile.clone().or_else(|| self.io.variable(PROFILE)),
        };
        let create = |path: &Path, content: &str| {
            let section = selection.profile.as_deref().unwrap_or("default");
            provider_of_section(&path.display().to_string(), content, section, &self.io)
        };
        self.file.provider(&selection, rejected, create).await
    }
}

impl fmt::Debug for IniFileProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IniFileProvider").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Makes it a failure: the section configures its source, such as the metadata service.
fn failed(error: &CredentialsError) -> CredentialsError {
    error.with_message(format!(
        "getting credentials of the credentials file section failed: {error}"
    ))
}

#[async_trait]
impl CredentialsProvider for IniFileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.provider(false).await?.credentials().await.map_err(|error| failed(&error))
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.provider(true).await?.refresh(rejected).await.map_err(|error| failed(&error))
    }
}

const TYPES: &str = "`access_key`, `sts`, `ecs_ram_role`, `ram_role_arn` or `oidc_role_arn`";

/// The keys of credentials that any reader of the vendor knows.
const CREDENTIAL_KEYS: [&str; 15] = [
    "access_key_id",
    "access_key_secret",
    "security_token",
    "bearer_token",
    "role_name",
    "role_arn",
    "role_session_name",
    "role_session_expiration",
    "policy",
    "oidc_provider_arn",
    "oidc_token_file_path",
    "public_key_id",
    "private_key_file",
    "timeout",
    "connect_timeout",
];

fn provider_of_section(
    path: &str,
    content: &str,
    name: &str,
    io: &Io,
) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
    let sections = ini_format::parse(content).map_err(|reason| {
        CredentialsError::new(format!("invalid credentials file `{path}`: {reason}"))
    })?;
    let place = format!("section `{}` in `{path}`", name.escape_debug());
    let Some(section) = sections.get(name) else {
        let message = format!("section `{}` not found in `{path}`", name.escape_debug());
        return Err(CredentialsError::not_configured(message));
    };
    let fields = Fields::new(place, &section.fields);
    if let Some(reason) = &section.error {
        return Err(fields.invalid(reason));
    }
    if fields.flag("enable")? == Some(false) {
        return Err(fields.invalid("`enable` is `false`; remove it to use the section"));
    }
    for key in ["proxy", "host"] {
        if fields.has(key) {
            return Err(fields.invalid(&format!(
                "unsupported `{key}`; set `HTTPS_PROXY` for a proxy, or `ALIBABA_CLOUD_STS_REGION` for \
                 another endpoint of STS"
            )));
        }
    }
    let section_type = fields.text("type")?;
    let Some(section_type) = section_type else {
        return Err(fields.invalid(&format!("missing `type`; expected {TYPES}")));
    };
    let provider = provider_of_type(&section_type, &fields, io)?;
    let unread = fields.unread(&CREDENTIAL_KEYS);
    if !unread.is_empty() {
        warn!(
            target: TARGET,
            "{}: type `{section_type}` does not use `{}`",
            fields.place(),
            unread.join("`, `"),
        );
    }
    Ok(provider)
}

fn provider_of_type(
    section_type: &str,
    fields: &Fields<'_>,
    io: &Io,
) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
    Ok(match section_type {
        "access_key" if fields.has("security_token") => {
            let reason = "type `access_key` has no `security_token`; write `type = sts`";
            return Err(fields.invalid(reason));
        }
        "access_key" => Arc::new(fields.access_key(None)?),
        "sts" => {
            let key = fields.access_key(Some("security_token"))?;
            key.security_token().ok_or_else(|| fields.missing("security_token"))?;
            Arc::new(key)
        }
        "ecs_ram_role" => Arc::new(fields.instance_role("role_name", io)?),
        "ram_role_arn" => {
            let source = fields.access_key(Some("security_token"))?;
            let seconds = fields.seconds("role_session_expiration")?.unwrap_or(0);
            let session = session(fields)?.duration_seconds(seconds);
            Arc::new(RamRoleProvider::new(source, session, io.clone()))
        }
        "oidc_role_arn" => {
            let session = session(fields)?;
            let provider = fields.required("oidc_provider_arn")?;
            let file = fields.required("oidc_token_file_path")?;
            Arc::new(OidcProvider::new(provider, file, session, io.clone()))
        }
        known @ ("rsa_key_pair" | "bearer") => {
            return Err(fields.invalid(&format!("unsupported `type` `{known}`; use {TYPES}")));
        }
        // It may be a secret in a wrong place.
        _ => return Err(fields.invalid(&format!("unknown `type`; expected {TYPES}"))),
    })
}

/// Returns the session of the role, of one hour.
fn session(fields: &Fields<'_>) -> Result<RoleSession, CredentialsError> {
    Ok(RoleSession::new(fields.required("role_arn")?)
        .session_name(fields.text("role_session_name")?.unwrap_or_default())
        .policy(fields.text("policy")?.unwrap_or_default()))
}
