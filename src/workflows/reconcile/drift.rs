//! `Drift`: the differences of all plans of an account.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::change::Change;
use super::context::ReconcileContext;
use crate::rpc::value::Open;
use crate::rpc::value::one_line::one_line;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus};
use crate::workflows::fleet::{Fleet, FleetSpec};
use crate::workflows::in_place::item::ChangeItem;

/// The differences of all plans of an account.
///
/// `Display` writes the changes, their number, and then the plans without specification.
#[derive(Clone)]
pub struct Drift {
    pub(super) context: ReconcileContext,
    pub(super) changes: Vec<Change>,
    pub(super) unknown: Vec<UnknownPlan>,
}

/// A plan that no specification is for; see [`Drift::unknown`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnknownPlan {
    /// The id of the plan.
    pub plan: BackupPlanId,
    /// The name of the plan.
    pub name: Option<String>,
    /// The state of the plan.
    pub status: Open<BackupPlanStatus>,
}

impl UnknownPlan {
    pub(super) fn of(row: &BackupPlanDetail) -> Self {
        Self {
            plan: row.backup_plan_id.clone(),
            name: row.backup_plan_name.clone(),
            status: row.backup_plan_status.clone(),
        }
    }
}

impl Drift {
    /// Returns a change for each specification, in their order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns the plans that no specification is for. They are never changed.
    pub fn unknown(&self) -> &[UnknownPlan] {
        &self.unknown
    }

    /// Returns whether no plan must change. Unknown plans are no change.
    pub fn is_empty(&self) -> bool {
        self.changes.iter().all(Change::is_empty)
    }

    /// Returns a fleet that makes the changes that this value shows.
    ///
    /// The fleet has only the plans that must change.
    pub fn apply(self) -> Fleet {
        let ReconcileContext { client, fleet, journal, .. } = self.context;
        let changes = self.changes.into_iter().filter(|change| !change.is_empty());
        let specs: Vec<FleetSpec> = changes.map(Change::into_fleet_spec).collect();
        let fleet = client.fleet(specs).named(fleet);
        match journal {
            Some(journal) => fleet.journal(journal),
            None => fleet,
        }
    }
}

impl Drift {
    /// Writes the number of plans of each kind.
    fn summarize(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.changes.len();
        write!(f, "{total} {}: ", if total == 1 { "plan" } else { "plans" })?;
        if self.is_empty() {
            return f.write_str("nothing to change");
        }
        let (mut new, mut changed, mut impossible, mut equal) = (0, 0, 0, 0);
        for change in &self.changes {
            let count = match change.items() {
                _ if change.is_purchase() => &mut new,
                [] => &mut equal,
                items if items.iter().any(ChangeItem::is_possible) => &mut changed,
                _ => &mut impossible,
            };
            *count += 1;
        }
        let counts = [
            (new, "to buy"),
            (changed, "to change"),
            (impossible, "not possible to change"),
            (equal, "without difference"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, kind)| format!("{count} {kind}")).collect();
        f.write_str(&counts.join(", "))
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in self.changes.iter().filter(|change| !change.is_empty()) {
            writeln!(f, "{change}")?;
        }
        self.summarize(f)?;
        self.unknown.iter().try_for_each(|unknown| {
            let name = unknown.name.as_deref().filter(|name| *name != unknown.plan.as_str());
            let name = name.map(|name| format!(" `{}`", one_line(name))).unwrap_or_default();
            writeln!(f)?;
            write!(f, "unknown plan {}{name}: {}", unknown.plan, unknown.status)
        })
    }
}

impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drift")
            .field("changes", &self.changes)
            .field("unknown", &self.unknown)
            .finish_non_exhaustive()
    }
}

impl Serialize for Drift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Drift", 2)?;
        fields.serialize_field("changes", &self.changes)?;
        fields.serialize_field("unknown", &self.unknown)?;
        fields.end()
    }
}
