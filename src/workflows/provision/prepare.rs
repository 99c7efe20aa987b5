//! Builds and checks the configuration of a plan before the purchase.

use super::configuration::Configure;
use super::context::StageResult;
use super::progress::ProvisionStage;
use super::provision_error::ProvisionCause;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::ApiRequest;
use crate::v2019_03_06::operations::ConfigureBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

/// The id that the closure gets, because it runs before the purchase.
const PLACEHOLDER: &str = "plan-id-unknown-before-purchase";

/// Runs the closure and checks the configuration, before anything is sent.
///
/// Its plan id is a placeholder, which the caller must replace.
pub(super) async fn prepare(configure: Configure) -> StageResult<ConfigureBackupPlan> {
    let in_stage = |cause| (ProvisionStage::Prepare, cause);
    let invalid = |reason: String| in_stage(Error::new(ErrorKind::Request, reason).into());
    let placeholder = BackupPlanId::new(PLACEHOLDER).map_err(|error| invalid(error.to_string()))?;
    let mut configuration = configure(placeholder.clone())
        .await
        .map_err(|error| in_stage(ProvisionCause::Configuration(error)))?;
    configuration.backup_plan_id = placeholder;
    let parameters = configuration.parameters().map_err(|error| invalid(error.to_string()))?;
    let uses_placeholder =
        |(name, value): &(&str, &str)| *name != "BackupPlanId" && value.contains(PLACEHOLDER);
    match parameters.iter().find(uses_placeholder) {
        None => Ok(configuration),
        Some((name, _)) => Err(invalid(format!(
            "invalid `{name}`: it contains the id of the plan, which is not known before the \
             purchase; use a name of your own"
        ))),
    }
}
