//! Pre-checks of plans and restore tasks: several checks, one after the other.

use std::time::Duration;

use time::OffsetDateTime;

use super::ids;
use super::times::{after, percent};
use crate::v2019_03_06::types::{JobId, PreCheckItemState, PreCheckStatus};

/// How long a pre-check takes.
const PRE_CHECK_TIME: Duration = Duration::from_secs(10);

const PLAN_CHECKS: [&str; 4] =
    ["CHECK_CONNECTION", "CHECK_PRIVILEGE", "CHECK_BINLOG_ON", "CHECK_OTHER"];
const RESTORE_CHECKS: [&str; 4] =
    ["CHECK_CONNECTION", "CHECK_PRIVILEGE", "CHECK_CONFLICT", "CHECK_OTHER"];

/// A pre-check, with the result that each check will have.
#[derive(Clone, Debug)]
pub(crate) struct PreCheck {
    started_at: OffsetDateTime,
    items: Vec<CheckItem>,
}

#[derive(Clone, Debug)]
struct CheckItem {
    name: String,
    job_id: Option<JobId>,
    state: PreCheckItemState,
    message: Option<String>,
}

/// The state of one check at a given time.
#[derive(Debug)]
pub(crate) struct ItemProgress<'a> {
    pub(crate) name: &'a str,
    pub(crate) job_id: Option<&'a JobId>,
    pub(crate) state: PreCheckItemState,
    /// The problem that the check found. `None` before its end.
    pub(crate) message: Option<&'a str>,
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// The name and message of a check that fails.
pub(crate) type FailingItem = (String, String);

impl PreCheck {
    pub(crate) fn for_plan(
        now: OffsetDateTime,
        with_logs: bool,
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        let mut check = Self::new(now, &PLAN_CHECKS, failing, random);
        for item in &mut check.items {
            let passes = item.state == PreCheckItemState::Finish;
            if item.name == "CHECK_BINLOG_ON" && passes && !with_logs {
                item.state = PreCheckItemState::Warning;
                item.message = Some("log backup is disabled".to_owned());
            }
        }
        check
    }

    pub(crate) fn for_restore_task(
        now: OffsetDateTime,
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        Self::new(now, &RESTORE_CHECKS, failing, random)
    }

    fn new(
        now: OffsetDateTime,
        names: &[&str],
        failing: Option<FailingItem>,
        random: &mut fastrand::Rng,
    ) -> Self {
        let mut item = |name: &str| CheckItem {
            name: name.to_owned(),
            job_id: ids::string(random, "", 12).ok(),
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

    /// Returns why the pre-check failed, or `None` if it did not or is running.
    pub(crate) fn failure(&self, now: OffsetDateTime) -> Option<&str> {
        let failed = |item: &&CheckItem| item.state == PreCheckItemState::Failed;
        match self.status(now) {
            PreCheckStatus::Failed => self.items.iter().find(failed)?.message.as_deref(),
            _ => None,
        }
    }

    /// Returns the progress in percent.
    pub(crate) fn percent(&self, now: OffsetDateTime) -> u8 {
        percent(self.started_at, PRE_CHECK_TIME, now)
    }

    /// Returns the checks in their order.
    pub(crate) fn items(&self, now: OffsetDateTime) -> impl Iterator<Item = ItemProgress<'_>> {
        let count = u32::try_from(self.items.len()).unwrap_or(1).max(1);
        let length = PRE_CHECK_TIME / count;
        (0..).zip(&self.items).map(move |(index, item)| {
            item.progress(after(self.started_at, length * index), length, now)
        })
    }
}

impl CheckItem {
    fn progress(
        &self,
        start: OffsetDateTime,
        length: Duration,
        now: OffsetDateTime,
    ) -> ItemProgress<'_> {
        let end = after(start, length);
        let state = if now < start {
            PreCheckItemState::Init
        } else if now < end {
            PreCheckItemState::Running
        } else {
            self.state
        };
        ItemProgress {
            name: &self.name,
            job_id: self.job_id.as_ref(),
            state,
            message: self.message.as_deref().filter(|_| now >= end),
            started_at: Some(start).filter(|start| now >= *start),
            ended_at: Some(end).filter(|end| now >= *end),
        }
    }
}
