//! `WorldError`: why the fake's state does not allow an operation.

use crate::v2019_03_06::types::{
    AgentTaskId, BackupGatewayId, BackupPlanId, BackupPlanStatus, BackupSetDownloadTaskId,
    BackupSetId, BackupSetJobId, DatabaseType, FullBackupStatus, InstanceClass, InstanceId,
    RestoreStatus, RestoreTaskId,
};
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DownloadFormat, DownloadTaskId, SandboxInstanceId,
};

/// Why an operation failed. The state did not change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WorldError {
    PlanNotFound(BackupPlanId),
    RestoreTaskNotFound(RestoreTaskId),
    BackupSetNotFound(BackupSetId),
    LogJobNotFound(BackupSetJobId),
    DownloadNotFound(BackupSetDownloadTaskId),
    GatewayNotFound(BackupGatewayId),
    ListingNotFound(AgentTaskId),
    /// The state of the plan does not allow the action.
    PlanState(BackupPlanStatus, PlanAction),
    /// The plan was bought too recently to be configured.
    PlanNotSettled,
    /// The restore task cannot be started in this state.
    RestoreTaskState(RestoreStatus),
    /// The backup set cannot be downloaded in this state.
    BackupSetState(FullBackupStatus),
    /// A database of this type requires a field that the request does not have.
    FieldMissing(MissingField, DatabaseType),
    /// The plan has no finished backup set with this id.
    NotRestorable(BackupSetId),
    /// No restore range includes the time to restore.
    RestoreTimeOutOfRange,
    /// An unfinished download of the same files in the same format exists.
    DownloadRunning,
    /// The plan cannot be renewed, because it is pay as you go.
    NotSubscription,
    /// The plan cannot be released, because it is a subscription.
    NotPayAsYouGo,
    /// The requested class is not larger than the present one.
    ClassNotLarger {
        present: InstanceClass,
        requested: InstanceClass,
    },
    /// Download rules require the built-in storage.
    StorageNotBuiltIn,
    InstanceNotFound(InstanceId),
    /// The engine of the instance cannot use advanced download.
    InstanceUnsupported(InstanceId),
    InstanceSetNotFound(BackupSetId),
    /// The moment is after now, or before the first backup set.
    MomentOutOfRange,
    /// The engine of the instance does not have the format.
    FormatUnsupported(DownloadFormat),
    /// The same advanced download was created shortly before.
    SameDownload,
    /// Another advanced download of the instance waits, runs or has failed.
    DownloadBlocked(DownloadTaskId, AdvancedDownloadState),
    /// No advanced download with files at URLs has this id, or is of the backup set with this id.
    TaskNotFound(String),
    /// The advanced download cannot be retried in this state.
    TaskNotFailed(AdvancedDownloadState),
    /// The advanced download has no files in this state.
    TaskNotFinished(AdvancedDownloadState),
    SandboxNotFound(SandboxInstanceId),
    /// The sandbox cannot be deleted before it is created.
    SandboxCreating,
    /// Only plans of MySQL have sandboxes.
    NotMySql,
    /// The plan has no finished backup that a sandbox can show.
    NoSandboxTime,
    RoleExists,
    OutOfIds,
}

/// An action that the state of a plan may not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanAction {
    Configure,
    Change,
    Start,
    Stop,
    Release,
    Restore,
    ShowPreCheck,
}

/// A field that a database type requires of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingField {
    Login(EndpointSide, LoginField),
    /// The directory that a backup gateway restores to.
    RestoreDir,
}

/// The database that is backed up, or the one that is restored to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointSide {
    Source,
    Destination,
}

/// A field of a database login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginField {
    UserName,
    DatabaseName,
    OracleSid,
}
