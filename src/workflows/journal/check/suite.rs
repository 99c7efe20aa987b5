//! `Suite`: the open handles of a checked journal, and the entries that the rules use.

use std::fmt::{self, Debug};
use std::future::{Future, poll_fn};
use std::task::Poll;

use super::super::contract::Journal;
use super::super::entry::Entry;
use super::super::journal_error::{JournalError, JournalErrorKind};
use super::super::key::PlanKey;
use super::super::worker::WorkerId;
use crate::rpc::clock::{Clock, SystemClock, random_hex};
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::operations::{CreateBackupPlan, from_json};
use crate::v2019_03_06::types::BackupPlanId;

/// A purchase with every parameter except the token.
const PURCHASE: &str = r#"{
    "Region": "cn-hangzhou", "DatabaseType": "MySQL", "InstanceClass": "small",
    "BackupMethod": "logical", "PayType": "prepay", "Period": "Year", "UsedTime": 3,
    "InstanceType": "RDS", "DatabaseRegion": "cn-beijing", "StorageRegion": "cn-shanghai",
    "StorageType": "a \"quoted\"\\ 名字", "ResourceGroupId": "rg-1", "FromApp": "check"
}"#;

/// Why a journal breaks a rule.
pub(super) enum Failure {
    /// The string says what was expected and found.
    Found(String),
    /// A call failed.
    Call(JournalError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(found) => f.write_str(found),
            Self::Call(error) => write!(f, "a call failed: {error}"),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::Call(error)
    }
}

impl From<InvalidValue> for Failure {
    fn from(error: InvalidValue) -> Self {
        Self::Found(error.to_string())
    }
}

pub(super) type Checked<T = ()> = Result<T, Failure>;

/// The open handles of a checked journal.
pub(super) struct Suite<J> {
    first: Option<J>,
    /// `None` if the journal can be opened only once.
    second: Option<J>,
    fleet: String,
    pub(super) clock: SystemClock,
}

impl<J: Journal> Suite<J> {
    pub(super) fn new() -> Self {
        let clock = SystemClock::new();
        let fleet = format!("check-{}", random_hex(&clock));
        Self { first: None, second: None, fleet, clock }
    }

    /// Closes all handles, and opens the journal again.
    #[expect(clippy::future_not_send, reason = "it is `Send` if `open` and its future are")]
    pub(super) async fn reopen<F, Fut>(&mut self, open: &F) -> Checked
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<J, JournalError>>,
    {
        (self.first, self.second) = (None, None);
        self.first = Some(open().await?);
        self.second = match open().await {
            Err(error) if error.kind() == JournalErrorKind::Held => None,
            second => Some(second?),
        };
        Ok(())
    }

    /// Returns the handles by turns: the second one for odd numbers.
    pub(super) fn handle(&self, index: usize) -> Checked<&J> {
        let second = self.second.as_ref().filter(|_| index % 2 == 1);
        second.or(self.first.as_ref()).ok_or_else(|| found("the journal is closed"))
    }

    pub(super) fn first(&self) -> Checked<&J> {
        self.handle(0)
    }

    pub(super) fn second(&self) -> Checked<&J> {
        self.handle(1)
    }

    /// Returns a key of generation 0.
    pub(super) fn key(&self, name: &str) -> Checked<PlanKey> {
        Ok(PlanKey::new(&*self.fleet, name, 0)?)
    }

    /// Returns the name of the fleet.
    pub(super) fn fleet(&self) -> &str {
        &self.fleet
    }

    /// Returns a random id.
    pub(super) fn worker(&self) -> WorkerId {
        WorkerId::random(&self.clock)
    }

    /// Returns an entry of a worker, with a token that no other entry has.
    pub(super) fn entry_by(&self, worker: &WorkerId) -> Checked<Entry> {
        let purchase: CreateBackupPlan =
            from_json(PURCHASE).map_err(|error| Failure::Found(error.to_string()))?;
        let token = random_hex(&self.clock).parse()?;
        Ok(Entry::new(token, purchase, self.clock.now(), worker.clone()))
    }

    /// Returns an entry of a random worker.
    pub(super) fn entry(&self) -> Checked<Entry> {
        self.entry_by(&self.worker())
    }

    /// Enters a new key, and returns its entry and worker.
    pub(super) async fn entered(&self, name: &str) -> Checked<(PlanKey, Entry, WorkerId)> {
        let (key, worker) = (self.key(name)?, self.worker());
        let entry = self.entry_by(&worker)?;
        self.first()?.enter(&key, &entry).await?;
        Ok((key, entry, worker))
    }

    /// Checks that a key has an entry.
    pub(super) async fn has(&self, key: &PlanKey, expected: &Entry) -> Checked {
        let fresh = self.entry()?;
        for index in 0..2 {
            equal(expected, &self.handle(index)?.enter(key, &fresh).await?)?;
        }
        Ok(())
    }
}

pub(super) fn plan(id: &str) -> Checked<BackupPlanId> {
    Ok(BackupPlanId::new(id)?)
}

pub(super) fn found(what: impl Into<String>) -> Failure {
    Failure::Found(what.into())
}

/// Checks that two values are equal.
pub(super) fn equal<T: PartialEq + Debug>(expected: &T, found: &T) -> Checked {
    if expected == found {
        return Ok(());
    }
    Err(Failure::Found(format!("expected {expected:?}, got {found:?}")))
}

/// Checks that a call fails because the key has no entry.
pub(super) fn is_not_entered<T: Debug>(result: Result<T, JournalError>) -> Checked {
    match result {
        Err(error) if error.kind() == JournalErrorKind::NotEntered => Ok(()),
        Err(error) => Err(Failure::Call(error)),
        Ok(value) => Err(Failure::Found(format!("expected an error, got {value:?}"))),
    }
}

/// Runs calls at the same time, in this task.
pub(super) async fn all<T>(
    calls: impl IntoIterator<Item = impl Future<Output = Result<T, JournalError>>>,
) -> Checked<Vec<T>> {
    let mut calls: Vec<_> = calls.into_iter().map(|call| (Box::pin(call), None)).collect();
    let results = poll_fn(move |context| {
        for (call, result) in &mut calls {
            if result.is_none()
                && let Poll::Ready(ready) = call.as_mut().poll(context)
            {
                *result = Some(ready);
            }
        }
        if calls.iter().any(|(_, result)| result.is_none()) {
            return Poll::Pending;
        }
        Poll::Ready(calls.drain(..).filter_map(|(_, result)| result).collect())
    });
    let results: Vec<Result<T, JournalError>> = results.await;
    Ok(results.into_iter().collect::<Result<_, _>>()?)
}
