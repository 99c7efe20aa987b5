//! `FleetSpec`: one plan of a fleet.

use std::fmt;
use std::sync::Arc;

use super::spec_work::SpecWork;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::provision::IntoConfiguration;
use crate::workflows::provision::configuration::{SharedConfigure, shared};

/// One plan of a fleet: its name, its purchase and its configuration.
#[derive(Clone)]
pub struct FleetSpec {
    pub(super) name: String,
    pub(super) generation: u32,
    pub(super) create: CreateBackupPlan,
    pub(super) configure: SharedConfigure,
    /// What the plan is compared with. `None`: a plan that runs is not compared.
    pub(super) work: Option<Arc<SpecWork>>,
}

impl FleetSpec {
    /// Creates the specification of a plan.
    ///
    /// `configure` runs before each purchase and each resumed run. It may return a `Result` or a
    /// future, as that of [`Client::provision`](crate::Client::provision).
    pub fn new<F, C, Form>(
        name: impl Into<String>,
        mut create: CreateBackupPlan,
        configure: F,
    ) -> Self
    where
        F: Fn(BackupPlanId) -> C + Send + Sync + 'static,
        C: IntoConfiguration<Form>,
    {
        // The token derives from the name.
        create.client_token = None;
        let configure = shared(configure);
        Self { name: name.into(), generation: 0, create, configure, work: None }
    }

    /// Sets the generation. Defaults to 0. Raise it to buy again after the plan was released.
    #[must_use]
    pub fn generation(mut self, generation: u32) -> Self {
        self.generation = generation;
        self
    }

    /// Returns the name of the plan within its fleet.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for FleetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetSpec")
            .field("name", &self.name)
            .field("generation", &self.generation)
            .field("create", &self.create)
            .finish_non_exhaustive()
    }
}
