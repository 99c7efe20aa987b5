//! `FleetSpec` of a `PlanSpec`, which is also compared with a plan that exists.

use std::sync::Arc;

use super::spec::FleetSpec;
use super::spec_work::SpecWork;
use crate::workflows::plan_spec::{PlanSpec, SecretStore, SystemSecrets};

impl FleetSpec {
    /// Creates the specification of a plan whose secrets come from a store.
    ///
    /// A plan that exists is compared with it and changed in place, see
    /// [`reconcile`](crate::workflows::reconcile). A plan is bought if the journal has none and none
    /// has the name.
    pub fn from_plan(spec: PlanSpec, secrets: impl SecretStore + 'static) -> Self {
        Self::from_work(SpecWork {
            spec: Arc::new(spec),
            secrets: Arc::new(secrets),
            approved: None,
        })
    }

    pub(in crate::workflows) fn from_work(work: SpecWork) -> Self {
        let SpecWork { spec, secrets, .. } = &work;
        let (name, generation, create) = (spec.name.clone(), spec.generation, spec.purchase());
        let (spec, secrets) = (spec.clone(), secrets.clone());
        let configure = move |plan| spec.configuration(plan, &*secrets);
        let work = Some(Arc::new(work));
        Self { work, ..Self::new(name, create, configure).generation(generation) }
    }
}

/// Reads secrets from environment variables and files; see [`FleetSpec::from_plan`].
impl From<PlanSpec> for FleetSpec {
    fn from(spec: PlanSpec) -> Self {
        Self::from_plan(spec, SystemSecrets)
    }
}
