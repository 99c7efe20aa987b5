//! Workflows that take several calls, and that can be resumed after a crash.
//!
//! | workflow | what it does | calls |
//! | --- | --- | --- |
//! | [`Provision`], made by [`Client::provision`] | buys, configures and starts a backup plan | [`CreateBackupPlan`], [`ConfigureBackupPlan`], [`StartBackupPlan`], and polls of [`DescribeBackupPlanList`] and [`DescribePreCheckProgressList`] |
//! | [`Fleet`](fleet::Fleet), made by [`Client::fleet`] | provisions many plans, each once, from any number of processes | those of [`Provision`] |
//! | [`Drill`](drill::Drill), made by [`Client::drill`] | restores a backup into a scratch database, and measures it | [`CreateRestoreTask`], [`StartRestoreTask`], and polls of [`DescribePreCheckProgressList`] and [`DescribeRestoreTaskList`] |
//! | [`Download`], made by [`Client::download`] | converts a backup set or a moment of an instance into files, once | [`DescribeDownloadSupport`], [`CreateDownload`], polls of [`DescribeDownloadTask`], and [`DescribeDownloadBackupSetStorageInfo`] |
//! | [`RenewExpiring`](renew::RenewExpiring), made by [`Client::renew_expiring`] | renews the subscriptions that end soon, each once | [`DescribeBackupPlanList`] and [`RenewBackupPlan`] |
//! | [`ReportBuilder`](report::ReportBuilder), made by [`Client::report`] | reports whether every database can be restored, how far back, and until when | [`DescribeBackupPlanList`], [`DescribeRestoreRangeInfo`], [`DescribeFullBackupList`], [`DescribeBackupPlanBilling`] and [`DescribeJobErrorCode`] |
//! | [`Reconcile`](reconcile::Reconcile), made by [`Client::reconcile`] and [`Client::drift`] | compares plans with their specifications, and changes them in place | [`DescribeBackupPlanList`] and [`DescribePreCheckProgressList`]; to apply, those of [`Provision`], `Modify…`, `EnableBackupLog`, `DisableBackupLog`, `UpgradeBackupPlan` and `RenewBackupPlan` |
//!
//! Await a workflow for its result, or read it as a stream of its steps, for example to show the
//! progress:
//!
//! ```no_run
//! # async fn example(
//! #     client: aliyun_dbs::Client,
//! #     create: aliyun_dbs::operations::CreateBackupPlan,
//! #     configure: fn(aliyun_dbs::types::BackupPlanId) -> aliyun_dbs::operations::ConfigureBackupPlan,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use aliyun_dbs::workflows::ProvisionStep;
//!
//! let mut provision =
//!     client.provision(create, configure).client_token("orders-nightly-2026".parse()?);
//! while let Some(step) = provision.next().await {
//!     match step? {
//!         ProvisionStep::Waiting { stage, summary, .. } => println!("{stage}: {summary}"),
//!         step => println!("{} done", step.stage()),
//!     }
//! }
//! println!("{} runs", provision.await?.backup_plan_id);
//! # Ok(()) }
//! ```
//!
//! A failure is a [`ProvisionError`]. It names the [`ProvisionStage`] that failed and the plan, if
//! one was bought, and says how to continue. A purchase that may have been executed and forgotten is
//! not repeated: it becomes an [`UnresolvedPurchase`].
//!
//! [`plan_spec`] reads plans from YAML or JSON files.
//!
//! [`Client::download`]: crate::Client::download
//! [`Client::drill`]: crate::Client::drill
//! [`Client::fleet`]: crate::Client::fleet
//! [`Client::drift`]: crate::Client::drift
//! [`Client::provision`]: crate::Client::provision
//! [`Client::renew_expiring`]: crate::Client::renew_expiring
//! [`Client::report`]: crate::Client::report
//! [`Client::reconcile`]: crate::Client::reconcile
//! [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
//! [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
//! [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
//! [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
//! [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
//! [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
//! [`DescribeDownloadBackupSetStorageInfo`]: crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo
//! [`DescribeDownloadSupport`]: crate::v2021_01_01::operations::DescribeDownloadSupport
//! [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
//! [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
//! [`DescribeJobErrorCode`]: crate::operations::DescribeJobErrorCode
//! [`DescribePreCheckProgressList`]: crate::operations::DescribePreCheckProgressList
//! [`DescribeRestoreTaskList`]: crate::operations::DescribeRestoreTaskList
//! [`DescribeRestoreRangeInfo`]: crate::operations::DescribeRestoreRangeInfo
//! [`RenewBackupPlan`]: crate::operations::RenewBackupPlan
//! [`StartBackupPlan`]: crate::operations::StartBackupPlan
//! [`StartRestoreTask`]: crate::operations::StartRestoreTask

mod download;
pub mod drill;
pub mod fleet;
mod in_place;
mod journal;
mod pacer;
pub mod plan_spec;
mod provision;
pub mod reconcile;
pub mod renew;
pub mod report;
mod serde_time;
mod slots;
mod subscription;

pub use download::{
    CreatedDownload, Download, DownloadCreation, DownloadCreationFuture, DownloadError,
    DownloadFuture, DownloadStep, Downloaded,
};
pub use provision::{
    Async, CreatedPlan, Fallible, IntoConfiguration, Plain, Provision, ProvisionCause,
    ProvisionError, ProvisionFuture, ProvisionStage, ProvisionStep, Provisioned,
    UnresolvedPurchase,
};
