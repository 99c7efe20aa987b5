//! Restore drills: a backup is restored into a scratch database, and checked.
//!
//! [`Client::drill`](crate::Client::drill) proves that a plan can be restored, and measures how
//! much data is lost and how long it takes; see [`Drill`].

mod drill_error;
mod handle;
mod point;
mod progress;
mod record;
mod redact;
mod run;
mod scratch;

pub use drill_error::{DrillCause, DrillError};
pub use handle::{Drill, DrillFuture};
pub use progress::{DrillStage, DrillStep, DrillTarget};
pub use record::DrillRecord;
