//! Version 2021-01-01 of the DBS API: advanced download, resource groups and sandboxes.
//!
//! The version is a second API beside 2019-03-06 and replaces nothing of it: plans, backups and
//! restores exist in 2019-03-06 only. One client sends requests of both versions, because every
//! request names its API and the hosts are the same.
//!
//! # Which version has what
//!
//! | subject | version | how |
//! | --- | --- | --- |
//! | plans, their settings and their cost; backups, restores, database gateways, the service | 2019-03-06 | [typed](crate::operations) |
//! | advanced download of an instance's backups | 2021-01-01 | [`CreateDownload`](operations::CreateDownload), [`DescribeDownloadTask`](operations::DescribeDownloadTask), [`DescribeDownloadBackupSetStorageInfo`](operations::DescribeDownloadBackupSetStorageInfo), [`DescribeDownloadSupport`](operations::DescribeDownloadSupport), [`RetryDownloadTask`](operations::RetryDownloadTask) |
//! | the resource group of a plan, and an item of the bill | 2021-01-01 | [`ChangeResourceGroup`](operations::ChangeResourceGroup), [`DescribeCostInfoByDbsInstance`](operations::DescribeCostInfoByDbsInstance) |
//! | sandboxes of a plan | 2021-01-01 | [`DescribeSandboxRecoveryTime`](operations::DescribeSandboxRecoveryTime), [`DescribeSandboxBackupSets`](operations::DescribeSandboxBackupSets), [`DescribeSandboxInstances`](operations::DescribeSandboxInstances), [`DeleteSandboxInstance`](operations::DeleteSandboxInstance) |
//! | policies of PolarDB, recovery of tables, uploaded backup sets | 2021-01-01 | [without a type](#operations-without-a-type) |
//!
//! [`Client::download`](crate::Client::download) is the whole advanced download, and
//! [`DownloadFinished`](crate::wait::DownloadFinished) waits for it. It is unrelated to
//! [`CreateFullBackupSetDownload`](crate::operations::CreateFullBackupSetDownload), which downloads
//! the backup set of a plan.
//!
//! # Operations without a type
//!
//! [`operations::UNTYPED`] lists the operations that this crate has no type for. A
//! [`RawRequest`](crate::RawRequest) sends them:
//!
//! ```no_run
//! # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
//! use aliyun_dbs::{Dbs20210101, RawRequest, Safety};
//!
//! let request = RawRequest::for_api::<Dbs20210101>("DescribeBackupPolicy")
//!     .safety(Safety::ReadOnly)
//!     .parameter("RegionCode", "cn-hangzhou")
//!     .parameter("DbClusterId", "pc-bp1example");
//! println!("{}", client.send(request).await?);
//! # Ok(()) }
//! ```
//!
//! The vendor removed the operation `CreateSandboxInstance` in 2024; the console creates sandboxes.
//!
//! # Ids of plans
//!
//! Plans are bought and listed by 2019-03-06. Their ids are used here in two forms:
//!
//! | form | type | used by |
//! | --- | --- | --- |
//! | `dbs1h…` | [`PrefixedPlanId`](types::PrefixedPlanId) | [`ChangeResourceGroup`](operations::ChangeResourceGroup) |
//! | `1h…` | [`BarePlanId`](types::BarePlanId) | the operations on sandboxes |
//!
//! [`BackupPlanId::prefixed`](crate::types::BackupPlanId::prefixed) and
//! [`BackupPlanId::bare`](crate::types::BackupPlanId::bare) convert the id of a plan.

pub(crate) mod api;
pub(crate) mod conditions;
mod hints;
pub mod operations;
pub mod types;
