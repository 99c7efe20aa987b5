//! `DrillRecord`: the result of a drill.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;

use crate::rpc::wait::Rounded;
use crate::v2019_03_06::types::{BackupPlanId, RestoreTaskId};
use crate::workflows::serde_time;

/// The result of a drill, which can be stored as evidence. It has no password.
///
/// In serde, times are RFC 3339, and durations are numbers of seconds. Durations are as seen by
/// polls, which are 2 to 60 seconds apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DrillRecord {
    /// The plan whose backup was restored.
    pub plan: BackupPlanId,
    /// The restore task. `None` if none was created.
    pub restore_task: Option<RestoreTaskId>,
    /// The time of the restored point. `None` if it is not known.
    #[serde(serialize_with = "serde_time::optional_time")]
    pub point_time: Option<OffsetDateTime>,
    /// When the drill started, by the service's clock.
    #[serde(serialize_with = "serde_time::time")]
    pub started_at: OffsetDateTime,
    /// How old the restored point was at the start: the data that a loss would have cost.
    #[serde(serialize_with = "serde_time::optional_seconds")]
    pub rpo: Option<Duration>,
    /// How long the drill took, from its start to the end of the check.
    #[serde(serialize_with = "serde_time::seconds")]
    pub rto: Duration,
    /// How long the pre-check took.
    #[serde(serialize_with = "serde_time::seconds")]
    pub pre_check: Duration,
    /// How long the restore took.
    #[serde(serialize_with = "serde_time::seconds")]
    pub restore: Duration,
    /// How long the check took.
    #[serde(serialize_with = "serde_time::seconds")]
    pub check: Duration,
    /// Whether the backup was restored, and the check passed.
    pub passed: bool,
    /// Why the drill did not pass.
    pub failure: Option<String>,
}

impl DrillRecord {
    pub(super) const fn new(plan: BackupPlanId, started_at: OffsetDateTime) -> Self {
        Self {
            plan,
            restore_task: None,
            point_time: None,
            started_at,
            rpo: None,
            rto: Duration::ZERO,
            pre_check: Duration::ZERO,
            restore: Duration::ZERO,
            check: Duration::ZERO,
            passed: false,
            failure: None,
        }
    }
}

/// Writes one line.
impl fmt::Display for DrillRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let result = if self.passed { "passed" } else { "failed" };
        write!(f, "drill of `{}` {result} in {}", self.plan, Rounded(self.rto))?;
        if let Some(rpo) = self.rpo {
            write!(f, "; the restored point was {} old", Rounded(rpo))?;
        }
        match &self.failure {
            Some(failure) => write!(f, "; {failure}"),
            None => Ok(()),
        }
    }
}
