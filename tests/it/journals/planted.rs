//! Journals with one planted bug each, which `check_journal` must find by the right rule.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{
    Claim, Entry, Journal, JournalError, PlanKey, WorkerId, check_journal,
};
use async_trait::async_trait;
use tokio::time::Instant;

use self::Bug::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    Nothing,
    NoLeases,
    NeverWithdraws,
    IsUnreachable,
    OwnToken,
    RoundsTime,
    ForgetsParameter,
    LastEntryWins,
    EnterIsNotAtomic,
    IgnoresFleet,
    IgnoresCase,
    IgnoresSpaces,
    IgnoresGeneration,
    TruncatesName,
    JoinsWithSlash,
    IgnoresUnknownKey,
    LastPlanWins,
    BoughtIsNotAtomic,
    ForgetsPlan,
    CachesEntries,
    DoneWithoutPlan,
    DoneOnce,
    ForgetsDone,
    NeverFinds,
    FindEnters,
    FindsWithoutPlan,
    FindsOther,
    LosesEntries,
    LosesPlans,
    LeasesUnknownKey,
    GrantsAll,
    ClaimIsNotAtomic,
    NothingRemains,
    RemainsTooLong,
    NamesAnotherHolder,
    RefusesHolder,
    KeepsFirstEnd,
    AnyoneReleases,
    BoughtNeedsFreeKey,
    IgnoresRelease,
    NeverExpires,
    KeepsWithdrawnEntry,
    WithdrawsOfOthers,
    WithdrawsWithPlan,
    WithdrawsClaimed,
    WithdrawsAfterRelease,
}

const FINDS: &str = "find returns the entry of a key, or always `None`, and stores nothing";

const BUGS: [(Bug, &str); 42] = [
    (IsUnreachable, "enter stores and returns the entry of a new key"),
    (OwnToken, "enter stores and returns the entry of a new key"),
    (RoundsTime, "enter stores and returns the entry of a new key"),
    (ForgetsParameter, "enter stores and returns the entry of a new key"),
    (LastEntryWins, "the first entry of a key wins"),
    (EnterIsNotAtomic, "concurrent calls of enter store one entry"),
    (IgnoresFleet, "keys differ by fleet, name and generation"),
    (IgnoresCase, "keys differ by fleet, name and generation"),
    (IgnoresSpaces, "keys differ by fleet, name and generation"),
    (IgnoresGeneration, "keys differ by fleet, name and generation"),
    (TruncatesName, "keys differ by fleet, name and generation"),
    (JoinsWithSlash, "keys differ by fleet, name and generation"),
    (IgnoresUnknownKey, "bought fails with NotEntered if the key has no entry"),
    (LastPlanWins, "bought returns the first plan of a key"),
    (BoughtIsNotAtomic, "concurrent calls of bought record one plan"),
    (ForgetsPlan, "enter returns the plan that another handle recorded"),
    (CachesEntries, "enter returns the plan that another handle recorded"),
    (DoneWithoutPlan, "done fails if no plan is recorded"),
    (DoneOnce, "done can be repeated, and enter returns it"),
    (ForgetsDone, "done can be repeated, and enter returns it"),
    (FindEnters, FINDS),
    (FindsWithoutPlan, FINDS),
    (FindsOther, FINDS),
    (LosesEntries, "entries and plans survive when the journal is closed"),
    (LosesPlans, "entries and plans survive when the journal is closed"),
    (
        LeasesUnknownKey,
        "claim fails with NotEntered if the key has no entry, unless nothing is leased",
    ),
    (GrantsAll, "one of several workers gets the lease"),
    (ClaimIsNotAtomic, "one of several workers gets the lease"),
    (NothingRemains, "a refused worker learns the holder and the remaining time"),
    (RemainsTooLong, "a refused worker learns the holder and the remaining time"),
    (NamesAnotherHolder, "a refused worker learns the holder and the remaining time"),
    (RefusesHolder, "the holder of a lease extends it"),
    (KeepsFirstEnd, "the holder of a lease extends it"),
    (AnyoneReleases, "release by another worker changes nothing"),
    (BoughtNeedsFreeKey, "bought and done need no lease"),
    (IgnoresRelease, "release by its holder ends a lease"),
    (NeverExpires, "a lease ends after its time"),
    (KeepsWithdrawnEntry, "withdraw removes the worker's own entry if it returns true"),
    (WithdrawsOfOthers, "withdraw keeps the entry of another worker"),
    (WithdrawsWithPlan, "withdraw keeps an entry with a plan"),
    (WithdrawsClaimed, "withdraw keeps an entry that another worker has claimed"),
    (WithdrawsAfterRelease, "withdraw keeps an entry that another worker has claimed"),
];

#[derive(Clone, Debug)]
struct Row {
    entry: Entry,
    lease: Option<(WorkerId, Instant)>,
    is_claimed: bool,
}

type Rows = HashMap<String, Row>;

/// A journal on a store that is correct apart from its bug.
#[derive(Debug)]
struct Buggy {
    bug: Bug,
    store: Arc<Mutex<Rows>>,
    cache: Mutex<Rows>,
}

impl Buggy {
    fn open(bug: Bug, store: &Arc<Mutex<Rows>>) -> Self {
        let mut rows = store.lock().unwrap();
        match bug {
            LosesEntries => rows.clear(),
            LosesPlans => rows.values_mut().for_each(|row| row.entry.plan = None),
            _ => {}
        }
        Self { bug, store: store.clone(), cache: Mutex::default() }
    }

    /// Returns the key of a row.
    fn name(&self, key: &PlanKey) -> String {
        let (fleet, name, generation) = (key.fleet(), key.name(), key.generation());
        match self.bug {
            IgnoresFleet => format!("{}\n{name}\n{generation}", &fleet[..38]),
            IgnoresCase => format!("{fleet}\n{}\n{generation}", name.to_lowercase()),
            IgnoresSpaces => format!("{fleet}\n{}\n{generation}", name.trim()),
            IgnoresGeneration => format!("{fleet}\n{name}"),
            TruncatesName => {
                format!("{fleet}\n{}\n{generation}", name.chars().take(127).collect::<String>())
            }
            JoinsWithSlash => format!("{fleet}/{name}/{generation}"),
            _ => key.to_string(),
        }
    }

    fn get(&self, key: &PlanKey) -> Result<Row, JournalError> {
        let row = self.store.lock().unwrap().get(&self.name(key)).cloned();
        row.ok_or_else(|| JournalError::not_entered(key))
    }

    fn put(&self, key: &PlanKey, row: Row) {
        self.store.lock().unwrap().insert(self.name(key), row);
    }

    /// Waits as for a store, so that other calls run.
    async fn round_trip(&self, slow: Bug) {
        if self.bug == slow {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Journal for Buggy {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        if self.bug == IsUnreachable {
            return Err(JournalError::unavailable("connection refused"));
        }
        let row = self.get(key);
        self.round_trip(EnterIsNotAtomic).await;
        let row = match row {
            Ok(row) if self.bug != LastEntryWins => row,
            _ => {
                let mut entry = fresh.clone();
                match self.bug {
                    OwnToken => entry.token = "own".parse().unwrap(),
                    RoundsTime => {
                        entry.entered_at -= time::Duration::milliseconds(1);
                    }
                    ForgetsParameter => entry.purchase.storage_type = None,
                    _ => {}
                }
                self.put(key, Row { entry, lease: None, is_claimed: false });
                return Ok(fresh.clone());
            }
        };
        if self.bug == CachesEntries {
            let mut cache = self.cache.lock().unwrap();
            return Ok(cache.entry(self.name(key)).or_insert(row).entry.clone());
        }
        Ok(row.entry)
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let row = self.get(key);
        self.round_trip(BoughtIsNotAtomic).await;
        let mut row = match row {
            Err(_) if self.bug == IgnoresUnknownKey => return Ok(plan.clone()),
            row => row?,
        };
        if self.bug == BoughtNeedsFreeKey && row.lease.is_some() {
            return Err(JournalError::conflict("leased"));
        }
        match &row.entry.plan {
            Some(recorded) if self.bug != LastPlanWins => return Ok(recorded.clone()),
            _ => {}
        }
        // Later calls return what they were given, if nothing is stored.
        if self.bug != ForgetsPlan || !key.name().starts_with("plan") {
            row.entry.plan = Some(plan.clone());
            self.put(key, row);
        }
        Ok(plan.clone())
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let mut row = self.get(key)?;
        if row.entry.plan.is_none() && self.bug != DoneWithoutPlan {
            return Err(JournalError::conflict("no plan"));
        }
        if row.entry.done && self.bug == DoneOnce {
            return Err(JournalError::conflict("done before"));
        }
        row.entry.done = self.bug != ForgetsDone;
        self.put(key, row);
        Ok(())
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        match (self.bug, self.get(key)) {
            (NeverFinds, _) => Ok(None),
            (FindsWithoutPlan, Ok(mut row)) => {
                row.entry.plan = None;
                Ok(Some(row.entry))
            }
            (FindEnters, Err(_)) => {
                let other = self.store.lock().unwrap().values().next().cloned();
                if let Some(row) = other {
                    self.put(key, row);
                }
                Ok(None)
            }
            (FindsOther, Err(_)) => {
                let other = self.store.lock().unwrap().values().next().cloned();
                Ok(other.map(|row| row.entry))
            }
            (_, row) => Ok(row.ok().map(|row| row.entry)),
        }
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        if self.bug == NoLeases {
            return Ok(Claim::NotLeased);
        }
        let row = self.get(key);
        self.round_trip(ClaimIsNotAtomic).await;
        let mut row = match row {
            Err(_) if self.bug == LeasesUnknownKey => return Ok(Claim::Granted),
            row => row?,
        };
        let now = Instant::now();
        let mut end = now + lease;
        if let Some((holder, until)) = &row.lease {
            let is_refused = holder != worker || self.bug == RefusesHolder;
            let is_over = *until <= now && self.bug != NeverExpires;
            if is_refused && !is_over && self.bug != GrantsAll {
                let remaining = match self.bug {
                    NothingRemains => Duration::ZERO,
                    RemainsTooLong => Duration::from_secs(61),
                    _ => until.saturating_duration_since(now),
                };
                let by = if self.bug == NamesAnotherHolder { worker } else { holder };
                return Ok(Claim::Held { by: by.clone(), remaining });
            }
            if self.bug == KeepsFirstEnd {
                end = *until;
            }
        }
        row.lease = Some((worker.clone(), end));
        row.is_claimed |= row.entry.entered_by != *worker;
        self.put(key, row);
        Ok(Claim::Granted)
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        let mut row = self.get(key)?;
        let is_holder = row.lease.as_ref().is_some_and(|(holder, _)| holder == worker);
        if self.bug == AnyoneReleases || is_holder && self.bug != IgnoresRelease {
            row.lease = None;
            self.put(key, row);
        }
        Ok(())
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        let Row { entry, lease, is_claimed } = self.get(key)?;
        let is_own = entry.entered_by == *worker || self.bug == WithdrawsOfOthers;
        let has_plan = entry.plan.is_some() && self.bug != WithdrawsWithPlan;
        let is_claimed = match self.bug {
            WithdrawsClaimed => false,
            WithdrawsAfterRelease => lease.is_some_and(|(holder, _)| holder != *worker),
            _ => is_claimed,
        };
        if !is_own || has_plan || is_claimed || self.bug == NeverWithdraws {
            return Ok(false);
        }
        if self.bug != KeepsWithdrawnEntry {
            self.store.lock().unwrap().remove(&self.name(key));
        }
        Ok(true)
    }
}

async fn check(bug: Bug) -> Result<(), aliyun_dbs::workflows::fleet::JournalViolation> {
    let store = Arc::default();
    check_journal(|| async { Ok(Buggy::open(bug, &store)) }).await
}

#[tokio::test(start_paused = true)]
async fn each_planted_bug_breaks_its_rule() {
    for (bug, rule) in BUGS {
        let violation = check(bug).await.expect_err(rule);
        assert_eq!(violation.rule(), rule, "{bug:?}: {violation}");
        let text = format!("the journal breaks the rule \"{rule}\": ");
        assert!(violation.to_string().starts_with(&text), "{bug:?}: {violation}");
    }
}

#[tokio::test(start_paused = true)]
async fn find_leases_and_withdraw_are_optional() {
    for bug in [Nothing, NoLeases, NeverWithdraws, NeverFinds] {
        check(bug).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn violation_has_the_error_of_a_failed_call() {
    let violation = check(IsUnreachable).await.unwrap_err();
    assert!(violation.to_string().ends_with("a call failed: connection refused"), "{violation}");
    assert_eq!(format!("{violation:?}"), violation.to_string());
    assert!(violation.source().is_none(), "the message has it already");
}
