//! `explore`: runs a workflow under every schedule of faults and crashes.

mod exploration;
mod fault;
mod journal;
mod run;
mod schedule;
mod search;
mod session;
mod transport;
mod world;

pub use exploration::{Exploration, ExploreFailure};
pub use fault::Fault;
pub use journal::ExploredJournal;
pub use schedule::{Schedule, ScheduledFault};
pub use search::{explore, replay};
pub use world::ExploredWorld;
