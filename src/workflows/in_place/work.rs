//! `InPlace`: the changes of one plan, and the steps that they report.

use std::sync::Arc;
use std::time::Duration;

use super::item::ChangeItem;
use crate::rpc::client::Client;
use crate::rpc::wait::task_stream::EventSink;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::plan_spec::{PlanSpec, SecretStore};
use crate::workflows::provision::ProvisionStep;

/// A step of [`ApplyChange`](crate::workflows::reconcile::ApplyChange).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ApplyStep {
    /// The service accepted a request.
    Sent {
        /// The operation, such as `ModifyBackupStrategy`.
        operation: &'static str,
    },
    /// The change waits, for example for a pre-check.
    Waiting {
        /// A short summary of the state, such as `running, 40 %`.
        summary: String,
        /// The progress in percent. `None` if the service does not report it.
        progress: Option<u8>,
    },
    /// A step of the restart of the plan.
    Provision(ProvisionStep),
}

/// Changes of one plan that exists.
pub(in crate::workflows) struct InPlace {
    pub(in crate::workflows) client: Client,
    pub(in crate::workflows) spec: Arc<PlanSpec>,
    pub(in crate::workflows) plan: BackupPlanId,
    pub(in crate::workflows) secrets: Arc<dyn SecretStore>,
    /// The only items to change. `None`: all.
    pub(in crate::workflows) approved: Option<Arc<[ChangeItem]>>,
    /// Whether the plan was found by its id, not by its name.
    pub(in crate::workflows) by_id: bool,
    /// When the changes must be made, by [`Clock::elapsed`](crate::Clock::elapsed).
    pub(in crate::workflows) deadline: Duration,
}

impl InPlace {
    /// Returns the time that is left.
    pub(super) fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.client.clock().elapsed())
    }
}

pub(super) fn emit(sink: Option<&EventSink<ApplyStep>>, step: ApplyStep) {
    if let Some(sink) = sink {
        sink.send(step);
    }
}
