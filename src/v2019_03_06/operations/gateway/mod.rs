//! Backup gateways, and the databases behind them.

mod create_database_list;
mod database_list;
mod list;

pub use create_database_list::*;
pub use database_list::*;
pub use list::*;
