//! STS: the providers that assume a RAM role, and the two operations that they call.
//!
//! STS is an [`Api`](crate::rpc::api::Api) like any other. Requests use the client of
//! [`crate::rpc`], with its signatures, clock correction and classification of errors.

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
