//! Waiting: until a plan can be configured, a pre-check has passed, a backup is finished …
//!
//! [`Client::wait_for`](crate::Client::wait_for) takes a [`Condition`] and returns a [`Waiter`]:
//! await it for the final state, or use it as a stream of an [`Observation`] for each poll, for a
//! progress bar.
//!
//! * Conditions of the service's asynchronous operations: [`PlanConfigurable`],
//!   [`PreCheckPassed`], [`PlanRunning`], [`FullBackupFinished`], [`DownloadReady`],
//!   [`RestoreFinished`], [`GatewayDatabases`];
//! * any request as a condition: [`until`]; or a [`Condition`] of your own;
//! * two conditions as one: [`Condition::and`], [`Condition::or`];
//! * why a wait failed: [`WaitError`].
//!
//! ```no_run
//! # async fn example(client: aliyun_dbs::Client, plan: aliyun_dbs::types::BackupPlanId)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use aliyun_dbs::wait::{PlanRunning, PreCheckPassed};
//!
//! client.wait_for(PreCheckPassed::new(plan.clone())).await?;
//! let plan = client.wait_for(PlanRunning::new(plan)).timeout(Duration::from_secs(600)).await?;
//! println!("{} runs", plan.backup_plan_name);
//! # Ok(()) }
//! ```

pub use crate::rpc::wait::{
    And, Condition, Observation, Or, PollOutcome, PollStatus, PollingPolicy, Until, WaitError,
    WaitErrorKind, Waiter, WaiterFuture, until,
};
pub use crate::v2019_03_06::conditions::{
    DownloadReady, FullBackupFinished, GatewayDatabases, PlanConfigurable, PlanRunning,
    PreCheckPassed, RestoreFinished,
};
