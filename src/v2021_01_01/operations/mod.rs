//! The operations of API version 2021-01-01: one request type each, with its response.
//!
//! Requests are built, read and sent like those of [`crate::operations`], by the same client.
//! [`from_json`](crate::operations::from_json),
//! [`NamedOperation`](crate::operations::NamedOperation) and
//! [`ram`](crate::operations::ram) work with both versions.
//!
//! ```
//! # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use aliyun_dbs::Region;
//! use aliyun_dbs::v2021_01_01::operations::DescribeDownloadSupport;
//!
//! let request = DescribeDownloadSupport::builder()
//!     .region_code(Region::Hangzhou)
//!     .instance_name("rm-bp1imnmcjxdz7".parse()?)
//!     .build();
//! if client.send(request).await?.supported == Some(true) {
//!     println!("the instance can use advanced download");
//! }
//! # Ok(()) }
//! ```
//!
//! # Operations by task
//!
//! | task | id of the target | operations |
//! | --- | --- | --- |
//! | download backups of an instance | instance: `rm-…`, `pgm-…`, `pc-…`, `dds-…` | [`DescribeDownloadSupport`], [`CreateDownload`], [`DescribeDownloadTask`], [`RetryDownloadTask`], [`DescribeDownloadBackupSetStorageInfo`] |
//! | resource group of a plan | `dbs1h…`: [`BackupPlanId::prefixed`] | [`ChangeResourceGroup`] |
//! | item of the bill | as the bill has it | [`DescribeCostInfoByDbsInstance`] |
//! | sandboxes of a plan | `1h…`: [`BackupPlanId::bare`] | [`DescribeSandboxRecoveryTime`], [`DescribeSandboxBackupSets`], [`DescribeSandboxInstances`], [`DeleteSandboxInstance`] |
//! | policies of PolarDB (no type) | cluster: `pc-…` | `DescribeBackupPolicy`, `ModifyBackupPolicy`, `CreateAdvancedPolicy`, `DescribeBackupDataList` |
//! | recovery of tables (no type) | instance | `SupportDBTableRecovery`, `DescribeDBTablesRecoveryState`, `ModifyDBTablesRecoveryState`, `DescribeDBTablesRecoveryBackupSet`, `DescribeDBTablesRecoveryTimeRange` |
//! | uploaded backup sets (no type) | data source: `ds-…` | `ConfigureBackupSetInfo`, `DescribeBakDataSourceStorageAccessInfo` |
//!
//! [`BackupPlanId::prefixed`]: crate::types::BackupPlanId::prefixed
//! [`BackupPlanId::bare`]: crate::types::BackupPlanId::bare
//!
//! [`ALL`] lists these operations, [`visit`] finds one by name, and [`UNTYPED`] lists the operations
//! that only [`RawRequest::for_api`](crate::RawRequest::for_api) sends; the vendor offers those by
//! invitation, or does not document them.
//!
//! [`Client::download`](crate::Client::download) creates a download once, also when a response is lost,
//! waits for it, and returns its signed addresses.
//!
//! # Facts shared by all operations
//!
//! The wire name of a field is its Rust name in `PascalCase`, unless its documentation gives another
//! one. The service reads all parameters from the query. Names, values and limits come from the
//! vendor's page that each operation links, and from the vendor's SDK.
//!
//! ## Responses
//!
//! The value of a response is in its field `Data`. It is an object ([`Data`]), a string, or JSON in
//! a string ([`SandboxPage`]). The service fills `Code`, `ErrCode`, `Message` and `ErrMessage` also
//! in successful responses, where the client ignores them.
//!
//! ## Idempotency
//!
//! Only [`ChangeResourceGroup`] accepts a client token, which
//! [version 2019-03-06](crate::operations#idempotency) explains. The service runs the other writes
//! once per request, so the client does not send them again when their outcome is unknown:
//! [`Error::may_have_executed`](crate::Error::may_have_executed) then returns true, and the error
//! names the operation that shows the effect.
//!
//! Reads change nothing and need no token.
//!
//! ## Limits
//!
//! The vendor publishes no rate limits for this version.
//!
//! ## Permissions
//!
//! Each page names the RAM action and the resource that a policy must allow. In the resource, names
//! in braces are placeholders for the region, the account, the plan and the instance.
//!
//! ## Errors
//!
//! The pages list the codes that the vendor documents for the operation. These can come from every
//! operation:
//!
//! | code | cause | what to do |
//! | --- | --- | --- |
//! | `Request.Forbidden` | The caller lacks the RAM permission (HTTP status 403), or, for an operation of [`UNTYPED`], an invitation (inferred). | Grant the action of the operation's `# Permissions`; ask the vendor for an invitation. |
//! | `Param.NotFound` | A parameter is missing, or has an unknown value. | Compare the request with the vendor's page. |
//! | `DBS.InternalError` | The service failed. | Call again; after a write, look for its effect first. |
//! | `Throttling.User` and similar | The rate limit was exceeded. | The client retries; spread the calls if it persists. |

pub mod builders;
mod data;
mod declare;
mod download;
mod json_data;
mod plan;
pub(crate) mod registry;
mod sandbox;
mod untyped;

pub use data::Data;
pub use download::*;
pub use plan::*;
pub use registry::{ALL, visit};
pub use sandbox::*;
pub use untyped::{UNTYPED, UntypedOperation};

/// Passes the request types of all operations to a macro, ordered by name.
///
/// An operation that is missing from it does not compile.
macro_rules! for_each_operation_2021 {
    ($each:ident) => {
        $each! {
            ChangeResourceGroup, CreateDownload, DeleteSandboxInstance,
            DescribeCostInfoByDbsInstance, DescribeDownloadBackupSetStorageInfo,
            DescribeDownloadSupport, DescribeDownloadTask, DescribeSandboxBackupSets,
            DescribeSandboxInstances, DescribeSandboxRecoveryTime, RetryDownloadTask
        }
    };
}
pub(crate) use for_each_operation_2021;
