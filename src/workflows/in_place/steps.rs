//! The order in which changes are sent.

use super::item::{ChangeItem, ChangeKind};

/// A request that makes one or more changes, in the order in which they are sent.
///
/// A renewal unlocks the plan. Then follow changes without pre-check, while the plan still runs. The
/// source is the first of those with a pre-check, so that the newest pre-check proves its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Renew,
    Upgrade,
    Rename,
    Schedule,
    Storage,
    DisableLogs,
    Source,
    Objects,
    EnableLogs,
}

/// Returns whether a field is part of the request that changes the source.
pub(super) fn is_source(field: &str) -> bool {
    ["source", "user", "database", "sid", "ssl", "cross_account", "password"].contains(&field)
}

impl Step {
    fn of(item: &ChangeItem) -> Option<Self> {
        if item.kind != ChangeKind::Modify {
            return None;
        }
        Some(match item.field {
            "renewal" => Self::Renew,
            "class" => Self::Upgrade,
            "name" => Self::Rename,
            "schedule" => Self::Schedule,
            "retention" | "encrypted" => Self::Storage,
            "objects" => Self::Objects,
            "logs" if item.restarts => Self::EnableLogs,
            "logs" => Self::DisableLogs,
            field if is_source(field) => Self::Source,
            _ => return None,
        })
    }

    /// Returns whether the service starts a pre-check after the request.
    pub(super) fn starts_pre_check(self) -> bool {
        self >= Self::Source
    }
}

/// Returns the requests that make the changes.
pub(super) fn steps(items: &[ChangeItem]) -> Vec<Step> {
    let mut steps: Vec<_> = items.iter().filter_map(Step::of).collect();
    steps.sort_unstable();
    steps.dedup();
    if steps.contains(&Step::Source) {
        // The request contains the objects.
        steps.retain(|step| *step != Step::Objects);
    }
    steps
}

/// Returns the fields that differ, could be changed, and were not approved.
pub(super) fn unapproved(fresh: &[ChangeItem], kept: &[ChangeItem]) -> Vec<&'static str> {
    let is_left = |item: &&ChangeItem| item.is_possible() && !kept.contains(item);
    fresh.iter().filter(is_left).map(|item| item.field).collect()
}

/// Returns the items that were approved. The request of the source is sent as a whole or not at all.
pub(super) fn approved(fresh: Vec<ChangeItem>, approved: Option<&[ChangeItem]>) -> Vec<ChangeItem> {
    let Some(approved) = approved else { return fresh };
    let is_approved = |item: &ChangeItem| approved.iter().any(|other| item.has_target_of(other));
    let changes_source =
        |item: &ChangeItem| is_source(item.field) && item.kind == ChangeKind::Modify;
    let has_other_source = fresh.iter().any(|item| changes_source(item) && !is_approved(item));
    let mut kept = fresh;
    kept.retain(|item| is_approved(item) && !(has_other_source && changes_source(item)));
    kept
}
