//! `ReconcileContext`: what comparisons and changes need.

use std::sync::Arc;

use crate::rpc::client::Client;
use crate::rpc::value::InvalidValue;
use crate::workflows::journal::{Journal, PlanKey};
use crate::workflows::plan_spec::{PlanSpec, SecretStore};

/// What comparisons and changes need.
#[derive(Clone)]
pub(super) struct ReconcileContext {
    pub(super) client: Client,
    pub(super) fleet: String,
    pub(super) journal: Option<Arc<dyn Journal>>,
    pub(super) secrets: Arc<dyn SecretStore>,
}

impl ReconcileContext {
    pub(super) fn key(&self, spec: &PlanSpec) -> Result<PlanKey, InvalidValue> {
        PlanKey::new(&self.fleet, &spec.name, spec.generation)
    }
}
