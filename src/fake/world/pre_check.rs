//! Pre-checks of plans and restore tasks: a few checks, one after the other.

use std::time::Duration;

use time::OffsetDateTime;

use super::ids;
use super::times::{after, percent};
use crate::v2019_03_06::types::{JobId, PreCheckItemState, PreCheckStatus};

/// How long the fake's pre-check takes.
const PRE_CHECK_TIME: Duration = Duration::from_secs(10);

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

/// One check as it stands at a moment.
#[derive(Debug)]
pub(crate) struct ItemProgress<'a> {
    pub(crate) name: &'a str,
    pub(crate) job_id: Option<&'a JobId>,
    pub(crate) state: PreCheckItemState,
    /// The problem that was found, once the check has ended.
    pub(crate) message: Option<&'a str>,
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// Name and message of a check that fails.
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

    /// Returns how much of the pre-check is done, in percent.
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

impl Item {
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
