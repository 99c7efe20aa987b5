//! Backup plans: bought, configured, started, paid for, given up.

mod billing;
mod configure;
mod create;
mod create_and_start;
mod list;
mod precheck;
mod release;
mod rename;
mod renew;
mod start;
mod stop;
mod upgrade;

pub use billing::*;
pub use configure::*;
pub use create::*;
pub use create_and_start::*;
pub use list::*;
pub use precheck::*;
pub use release::*;
pub use rename::*;
pub use renew::*;
pub use start::*;
pub use stop::*;
pub use upgrade::*;
