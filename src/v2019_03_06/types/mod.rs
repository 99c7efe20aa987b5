//! The values of requests and answers: what is not valid cannot be made.
//!
//! * Value sets are enums ([`DatabaseType`], [`InstanceClass`] …) with `as_str`, `ALL`,
//!   `FromStr` and `Display`; answers carry them as [`Open<T>`], which survives new values.
//! * Identifiers are types of their own ([`BackupPlanId`], [`OrderId`] …).
//! * What belongs together is one type: [`Period`], [`Billing`], [`SourceEndpoint`],
//!   [`BackupSchedule`], [`BackupStorage`].
//! * Secrets live in [`Secret`].
//!
//! Every checked value fails with [`InvalidValue`], which says what to write instead.

mod access;
pub(crate) mod auto_download;
mod billing;
pub(crate) mod cross_account;
mod endpoint;
mod endpoint_wire;
mod identifier;
mod jobs;
mod objects;
mod paging;
mod period;
mod plan_method;
mod purchase;
mod restore;
mod restore_destination;
pub(crate) mod schedule;
mod selection;
mod source_change;
pub(crate) mod storage;
mod storage_lifecycle;
mod throughput;

pub use access::DatabaseAccess;
pub use auto_download::AutoDownload;
pub use billing::Billing;
pub use cross_account::CrossAccount;
pub use endpoint::{
    DatabaseGatewayEndpoint, EndpointInstanceType, PlanSource, Port, SourceEndpoint,
};
pub use identifier::{
    AgentTaskId, AliyunId, BackupGatewayId, BackupGatewayIdentifier, BackupPlanId,
    BackupSetDownloadTaskId, BackupSetId, BackupSetJobId, DatabaseHost, InstanceId, JobId, OrderId,
    OssBucketName, RamRoleName, ResourceGroupId, RestoreTaskId,
};
pub use jobs::{
    BackupGatewayStatus, BackupPlanStatus, DlaServiceState, DownloadJobType, DownloadTaskStatus,
    DownloadWay, FullBackupStatus, IncrementBackupStatus, Language, PreCheckItemState,
    PreCheckStatus, StopMethod,
};
pub use objects::{BackupObject, BackupObjects, BackupTable, RestoreObject, RestoreObjects};
pub use paging::{PageSize, PageSizeChoice};
pub use period::{MonthTerm, Months, Period, PeriodUnit, UsedTime, YearTerm, Years};
pub use plan_method::PlanMethod;
pub use purchase::{
    BackupMethod, ChargeType, DatabaseType, InstanceClass, PayType, SourceInstanceProduct,
};
pub use restore::{
    DuplicateConflict, RestoreDestinationMode, RestorePoint, RestoreRangeType, RestoreStatus,
};
pub use restore_destination::RestoreDestination;
pub use schedule::{BackupSchedule, BackupStrategyType, NewSchedule, StartTime, Weekday, Weekdays};
pub use selection::{DownloadTaskSelection, PreCheckTarget, RestoreTaskSelection};
pub use source_change::SourceChange;
pub use storage::{
    BackupSetDataFormat, BackupStorage, BackupStorageType, DownloadTargetLocation,
    DownloadTargetType, RetentionDays, StorageEncryptMethod, StorageMethod,
};
pub use storage_lifecycle::StorageLifecycle;
pub use throughput::KilobytesPerSecond;

pub use crate::rpc::value::{ClientToken, InvalidValue, Open, Secret, UnknownValue, WireEnum};
pub use crate::v2019_03_06::error_code::ErrorCode;
pub use crate::v2019_03_06::region::{OtherRegion, Region};
