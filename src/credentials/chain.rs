//! `DefaultChain`: the sources that the vendor's tools look at, in their order.

use std::fmt;
use std::sync::{Mutex, PoisonError};

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

/// The sources of credentials in the vendor's order; the first that is configured counts.
///
/// 1. Environment: `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET`,
///    `ALIBABA_CLOUD_SECURITY_TOKEN`.
/// 2. OIDC (RRSA): `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`,
///    `ALIBABA_CLOUD_OIDC_TOKEN_FILE`.
/// 3. The command-line tool's profile, `~/.aliyun/config.json`.
/// 4. The ini file, `~/.alibabacloud/credentials`.
/// 5. The RAM role of the ECS instance.
/// 6. `ALIBABA_CLOUD_CREDENTIALS_URI`.
///
/// A source that is not configured is passed over. One that is configured and does not work stops
/// the chain: silently using another identity would be worse than an error. The error lists every
/// source that was tried, and why. So does a profile that was named and that no file has: the
/// identity of the machine is not what was asked for. The source that answered first is kept for the life of the
/// chain, and what it gives until shortly before it expires ([`Cached`]).
///
/// ```
/// use aliyun_dbs::credentials::DefaultChain;
///
/// let chain = DefaultChain::builder().profile("backups").without_ecs_ram_role().build();
/// ```
pub struct DefaultChain {
    walk: Cached<Walk>,
}

impl DefaultChain {
    /// The whole chain.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A builder, to leave sources out, name a profile, or stand in for the outside.
    pub fn builder() -> DefaultChainBuilder {
        DefaultChainBuilder { io: Io::system(), profile: None, left_out: Vec::new() }
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
        self.walk.credentials().await
    }

    fn cached(&self) -> Option<Credentials> {
        self.walk.cached()
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.walk.refresh(rejected).await
    }
}

/// Makes a [`DefaultChain`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DefaultChainBuilder {
    io: Io,
    profile: Option<String>,
    left_out: Vec<Source>,
}

impl DefaultChainBuilder {
    /// The profile of both files; `ALIBABA_CLOUD_PROFILE` if nothing is said.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Stands in for variables, files, network, programs and time.
    pub fn io(mut self, io: Io) -> Self {
        self.io = io;
        self
    }

    fn without(mut self, source: Source) -> Self {
        self.left_out.push(source);
        self
    }

    /// Leaves the environment's access key out.
    pub fn without_environment(self) -> Self {
        self.without(Source::Environment)
    }

    /// Leaves OIDC out.
    pub fn without_oidc(self) -> Self {
        self.without(Source::Oidc)
    }

    /// Leaves the command-line tool's profile out.
    pub fn without_cli_profile(self) -> Self {
        self.without(Source::CliProfile)
    }

    /// Leaves the ini file out.
    pub fn without_ini_file(self) -> Self {
        self.without(Source::IniFile)
    }

    /// Leaves the role of the ECS instance out, so that nobody waits for a metadata service that
    /// is not there.
    pub fn without_ecs_ram_role(self) -> Self {
        self.without(Source::EcsRamRole)
    }

    /// Leaves the URI out.
    pub fn without_uri(self) -> Self {
        self.without(Source::Uri)
    }

    /// The chain. Nothing is looked at yet.
    pub fn build(self) -> DefaultChain {
        let Self { io, profile, left_out } = self;
        let clock = io.clock().clone();
        let sources =
            Source::ALL.iter().copied().filter(|source| !left_out.contains(source)).collect();
        let walk = Walk { io, profile, sources, found: Mutex::new(None) };
        DefaultChain { walk: Cached::new(walk, clock) }
    }
}

/// A step of the chain.
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

/// The walk along the sources, and where it ended.
struct Walk {
    io: Io,
    profile: Option<String>,
    sources: Vec<Source>,
    found: Mutex<Option<Source>>,
}

impl Walk {
    /// The profile that was asked for by name, if its files are looked at.
    fn named_profile(&self) -> Option<String> {
        let named = self.profile.clone().or_else(|| self.io.variable("ALIBABA_CLOUD_PROFILE"));
        let files = [Source::CliProfile, Source::IniFile];
        named.filter(|_| self.sources.iter().any(|source| files.contains(source)))
    }

    async fn ask(&self, source: Source) -> Result<Credentials, CredentialsError> {
        let io = self.io.clone();
        match source {
            Source::Environment => EnvironmentProvider::from_io(io).load(),
            Source::Oidc => OidcProvider::from_env(io)?.credentials().await,
            Source::CliProfile => {
                let profile = self.profile.clone();
                CliProfileProvider::from_env(profile, io)?.credentials().await
            }
            Source::IniFile => IniFileProvider::new(self.profile.clone(), io).credentials().await,
            Source::EcsRamRole => EcsRamRoleProvider::from_env(io)?.credentials().await,
            Source::Uri => UriProvider::from_env(io)?.credentials().await,
        }
    }
}

#[async_trait]
impl CredentialsProvider for Walk {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let found = *self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = found {
            return self.ask(source).await.map_err(|error| {
                error.reworded(format!("{} (found earlier): {error}", source.name()))
            });
        }
        let mut tried = Vec::new();
        for source in &self.sources {
            if matches!(source, Source::EcsRamRole | Source::Uri)
                && let Some(profile) = self.named_profile()
            {
                return Err(CredentialsError::new(format!(
                    "no file has the profile {profile}: write it there, or name none (builder \
                     or ALIBABA_CLOUD_PROFILE). Tried {}",
                    tried.join("; ")
                )));
            }
            match self.ask(*source).await {
                Ok(credentials) => {
                    debug!(target: crate::rpc::observe::TARGET, source = source.name(), "credentials found");
                    *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(*source);
                    return Ok(credentials);
                }
                Err(error) => {
                    tried.push(format!("{}: {error}", source.name()));
                    if !error.is_not_configured() {
                        let before = match tried.len() {
                            1 => String::new(),
                            count => format!(" (tried before: {})", tried[..count - 1].join("; ")),
                        };
                        return Err(error.reworded(format!(
                            "{} is configured and does not work: {error}{before}",
                            source.name()
                        )));
                    }
                }
            }
        }
        Err(CredentialsError::new(format!("no source is configured. Tried {}", tried.join("; "))))
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("sources", &self.sources).finish_non_exhaustive()
    }
}
