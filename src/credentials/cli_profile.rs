//! `CliProfileProvider`: a profile of the command-line tool, `~/.aliyun/config.json`.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;

use crate::rpc::credentials::{
    Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider, ProcessProvider,
};
use crate::rpc::outside::{Io, is_absent};
use crate::rpc::value::Secret;
use crate::sts::{OidcProvider, RamRoleProvider, RoleSession, StsEndpoint};

const FILE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";
const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

/// Reads a profile of the command-line tool `aliyun`.
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_CONFIG_FILE` | The path of the file. Defaults to `.aliyun/config.json` in the home directory (`HOME` or `USERPROFILE`). |
/// | `ALIBABA_CLOUD_PROFILE` | The name of the profile. Defaults to the field `current` of the file, or else to `default`. |
/// | `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` | `true` disables the provider, if made by [`from_env`](Self::from_env). |
///
/// The `mode` of the profile, which is case-sensitive, selects the provider and the fields:
///
/// | mode | credentials | required fields | optional fields |
/// | --- | --- | --- | --- |
/// | `AK` | a permanent key | `access_key_id`, `access_key_secret` | |
/// | `StsToken` | a temporary key | as `AK`, and `sts_token` | |
/// | `RamRoleArn` | [`RamRoleProvider`] | as `AK`, and `ram_role_arn` | session fields, `external_id` |
/// | `EcsRamRole` | [`EcsRamRoleProvider`] | | `ram_role_name` |
/// | `OIDC` | [`OidcProvider`] | `oidc_provider_arn`, `oidc_token_file`, `ram_role_arn` | session fields |
/// | `ChainableRamRoleArn` | [`RamRoleProvider`] | `source_profile`, `ram_role_arn` | session fields, `external_id` |
/// | `External` | [`ProcessProvider`] | `process_command` | |
///
/// The session fields are `ram_session_name` or `role_session_name`, `expired_seconds` (at least
/// 900; defaults to 3600), `policy`, and for the endpoint of STS `sts_region` and `enable_vpc`.
///
/// The provider reads the file at every call and caches nothing; wrap it in a
/// [`Cached`](super::Cached), as the default chain does.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if the default file or the
/// profile does not exist, or the profile is empty. It is a failure if
/// `ALIBABA_CLOUD_CONFIG_FILE` names a file that cannot be read, if the file is not JSON, if a
/// required field is missing, if profiles refer to each other in a cycle, if the mode is unknown or
/// requires an interactive login (`CloudSSO`, `OAuth`), and if the selected provider fails.
#[derive(Clone, Debug)]
pub struct CliProfileProvider {
    profile: Option<String>,
    io: Io,
}

#[derive(Deserialize)]
struct ConfigFile {
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Profile {
    name: String,
    mode: String,
    access_key_id: String,
    access_key_secret: Option<Secret>,
    sts_token: Option<Secret>,
    ram_role_arn: String,
    ram_role_name: String,
    ram_session_name: String,
    /// One of the vendor's packages reads it instead of `ram_session_name`.
    role_session_name: String,
    expired_seconds: u32,
    policy: String,
    external_id: String,
    sts_region: String,
    enable_vpc: bool,
    oidc_provider_arn: String,
    oidc_token_file: String,
    #[serde(rename = "source_profile")]
    source: String,
    process_command: Option<Secret>,
}

impl CliProfileProvider {
    /// Creates a provider for a profile. `None` selects it as described [above](Self).
    pub fn new(profile: Option<String>, io: Io) -> Self {
        Self { profile, io }
    }

    /// Creates a provider for a profile, unless `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`.
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if the
    /// provider is disabled.
    pub fn from_env(profile: Option<String>, io: Io) -> Result<Self, CredentialsError> {
        if io.is_true(DISABLED) {
            return Err(CredentialsError::not_configured(format!("{DISABLED} is `true`")));
        }
        Ok(Self::new(profile, io))
    }

    /// Returns the provider that the profile selects.
    fn provider(&self) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let explicit = named.is_some();
        let path = named.or_else(|| self.io.home(".aliyun/config.json")).ok_or_else(|| {
            CredentialsError::not_configured("no home directory: HOME and USERPROFILE are not set")
        })?;
        let content = self.io.read(&path).map_err(|error| {
            let path = path.display();
            if is_absent(&error) && !explicit {
                return CredentialsError::not_configured(format!("`{path}` does not exist"));
            }
            CredentialsError::new(format!(
                "reading CLI configuration `{path}` failed: {error}; check its path and permissions"
            ))
        })?;
        let path = path.display().to_string();
        let content = zeroize::Zeroizing::new(content);
        // The message of serde would quote the content.
        let config: ConfigFile = serde_json::from_str(content.trim_start_matches('\u{feff}'))
            .map_err(|error| {
                CredentialsError::new(format!(
                    "invalid CLI configuration `{path}`: expected a JSON object with `profiles` \
                     (error at line {}, column {})",
                    error.line(),
                    error.column()
                ))
            })?;
        let name = self
            .profile
            .clone()
            .or_else(|| self.io.variable(PROFILE))
            .or_else(|| config.current.clone().filter(|name| !name.is_empty()))
            .unwrap_or_else(|| "default".to_owned());
        let profiles = ProfileResolver { path: &path, profiles: &config.profiles, io: &self.io };
        profiles.provider(&name, &mut Vec::new())
    }
}

/// Creates the providers of the profiles of one file.
struct ProfileResolver<'a> {
    path: &'a str,
    profiles: &'a [Profile],
    io: &'a Io,
}

impl ProfileResolver<'_> {
    /// `dependents` are the profiles that have this one as their source, directly or not.
    fn provider(
        &self,
        name: &str,
        dependents: &mut Vec<String>,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let path = self.path;
        let Some(profile) = self.profiles.iter().find(|profile| profile.name == name) else {
            return Err(match dependents.last() {
                Some(dependent) => CredentialsError::new(format!(
                    "invalid profile `{dependent}` in `{path}`: its `source_profile` `{name}` does \
                     not exist"
                )),
                None => CredentialsError::not_configured(format!(
                    "profile `{name}` not found in `{path}`"
                )),
            });
        };
        let invalid = |reason: &str| {
            CredentialsError::new(format!("invalid profile `{name}` in `{path}`: {reason}"))
        };
        let missing = |field: &str| invalid(&format!("missing `{field}`"));
        let required = |value: &str, field: &str| match value {
            "" => Err(missing(field)),
            value => Ok(value.to_owned()),
        };
        let secret = |secret: &Option<Secret>, field: &str| {
            secret.clone().filter(|secret| !secret.is_empty()).ok_or_else(|| missing(field))
        };
        let access_key = || {
            let id = required(&profile.access_key_id, "access_key_id")?;
            Ok(Credentials::new(id, secret(&profile.access_key_secret, "access_key_secret")?))
        };
        let io = || self.io.clone();
        let endpoint = || {
            let region = Some(profile.sts_region.clone()).filter(|region| !region.is_empty());
            StsEndpoint::from_env(self.io).with_profile(region, profile.enable_vpc)
        };
        let session = || {
            let names = [&profile.ram_session_name, &profile.role_session_name];
            let name = names.into_iter().find(|name| !name.is_empty()).cloned();
            Ok(RoleSession::new(required(&profile.ram_role_arn, "ram_role_arn")?)
                .session_name(name.unwrap_or_default())
                .duration_seconds(profile.expired_seconds)
                .policy(profile.policy.clone())
                .external_id(profile.external_id.clone()))
        };
        Ok(match profile.mode.as_str() {
            // The tool writes such a profile before it is configured.
            "AK" if profile.access_key_id.is_empty()
                && secret(&profile.access_key_secret, "").is_err() =>
            {
                return Err(CredentialsError::not_configured(format!(
                    "profile `{name}` in `{path}` has no access key"
                )));
            }
            "AK" => Arc::new(access_key()?),
            "StsToken" => {
                let token = secret(&profile.sts_token, "sts_token");
                Arc::new(access_key()?.with_security_token(token?))
            }
            "RamRoleArn" => {
                Arc::new(RamRoleProvider::new(access_key()?, session()?, io()).endpoint(endpoint()))
            }
            "EcsRamRole" => {
                let role = Some(profile.ram_role_name.clone()).filter(|name| !name.is_empty());
                Arc::new(EcsRamRoleProvider::new(role, io()))
            }
            "OIDC" => {
                let provider = required(&profile.oidc_provider_arn, "oidc_provider_arn")?;
                let file = required(&profile.oidc_token_file, "oidc_token_file")?;
                Arc::new(OidcProvider::new(provider, file, session()?, io()).endpoint(endpoint()))
            }
            "ChainableRamRoleArn" => {
                let source = required(&profile.source, "source_profile")?;
                dependents.push(name.to_owned());
                if dependents.contains(&source) {
                    dependents.push(source);
                    let cycle = dependents.join(" -> ");
                    return Err(invalid(&format!("`source_profile` forms a cycle: {cycle}")));
                }
                let source = self.provider(&source, dependents)?;
                Arc::new(RamRoleProvider::new(source, session()?, io()).endpoint(endpoint()))
            }
            "External" => Arc::new(ProcessProvider::new(
                secret(&profile.process_command, "process_command")?,
                io(),
            )),
            mode @ ("CloudSSO" | "OAuth") => {
                return Err(invalid(&format!(
                    "unsupported `mode` `{mode}`, which requires an interactive login; use {MODES}"
                )));
            }
            mode => {
                let mode = mode.escape_debug();
                return Err(invalid(&format!("unknown `mode` `{mode}`; expected {MODES}")));
            }
        })
    }
}

const MODES: &str = "`AK`, `StsToken`, `RamRoleArn`, `EcsRamRole`, `OIDC`, `ChainableRamRoleArn` \
                     or `External`";

#[async_trait]
impl CredentialsProvider for CliProfileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        // `with_message` makes it a failure: the profile configures its source, such as the
        // metadata service.
        self.provider()?.credentials().await.map_err(|error| {
            error.with_message(format!("getting credentials of the CLI profile failed: {error}"))
        })
    }
}
