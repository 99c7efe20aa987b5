//! Workflows that take several calls, and that can be resumed after a crash.
//!
//! | workflow | what it does | calls |
//! | --- | --- | --- |
//! | [`Provision`], made by [`Client::provision`] | buys, configures and starts a backup plan | [`CreateBackupPlan`], [`ConfigureBackupPlan`], [`StartBackupPlan`], and polls of [`DescribeBackupPlanList`] and [`DescribePreCheckProgressList`] |
//! | [`Fleet`](fleet::Fleet), made by [`Client::fleet`] | provisions many plans, each once, from any number of processes | those of [`Provision`] |
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
//! [`Client::fleet`]: crate::Client::fleet
//! [`Client::provision`]: crate::Client::provision
//! [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
//! [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
//! [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
//! [`DescribePreCheckProgressList`]: crate::operations::DescribePreCheckProgressList
//! [`StartBackupPlan`]: crate::operations::StartBackupPlan

pub mod fleet;
mod journal;
mod provision;
mod slots;

pub use provision::{
    Async, CreatedPlan, Fallible, IntoConfiguration, Plain, Provision, ProvisionCause,
    ProvisionError, ProvisionFuture, ProvisionStage, ProvisionStep, Provisioned,
    UnresolvedPurchase,
};
