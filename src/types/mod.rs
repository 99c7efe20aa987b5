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
mod billing;
pub(crate) mod cross_account;
mod endpoint;
mod error_code;
mod identifier;
mod invalid_value;
pub(crate) mod lenient;
mod objects;
mod open;
mod paging;
mod period;
mod purchase;
mod region;
pub(crate) mod schedule;
mod secret;
pub(crate) mod storage;
mod throughput;
mod wire_enum;

pub use access::DatabaseAccess;
pub use billing::Billing;
pub use cross_account::CrossAccount;
pub use endpoint::{EndpointInstanceType, Port, SourceEndpoint};
pub use error_code::ErrorCode;
pub use identifier::{
    AliyunId, BackupGatewayId, BackupPlanId, ClientToken, DatabaseHost, InstanceId, OrderId,
    OssBucketName, RamRoleName, ResourceGroupId,
};
pub use invalid_value::InvalidValue;
pub use objects::{BackupObject, BackupObjects, BackupTable};
pub use open::{Open, UnknownValue};
pub use paging::PageSize;
pub use period::{MonthTerm, Months, Period, PeriodUnit, UsedTime, YearTerm, Years};
pub use purchase::{
    BackupMethod, BackupPlanStatus, ChargeType, DatabaseType, InstanceClass, PayType,
    SourceInstanceProduct,
};
pub use region::{OtherRegion, Region};
pub use schedule::{BackupSchedule, BackupStrategyType, StartTime, Weekday, Weekdays};
pub use secret::Secret;
pub use storage::{
    BackupSetDataFormat, BackupStorage, BackupStorageType, DownloadTargetType, RetentionDays,
    StorageEncryptMethod,
};
pub use throughput::KilobytesPerSecond;
pub use wire_enum::WireEnum;
