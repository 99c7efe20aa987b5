//! Credentials: the access key that signs requests, and the providers that find it.
//!
//! A client needs a [`CredentialsProvider`]. [`Client::from_env`](crate::Client::from_env) uses
//! [`DefaultChain`], which finds credentials where the vendor's tools look for them.
//! [`ClientBuilder::credentials`](crate::ClientBuilder::credentials) sets another provider, or a
//! fixed access key ([`Credentials`]).
//!
//! ```no_run
//! use aliyun_dbs::credentials::DefaultChain;
//! use aliyun_dbs::{Client, Region};
//!
//! let credentials = DefaultChain::builder().profile("backups").without_ecs_ram_role().build();
//! let client = Client::builder().region(Region::Hangzhou).credentials(credentials).build()?;
//! # Ok::<(), aliyun_dbs::Error>(())
//! ```
//!
//! # Providers
//!
//! | provider | source | environment variables | temporary |
//! | --- | --- | --- | --- |
//! | [`Credentials`] | a fixed access key | | if it has a security token |
//! | [`EnvironmentProvider`] | environment variables | `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, `ALIBABA_CLOUD_SECURITY_TOKEN` | if the token is set |
//! | [`OidcProvider`] | an OpenID Connect token file (RRSA), and STS | `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`, `ALIBABA_CLOUD_OIDC_TOKEN_FILE`, `ALIBABA_CLOUD_ROLE_SESSION_NAME` | yes, 1 hour |
//! | [`CliProfileProvider`] | a profile of the command-line tool, `~/.aliyun/config.json` | `ALIBABA_CLOUD_CONFIG_FILE`, `ALIBABA_CLOUD_PROFILE`, `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` | depends on the mode |
//! | [`IniFileProvider`] | a section of `~/.alibabacloud/credentials` | `ALIBABA_CLOUD_CREDENTIALS_FILE`, `ALIBABA_CLOUD_PROFILE` | depends on the type |
//! | [`EcsRamRoleProvider`] | the metadata service of the ECS instance | `ALIBABA_CLOUD_ECS_METADATA`, `ALIBABA_CLOUD_ECS_METADATA_DISABLED`, `ALIBABA_CLOUD_IMDSV1_DISABLED` | yes |
//! | [`UriProvider`] | a URI | `ALIBABA_CLOUD_CREDENTIALS_URI` | yes |
//! | [`ProcessProvider`] | the output of a program | | if the output has a token |
//! | [`RamRoleProvider`] | STS, with the credentials of another provider | `ALIBABA_CLOUD_ROLE_SESSION_NAME` | yes, 1 hour by default |
//!
//! The providers that call STS also read `ALIBABA_CLOUD_STS_REGION` and
//! `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` for its [endpoint](StsEndpoint).
//!
//! # Default chain
//!
//! [`DefaultChain`] tries, in this order: [`EnvironmentProvider`], [`OidcProvider`],
//! [`CliProfileProvider`], [`IniFileProvider`], [`EcsRamRoleProvider`], [`UriProvider`]. It uses
//! the first source that is configured, and caches its credentials.
//!
//! # Cache and refresh
//!
//! [`CliProfileProvider`] and [`IniFileProvider`] read their file again when it changes; every other
//! provider reads its source at every call and caches nothing. [`Cached`] wraps a provider: it
//! keeps credentials that have an expiration, and refreshes them up to 15 minutes before. The
//! default chain contains one. When the service rejects credentials as expired or invalid, the
//! client refreshes them and retries.
//!
//! # Tests
//!
//! Providers read variables and files, send requests, run programs and read the clock through an
//! [`Io`], so a test can replace all of these.
//!
//! Source: the vendor's credentials packages. Where they differ, the page of a provider says so.

mod chain;
mod cli_config;
mod cli_profile;
mod fields;
mod ini;
mod ini_format;
mod profile_file;

pub use chain::{DefaultChain, DefaultChainBuilder};
pub use cli_profile::CliProfileProvider;
pub use ini::IniFileProvider;

pub use crate::rpc::credentials::{
    Cached, Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider,
    EnvironmentProvider, ProcessProvider, UriProvider,
};
pub use crate::rpc::outside::{FileStamp, Io, ProcessRunner};
pub use crate::sts::{OidcProvider, RamRoleProvider, RoleSession, StsEndpoint};
