//! `DescribeDLAService`: reads whether the backups of a plan can be queried in the data lake.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, DlaServiceState};

/// Reads the state of data-lake analytics (DLA) for a plan.
///
/// RAM: `dbs:DescribeDLAService` on `*`. Limit: 10 calls a second per account. It changes nothing,
/// so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeDLAService;
///
/// let request = DescribeDLAService::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeDLAService {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`DescribeDLAService`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeDLAServiceResponse {
    /// State of the service, `State`.
    pub state: Open<DlaServiceState>,
    /// Whether new backup sets join by themselves, `AutoAdd`.
    #[serde(deserialize_with = "lenient::required")]
    pub auto_add: bool,
    /// Whether one of its jobs failed, `HaveJobFailed`.
    #[serde(deserialize_with = "lenient::required")]
    pub have_job_failed: bool,
}

operation! {
    DescribeDLAService -> DescribeDLAServiceResponse, ReadOnly, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeDLAService::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeDLAService>(include_str!(
            "../../../../tests/data/samples/DescribeDLAService.json"
        ));
        assert_eq!(answer.state, DlaServiceState::Running);
        assert!(answer.auto_add && !answer.have_job_failed);
    }
}
