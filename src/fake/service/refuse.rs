//! Error codes and messages for what the world does not do.

use crate::fake::refusal::Refusal;
use crate::fake::world::world_error::{Lack, LoginPart, PlanAction, Side, WorldError};
use crate::v2019_03_06::types::BackupPlanStatus;

impl From<WorldError> for Refusal {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::NoPlan => Self::unknown("backup plan"),
            WorldError::NoRestoreTask => Self::unknown("restore task"),
            WorldError::NoBackupSet => Self::unknown("backup set"),
            WorldError::NoLogJob => Self::unknown("backup job"),
            WorldError::NoDownload => {
                Self::business("DBS.DownloadTask.CannotFind", "The download task does not exist.")
            }
            WorldError::NoGateway(id) => Self::invalid(format!("There is no backup gateway {id}.")),
            WorldError::NoListing(id) => Self::invalid(format!("There is no task {id}.")),
            WorldError::PlanState(status, action) => plan_is(status, action),
            WorldError::PlanIsNew => Self::denied("The backup plan is still being created."),
            WorldError::TaskState(status) => {
                Self::denied(format!("A restore task in state {status} cannot be started."))
            }
            WorldError::BackupState(status) => {
                Self::denied(format!("A backup set in state {status} cannot be downloaded."))
            }
            WorldError::Lacks(lack, database) => {
                let message = format!("{} is needed for {database}.", parameter(lack));
                Self::business("Param.NotFound", message)
            }
            WorldError::NotRestorable(set) => {
                Self::invalid(format!("{set} is not a finished backup set of the plan."))
            }
            WorldError::OutOfRange => {
                Self::invalid("RestoreTime is not in a range that can be restored.")
            }
            WorldError::DownloadRuns => {
                let message = "The same download was asked for and is not finished.";
                Self::business("DBS.DownloadTask.JobAlreadyExist", message)
            }
            WorldError::NoSubscription => Self::invalid("A pay-as-you-go plan is not renewed."),
            WorldError::Subscription => {
                Self::invalid("A subscription is not released; it expires.")
            }
            WorldError::NotLarger { present, wanted } => {
                Self::invalid(format!("A plan of class {present} cannot be upgraded to {wanted}."))
            }
            WorldError::NoSystemStorage => {
                Self::invalid("Download rules need BackupStorageType system.")
            }
            WorldError::RoleExists => Self::OldBusiness {
                code: "EntityAlreadyExists.Role",
                message: "The role already exists.",
            },
            WorldError::OutOfIds => Self::business("InternalError", "The service ran out of ids."),
        }
    }
}

fn plan_is(status: BackupPlanStatus, action: PlanAction) -> Refusal {
    let what = match action {
        PlanAction::Configure => "be configured",
        PlanAction::Change => "be changed",
        PlanAction::Start => "be started",
        PlanAction::Stop => "be stopped",
        PlanAction::Release => "be released",
        PlanAction::Restore => "be restored",
        PlanAction::ShowPreCheck => "have a pre-check",
    };
    Refusal::denied(format!("A backup plan in state {status} cannot {what}."))
}

/// Returns the name of the parameter that is missing.
const fn parameter(lack: Lack) -> &'static str {
    match lack {
        Lack::Login(Side::Source, LoginPart::UserName) => "SourceEndpointUserName",
        Lack::Login(Side::Source, LoginPart::DatabaseName) => "SourceEndpointDatabaseName",
        Lack::Login(Side::Source, LoginPart::OracleSid) => "SourceEndpointOracleSID",
        Lack::Login(Side::Destination, LoginPart::UserName) => "DestinationEndpointUserName",
        Lack::Login(Side::Destination, LoginPart::DatabaseName) => {
            "DestinationEndpointDatabaseName"
        }
        Lack::Login(Side::Destination, LoginPart::OracleSid) => "DestinationEndpointOracleSID",
        Lack::RestoreDir => "RestoreDir",
    }
}
