//! The operations: each request reads or changes the state, and gets a response.
//!
//! [`dispatch::execute`] decodes a request and calls its [`handle::Handle`]. `error_codes` has the
//! error code of everything that the state does not allow. Each other file has one group of
//! operations, with the rows of their lists.

mod account;
mod advanced_downloads;
mod backups;
mod billing;
pub(super) mod configuration;
pub(super) mod dispatch;
mod downloads;
mod endpoint_fields;
mod error_codes;
mod gateways;
mod handle;
mod list_page;
mod logs;
mod plan_items;
mod plan_list;
mod pre_checks;
mod purchase;
mod ranges;
mod restores;
mod sandboxes;
mod settings;
