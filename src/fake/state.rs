//! What the service keeps, and how a request is handled.

use std::collections::VecDeque;

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::answer::Refused;
use super::downloads::Download;
use super::gateways::{Gateway, Listing};
use super::ids::Ids;
use super::plans::Plan;
use super::pre_checks::FailingItem;
use super::restores::RestoreTask;
use crate::rpc::operation::Operation;
use crate::v2019_03_06::types::{BackupPlanId, RestoreTaskId};

/// A request that the service answers.
pub(super) trait Handle: Operation<Response: Serialize> + DeserializeOwned {
    /// What the gateway's metadata requires.
    const REQUIRED: &'static [&'static str];
    /// Whether `Success` is a text in the answer.
    const OLD_ENVELOPE: bool = false;

    /// Executes the request; what was due before `now` has happened.
    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused>;
}

/// Everything the service keeps.
#[derive(Debug)]
pub(super) struct State {
    pub(super) ids: Ids,
    pub(super) plans: Vec<Plan>,
    pub(super) restores: Vec<RestoreTask>,
    pub(super) downloads: Vec<Download>,
    pub(super) gateways: Vec<Gateway>,
    pub(super) listings: Vec<Listing>,
    pub(super) role_exists: bool,
    pub(super) failures: Failures,
}

/// What shall go wrong, first come first served.
#[derive(Debug, Default)]
pub(super) struct Failures {
    pub(super) pre_checks: VecDeque<FailingItem>,
    pub(super) full_backups: VecDeque<String>,
    pub(super) restores: VecDeque<String>,
}

impl State {
    pub(super) fn new(ids: Ids) -> Self {
        Self {
            ids,
            plans: Vec::new(),
            restores: Vec::new(),
            downloads: Vec::new(),
            gateways: Vec::new(),
            listings: Vec::new(),
            role_exists: false,
            failures: Failures::default(),
        }
    }

    /// Lets everything happen that was due up to now, in the order of time.
    pub(super) fn settle(&mut self, now: OffsetDateTime) {
        let Self { plans, failures, .. } = self;
        loop {
            let due = plans.iter_mut().filter_map(|plan| Some((plan.next_due()?, plan)));
            let Some((due, plan)) = due.min_by_key(|(due, _)| due.at) else { return };
            if due.at > now {
                return;
            }
            plan.happen(due, failures);
        }
    }

    pub(super) fn restore(&mut self, id: &RestoreTaskId) -> Result<&mut RestoreTask, Refused> {
        let found = self.restores.iter_mut().find(|task| task.id == *id);
        found.ok_or_else(|| Refused::unknown("restore task"))
    }
}

/// The plan with an id.
pub(super) fn find<'p>(plans: &'p mut [Plan], id: &BackupPlanId) -> Result<&'p mut Plan, Refused> {
    plans.iter_mut().find(|plan| plan.id == *id).ok_or_else(|| Refused::unknown("backup plan"))
}

/// One page of rows, with the numbers that every list has.
pub(super) struct Page<T> {
    pub(super) number: u32,
    pub(super) size: u32,
    pub(super) pages: u32,
    pub(super) rows: u64,
    pub(super) items: Vec<T>,
}

impl<T> Page<T> {
    pub(super) fn of(rows: Vec<T>, number: Option<u32>, size: u8) -> Self {
        let (total, rows_per_page) = (rows.len(), usize::from(size.max(1)));
        let number = number.unwrap_or(0);
        let skip = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(rows_per_page);
        Self {
            number,
            size: size.into(),
            pages: u32::try_from(total.div_ceil(rows_per_page)).unwrap_or(u32::MAX),
            rows: total as u64,
            items: rows.into_iter().skip(skip).take(rows_per_page).collect(),
        }
    }
}
