//! What the service keeps, and how a request is handled.

use std::collections::VecDeque;

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::downloads::Download;
use crate::fake::service::gateways::{Gateway, Listing};
use crate::fake::service::pre_checks::FailingItem;
use crate::fake::service::restores::RestoreTask;
use crate::fake::world::ids::Ids;
use crate::fake::world::plan::Plan;
use crate::rpc::api::Operation;
use crate::v2019_03_06::types::{BackupPlanId, RestoreTaskId};

/// A request that the service answers.
pub(crate) trait Handle: Operation<Response: Serialize> + DeserializeOwned {
    /// What the gateway's metadata requires.
    const REQUIRED: &'static [&'static str];
    /// Whether `Success` is a text in the answer.
    const OLD_ENVELOPE: bool = false;

    /// Executes the request; what was due before `now` has happened.
    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused>;
}

/// Everything the service keeps.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) plans: Vec<Plan>,
    pub(crate) restores: Vec<RestoreTask>,
    pub(crate) downloads: Vec<Download>,
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) listings: Vec<Listing>,
    pub(crate) role_exists: bool,
    pub(crate) failures: Failures,
}

/// What shall go wrong, first come first served.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    pub(crate) pre_checks: VecDeque<FailingItem>,
    pub(crate) full_backups: VecDeque<String>,
    pub(crate) restores: VecDeque<String>,
}

impl State {
    pub(crate) fn new(ids: Ids) -> Self {
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
    pub(crate) fn settle(&mut self, now: OffsetDateTime) {
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

    pub(crate) fn restore(&mut self, id: &RestoreTaskId) -> Result<&mut RestoreTask, Refused> {
        let found = self.restores.iter_mut().find(|task| task.id == *id);
        found.ok_or_else(|| Refused::unknown("restore task"))
    }
}

/// The plan with an id.
pub(crate) fn find<'p>(plans: &'p mut [Plan], id: &BackupPlanId) -> Result<&'p mut Plan, Refused> {
    plans.iter_mut().find(|plan| plan.id == *id).ok_or_else(|| Refused::unknown("backup plan"))
}

/// One page of rows, with the numbers that every list has.
pub(crate) struct Page<T> {
    pub(crate) number: u32,
    pub(crate) size: u32,
    pub(crate) pages: u32,
    pub(crate) rows: u64,
    pub(crate) items: Vec<T>,
}

impl<T> Page<T> {
    pub(crate) fn of(rows: Vec<T>, number: Option<u32>, size: u8) -> Self {
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
