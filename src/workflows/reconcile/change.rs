//! `Change`: what must change so that a plan matches its specification.

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::context::ReconcileContext;
use crate::rpc::value::one_line::one_line;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::item::ChangeItem;
use crate::workflows::plan_spec::PlanSpec;

/// What must change so that a plan matches its specification.
///
/// `Display` writes a diff of several lines. It has no secret. In serde, it is `name`, `plan` and
/// `items`.
#[derive(Clone)]
pub struct Change {
    pub(super) context: ReconcileContext,
    pub(super) spec: Arc<PlanSpec>,
    pub(super) plan: Option<BackupPlanId>,
    /// Whether the plan was found by its id, not by its name.
    pub(super) by_id: bool,
    pub(super) items: Vec<ChangeItem>,
}

impl Change {
    /// Returns the name of the plan.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Returns the id of the plan. `None` if it must be bought.
    pub fn plan(&self) -> Option<&BackupPlanId> {
        self.plan.as_ref()
    }

    /// Returns the differences.
    pub fn items(&self) -> &[ChangeItem] {
        &self.items
    }

    /// Returns whether nothing must change. An item that is not possible is a change too.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns whether the plan does not exist, so that it must be bought.
    pub fn is_purchase(&self) -> bool {
        self.plan.is_none()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(self.name()))?;
        let impossible = self.items.iter().filter(|item| !item.is_possible()).count();
        let possible = self.items.len() - impossible;
        match &self.plan {
            None => f.write_str(": a new plan")?,
            Some(plan) => {
                write!(f, " ({plan}): ")?;
                match possible {
                    0 if impossible == 0 => f.write_str("nothing to change")?,
                    0 => {}
                    1 => f.write_str("1 change")?,
                    _ => write!(f, "{possible} changes")?,
                }
                if impossible > 0 {
                    let separator = if possible > 0 { ", " } else { "" };
                    write!(f, "{separator}{impossible} not possible")?;
                }
            }
        }
        self.items.iter().try_for_each(|item| {
            writeln!(f)?;
            write!(f, "  {item}")
        })
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("name", &self.spec.name)
            .field("plan", &self.plan)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Change", 3)?;
        fields.serialize_field("name", self.name())?;
        fields.serialize_field("plan", &self.plan)?;
        fields.serialize_field("items", &self.items)?;
        fields.end()
    }
}
