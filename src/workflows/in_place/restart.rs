//! Restarts a plan after a change: the pre-check, then the start.

use super::reconcile_error::ReconcileError;
use super::requests;
use super::work::{ApplyStep, InPlace, emit};
use crate::rpc::clock::random_hex;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::task_stream::EventSink;
use crate::v2019_03_06::conditions::PreCheckPassed;
use crate::v2019_03_06::operations::{BackupPlanDetail, PreCheckProgressDetail};

/// What preceded a restart.
pub(super) enum Before {
    /// A change that starts a pre-check. The items are those of the pre-check before it.
    Change(Vec<PreCheckProgressDetail>),
    /// No change that is known to start one.
    Nothing,
}

impl InPlace {
    /// Waits for the pre-check, and starts the plan.
    ///
    /// Configures it first if it was never configured, or its pre-check failed earlier.
    pub(super) async fn restart(
        &self,
        row: &BackupPlanDetail,
        unapproved: &[&'static str],
        before: Before,
        sink: Option<&EventSink<ApplyStep>>,
    ) -> Result<(), ReconcileError> {
        let (client, plan) = (&self.client, self.plan.clone());
        let configuration = requests::configuration(&self.spec, row, unapproved, &*self.secrets)?;
        if let Before::Change(earlier) = before {
            // By its items, because the clocks of client and service may differ.
            let passed = PreCheckPassed::new(plan.clone()).ignore_items(earlier);
            let mut waiter = client.wait_for(passed).timeout(self.remaining());
            while let Some(observation) = waiter.next().await {
                let observation = observation?;
                let (summary, progress) = (observation.summary, observation.progress);
                emit(sink, ApplyStep::Waiting { summary, progress });
            }
        }
        // A service that remembers the token of an earlier restart would not start the plan.
        let token = ClientToken::new(random_hex(&**client.clock()))?;
        let mut provision = client
            .provision(self.spec.purchase(), move |_| configuration)
            .resume(plan)
            .client_token(token)
            .timeout(self.remaining());
        while let Some(step) = provision.next().await {
            emit(sink, ApplyStep::Provision(step?));
        }
        provision.await?;
        Ok(())
    }
}
