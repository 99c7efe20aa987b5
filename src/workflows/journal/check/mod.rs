//! `check_journal`: tests that a journal keeps its contract.

mod leases;
mod plans;
mod suite;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;

use self::suite::{Failure, Suite};
use super::contract::Journal;
use super::journal_error::JournalError;
use crate::rpc::report::{unshown, write_report};

/// A rule of the contract that a journal breaks.
pub struct JournalViolation(Box<BrokenRule>);

struct BrokenRule {
    rule: &'static str,
    failure: Failure,
}

impl JournalViolation {
    /// Returns the rule, as a sentence.
    pub fn rule(&self) -> &str {
        self.0.rule
    }
}

impl fmt::Display for JournalViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BrokenRule { rule, failure } = &*self.0;
        write!(f, "the journal breaks the rule \"{rule}\": {failure}")
    }
}

impl fmt::Debug for JournalViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for JournalViolation {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.failure {
            Failure::Call(error) => unshown(self, Some(error)),
            Failure::Found(_) => None,
        }
    }
}

/// Checks that a journal keeps the contract of [`Journal`].
///
/// `open` opens the journal, and each call opens the same one. The check keeps two handles open, like
/// two processes, and opens the journal again to check that it is durable. If the second handle fails
/// with [`Held`](super::JournalErrorKind::Held), it works with one. Concurrent calls run in one task,
/// so they interleave where the journal waits.
///
/// Adds about 50 entries of a fleet with a random name, so the journal may be in use. If `claim`
/// returns [`Claim::NotLeased`](super::Claim::NotLeased), skips the rules of leases and `withdraw`.
/// Waits at least one second for a lease to end.
///
/// # Errors
///
/// If the journal breaks a rule, or one of its calls fails.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::workflows::fleet::{MemoryJournal, check_journal};
///
/// let journal = MemoryJournal::new();
/// check_journal(|| async { Ok(journal.clone()) }).await?;
/// # Ok(()) }
/// ```
#[expect(clippy::future_not_send, reason = "it is `Send` if `open` and its future are")]
pub async fn check_journal<J, F, Fut>(open: F) -> Result<(), JournalViolation>
where
    J: Journal,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<J, JournalError>>,
{
    let opens = "the journal can be opened";
    let mut suite = Suite::new();
    suite.reopen(&open).await.map_err(|failure| violation(opens, failure))?;
    macro_rules! check {
        ($($check:path = $rule:literal;)+) => {
            $($check(&suite).await.map_err(|failure| violation($rule, failure))?;)+
        };
    }
    check! {
        plans::returns_fresh = "enter stores and returns the entry of a new key";
        plans::first_enter_wins = "the first entry of a key wins";
        plans::racing_enters = "concurrent calls of enter store one entry";
        plans::keys_differ = "keys differ by fleet, name and generation";
        plans::bought_needs_entry = "bought fails with NotEntered if the key has no entry";
        plans::first_plan_wins = "bought returns the first plan of a key";
        plans::racing_plans = "concurrent calls of bought record one plan";
        plans::enter_returns_plan = "enter returns the plan that another handle recorded";
        plans::done_needs_plan = "done fails if no plan is recorded";
        plans::done_repeats = "done can be repeated, and enter returns it";
        plans::finds = "find returns the entry of a key, or always `None`, and stores nothing";
    }
    let durable = "entries and plans survive when the journal is closed";
    let lost = |failure| violation(durable, failure);
    let entries = plans::enter_durable(&suite).await.map_err(lost)?;
    suite.reopen(&open).await.map_err(lost)?;
    for (key, entry) in &entries {
        suite.has(key, entry).await.map_err(lost)?;
    }
    let unknown = "claim fails with NotEntered if the key has no entry, unless nothing is leased";
    let is_leased = leases::claim_needs_entry(&suite).await;
    if !is_leased.map_err(|failure| violation(unknown, failure))? {
        return Ok(());
    }
    check! {
        leases::one_lease = "one of several workers gets the lease";
        leases::names_holder = "a refused worker learns the holder and the remaining time";
        leases::extends = "the holder of a lease extends it";
        leases::others_cannot_release = "release by another worker changes nothing";
        leases::records_without_lease = "bought and done need no lease";
        leases::release_ends_lease = "release by its holder ends a lease";
        leases::lease_expires = "a lease ends after its time";
        leases::withdraws = "withdraw removes the worker's own entry if it returns true";
        leases::keeps_entry_of_other = "withdraw keeps the entry of another worker";
        leases::keeps_entry_with_plan = "withdraw keeps an entry with a plan";
        leases::keeps_claimed_entry = "withdraw keeps an entry that another worker has claimed";
    }
    Ok(())
}

fn violation(rule: &'static str, failure: Failure) -> JournalViolation {
    JournalViolation(Box::new(BrokenRule { rule, failure }))
}
