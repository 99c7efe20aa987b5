//! `SpecWork`: a specification that a fleet compares and applies.

use std::sync::Arc;

use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::item::ChangeItem;
use crate::workflows::plan_spec::{PlanSpec, SecretStore};

/// A specification, with what it needs to be compared and applied.
pub(in crate::workflows) struct SpecWork {
    pub(in crate::workflows) spec: Arc<PlanSpec>,
    pub(in crate::workflows) secrets: Arc<dyn SecretStore>,
    /// What a person approved. `None`: all differences.
    pub(in crate::workflows) approved: Option<ApprovedItems>,
}

/// The differences that a person approved.
pub(in crate::workflows) struct ApprovedItems {
    pub(in crate::workflows) items: Arc<[ChangeItem]>,
    /// The plan that has them. `None` if the plan must be bought.
    pub(in crate::workflows) plan: Option<BackupPlanId>,
    /// Whether the plan was found by its id, not by its name.
    pub(in crate::workflows) by_id: bool,
}

impl SpecWork {
    /// Returns whether a difference may be changed.
    pub(super) fn has_approved(&self, item: &ChangeItem) -> bool {
        match &self.approved {
            None => true,
            Some(ApprovedItems { items, .. }) => {
                items.iter().any(|other| item.has_target_of(other))
            }
        }
    }
}
