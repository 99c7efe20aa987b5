//! The values of requests and answers: what is not valid cannot be made.
//!
//! * Value sets are enums ([`DatabaseType`], [`InstanceClass`] …) with `as_str`, `ALL`,
//!   `FromStr` and `Display`; answers carry them as [`Open<T>`], which survives new values.
//! * Constants are checked by `cargo check`, by a macro next to the type: [`page_size!`],
//!   [`period!`], [`port!`], [`retention_days!`], [`start_time!`], [`storage_lifecycle!`].
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
mod database_gateway;
mod download;
mod endpoint;
mod endpoint_kinds;
mod endpoint_parts;
mod endpoint_type;
mod identifier;
mod language;
mod number_identifier;
mod objects;
mod paging;
pub(crate) mod period;
mod plan_method;
mod plan_source;
mod port;
mod purchase;
mod restore;
mod restore_destination;
mod retention;
pub(crate) mod schedule;
mod selection;
mod source_change;
mod start_time;
mod status;
mod stop_method;
pub(crate) mod storage;
mod storage_lifecycle;
mod throughput;

pub use access::DatabaseAccess;
pub use auto_download::AutoDownload;
pub use billing::Billing;
pub use cross_account::CrossAccount;
pub use database_gateway::DatabaseGatewayEndpoint;
pub use download::{
    BackupSetDataFormat, DownloadJobType, DownloadTargetLocation, DownloadTargetType, DownloadWay,
};
pub use endpoint::SourceEndpoint;
pub use endpoint_type::EndpointInstanceType;
pub use identifier::{
    AliyunId, BackupGatewayIdentifier, BackupPlanId, BackupSetDownloadTaskId, BackupSetId,
    BackupSetJobId, DatabaseHost, InstanceId, JobId, OrderId, OssBucketName, RamRoleName,
    ResourceGroupId, RestoreTaskId,
};
pub use language::Language;
pub use number_identifier::{AgentTaskId, BackupGatewayId};
pub use objects::{BackupObject, BackupObjects, BackupTable, RestoreObject, RestoreObjects};
pub use paging::{PageSize, PageSizeChoice};
pub(crate) use period::Period;
pub use period::{MonthTerm, Months, PeriodUnit, UsedTime, YearTerm, Years};
pub use plan_method::PlanMethod;
pub use plan_source::PlanSource;
pub use port::Port;
pub use purchase::{
    BackupMethod, ChargeType, DatabaseType, InstanceClass, PayType, SourceInstanceProduct,
};
pub use restore::{DuplicateConflict, RestoreDestinationMode, RestorePoint, RestoreRangeType};
pub use restore_destination::RestoreDestination;
pub use retention::RetentionDays;
pub use schedule::{BackupSchedule, BackupStrategyType, NewSchedule, Weekday, Weekdays};
pub use selection::{DownloadTaskSelection, PreCheckTarget, RestoreTaskSelection};
pub use source_change::SourceChange;
pub use start_time::StartTime;
pub use status::{
    BackupGatewayStatus, BackupPlanStatus, DlaServiceState, DownloadTaskStatus, FullBackupStatus,
    IncrementBackupStatus, PreCheckItemState, PreCheckStatus, RestoreStatus,
};
pub use stop_method::StopMethod;
pub use storage::{BackupStorage, BackupStorageType, StorageEncryptMethod, StorageMethod};
pub use storage_lifecycle::StorageLifecycle;
pub use throughput::KilobytesPerSecond;

// Inlined, since rustdoc leaves out what is re-exported from a hidden item.
#[doc(inline)]
pub use {
    paging::page_size, period::period, port::port, retention::retention_days,
    start_time::start_time, storage_lifecycle::storage_lifecycle,
};

pub use crate::rpc::value::{ClientToken, InvalidValue, Open, Secret, UnknownValue, WireEnum};
pub use crate::v2019_03_06::error_code::ErrorCode;
