//! A model of pods, journal and service, searched breadth first with the decision of the crate.
//!
//! Two pods provision one name. Requests and responses can be lost or late, pods crash and restart
//! under a new id, leases expire at any time, the service forgets the token, and a person configures,
//! releases, resumes and buys. The property: the service sells one plan, and one more for each
//! `buy_anyway`.
//!
//! A `tick` is the time after which a token is older than `token_memory` and the service may forget
//! it. It does not forget it while a request is in flight, because the gateway rejects requests that
//! are older than 15 minutes.

use std::time::Duration;

use crate::workflows::provision::decision::{Decision, PurchaseFacts, SentPurchase, decide};

const PODS: usize = 2;
const PLANS: usize = 3;
const REQUESTS: usize = 2;
/// The number of crashes of each pod. One is enough for the other, because pods are alike.
const CRASHES: [u8; PODS] = [1, 0];

/// A pod and the number of its crashes.
pub(super) type Id = (u8, u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    Off,
    /// Whether the list of plans has a configured one.
    Listed(bool),
    /// The entry as the pod has read it.
    Claimed {
        plan: Option<u8>,
        first_writer: bool,
        is_old: bool,
        seen: bool,
    },
    Sent {
        first_writer: bool,
        is_old: bool,
        seen: bool,
    },
    Bought(u8),
    Done,
    Unresolved,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pod {
    pub(super) phase: Phase,
    pub(super) crashes: u8,
    pub(super) sent: SentPurchaseKey,
    /// Whether a person wants to buy, and whether the first such purchase is old.
    pub(super) anyway: Option<bool>,
}

/// `SentPurchase`, which has no hash.
pub(super) type SentPurchaseKey = u8;

fn key(sent: SentPurchase) -> SentPurchaseKey {
    match sent {
        SentPurchase::Never => 0,
        SentPurchase::NotExecuted => 1,
        SentPurchase::Unknown => 2,
    }
}

fn sent(key: SentPurchaseKey) -> SentPurchase {
    [SentPurchase::Never, SentPurchase::NotExecuted, SentPurchase::Unknown][usize::from(key)]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Recorded {
    pub(super) entered_by: Id,
    pub(super) is_old: bool,
    pub(super) plan: Option<u8>,
    pub(super) lease: Option<u8>,
    pub(super) taken: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Plan {
    Unconfigured,
    Configured,
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) pods: [Pod; PODS],
    pub(super) entry: Option<Recorded>,
    pub(super) plans: [Option<Plan>; PLANS],
    /// The plan of the token, whether it is old, and who sent it.
    pub(super) remembered: Option<(u8, bool, Id)>,
    /// The senders of the requests that are neither executed nor lost.
    pub(super) requests: [Option<Id>; REQUESTS],
    pub(super) anyway: u8,
    pub(super) journal_lost: bool,
}

/// A planted bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bug {
    None,
    RandomToken,
    RepeatOldPurchase,
    BuyWithoutCandidates,
    ForgetOutcome,
    FixedWorker,
    WithdrawUnknown,
    WithdrawTaken,
}

#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "what the model leaves out")]
pub(super) struct Model {
    pub(super) bug: Bug,
    pub(super) token_memory: Duration,
    /// Whether the service forgets.
    pub(super) forgets: bool,
    pub(super) loses_journal: bool,
    /// Whether a person configures and releases plans.
    pub(super) edits: bool,
    /// Whether a person buys anyway, once.
    pub(super) buys_anyway: bool,
}

pub(super) const MEMORY: Duration = Duration::from_secs(600);

impl World {
    pub(super) const START: Self = Self {
        pods: [Pod { phase: Phase::Off, crashes: 0, sent: 0, anyway: None }; PODS],
        entry: None,
        plans: [None; PLANS],
        remembered: None,
        requests: [None; REQUESTS],
        anyway: 0,
        journal_lost: false,
    };

    pub(super) fn bought(&self) -> usize {
        self.plans.iter().flatten().count()
    }

    fn has(&self, state: Plan) -> bool {
        self.plans.contains(&Some(state))
    }

    /// Removes what no later step depends on, so that fewer states are different.
    pub(super) fn normal(mut self, model: Model) -> Self {
        for pod in &mut self.pods {
            if let Phase::Claimed { first_writer, .. } | Phase::Sent { first_writer, .. } =
                &mut pod.phase
            {
                *first_writer &= model.token_memory.is_zero();
            }
            match &mut pod.phase {
                Phase::Claimed { plan: Some(_), first_writer, is_old, seen } => {
                    (*first_writer, *is_old, *seen) = (false, true, false);
                    (pod.sent, pod.anyway) = (0, None);
                }
                Phase::Bought(_) | Phase::Done | Phase::Unresolved | Phase::Failed => {
                    (pod.sent, pod.anyway) = (0, None);
                }
                Phase::Sent { seen, .. } => *seen = false,
                _ => {}
            }
        }
        if let (Some(remembered), true) = (&mut self.remembered, model.bug != Bug::RandomToken) {
            remembered.2 = (0, 0);
        }
        if let Some(Recorded { entered_by, is_old, plan: Some(_), taken, .. }) = &mut self.entry {
            (*entered_by, *is_old, *taken) = ((0, 0), true, true);
        }
        self.requests.sort_unstable();
        self
    }
}

/// The name of a step, the pod or plan of it, whether it is one of a world without faults, and the
/// world after it.
pub(super) type Step = (&'static str, usize, bool, World);

impl Model {
    pub(super) fn steps(self, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        for pod in 0..PODS {
            self.pod_steps(world, pod, &mut steps);
        }
        for slot in 0..REQUESTS {
            self.request_steps(world, slot, &mut steps);
        }
        self.other_steps(world, &mut steps);
        steps
    }

    fn pod_steps(self, world: &World, pod: usize, steps: &mut Vec<Step>) {
        let Pod { phase, crashes, sent: outcome, anyway } = world.pods[pod];
        let index = u8::try_from(pod).unwrap();
        let me = (index, crashes);
        let mut step = |name, is_good, change: &dyn Fn(&mut World)| {
            let mut next = *world;
            change(&mut next);
            steps.push((name, pod, is_good, next));
        };
        let to = |next: &mut World, phase| next.pods[pod].phase = phase;
        if crashes < CRASHES[pod] && phase != Phase::Off {
            step("crash", false, &|next| {
                let crashes = crashes + 1;
                next.pods[pod] = Pod { phase: Phase::Off, crashes, sent: 0, anyway: None };
            });
        }
        match phase {
            Phase::Off => {
                step("list", true, &|next| to(next, Phase::Listed(world.has(Plan::Configured))));
            }
            Phase::Listed(seen) => {
                let fresh = Recorded {
                    entered_by: me,
                    is_old: false,
                    plan: None,
                    lease: None,
                    taken: false,
                };
                let entry = world.entry.unwrap_or(fresh);
                if entry.lease.is_none_or(|holder| holder == index) {
                    let first_writer = entry.entered_by == me
                        || (self.bug == Bug::FixedWorker && entry.entered_by.0 == index);
                    step("enter and claim", true, &|next| {
                        let taken = entry.taken || entry.entered_by != me;
                        next.entry = Some(Recorded { lease: Some(index), taken, ..entry });
                        let Recorded { plan, is_old, .. } = entry;
                        to(next, Phase::Claimed { plan, first_writer, is_old, seen });
                    });
                }
            }
            Phase::Claimed { plan: Some(plan), .. } => match world.plans[usize::from(plan)] {
                Some(Plan::Released) => step("fail", true, &|next| to(next, Phase::Failed)),
                _ => step("configure", true, &|next| {
                    next.plans[usize::from(plan)] = Some(Plan::Configured);
                    to(next, Phase::Done);
                }),
            },
            Phase::Claimed { plan: None, first_writer, is_old, seen } => {
                let sends = self.sends(world, pod, first_writer, is_old, seen);
                if !sends {
                    step("search", true, &|next| to(next, Phase::Unresolved));
                } else if let Some(free) = world.requests.iter().position(Option::is_none) {
                    step("send", true, &|next| {
                        next.requests[free] = Some(me);
                        next.pods[pod].anyway = anyway.map(|old| old && outcome != 0);
                        to(next, Phase::Sent { first_writer, is_old, seen });
                    });
                }
            }
            Phase::Sent { first_writer, is_old, seen } => {
                step("no response", true, &|next| {
                    next.pods[pod].sent = key(SentPurchase::Unknown);
                    to(next, Phase::Claimed { plan: None, first_writer, is_old, seen });
                });
            }
            Phase::Bought(plan) => step("record", true, &|next| {
                let entry = next.entry.get_or_insert(Recorded {
                    entered_by: me,
                    is_old: false,
                    plan: None,
                    lease: None,
                    taken: true,
                });
                let recorded = *entry.plan.get_or_insert(plan);
                let phase = if recorded == plan {
                    let plan = Some(plan);
                    Phase::Claimed { plan, first_writer: false, is_old: true, seen: false }
                } else {
                    Phase::Failed
                };
                to(next, phase);
            }),
            Phase::Unresolved => {
                if self.buys_anyway && world.anyway == 0 {
                    step("buy_anyway", false, &|next| {
                        next.anyway += 1;
                        next.pods[pod].sent = 0;
                        next.pods[pod].anyway = Some(false);
                        let plan = next.entry.and_then(|entry| entry.plan);
                        let (first_writer, is_old, seen) = (false, true, false);
                        to(next, Phase::Claimed { plan, first_writer, is_old, seen });
                    });
                }
                for (plan, state) in (0..).zip(world.plans) {
                    if state == Some(Plan::Unconfigured) {
                        step("resume", false, &|next| to(next, Phase::Bought(plan)));
                    }
                }
            }
            Phase::Done | Phase::Failed => {}
        }
    }

    fn sends(
        self,
        world: &World,
        pod: usize,
        first_writer: bool,
        is_old: bool,
        seen: bool,
    ) -> bool {
        let Pod { sent: outcome, anyway, .. } = world.pods[pod];
        if seen && anyway.is_none() {
            return false;
        }
        let is_old = anyway.unwrap_or(is_old);
        let outcome = if self.bug == Bug::ForgetOutcome { 0 } else { outcome };
        let facts = PurchaseFacts {
            age: Some(if is_old { 2 * MEMORY } else { Duration::ZERO }),
            token_memory: self.token_memory,
            first_writer,
            sent: sent(outcome),
            buy_anyway: anyway.is_some(),
        };
        match decide(facts) {
            Decision::Send { .. } => true,
            Decision::Search => {
                self.bug == Bug::RepeatOldPurchase
                    || (self.bug == Bug::BuyWithoutCandidates && !world.has(Plan::Unconfigured))
            }
        }
    }

    fn request_steps(self, world: &World, slot: usize, steps: &mut Vec<Step>) {
        let Some(from) = world.requests[slot] else { return };
        let sender = world.pods[usize::from(from.0)];
        let waits = sender.crashes == from.1 && matches!(sender.phase, Phase::Sent { .. });
        let mut step = |name, is_good, change: &dyn Fn(&mut World)| {
            let mut next = *world;
            next.requests[slot] = None;
            change(&mut next);
            steps.push((name, usize::from(from.0), is_good, next));
        };
        step("request lost", true, &|_| {});
        if waits {
            step("request refused", false, &|next| self.refused(next, from));
        }
        let known = world.remembered;
        let known = known.filter(|(_, _, of)| self.bug != Bug::RandomToken || *of == from);
        let plan = match (known, world.plans.iter().position(Option::is_none)) {
            (Some((plan, ..)), _) => plan,
            (None, Some(free)) => u8::try_from(free).unwrap(),
            (None, None) => return,
        };
        let execute = |next: &mut World| {
            next.plans[usize::from(plan)].get_or_insert(Plan::Unconfigured);
            next.remembered = known.or(Some((plan, false, from)));
        };
        step("request executed, response lost", false, &execute);
        if waits {
            step("request executed", true, &|next| {
                execute(next);
                next.pods[usize::from(from.0)].phase = Phase::Bought(plan);
            });
        }
    }

    /// The pod of a refused request withdraws its entry and begins again.
    fn refused(self, next: &mut World, from: Id) {
        let pod = &mut next.pods[usize::from(from.0)];
        pod.sent = pod.sent.max(key(SentPurchase::NotExecuted));
        let Phase::Sent { first_writer, is_old, seen } = pod.phase else { return };
        pod.phase = Phase::Claimed { plan: None, first_writer, is_old, seen };
        let is_unknown = pod.sent == key(SentPurchase::Unknown) && self.bug != Bug::WithdrawUnknown;
        if is_unknown || pod.anyway.is_some() || self.token_memory.is_zero() {
            return;
        }
        pod.phase = Phase::Listed(seen);
        if let Some(Recorded { entered_by, plan: None, taken, .. }) = next.entry
            && entered_by == from
            && (!taken || self.bug == Bug::WithdrawTaken)
        {
            next.entry = None;
        }
    }

    fn other_steps(self, world: &World, steps: &mut Vec<Step>) {
        let mut step = |name, at, is_good, change: &dyn Fn(&mut World)| {
            let mut next = *world;
            change(&mut next);
            steps.push((name, at, is_good, next));
        };
        if world.entry.is_some_and(|entry| entry.lease.is_some()) {
            step("lease expires", 0, true, &|next| {
                next.entry = world.entry.map(|entry| Recorded { lease: None, ..entry });
            });
        }
        // Without memory, no decision depends on the age of a token.
        if !self.token_memory.is_zero() {
            step("tick", 0, true, &|next| {
                next.entry = world.entry.map(|entry| Recorded { is_old: true, ..entry });
                next.remembered = world.remembered.map(|(plan, _, of)| (plan, true, of));
                for pod in &mut next.pods {
                    pod.anyway = pod.anyway.map(|_| true);
                    if let Phase::Claimed { is_old, .. } | Phase::Sent { is_old, .. } =
                        &mut pod.phase
                    {
                        *is_old = true;
                    }
                }
            });
        }
        let may_forget = match world.remembered {
            None => false,
            Some(_) if self.token_memory.is_zero() => true,
            Some((_, is_old, _)) => is_old && world.requests == [None; REQUESTS],
        };
        if self.forgets && may_forget {
            step("service forgets", 0, false, &|next| next.remembered = None);
        }
        if self.loses_journal && !world.journal_lost && world.entry.is_some() {
            step("journal lost", 0, false, &|next| {
                next.entry = None;
                next.journal_lost = true;
            });
        }
        for (index, plan) in world.plans.iter().enumerate() {
            let mut set = |name, state| {
                step(name, index, false, &|next| next.plans[index] = Some(state));
            };
            match plan {
                Some(Plan::Unconfigured) if self.edits => {
                    set("person configures", Plan::Configured);
                    set("person releases", Plan::Released);
                }
                Some(Plan::Configured) if self.edits => set("person releases", Plan::Released),
                _ => {}
            }
        }
    }
}
