//! `ModifyBackupStrategy`: changes when full backups run.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, NewSchedule};

/// Changes when full backups run.
///
/// The answer says whether a new pre-check runs; if so, start the plan again once it has passed.
///
/// RAM: `dbs:ModifyBackupStrategy` on `*`. Limit: 10 calls a second per account. Sent again with
/// the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (not in the plan's present state), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupStrategy;
/// use aliyun_dbs::types::{NewSchedule, StartTime, Weekday};
///
/// let request = ModifyBackupStrategy::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .schedule(NewSchedule::weekly(Weekday::Monday | Weekday::Friday, StartTime::at::<2, 30>()))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupStrategy {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// When full backups shall run. Wire: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[serde(flatten)]
    pub schedule: NewSchedule,
    /// Time between incremental backups in seconds, `BackupLogIntervalSeconds`; physical backup
    /// only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_log_interval_seconds: Option<u32>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyBackupStrategy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupStrategyResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether a new pre-check runs, `NeedPrecheck`; if so, start the plan again once it has
    /// passed.
    #[serde(deserialize_with = "lenient::required")]
    pub need_precheck: bool,
}

operation! {
    ModifyBackupStrategy -> ModifyBackupStrategyResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::{StartTime, Weekday};

    #[test]
    fn every_parameter() {
        let request = ModifyBackupStrategy::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .schedule(NewSchedule::weekly(
                Weekday::Monday | Weekday::Friday,
                StartTime::at::<2, 30>(),
            ))
            .backup_log_interval_seconds(600)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupLogIntervalSeconds", "600"),
                ("BackupPeriod", "Monday,Friday"),
                ("BackupPlanId", "dbs1"),
                ("BackupStartTime", "02:30"),
                ("BackupStrategyType", "simple"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ModifyBackupStrategy>(include_str!(
            "../../../../tests/data/samples/ModifyBackupStrategy.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
        assert!(!answer.need_precheck);
    }
}
