//! `CliProfileProvider`: a profile of the command-line tool, `~/.aliyun/config.json`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use super::cli_config;
use super::profile_file::{ProfileFile, ProfileSelection};
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;

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
/// For the modes with the role of an ECS instance, `ALIBABA_CLOUD_ECS_METADATA` is the default of
/// `ram_role_name`, and `ALIBABA_CLOUD_ECS_METADATA_DISABLED` forbids them.
///
/// The `mode` of the profile, which is case-sensitive, selects the provider and the fields:
///
/// | mode | credentials | required fields | optional fields |
/// | --- | --- | --- | --- |
/// | `AK` | a permanent key | `access_key_id`, `access_key_secret` | |
/// | `StsToken` | a temporary key | as `AK`, and `sts_token` | |
/// | `RamRoleArn` | [`RamRoleProvider`] | as `AK`, and `ram_role_arn` | `sts_token`, session fields, `external_id` |
/// | `EcsRamRole` | [`EcsRamRoleProvider`] | | `ram_role_name` |
/// | `RamRoleArnWithRoleName` | [`RamRoleProvider`] with an [`EcsRamRoleProvider`] | `ram_role_arn` | `ram_role_name`, session fields, `external_id` |
/// | `OIDC` | [`OidcProvider`] | `oidc_provider_arn`, `oidc_token_file`, `ram_role_arn` | session fields |
/// | `ChainableRamRoleArn` | [`RamRoleProvider`] | `source_profile`, `ram_role_arn` | session fields, `external_id` |
/// | `CredentialsURI` | [`UriProvider`] | | `credentials_uri`, which defaults to `ALIBABA_CLOUD_CREDENTIALS_URI` |
/// | `External` | [`ProcessProvider`] | `process_command` | |
///
/// The session fields are `ram_session_name` or `role_session_name`, `expired_seconds` or
/// `duration_seconds` (at least 900; defaults to 3600), `policy`, and for the endpoint of STS
/// `sts_endpoint`, `sts_region` and `enable_vpc`.
///
/// A profile without `mode` has the mode that the tool recognizes by its fields: `StsToken`,
/// `RamRoleArn` or `AK` if it has an access key, else `EcsRamRole`, `External` or `OIDC`. `null` and
/// an empty string are the same as a missing field; numbers and flags may be strings. The provider
/// logs a warning that names the fields of credentials that the mode does not use.
/// `docs/credentials.md` in the repository compares this with the vendor's readers.
///
/// # Changes of the file
///
/// The provider keeps the profile, and reads the file again when its time of modification or its
/// length has changed. It checks at most once per second, and at once when the service rejects the
/// key. If the file becomes empty, incomplete, absent or otherwise invalid, it may be about to be
/// rewritten: the provider uses the last valid profile for a minute, and logs warnings. The file must
/// be a regular file of at most 1 MiB.
///
/// The provider does not cache temporary credentials; wrap it in a
/// [`Cached`](super::Cached), as the default chain does.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if the default file or the
/// profile does not exist, or the profile is empty. It is [transient](CredentialsError::is_transient)
/// if the file is empty or ends early, as while it is written. It is a failure if
/// `ALIBABA_CLOUD_CONFIG_FILE` names a file that cannot be read, if the file is not JSON, if a field of
/// the profile is missing or invalid, if profiles refer to each other in a circle, if the mode is
/// unknown, needs a person to log in (`CloudSSO`, `OAuth`) or does not sign with an access key
/// (`RsaKeyPair`, `BearerToken`, `Anonymous`), and if the selected provider fails. An invalid profile
/// does not affect the others.
///
/// [`EcsRamRoleProvider`]: super::EcsRamRoleProvider
/// [`OidcProvider`]: super::OidcProvider
/// [`ProcessProvider`]: super::ProcessProvider
/// [`RamRoleProvider`]: super::RamRoleProvider
/// [`UriProvider`]: super::UriProvider
#[derive(Clone)]
pub struct CliProfileProvider {
    profile: Option<String>,
    io: Io,
    file: Arc<ProfileFile>,
}

impl CliProfileProvider {
    /// Creates a provider for a profile. `None` selects it as described [above](Self).
    pub fn new(profile: Option<String>, io: Io) -> Self {
        let file = Arc::new(ProfileFile::json("CLI configuration", io.clone()));
        Self { profile, io, file }
    }

    /// Creates a provider for a profile, unless `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`.
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if the
    /// provider is disabled.
    pub fn from_env(profile: Option<String>, io: Io) -> Result<Self, CredentialsError> {
        Self::check_enabled(&io)?;
        Ok(Self::new(profile, io))
    }

    pub(super) fn check_enabled(io: &Io) -> Result<(), CredentialsError> {
        if io.is_true(DISABLED) {
            return Err(CredentialsError::not_configured(format!("{DISABLED} is `true`")));
        }
        Ok(())
    }

    /// Returns the provider that the profile selects.
    async fn provider(
        &self,
        rejected: bool,
    ) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let named = self.io.variable(FILE).map(PathBuf::from);
        let selection = ProfileSelection {
            named: named.is_some(),
            paths: named.or_else(|| self.io.home(".aliyun/config.json")).into_iter().collect(),
            profile: self.profile.clone().or_else(|| self.io.variable(PROFILE)),
        };
        let create = |path: &Path, content: &str| {
            let profile = selection.profile.as_deref();
            cli_config::provider(&path.display().to_string(), content, profile, &self.io)
        };
        self.file.provider(&selection, rejected, create).await
    }
}

impl fmt::Debug for CliProfileProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CliProfileProvider").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Makes it a failure: the profile configures its source, such as the metadata service.
fn failed(error: &CredentialsError) -> CredentialsError {
    error.with_message(format!("getting credentials of the CLI profile failed: {error}"))
}

#[async_trait]
impl CredentialsProvider for CliProfileProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.provider(false).await?.credentials().await.map_err(|error| failed(&error))
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.provider(true).await?.refresh(rejected).await.map_err(|error| failed(&error))
    }
}
