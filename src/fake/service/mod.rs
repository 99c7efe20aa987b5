//! The operations: a request becomes a change or a query of the world, and then a response.
//!
//! [`dispatch::execute`] reads a request into its type and hands it to its [`handle::Handle`].
//! The other files hold one group of operations each, with the rows of their lists. `refuse` gives
//! what the world does not do its error code.

mod account;
mod backups;
mod billing;
pub(super) mod configuration;
pub(super) mod dispatch;
mod downloads;
mod gateways;
mod handle;
mod logs;
mod page;
mod place;
mod plan_list;
mod pre_checks;
mod purchase;
mod ranges;
mod refuse;
mod restores;
mod settings;
