//! `WorldError`: why the world does not do what it is asked to.

use crate::v2019_03_06::types::{
    AgentTaskId, BackupGatewayId, BackupPlanStatus, BackupSetId, DatabaseType, FullBackupStatus,
    InstanceClass, RestoreStatus,
};

/// Why something is not done. Nothing has changed then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WorldError {
    NoPlan,
    NoRestoreTask,
    NoBackupSet,
    NoLogJob,
    NoDownload,
    NoGateway(BackupGatewayId),
    NoListing(AgentTaskId),
    /// The plan's state does not allow it.
    PlanState(BackupPlanStatus, PlanAction),
    /// The plan was bought a moment ago and is not ready.
    PlanIsNew,
    /// The task cannot be started in this state.
    TaskState(RestoreStatus),
    /// The backup cannot be downloaded in this state.
    BackupState(FullBackupStatus),
    /// The kind of database needs something that was not given.
    Lacks(Lack, DatabaseType),
    /// The plan has no finished backup of this id to restore.
    NotRestorable(BackupSetId),
    /// The moment to restore lies in no range.
    OutOfRange,
    /// The same download was ordered and is not finished.
    DownloadRuns,
    /// Only subscriptions are renewed.
    NoSubscription,
    /// Subscriptions expire and are not released.
    Subscription,
    /// The wanted class is not larger than the present one.
    NotLarger {
        present: InstanceClass,
        wanted: InstanceClass,
    },
    /// Download rules need the built-in storage.
    NoSystemStorage,
    RoleExists,
    OutOfIds,
}

/// What a plan's state may forbid.
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

/// Something that an endpoint lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    Login(Side, LoginPart),
    /// The directory that a gateway restores into.
    RestoreDir,
}

/// The database that is backed up, or the one that is restored to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Destination,
}

/// A part of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginPart {
    UserName,
    DatabaseName,
    OracleSid,
}
