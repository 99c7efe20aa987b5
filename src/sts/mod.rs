//! STS: the providers of roles that another identity assumes, and the two operations they call.
//!
//! STS is an [`Api`](crate::rpc::api::Api) like any other: requests go through the client of
//! [`crate::rpc`], with its signatures, clock correction and classification of failures.

mod api;
mod assume_role;
mod assume_role_with_oidc;
mod endpoint;
mod exchange;
mod oidc;
mod ram_role;
mod session;

pub use endpoint::StsEndpoint;
pub use oidc::OidcProvider;
pub use ram_role::RamRoleProvider;
pub use session::RoleSession;
