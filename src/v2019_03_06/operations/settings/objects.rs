//! `ModifyBackupObjects`: replaces what a plan backs up.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupObjects, BackupPlanId};

/// Replaces what a plan backs up.
///
/// The answer says whether a new pre-check runs; if so, start the plan again once it has passed.
///
/// RAM: `dbs:ModifyBackupObjects` on `*`. Limit: 10 calls a second per account. Sent again with the
/// same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `InvalidParameter` (the objects do not suit the plan), `OperationDenied.JobStatus` (not in the
/// plan's present state), `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is
/// missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupObjects;
/// use aliyun_dbs::types::BackupObject;
///
/// let request = ModifyBackupObjects::builder()
///     .backup_plan_id("dbs1h0exusfa".parse()?)
///     .backup_objects(BackupObject::database("orders").exclude_table("item_tmp"))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupObjects {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// What shall be backed up, `BackupObjects`.
    #[builder(into)]
    pub backup_objects: BackupObjects,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyBackupObjects`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupObjectsResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether a new pre-check runs, `NeedPrecheck`; if so, start the plan again once it has
    /// passed.
    #[serde(deserialize_with = "lenient::required")]
    pub need_precheck: bool,
}

operation! {
    ModifyBackupObjects -> ModifyBackupObjectsResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::BackupObject;

    #[test]
    fn every_parameter() {
        let request = ModifyBackupObjects::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_objects(BackupObject::database("orders"))
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupObjects", r#"[{"DBName":"orders"}]"#),
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ModifyBackupObjects>(include_str!(
            "../../../../tests/data/samples/ModifyBackupObjects.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbs1h0exusfa");
        assert!(answer.need_precheck);
    }
}
