//! Credentials from a profile of the command-line tool, `~/.aliyun/config.json`.

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

/// A profile of the command-line tool: `~/.aliyun/config.json`, or the file that
/// `ALIBABA_CLOUD_CONFIG_FILE` names.
///
/// The profile is the one named, that of `ALIBABA_CLOUD_PROFILE`, or the file's `current`. Modes:
/// `AK`, `StsToken`, `RamRoleArn`, `EcsRamRole`, `OIDC`, `ChainableRamRoleArn`, `External`. The
/// file is read at each fetch.
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
    /// What one of the vendor's packages reads in place of `ram_session_name`.
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
    /// Reads the profile of this name, or the one that the variables or the file say.
    pub fn new(profile: Option<String>, io: Io) -> Self {
        Self { profile, io }
    }

    /// As [`new`](Self::new), unless `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`.
    ///
    /// # Errors
    ///
    /// Not configured when it is disabled.
    pub fn from_env(profile: Option<String>, io: Io) -> Result<Self, CredentialsError> {
        if io.is_true(DISABLED) {
            return Err(CredentialsError::not_configured(format!("{DISABLED} is true")));
        }
        Ok(Self::new(profile, io))
    }

    /// The provider that the profile describes.
    fn provider(&self) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let explicit = named.is_some();
        let path = named.or_else(|| self.io.home(".aliyun/config.json")).ok_or_else(|| {
            CredentialsError::not_configured("there is no home directory".to_owned())
        })?;
        let text = self.io.read(&path).map_err(|error| {
            let path = path.display();
            if is_absent(&error) && !explicit {
                return CredentialsError::not_configured(format!("there is no {path}"));
            }
            CredentialsError::new(format!("{path} cannot be read: {error}"))
        })?;
        let path = path.display().to_string();
        let text = zeroize::Zeroizing::new(text);
        // Serde's words would quote what it read.
        let config: ConfigFile = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| {
                CredentialsError::new(format!(
                    "{path} is not the JSON of profiles (line {}, column {})",
                    error.line(),
                    error.column()
                ))
            })?;
        let wanted = self
            .profile
            .clone()
            .or_else(|| self.io.variable(PROFILE))
            .or_else(|| config.current.clone().filter(|name| !name.is_empty()))
            .unwrap_or_else(|| "default".to_owned());
        let reader = Reader { path: &path, profiles: &config.profiles, io: &self.io };
        reader.provider(&wanted, &mut Vec::new())
    }
}

/// Makes providers of the profiles of one file.
struct Reader<'a> {
    path: &'a str,
    profiles: &'a [Profile],
    io: &'a Io,
}

impl Reader<'_> {
    /// `above` are the profiles whose source this one is.
    fn provider(
        &self,
        name: &str,
        above: &mut Vec<String>,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let path = self.path;
        let Some(profile) = self.profiles.iter().find(|profile| profile.name == name) else {
            let message = format!("{path} has no profile {name}");
            return Err(match above.last() {
                Some(by) => CredentialsError::new(format!("{message}, the source of {by}")),
                None => CredentialsError::not_configured(message),
            });
        };
        let place = format!("profile {name} of {path}");
        let missing = |what: &str| CredentialsError::new(format!("{place} has no {what}"));
        let some = |text: &str, what: &str| match text {
            "" => Err(missing(what)),
            text => Ok(text.to_owned()),
        };
        let secret = |secret: &Option<Secret>, what: &str| {
            secret.clone().filter(|secret| !secret.is_empty()).ok_or_else(|| missing(what))
        };
        let keys = || {
            let id = some(&profile.access_key_id, "access_key_id")?;
            Ok(Credentials::new(id, secret(&profile.access_key_secret, "access_key_secret")?))
        };
        let io = || self.io.clone();
        let endpoint = || {
            let region = Some(profile.sts_region.clone()).filter(|region| !region.is_empty());
            StsEndpoint::from_env(self.io).or_region(region, profile.enable_vpc)
        };
        let session = || {
            let names = [&profile.ram_session_name, &profile.role_session_name];
            let name = names.into_iter().find(|name| !name.is_empty()).cloned();
            Ok(RoleSession::new(some(&profile.ram_role_arn, "ram_role_arn")?)
                .session_name(name.unwrap_or_default())
                .duration_seconds(profile.expired_seconds)
                .policy(profile.policy.clone())
                .external_id(profile.external_id.clone()))
        };
        Ok(match profile.mode.as_str() {
            // What the tool writes before anybody has configured it.
            "AK" if profile.access_key_id.is_empty()
                && secret(&profile.access_key_secret, "").is_err() =>
            {
                return Err(CredentialsError::not_configured(format!("{place} is empty")));
            }
            "AK" => Arc::new(keys()?),
            "StsToken" => {
                Arc::new(keys()?.with_security_token(secret(&profile.sts_token, "sts_token")?))
            }
            "RamRoleArn" => {
                Arc::new(RamRoleProvider::new(keys()?, session()?, io()).endpoint(endpoint()))
            }
            "EcsRamRole" => {
                let role = Some(profile.ram_role_name.clone()).filter(|name| !name.is_empty());
                Arc::new(EcsRamRoleProvider::new(role, io()))
            }
            "OIDC" => {
                let provider = some(&profile.oidc_provider_arn, "oidc_provider_arn")?;
                let file = some(&profile.oidc_token_file, "oidc_token_file")?;
                Arc::new(OidcProvider::new(provider, file, session()?, io()).endpoint(endpoint()))
            }
            "ChainableRamRoleArn" => {
                let source = some(&profile.source, "source_profile")?;
                above.push(name.to_owned());
                if above.contains(&source) {
                    above.push(source);
                    let circle = above.join(" -> ");
                    return Err(CredentialsError::new(format!(
                        "the profiles of {path} are each other's source: {circle}"
                    )));
                }
                let by = self.provider(&source, above)?;
                Arc::new(RamRoleProvider::new(by, session()?, io()).endpoint(endpoint()))
            }
            "External" => Arc::new(ProcessProvider::new(
                secret(&profile.process_command, "process_command")?,
                io(),
            )),
            "CloudSSO" | "OAuth" => {
                return Err(CredentialsError::new(format!(
                    "{place} has the unsupported mode {}: it needs a person to log in; use AK, \
                     StsToken, RamRoleArn, EcsRamRole, OIDC, ChainableRamRoleArn or External",
                    profile.mode
                )));
            }
            other => {
                return Err(CredentialsError::new(format!(
                    "{place} has the unknown mode {other:?}; modes are AK, StsToken, RamRoleArn, \
                     EcsRamRole, OIDC, ChainableRamRoleArn, External, in this spelling"
                )));
            }
        })
    }
}

#[async_trait]
impl CredentialsProvider for CliProfileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        // A source that is not there, such as a metadata service, is configured all the same: here.
        self.provider()?.credentials().await.map_err(|error| {
            error.reworded(format!("the profile of the command-line tool: {error}"))
        })
    }
}
