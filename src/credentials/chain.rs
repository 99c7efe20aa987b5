//! `DefaultChain`: tries the sources of credentials in the order of the vendor's tools.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tracing::debug;

use super::cli_profile::CliProfileProvider;
use super::ini::IniFileProvider;
use crate::rpc::credentials::{
    Cached, Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider,
    EnvironmentProvider, UriProvider,
};
use crate::rpc::outside::Io;
use crate::sts::OidcProvider;

/// Uses the first source of credentials that is configured.
///
/// It tries the sources in the order of the vendor's tools:
///
/// | | source | provider | configured by |
/// | --- | --- | --- | --- |
/// | 1 | environment | [`EnvironmentProvider`] | `ALIBABA_CLOUD_ACCESS_KEY_ID` or `ALIBABA_CLOUD_ACCESS_KEY_SECRET` |
/// | 2 | OIDC (RRSA) | [`OidcProvider`] | `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` or `ALIBABA_CLOUD_OIDC_TOKEN_FILE` |
/// | 3 | CLI profile | [`CliProfileProvider`] | `~/.aliyun/config.json` or `ALIBABA_CLOUD_CONFIG_FILE` |
/// | 4 | ini file | [`IniFileProvider`] | `~/.alibabacloud/credentials` or `ALIBABA_CLOUD_CREDENTIALS_FILE` |
/// | 5 | ECS RAM role | [`EcsRamRoleProvider`] | `ALIBABA_CLOUD_ECS_METADATA`, or a metadata service |
/// | 6 | credentials URI | [`UriProvider`] | `ALIBABA_CLOUD_CREDENTIALS_URI` |
///
/// Once a source has succeeded, the chain uses that source for the rest of its life. It caches the
/// credentials as [`Cached`] does.
///
/// # Errors
///
/// A source that is [not configured](CredentialsError::is_not_configured) does not fail the chain.
/// The chain fails, and does not try further sources, if
///
/// * a configured source fails;
/// * a profile was named, and neither file contains it;
/// * no source is configured. This error is [transient](CredentialsError::is_transient) if the
///   metadata service accepted a connection but did not respond in time, as when an instance starts.
///
/// In the first two cases, a further source could have another identity than the caller expects.
/// The message lists every source that was tried, and why it returned no credentials.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::DefaultChain;
///
/// let chain = DefaultChain::builder().profile("backups").without_ecs_ram_role().build();
/// ```
pub struct DefaultChain {
    sources: Cached<SourceChain>,
}

impl DefaultChain {
    /// Creates a chain of all sources.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder that can exclude sources, name a profile, or replace the [`Io`].
    pub fn builder() -> DefaultChainBuilder {
        DefaultChainBuilder { io: Io::system(), profile: None, excluded: Vec::new() }
    }
}

impl Default for DefaultChain {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DefaultChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultChain").finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialsProvider for DefaultChain {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.sources.credentials().await
    }

    fn cached(&self) -> Option<Credentials> {
        self.sources.cached()
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.sources.refresh(rejected).await
    }

    fn correct_clock(&self, service_ahead: time::Duration) {
        self.sources.correct_clock(service_ahead);
    }
}

/// Builds a [`DefaultChain`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DefaultChainBuilder {
    io: Io,
    profile: Option<String>,
    excluded: Vec<Source>,
}

impl DefaultChainBuilder {
    /// Sets the profile of the CLI configuration and the section of the ini file.
    ///
    /// Defaults to the variable `ALIBABA_CLOUD_PROFILE`, or else to the default of each file.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Replaces the environment, files, network, programs and clock.
    pub fn io(mut self, io: Io) -> Self {
        self.io = io;
        self
    }

    fn without(mut self, source: Source) -> Self {
        self.excluded.push(source);
        self
    }

    /// Excludes the access key in the environment.
    pub fn without_environment(self) -> Self {
        self.without(Source::Environment)
    }

    /// Excludes OIDC.
    pub fn without_oidc(self) -> Self {
        self.without(Source::Oidc)
    }

    /// Excludes the profile of the command-line tool.
    pub fn without_cli_profile(self) -> Self {
        self.without(Source::CliProfile)
    }

    /// Excludes the ini file.
    pub fn without_ini_file(self) -> Self {
        self.without(Source::IniFile)
    }

    /// Excludes the RAM role of the ECS instance.
    ///
    /// Outside of ECS, this avoids waiting for the timeout of the metadata service.
    pub fn without_ecs_ram_role(self) -> Self {
        self.without(Source::EcsRamRole)
    }

    /// Excludes the credentials URI.
    pub fn without_uri(self) -> Self {
        self.without(Source::Uri)
    }

    /// Builds the chain. Reads no source yet.
    pub fn build(self) -> DefaultChain {
        let Self { io, profile, excluded } = self;
        let clock = io.clock().clone();
        let sources =
            Source::ALL.iter().copied().filter(|source| !excluded.contains(source)).collect();
        let sources = SourceChain {
            cli_profile: Arc::new(CliProfileProvider::new(profile.clone(), io.clone())),
            ini_file: Arc::new(IniFileProvider::new(profile.clone(), io.clone())),
            io,
            profile,
            sources,
            selected: Mutex::new(None),
        };
        DefaultChain { sources: Cached::new(sources, clock) }
    }
}

/// A source of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Environment,
    Oidc,
    CliProfile,
    IniFile,
    EcsRamRole,
    Uri,
}

impl Source {
    const ALL: &'static [Self] = &[
        Self::Environment,
        Self::Oidc,
        Self::CliProfile,
        Self::IniFile,
        Self::EcsRamRole,
        Self::Uri,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Oidc => "OIDC",
            Self::CliProfile => "CLI profile",
            Self::IniFile => "ini file",
            Self::EcsRamRole => "ECS RAM role",
            Self::Uri => "credentials URI",
        }
    }
}

/// The chain without a cache.
struct SourceChain {
    io: Io,
    profile: Option<String>,
    sources: Vec<Source>,
    /// Both keep the profile until its file changes.
    cli_profile: Arc<CliProfileProvider>,
    ini_file: Arc<IniFileProvider>,
    /// The source that succeeded first, and its provider.
    selected: Mutex<Option<(Source, Arc<dyn CredentialsProvider>)>>,
}

impl SourceChain {
    /// Returns the profile that the caller or the environment names.
    ///
    /// Returns `None` if the chain reads no file.
    fn named_profile(&self) -> Option<String> {
        let named = self.profile.clone().or_else(|| self.io.variable("ALIBABA_CLOUD_PROFILE"));
        let files = [Source::CliProfile, Source::IniFile];
        named.filter(|_| self.sources.iter().any(|source| files.contains(source)))
    }

    /// Returns the provider of a source, or why the source is not configured or broken.
    fn provider(&self, source: Source) -> Result<Arc<dyn CredentialsProvider>, CredentialsError> {
        let io = self.io.clone();
        Ok(match source {
            Source::Environment => Arc::new(EnvironmentProvider::from_io(io)),
            Source::Oidc => Arc::new(OidcProvider::from_env(io)?),
            Source::CliProfile => {
                CliProfileProvider::check_enabled(&io)?;
                self.cli_profile.clone()
            }
            Source::IniFile => self.ini_file.clone(),
            Source::EcsRamRole => Arc::new(EcsRamRoleProvider::from_env(io)?),
            Source::Uri => Arc::new(UriProvider::from_env(io)?),
        })
    }

    fn selected(&self) -> Option<(Source, Arc<dyn CredentialsProvider>)> {
        self.selected.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches from the first source that is configured.
    async fn select(&self) -> Result<Credentials, CredentialsError> {
        let mut tried = Vec::new();
        let mut may_respond_later = false;
        for source in &self.sources {
            if matches!(source, Source::EcsRamRole | Source::Uri)
                && let Some(profile) = self.named_profile()
            {
                return Err(CredentialsError::new(format!(
                    "profile `{profile}` not found: no file contains it; add it, or remove its \
                     name from ALIBABA_CLOUD_PROFILE or `DefaultChainBuilder::profile`{}",
                    list_tried(&tried)
                )));
            }
            let fetched = match self.provider(*source) {
                Ok(provider) => provider.credentials().await.map(|found| (found, provider)),
                Err(error) => Err(error),
            };
            match fetched {
                Ok((credentials, provider)) => {
                    debug!(target: crate::rpc::observe::TARGET, source = source.name(), "credentials found");
                    *self.selected.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some((*source, provider));
                    return Ok(credentials);
                }
                Err(error) if error.is_not_configured() => {
                    may_respond_later |= error.may_respond_later();
                    tried.push(format!("{}: {error}", source.name()));
                }
                Err(error) => {
                    return Err(error.with_message(format!(
                        "credentials source `{}` failed: {error}{}",
                        source.name(),
                        list_tried(&tried)
                    )));
                }
            }
        }
        let message = format!("no source is configured{}", list_tried(&tried));
        // The metadata service of an instance that is starting may be slow.
        Err(if may_respond_later {
            CredentialsError::transient(message)
        } else {
            CredentialsError::new(message)
        })
    }
}

fn failed_later(source: Source, error: &CredentialsError) -> CredentialsError {
    let name = source.name();
    error.with_message(format!("credentials source `{name}`, selected earlier, failed: {error}"))
}

#[async_trait]
impl CredentialsProvider for SourceChain {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        match self.selected() {
            Some((source, provider)) => {
                provider.credentials().await.map_err(|error| failed_later(source, &error))
            }
            None => self.select().await,
        }
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        match self.selected() {
            Some((source, provider)) => {
                provider.refresh(rejected).await.map_err(|error| failed_later(source, &error))
            }
            None => self.select().await,
        }
    }
}

/// Returns the end of a message that lists the sources that are not configured.
fn list_tried(tried: &[String]) -> String {
    let list: Vec<_> =
        tried.iter().enumerate().map(|(at, source)| format!("({}) {source}", at + 1)).collect();
    if list.is_empty() { String::new() } else { format!("; tried {}", list.join(", ")) }
}

impl fmt::Debug for SourceChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceChain").field("sources", &self.sources).finish_non_exhaustive()
    }
}
