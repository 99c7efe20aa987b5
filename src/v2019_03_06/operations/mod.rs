//! The operations of the service: one request type each, with its response.
//!
//! A request is a plain value, made by its builder or read from a file ([`from_json`]), and sent
//! with [`Client::send`](crate::Client::send).
//!
//! ```
//! # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use aliyun_dbs::operations::StopBackupPlan;
//! use aliyun_dbs::types::StopMethod;
//!
//! let request = StopBackupPlan::builder()
//!     .backup_plan_id("dbs1hvb0wwwa1".parse()?)
//!     .stop_method(StopMethod::All)
//!     .build();
//! let response = client.send(request).await?;
//! println!("stopped, request {}", response.request_id());
//! # Ok(()) }
//! ```
//!
//! # Operations by task
//!
//! | task | operations |
//! | --- | --- |
//! | buy and end plans | [`CreateBackupPlan`], [`CreateAndStartBackupPlan`], [`RenewBackupPlan`], [`UpgradeBackupPlan`], [`ReleaseBackupPlan`] |
//! | configure and run plans | [`ConfigureBackupPlan`], [`StartBackupPlan`], [`StopBackupPlan`], [`DescribePreCheckProgressList`] |
//! | list plans and their costs | [`DescribeBackupPlanList`], [`DescribeBackupPlanBilling`] |
//! | change plans | [`ModifyBackupPlanName`], [`ModifyBackupObjects`], [`ModifyBackupSourceEndpoint`], [`ModifyBackupStrategy`], [`ModifyStorageStrategy`], [`ModifyBackupSetDownloadRules`], [`EnableBackupLog`], [`DisableBackupLog`] |
//! | list and download backups | [`DescribeFullBackupList`], [`DescribeIncrementBackupList`], [`CreateFullBackupSetDownload`], [`CreateIncrementBackupSetDownload`], [`DescribeBackupSetDownloadTaskList`] |
//! | restore | [`DescribeRestoreRangeInfo`], [`CreateRestoreTask`], [`StartRestoreTask`], [`DescribeRestoreTaskList`] |
//! | backup gateways | [`DescribeBackupGatewayList`], [`CreateGetDBListFromAgentTask`], [`GetDBListFromAgent`] |
//! | the service | [`DescribeRegions`], [`DescribeNodeCidrList`], [`DescribeDLAService`], [`DescribeJobErrorCode`], [`InitializeDbsServiceLinkedRole`] |
//!
//! [`ALL`] lists all operations, [`visit`] finds one by name, and [`ram`] creates the RAM policy that a
//! list of operations needs.
//!
//! # Two API versions
//!
//! These operations belong to version 2019-03-06. Version 2021-01-01 replaces none of them; it adds
//! [other operations](crate::v2021_01_01::operations): advanced downloads of the backups of an
//! instance, sandboxes, the resource group of a plan, and the items of a bill. One client sends
//! requests of both versions, because each request names its version.
//!
//! Plans have ids such as `dbs1hvb0wwwa1` in this version. A
//! [`BackupPlanId`](crate::types::BackupPlanId) converts into the form that an operation of the other
//! version requires.
//!
//! # What no type has
//!
//! [`Call::parameter`](crate::Call::parameter) adds a parameter that a request type lacks, and
//! [`RawRequest`](crate::RawRequest) sends an operation that is newer than this crate:
//!
//! ```no_run
//! # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
//! use aliyun_dbs::RawRequest;
//! use aliyun_dbs::operations::DescribeRegions;
//!
//! client.send(DescribeRegions::builder().build()).parameter("OwnerId", "1").await?;
//! client.send(RawRequest::new("AnyAction").parameter("Name", "value")).await?;
//! # Ok(()) }
//! ```
//!
//! # Facts shared by all operations
//!
//! The wire name of a field is its Rust name in `PascalCase`, unless its documentation gives
//! another one; a search for a wire name such as `SourceEndpointInstanceID` or `PaiedBytes` finds
//! the field.
//! Names, values and limits come from the vendor's page that each operation links. Where these
//! pages contradict each other, the documentation of the field says so.
//!
//! ## Idempotency
//!
//! The client sends a client token (`ClientToken`) with every write that accepts one: the token of
//! the call ([`Call::client_token`](crate::Call::client_token)), else the request's, else a random
//! one that all attempts of the call share. The service runs the operation once per token, so the
//! client's retries are safe. A token derived from what the caller knows, such as the name of the
//! plan, also makes it safe to repeat the call after a crash. The vendor does not publish how long
//! the service remembers a token.
//!
//! Reads change nothing and need no token.
//!
//! ## Limits
//!
//! The vendor publishes rate limits; it is inferred that they are per account. The client does not
//! enforce them unless [`ClientBuilder::rate_limiting`](crate::ClientBuilder::rate_limiting) is
//! set; it retries a throttled call after the delay that the service asks for.
//!
//! ## Permissions
//!
//! Each page names the RAM action and the resource that a policy must allow. In the resource, names
//! in braces are placeholders for the region, the account and the plan. [`ram::policy`] creates a
//! policy.
//!
//! ## Errors
//!
//! [`Error::code`](crate::Error::code) is the code that the service sent; compare it with
//! [`Error::is`](crate::Error::is). The pages list the codes that the vendor documents for the
//! operation. These can come from every operation:
//!
//! | code | cause | what to do |
//! | --- | --- | --- |
//! | `Request.Forbidden` | The caller lacks the RAM permission (HTTP status 403). | Grant the action of the operation's `# Permissions`. |
//! | `Param.NotFound` | A parameter is missing, or has an unknown value. | Compare the request with the vendor's page. |
//! | `Throttling.User` and similar | The rate limit was exceeded. | The client retries; spread the calls if it persists. |
//!
//! [`ErrorCode`](crate::types::ErrorCode) lists the codes that this crate knows.

mod backup;
pub mod builders;
pub(crate) mod declare;
mod from_json;
mod gateway;
#[cfg(feature = "schemars")]
pub(crate) mod json_schema;
mod page;
mod plan;
pub(crate) mod registry;
mod restore;
mod service;
mod settings;
#[cfg(test)]
pub(crate) mod testing;

pub use backup::*;
pub use from_json::{from_deserializer, from_json};
pub use gateway::*;
#[cfg(feature = "schemars")]
pub use json_schema::json_schema;
pub use page::Page;
pub use plan::*;
pub use registry::{ALL, NamedOperation, OperationInfo, OperationVisitor, visit};
pub use restore::*;
pub use service::*;
pub use settings::*;

pub use crate::rpc::wire::Row;
pub use crate::v2019_03_06::ram;

/// Passes the request types of all operations to a macro, ordered by name.
///
/// The registry and the fake's dispatch are made from this list. An operation that is missing from
/// it does not compile.
macro_rules! for_each_operation {
    ($each:ident) => {
        $each! {
            ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan,
            CreateFullBackupSetDownload, CreateGetDBListFromAgentTask,
            CreateIncrementBackupSetDownload, CreateRestoreTask, DescribeBackupGatewayList,
            DescribeBackupPlanBilling, DescribeBackupPlanList, DescribeBackupSetDownloadTaskList,
            DescribeDLAService, DescribeFullBackupList, DescribeIncrementBackupList,
            DescribeJobErrorCode, DescribeNodeCidrList, DescribePreCheckProgressList,
            DescribeRegions, DescribeRestoreRangeInfo, DescribeRestoreTaskList, DisableBackupLog,
            EnableBackupLog, GetDBListFromAgent, InitializeDbsServiceLinkedRole,
            ModifyBackupObjects, ModifyBackupPlanName, ModifyBackupSetDownloadRules,
            ModifyBackupSourceEndpoint, ModifyBackupStrategy, ModifyStorageStrategy,
            ReleaseBackupPlan, RenewBackupPlan, StartBackupPlan, StartRestoreTask, StopBackupPlan,
            UpgradeBackupPlan
        }
    };
}
pub(crate) use for_each_operation;
