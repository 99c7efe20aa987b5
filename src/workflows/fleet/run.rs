//! `FleetRun`: starts the plans of a fleet, as many at once as it has slots.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::context::{FleetContext, FleetOptions};
use super::control::{Control, Mode};
use super::outcome::{FleetOutcome, FleetOutcomeKind};
use super::plan_run::{PlanWork, SlotEnd};
use super::report::{FleetReport, ReportBuilder};
use super::spec::FleetSpec;
use crate::workflows::slots::Slots;

/// The most plans that wait because another worker has leased them.
const MAX_DEFERRED: usize = 1024;

/// The plans that a fleet has not started.
pub(super) type Specs = Box<dyn Iterator<Item = FleetSpec> + Send>;

/// A fleet that has started.
pub(super) struct FleetRun {
    context: Arc<FleetContext>,
    specs: Specs,
    slots: Slots<SlotEnd>,
    /// Plans that another worker has leased. The first was deferred first.
    deferred: VecDeque<Box<PlanWork>>,
    /// The mode at the last poll.
    mode: Mode,
    report: ReportBuilder,
}

impl FleetRun {
    pub(super) fn new(options: FleetOptions, control: Arc<Control>, specs: Specs) -> Self {
        control.start();
        Self {
            slots: Slots::new(options.concurrency),
            context: Arc::new(FleetContext::new(options, control)),
            specs,
            deferred: VecDeque::new(),
            mode: Mode::Running,
            report: ReportBuilder::default(),
        }
    }

    /// Returns the next plan to work on.
    fn next_work(&mut self) -> Option<Box<PlanWork>> {
        let is_due = self.deferred.front().is_some_and(|work| work.is_due());
        if is_due || self.deferred.len() >= MAX_DEFERRED {
            return self.deferred.pop_front();
        }
        match self.specs.next() {
            Some(spec) => Some(Box::new(PlanWork::new(spec, self.context.clone()))),
            // Its slot waits until it is due.
            None => self.deferred.pop_front(),
        }
    }

    fn fill_slots(&mut self) {
        while self.mode == Mode::Running && !self.slots.is_full() {
            let Some(work) = self.next_work() else { break };
            self.slots.push(Box::pin(work.run()));
        }
        let in_progress = self.slots.len();
        self.context.control.count(|counters| counters.in_progress = in_progress);
    }

    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Option<FleetOutcome>> {
        let mode = self.context.control.watch(context.waker());
        if mode != self.mode {
            self.mode = mode;
            self.slots.wake_all();
        }
        let outcome = loop {
            self.fill_slots();
            match self.slots.poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(SlotEnd::Ended(outcome))) => break outcome,
                Poll::Ready(Some(SlotEnd::Deferred(work))) => self.deferred.push_back(work),
                Poll::Ready(None) => match self.deferred.pop_front() {
                    Some(work) => break work.ended(FleetOutcomeKind::Cancelled),
                    None => return Poll::Ready(None),
                },
            }
        };
        self.context.control.add(&outcome.kind);
        self.report.add(&outcome);
        Poll::Ready(Some(outcome))
    }

    /// Returns the report of all outcomes.
    pub(super) fn into_report(self) -> FleetReport {
        let control = &self.context.control;
        let (least, most) = self.specs.size_hint();
        let not_started = most.filter(|most| *most == least);
        let elapsed = control.progress().elapsed;
        let fleet = self.context.options.fleet.clone();
        self.report.finish(fleet, not_started, elapsed, control.stopped_by())
    }
}
