//! Waiting for asynchronous operations, such as a backup or a restore.
//!
//! [`Client::wait_for`](crate::Client::wait_for) takes a [`Condition`] and returns a [`Waiter`].
//! Await it for the final state, or read it as a stream of [`Observation`]s, one for each poll, to
//! show the progress.
//!
//! # Conditions
//!
//! | condition | waits until | after |
//! | --- | --- | --- |
//! | [`PlanConfigurable`] | a new plan can be configured | [`CreateBackupPlan`] |
//! | [`PreCheckPassed`] | a pre-check has passed | [`ConfigureBackupPlan`], [`CreateRestoreTask`], the `Modify…` operations |
//! | [`PlanRunning`] | a plan is running | [`StartBackupPlan`] |
//! | [`PlanReleased`] | a released plan is gone | [`ReleaseBackupPlan`] |
//! | [`FullBackupFinished`] | a full backup is finished | [`StartBackupPlan`] |
//! | [`DownloadReady`] | a download is ready | [`CreateFullBackupSetDownload`], [`CreateIncrementBackupSetDownload`] |
//! | [`DownloadFinished`] | an advanced download is finished | [`CreateDownload`], [`RetryDownloadTask`] |
//! | [`RestoreFinished`] | a restore is finished | [`StartRestoreTask`] |
//! | [`GatewayDatabases`] | a gateway has listed its databases | [`CreateGetDBListFromAgentTask`] |
//! | [`until`], [`Until`] | the response to a request satisfies a closure | any operation |
//!
//! # Other items
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Condition`] | the trait to implement for other conditions |
//! | [`Condition::and`], [`Condition::or`], [`And`], [`Or`] | two conditions as one |
//! | [`PollOutcome`], [`PollStatus`] | what one poll saw, and whether it ends the wait |
//! | [`PollingPolicy`] | the timeout, the interval between polls, and how long a resource may be missing |
//! | [`Waiter`], [`WaiterFuture`], [`Observation`] | the wait, its future, and what each poll saw |
//! | [`WaitError`], [`WaitErrorKind`] | why a wait failed |
//!
//! The page of each condition says what it polls, what ends the wait, and its default policy,
//! which [`Waiter::timeout`], [`Waiter::poll_interval`] and [`Waiter::missing_timeout`] override.
//! A call error that is not retryable ends the wait of any condition. An error that refuses the
//! polled id (`InvalidParameterValid`, `InvalidJobId`, `Param.NotFound` or
//! `DBS.DownloadTask.CannotFind`) does not: the resource is missing, as if the service did not list
//! it.
//!
//! # Examples
//!
//! ```no_run
//! # async fn example(client: aliyun_dbs::Client, plan: aliyun_dbs::types::BackupPlanId)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use aliyun_dbs::wait::{PlanRunning, PreCheckPassed};
//!
//! client.wait_for(PreCheckPassed::new(plan.clone())).await?;
//! let plan = client.wait_for(PlanRunning::new(plan)).timeout(Duration::from_secs(600)).await?;
//! println!("{} is running", plan.backup_plan_id);
//! # Ok(()) }
//! ```
//!
//! [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
//! [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
//! [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
//! [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
//! [`CreateGetDBListFromAgentTask`]: crate::operations::CreateGetDBListFromAgentTask
//! [`CreateIncrementBackupSetDownload`]: crate::operations::CreateIncrementBackupSetDownload
//! [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
//! [`ReleaseBackupPlan`]: crate::operations::ReleaseBackupPlan
//! [`RetryDownloadTask`]: crate::v2021_01_01::operations::RetryDownloadTask
//! [`StartBackupPlan`]: crate::operations::StartBackupPlan
//! [`StartRestoreTask`]: crate::operations::StartRestoreTask

pub use crate::rpc::wait::{
    And, Condition, Observation, Or, PollOutcome, PollStatus, PollingPolicy, Until, WaitError,
    WaitErrorKind, Waiter, WaiterFuture, until,
};
pub use crate::v2019_03_06::conditions::{
    DownloadReady, FullBackupFinished, GatewayDatabases, PlanConfigurable, PlanReleased,
    PlanRunning, PreCheckPassed, RestoreFinished,
};
pub use crate::v2021_01_01::conditions::DownloadFinished;
