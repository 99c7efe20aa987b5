//! What a provisioning goes through and ends with: stages, steps, the plan that runs.

use std::fmt;

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{BackupPlanId, BackupSetId, OrderId};

/// The stages of provisioning, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProvisionStage {
    /// Buying the plan, `CreateBackupPlan`.
    Create,
    /// Waiting until the plan takes its configuration.
    Settle,
    /// Configuring the plan, `ConfigureBackupPlan`.
    Configure,
    /// Waiting for the pre-check.
    PreCheck,
    /// Starting the plan, `StartBackupPlan`.
    Start,
    /// Waiting until the plan runs.
    Run,
}

impl ProvisionStage {
    /// Every stage, in order.
    pub const ALL: &'static [Self] =
        &[Self::Create, Self::Settle, Self::Configure, Self::PreCheck, Self::Start, Self::Run];
}

impl fmt::Display for ProvisionStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Settle => "settle",
            Self::Configure => "configure",
            Self::PreCheck => "pre-check",
            Self::Start => "start",
            Self::Run => "run",
        })
    }
}

/// Something that happened while a plan was provisioned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ProvisionStep {
    /// The plan is bought, now or in an earlier run with the same token.
    Created {
        /// The plan.
        backup_plan_id: BackupPlanId,
        /// Its order.
        order_id: Option<OrderId>,
        /// The first token: how a later run finds the plan.
        client_token: ClientToken,
    },
    /// A poll of a stage: what was seen, and how much is done.
    Waiting {
        /// The stage.
        stage: ProvisionStage,
        /// What was seen, in a few words.
        summary: String,
        /// How much of the stage is done, percent, where the service tells.
        progress: Option<u8>,
    },
    /// The plan takes its configuration.
    Settled,
    /// The plan is configured, and its pre-check begins.
    Configured,
    /// The plan was found configured by an earlier run; this run's configuration was not sent.
    AlreadyConfigured,
    /// The pre-check has passed.
    PreCheckPassed,
    /// The plan is started; the full backup that is queued with it, if the service told.
    Started {
        /// The full backup.
        full_backup: Option<BackupSetId>,
    },
    /// The plan runs.
    Running,
}

impl ProvisionStep {
    /// The stage that the step belongs to.
    pub fn stage(&self) -> ProvisionStage {
        match self {
            Self::Created { .. } => ProvisionStage::Create,
            Self::Waiting { stage, .. } => *stage,
            Self::Settled => ProvisionStage::Settle,
            Self::Configured | Self::AlreadyConfigured => ProvisionStage::Configure,
            Self::PreCheckPassed => ProvisionStage::PreCheck,
            Self::Started { .. } => ProvisionStage::Start,
            Self::Running => ProvisionStage::Run,
        }
    }
}

/// A plan that runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Provisioned {
    /// The plan.
    pub backup_plan_id: BackupPlanId,
    /// Its order.
    pub order_id: Option<OrderId>,
    /// The full backup that was queued when the plan was started; `None` if the plan was found
    /// running, or started by itself.
    pub full_backup: Option<BackupSetId>,
    /// The plan as the list shows it.
    pub plan: BackupPlanDetail,
    /// Whether this run sent its configuration. `false`: the plan was found configured by an
    /// earlier run, and has what that one sent; change it by the Modify operations of
    /// [`operations`](crate::operations).
    pub configured: bool,
    /// The first token, for the next run.
    pub client_token: ClientToken,
}
