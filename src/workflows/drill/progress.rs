//! The steps of a drill, and what its check gets.

use time::OffsetDateTime;

use crate::rpc::value::labels::labels;
use crate::v2019_03_06::types::{RestoreDestination, RestorePoint, RestoreTaskId};

/// The stages of a drill that take time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DrillStage {
    /// Waiting until the pre-check of the restore task has passed.
    PreCheck,
    /// Waiting until the restore is finished.
    Restore,
}

labels! { DrillStage: PreCheck = "pre-check", Restore = "restore" }

/// A step of a drill, as [`Drill::next`](super::Drill::next) returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DrillStep {
    /// The destination is a scratch database, and this point will be restored into it.
    Chosen {
        /// The point.
        point: RestorePoint,
        /// The time of the point. `None` if the service does not return that of the backup.
        at: Option<OffsetDateTime>,
    },
    /// The restore task was created, and its pre-check began.
    Created {
        /// The id of the task.
        restore_task: RestoreTaskId,
    },
    /// The stage was polled.
    Waiting {
        /// The stage.
        stage: DrillStage,
        /// A short summary of the state, such as `running, 40 %`.
        summary: String,
        /// The progress of the stage in percent. `None` if the service does not report it.
        progress: Option<u8>,
    },
    /// The restore was started, and writes to the destination.
    Started,
    /// The restore is finished, and the check begins.
    Restored,
    /// The check has ended.
    Checked {
        /// Whether it passed. Also `true` without a check.
        passed: bool,
    },
}

/// What the check of a drill gets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DrillTarget {
    /// The database that was restored into, with its login.
    pub destination: RestoreDestination,
    /// The id of the finished restore task.
    pub restore_task: RestoreTaskId,
    /// The point that was restored.
    pub point: RestorePoint,
}
