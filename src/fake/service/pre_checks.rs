//! Pre-checks of plans and restore tasks: a few checks, one after the other.

use std::time::Duration;

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::world::ids;
use crate::fake::world::state::{Handle, State, find};
use crate::fake::world::times::{after, percent};
use crate::v2019_03_06::operations::DescribePreCheckProgressList;
use crate::v2019_03_06::operations::plan::{
    DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
use crate::v2019_03_06::types::{JobId, PreCheckItemState, PreCheckStatus, PreCheckTarget};

/// How long the fake's pre-check takes.
pub(crate) const PRE_CHECK_TIME: Duration = Duration::from_secs(10);

const OF_A_PLAN: [&str; 4] =
    ["CHECK_CONNECTION", "CHECK_PRIVILEGE", "CHECK_BINLOG_ON", "CHECK_OTHER"];
const OF_A_TASK: [&str; 4] =
    ["CHECK_CONNECTION", "CHECK_PRIVILEGE", "CHECK_CONFLICT", "CHECK_OTHER"];

/// A pre-check: when it began, and how each check ends.
#[derive(Clone, Debug)]
pub(crate) struct PreCheck {
    started_at: OffsetDateTime,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
struct Item {
    name: String,
    job_id: Option<JobId>,
    state: PreCheckItemState,
    message: Option<String>,
}

/// A check that shall fail, and the message.
pub(crate) type FailingItem = (String, String);

impl PreCheck {
    pub(crate) fn of_plan(
        now: OffsetDateTime,
        with_logs: bool,
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        let mut check = Self::new(now, &OF_A_PLAN, failing, random);
        for item in &mut check.items {
            let fine = item.state == PreCheckItemState::Finish;
            if item.name == "CHECK_BINLOG_ON" && fine && !with_logs {
                item.state = PreCheckItemState::Warning;
                item.message = Some("log backup is switched off".to_owned());
            }
        }
        check
    }

    pub(crate) fn of_task(
        now: OffsetDateTime,
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        Self::new(now, &OF_A_TASK, failing, random)
    }

    fn new(
        now: OffsetDateTime,
        names: &[&str],
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        let mut item = |name: &str| Item {
            name: name.to_owned(),
            job_id: ids::text(random, "", 12).ok(),
            state: PreCheckItemState::Finish,
            message: None,
        };
        let mut items: Vec<_> = names.iter().copied().map(&mut item).collect();
        if let Some((name, message)) = failing {
            if !names.contains(&&*name) {
                items.push(item(&name));
            }
            for item in items.iter_mut().filter(|item| item.name == name) {
                item.state = PreCheckItemState::Failed;
                item.message = Some(message.clone());
            }
        }
        Self { started_at: now, items }
    }

    pub(crate) fn ends_at(&self) -> OffsetDateTime {
        after(self.started_at, PRE_CHECK_TIME)
    }

    pub(crate) fn will_pass(&self) -> bool {
        self.items.iter().all(|item| item.state != PreCheckItemState::Failed)
    }

    pub(crate) fn status(&self, now: OffsetDateTime) -> PreCheckStatus {
        if now < self.ends_at() {
            PreCheckStatus::Running
        } else if self.will_pass() {
            PreCheckStatus::Finish
        } else {
            PreCheckStatus::Failed
        }
    }

    /// Why it failed, once it has.
    pub(crate) fn failure(&self, now: OffsetDateTime) -> Option<&str> {
        let failed = |item: &&Item| item.state == PreCheckItemState::Failed;
        match self.status(now) {
            PreCheckStatus::Failed => self.items.iter().find(failed)?.message.as_deref(),
            _ => None,
        }
    }

    fn rows(&self, now: OffsetDateTime) -> Vec<PreCheckProgressDetail> {
        let count = u32::try_from(self.items.len()).unwrap_or(1).max(1);
        let length = PRE_CHECK_TIME / count;
        (0..)
            .zip(&self.items)
            .map(|(index, item)| item.row(index, self.started_at, length, now))
            .collect()
    }
}

impl Item {
    fn row(
        &self,
        index: u32,
        check_started_at: OffsetDateTime,
        length: Duration,
        now: OffsetDateTime,
    ) -> PreCheckProgressDetail {
        let start = after(check_started_at, length * index);
        let end = after(start, length);
        let state = if now < start {
            PreCheckItemState::Init
        } else if now < end {
            PreCheckItemState::Running
        } else {
            self.state
        };
        PreCheckProgressDetail {
            item: self.name.clone(),
            names: Some(format!("{}_DETAIL", self.name)),
            order_num: Some((index + 1) * 10),
            state: state.into(),
            error_message: self.message.clone().filter(|_| now >= end),
            job_id: self.job_id.clone(),
            boot_time: Some(start).filter(|start| now >= *start),
            finish_time: Some(end).filter(|end| now >= *end),
        }
    }
}

impl Handle for DescribePreCheckProgressList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let check = match &self.target {
            PreCheckTarget::BackupPlan(id) => {
                let plan = find(&mut state.plans, id)?;
                let status = plan.status_at(now);
                let what = "have a pre-check";
                plan.pre_check.as_ref().ok_or_else(|| Refused::plan_is(status, what))?
            }
            PreCheckTarget::RestoreTask(id) => &state.restore(id)?.pre_check,
        };
        Ok(DescribePreCheckProgressListResponse {
            status: check.status(now).into(),
            progress: percent(check.started_at, PRE_CHECK_TIME, now),
            items: check.rows(now),
        })
    }
}
