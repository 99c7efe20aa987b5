//! The types of the fields of requests and responses.
//!
//! A value that the service would reject cannot be built: the constructor, `FromStr` and serde
//! return an [`InvalidValue`], which says what is expected. Values that belong together are one
//! type, such as a subscription's term ([`Period`]) or a schedule ([`BackupSchedule`]).
//!
//! # Purchase
//!
//! | type | what it is |
//! | --- | --- |
//! | [`DatabaseType`] | the engine of the database |
//! | [`InstanceClass`] | the size of the plan |
//! | [`BackupMethod`], [`PlanMethod`] | how the data is read: the method alone, or with the parameters that it needs |
//! | [`Billing`] | how the plan is paid, with the term of a subscription |
//! | [`Period`], [`PeriodUnit`], [`UsedTime`] | the term, its unit and its length |
//! | [`period!`], [`YearTerm`], [`MonthTerm`], [`Years`], [`Months`] | a macro for a constant term, and the types with which the compiler checks it |
//! | [`PayType`], [`ChargeType`] | how the plan is paid, as requests and as responses spell it |
//! | [`SourceInstanceProduct`] | the product that the database runs in |
//!
//! # Schedule and retention
//!
//! | type | what it is |
//! | --- | --- |
//! | [`BackupSchedule`], [`NewSchedule`] | when full backups run: at first, and after a change |
//! | [`Weekday`], [`Weekdays`] | one day of the week, and a set of days |
//! | [`StartTime`], [`start_time!`] | the time of day, and a macro for a constant |
//! | [`BackupStrategyType`] | whether a schedule exists |
//! | [`RetentionDays`], [`retention_days!`] | how long backups are kept, and a macro for a constant |
//! | [`KilobytesPerSecond`] | a limit of the backup's throughput |
//!
//! # Storage
//!
//! | type | what it is |
//! | --- | --- |
//! | [`BackupStorage`], [`BackupStorageType`] | where backups are stored |
//! | [`StorageLifecycle`], [`storage_lifecycle!`] | when backups move to cheaper storage, and a macro for a constant |
//! | [`StorageMethod`] | the storage class of a backup |
//! | [`StorageEncryptMethod`] | how backups are encrypted |
//!
//! # Endpoints and logins
//!
//! | type | what it is |
//! | --- | --- |
//! | [`SourceEndpoint`] | the database to back up |
//! | [`PlanSource`] | the same for [`CreateAndStartBackupPlan`], which also accepts Database Gateway |
//! | [`SourceChange`] | the new database of a plan |
//! | [`DatabaseGatewayEndpoint`] | a database behind Database Gateway |
//! | [`EndpointInstanceType`] | where a database runs |
//! | [`DatabaseAccess`], [`Secret`] | the login of a database, and a password |
//! | [`DatabaseHost`], [`Port`], [`port!`] | the address of a database, and a macro for a constant port |
//! | [`CrossAccount`], [`RamRoleName`] | a database of another account, and the role to assume there |
//! | [`BackupObjects`], [`BackupObject`], [`BackupTable`] | the databases and tables to back up |
//!
//! # Restore
//!
//! | type | what it is |
//! | --- | --- |
//! | [`RestorePoint`] | the state to restore: a point in time or a backup set |
//! | [`RestoreDestination`] | the database to restore to |
//! | [`RestoreObjects`], [`RestoreObject`] | the databases to restore |
//! | [`RestoreDestinationMode`], [`DuplicateConflict`] | what a restore writes to, and what it does with names that already exist |
//! | [`RestoreRangeType`] | which moments of a range can be restored |
//! | [`RestoreTaskSelection`], [`PreCheckTarget`] | the tasks to list, and the pre-check to read |
//!
//! # Downloads
//!
//! | type | what it is |
//! | --- | --- |
//! | [`AutoDownload`] | whether backup sets are downloaded automatically |
//! | [`BackupSetDataFormat`] | the format of the files |
//! | [`DownloadTargetType`], [`DownloadTargetLocation`] | the server and the store to download to |
//! | [`DownloadWay`], [`DownloadJobType`] | what started a download, and what it downloads |
//! | [`DownloadTaskSelection`] | the download tasks to list |
//!
//! # Identifiers
//!
//! Each identifier has its own type, so that the compiler rejects a mix-up.
//!
//! | type | what it identifies |
//! | --- | --- |
//! | [`BackupPlanId`], [`OrderId`] | a plan, and the order of its purchase |
//! | [`BackupSetId`], [`BackupSetJobId`] | a backup set, and the job that wrote an incremental one |
//! | [`BackupSetDownloadTaskId`], [`RestoreTaskId`], [`JobId`] | a download, a restore, and any job |
//! | [`BackupGatewayId`], [`BackupGatewayIdentifier`], [`AgentTaskId`] | a backup gateway, and a task that lists its databases |
//! | [`InstanceId`], [`OssBucketName`], [`ResourceGroupId`], [`AliyunId`] | an instance, a bucket, a resource group and an account |
//!
//! # Status values
//!
//! | type | whose state it is |
//! | --- | --- |
//! | [`BackupPlanStatus`] | a plan |
//! | [`PreCheckStatus`], [`PreCheckItemState`] | a pre-check, and one of its checks |
//! | [`FullBackupStatus`], [`IncrementBackupStatus`] | a full and an incremental backup |
//! | [`RestoreStatus`], [`DownloadTaskStatus`] | a restore and a download |
//! | [`BackupGatewayStatus`] | a backup gateway |
//! | [`DlaServiceState`] | data-lake analytics of a plan |
//!
//! # General
//!
//! | type | what it is |
//! | --- | --- |
//! | [`Open`], [`UnknownValue`] | a value of a response that may be newer than this crate |
//! | [`WireEnum`] | the trait of the enums whose variants are wire values |
//! | [`InvalidValue`] | the error of every checked value |
//! | [`ErrorCode`] | an error code that the vendor publishes |
//! | [`ClientToken`] | the [idempotency token](crate::operations#idempotency) of a request |
//! | [`PageSize`], [`page_size!`], [`PageSizeChoice`] | the number of items per page, and a macro for a constant |
//! | [`Language`] | the language of error descriptions |
//!
//! # Facts shared by all types
//!
//! Value sets are enums with `as_str`, `ALL`, `Display` and `FromStr`, which ignores case. The
//! page of each variant shows its wire value. Requests take the enum; responses have
//! [`Open<T>`](Open), which also keeps a value that this crate does not know yet.
//!
//! Where a page gives a wire name, the name of the request parameter or response field differs from
//! the Rust name; a search for the wire name finds the type or field. "Source" links the operations
//! whose vendor's page documents the type.
//!
//! The macros check a constant at compile time. For a value that is known only at run time, use
//! the constructor or `parse`.
//!
//! # Examples
//!
//! ```
//! use aliyun_dbs::types::{BackupPlanId, BackupSchedule, DatabaseType, Weekday, start_time};
//!
//! let plan: BackupPlanId = "dbsrhahrsu2a".parse()?;
//! let schedule = BackupSchedule::weekly(Weekday::Monday | Weekday::Friday, start_time!("02:00"));
//! assert_eq!(DatabaseType::SqlServer.as_str(), "MSSQL");
//!
//! let error = "MySQLL".parse::<DatabaseType>().unwrap_err();
//! assert_eq!(error.value(), "MySQLL");
//! assert!(error.expected().contains("MySQL"));
//! # Ok::<(), aliyun_dbs::types::InvalidValue>(())
//! ```
//!
//! [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan

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

// Inlined, because rustdoc omits re-exports of hidden items.
#[doc(inline)]
pub use {
    paging::page_size, period::period, port::port, retention::retention_days,
    start_time::start_time, storage_lifecycle::storage_lifecycle,
};

pub use crate::rpc::value::{ClientToken, InvalidValue, Open, Secret, UnknownValue, WireEnum};
pub use crate::v2019_03_06::error_code::ErrorCode;
