//! The stages and steps of provisioning, and its result.

use serde_with::SerializeDisplay;

use crate::rpc::value::ClientToken;
use crate::rpc::value::labels::labels;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{BackupPlanId, BackupSetId, OrderId};

/// The stages of provisioning, in order.
///
/// In serde, a stage is the string that `Display` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay)]
#[non_exhaustive]
pub enum ProvisionStage {
    /// Building and checking the configuration. Nothing is sent.
    Prepare,
    /// Buying the plan, `CreateBackupPlan`, and recording it; or searching for the plan of an earlier
    /// purchase, `DescribeBackupPlanList`.
    Create,
    /// Waiting until the plan can be configured.
    Settle,
    /// Configuring the plan, `ConfigureBackupPlan`.
    Configure,
    /// Waiting until the pre-check has passed.
    PreCheck,
    /// Starting the plan, `StartBackupPlan`.
    Start,
    /// Waiting until the plan runs.
    Run,
}

labels! {
    ProvisionStage:
    Prepare = "prepare",
    Create = "create",
    Settle = "settle",
    Configure = "configure",
    PreCheck = "pre-check",
    Start = "start",
    Run = "run",
}

impl ProvisionStage {
    /// All stages, in order.
    pub const ALL: &'static [Self] = &[
        Self::Prepare,
        Self::Create,
        Self::Settle,
        Self::Configure,
        Self::PreCheck,
        Self::Start,
        Self::Run,
    ];

    /// Returns the stage after this one, or the last one.
    pub(super) fn next(self) -> Self {
        Self::ALL.iter().copied().find(|stage| *stage > self).unwrap_or(self)
    }
}

/// A step of provisioning, as [`Provision::next`](super::Provision::next) returns it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ProvisionStep {
    /// The configuration is complete; nothing was sent.
    Prepared,
    /// The plan was bought, by this run or an earlier one.
    ///
    /// Follows the hook of [`Provision::record`](super::Provision::record). The provisioning does
    /// not wait until the caller has taken the step, so make the id durable in that hook.
    Created {
        /// The id of the plan.
        backup_plan_id: BackupPlanId,
        /// The id of the order. `None` if the response does not name one.
        order_id: Option<OrderId>,
        /// The client token of the provisioning, with which a later run finds the plan.
        client_token: ClientToken,
    },
    /// The stage was polled, or the service refused its request temporarily.
    Waiting {
        /// The stage.
        stage: ProvisionStage,
        /// A short summary of the state, such as `running, 40 %`.
        summary: String,
        /// The progress of the stage in percent. `None` if the service does not report it.
        progress: Option<u8>,
    },
    /// The plan can be configured.
    Settled,
    /// This run configured the plan, and its pre-check began.
    Configured,
    /// An earlier run configured the plan, so this run did not send its configuration.
    AlreadyConfigured,
    /// The pre-check has passed.
    PreCheckPassed,
    /// This run started the plan.
    Started {
        /// The full backup that the start queued. `None` if the response does not name it.
        full_backup: Option<BackupSetId>,
    },
    /// The plan runs.
    Running,
}

impl ProvisionStep {
    /// Returns the stage that the step belongs to.
    pub fn stage(&self) -> ProvisionStage {
        match self {
            Self::Prepared => ProvisionStage::Prepare,
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

/// The result of provisioning: a running plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Provisioned {
    /// The id of the plan.
    pub backup_plan_id: BackupPlanId,
    /// The id of the order. `None` if the response does not name one.
    pub order_id: Option<OrderId>,
    /// The full backup that the start queued. `None` if the plan already ran, or if the service
    /// started it automatically.
    pub full_backup: Option<BackupSetId>,
    /// The plan, as [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList) lists it.
    pub plan: BackupPlanDetail,
    /// Whether this run sent its configuration.
    ///
    /// `false` means that the plan has the configuration of an earlier run; change it with the
    /// `Modify…` operations of [`operations`](crate::operations).
    pub configured: bool,
    /// The client token of the provisioning, with which a later run finds the plan.
    pub client_token: ClientToken,
}
