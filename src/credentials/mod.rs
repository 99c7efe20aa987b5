//! Credentials: the access key that signs requests, and where it comes from.
//!
//! [`DefaultChain`] looks where the vendor's tools look, in their order: environment, OIDC
//! (RRSA), the CLI profile, the ini file, the role of the ECS instance, a URI. Each source is also
//! a provider of its own, and [`Cached`] keeps credentials until shortly before they expire.
//! Providers do everything outside the process through [`Io`], so tests can replace it.
//!
//! Source: the vendor's credentials packages; where they differ, the docs of a provider say so.

mod chain;
mod cli_profile;
mod ini;

pub use chain::{DefaultChain, DefaultChainBuilder};
pub use cli_profile::CliProfileProvider;
pub use ini::IniFileProvider;

pub use crate::rpc::credentials::{
    Cached, Credentials, CredentialsError, CredentialsProvider, EcsRamRoleProvider,
    EnvironmentProvider, ProcessProvider, UriProvider,
};
pub use crate::rpc::outside::{Io, ProcessRunner};
pub use crate::sts::{OidcProvider, RamRoleProvider, RoleSession, StsEndpoint};
