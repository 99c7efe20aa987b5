//! Restores: what can be restored, and the tasks that do it.

mod create;
mod list;
mod range;
mod start;

pub use create::*;
pub use list::*;
pub use range::*;
pub use start::*;
