//! Error codes and messages for what the fake's state does not allow.
//!
//! The vendor publishes codes, but not when an operation returns which. That choice and the messages
//! are the fake's.

use std::fmt;

use super::sandboxes::INVALID_PARAMETER;
use crate::fake::error_response::{ErrorResponse, not_found};
use crate::fake::world::world_error::{
    EndpointSide, LoginField, MissingField, PlanAction, WorldError,
};
use crate::v2019_03_06::types::BackupPlanStatus;

impl From<WorldError> for ErrorResponse {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::PlanNotFound(id) => Self::not_found("backup plan", id),
            WorldError::RestoreTaskNotFound(id) => Self::not_found("restore task", id),
            WorldError::BackupSetNotFound(id) => Self::not_found("backup set", id),
            WorldError::LogJobNotFound(id) => Self::not_found("log backup job", id),
            WorldError::DownloadNotFound(id) => download_not_found(id),
            WorldError::GatewayNotFound(id) => Self::invalid(format!(
                "backup gateway `{id}` does not exist: check the id and the region"
            )),
            WorldError::ListingNotFound(id) => Self::invalid(not_found("task", id)),
            WorldError::PlanState(status, action) => plan_state(status, action),
            WorldError::PlanNotSettled => Self::denied(
                "cannot configure the backup plan: it is still being created; try again 5 seconds \
                 after the purchase",
            ),
            WorldError::RestoreTaskState(status) => Self::denied(format!(
                "cannot start the restore task in state `{status}`: expected `check_pass`"
            )),
            WorldError::BackupSetState(status) => Self::denied(format!(
                "cannot download the backup set in state `{status}`: expected `finish`"
            )),
            WorldError::FieldMissing(field, database) => {
                let name = parameter(field);
                let message = format!("missing parameter `{name}`: `{database}` requires it");
                Self::business("Param.NotFound", message)
            }
            WorldError::NotRestorable(id) => Self::invalid(format!(
                "cannot restore backup set `{id}`: it is not a finished full backup of the plan; \
                 choose one from `DescribeFullBackupList`"
            )),
            WorldError::RestoreTimeOutOfRange => Self::invalid(
                "invalid `RestoreTime`: no restore range includes it; choose a time from \
                 `DescribeRestoreRangeInfo`",
            ),
            WorldError::DownloadRunning => Self::business(
                "DBS.DownloadTask.JobAlreadyExist",
                "cannot create the download: the same one is not finished; wait for it",
            ),
            WorldError::NotSubscription => Self::invalid(
                "cannot renew the backup plan: it is pay as you go; only a subscription is renewed",
            ),
            WorldError::NotPayAsYouGo => {
                Self::invalid("cannot release the backup plan: it is a subscription; let it expire")
            }
            WorldError::ClassNotLarger { present, requested } => Self::invalid(format!(
                "cannot upgrade the backup plan: class `{requested}` is not larger than \
                 `{present}`; choose a larger class"
            )),
            WorldError::StorageNotBuiltIn => Self::invalid(
                "cannot change the download rules: they require the built-in storage; configure \
                 the plan with `BackupStorageType` `system`",
            ),
            WorldError::InstanceNotFound(id) => download_invalid(not_found("instance", id)),
            WorldError::InstanceUnsupported(id) => download_invalid(format!(
                "cannot download backups of instance `{id}`: its engine cannot use advanced download"
            )),
            WorldError::InstanceSetNotFound(id) => download_invalid(not_found("backup set", id)),
            WorldError::MomentOutOfRange => download_invalid(
                "invalid `DownloadPointInTime`: it is in the future, or before the first backup set",
            ),
            WorldError::FormatUnsupported(format) => download_invalid(format!(
                "invalid `FormatType` `{format}`: the engine of the instance has other formats"
            )),
            WorldError::SameDownload => Self::business(
                "DBS.DownloadTask.JobAlreadyExist",
                "cannot create the download: the same one was created within the last 10 minutes",
            ),
            WorldError::DownloadBlocked(id, status) => Self::business(
                "DBS.DownloadTask.OnlyOneRunningOrFailedTask",
                format!(
                    "cannot start the download: `{id}` of this instance is in state `{status}`"
                ),
            ),
            WorldError::TaskNotFound(id) => download_not_found(id),
            WorldError::TaskNotFailed(status) => download_invalid(format!(
                "cannot retry the download in state `{status}`: expected `failed`"
            )),
            WorldError::TaskNotFinished(status) => download_invalid(format!(
                "the download in state `{status}` has no addresses: expected `finished`"
            )),
            WorldError::SandboxNotFound(id) => sandbox_invalid(not_found("sandbox", id)),
            WorldError::SandboxCreating => {
                sandbox_invalid("the sandbox is creating: delete it when it is running")
            }
            WorldError::NotMySql => {
                sandbox_invalid("the backup plan has no sandboxes: only plans of MySQL have them")
            }
            WorldError::NoSandboxTime => {
                sandbox_invalid("the backup plan has no finished backup that a sandbox can show")
            }
            WorldError::RoleExists => Self::LegacyBusiness {
                code: "EntityAlreadyExists.Role",
                message: "cannot create the service-linked role: it already exists; use the existing one",
            },
            WorldError::OutOfIds => Self::business(
                "InternalError",
                "failed to create an id: this is a bug of the fake; report it",
            ),
        }
    }
}

/// A parameter that the state of an instance or of its downloads does not allow.
fn download_invalid(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::business("DBS.ParamIsInValid", message)
}

fn download_not_found(id: impl fmt::Display) -> ErrorResponse {
    ErrorResponse::business("DBS.DownloadTask.CannotFind", not_found("download task", id))
}

/// A parameter that the state of a plan or of its sandboxes does not allow.
fn sandbox_invalid(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::business(INVALID_PARAMETER, message)
}

fn plan_state(status: BackupPlanStatus, action: PlanAction) -> ErrorResponse {
    let message = match action {
        PlanAction::Configure => format!(
            "cannot configure the backup plan in state `{status}`: stop a running plan first, and \
             renew a locked one"
        ),
        PlanAction::Change => format!(
            "cannot change the backup plan in state `{status}`: configure it first, and renew a \
             locked one"
        ),
        PlanAction::Start => format!(
            "cannot start the backup plan in state `{status}`: expected `check_pass` or `pause`"
        ),
        PlanAction::Stop => {
            format!("cannot stop the backup plan in state `{status}`: expected `running`")
        }
        PlanAction::Release => {
            format!("cannot release the backup plan in state `{status}`: stop it first")
        }
        PlanAction::Restore => {
            format!("cannot restore the backup plan in state `{status}`: renew it first")
        }
        PlanAction::ShowPreCheck => {
            format!("the backup plan in state `{status}` has no pre-check: configure it first")
        }
    };
    ErrorResponse::denied(message)
}

/// Returns the name of the missing parameter.
const fn parameter(field: MissingField) -> &'static str {
    use EndpointSide::{Destination, Source};
    use LoginField::{DatabaseName, OracleSid, UserName};
    match field {
        MissingField::Login(Source, UserName) => "SourceEndpointUserName",
        MissingField::Login(Source, DatabaseName) => "SourceEndpointDatabaseName",
        MissingField::Login(Source, OracleSid) => "SourceEndpointOracleSID",
        MissingField::Login(Destination, UserName) => "DestinationEndpointUserName",
        MissingField::Login(Destination, DatabaseName) => "DestinationEndpointDatabaseName",
        MissingField::Login(Destination, OracleSid) => "DestinationEndpointOracleSID",
        MissingField::RestoreDir => "RestoreDir",
    }
}
