//! The decision on a purchase: send it, or search for the plan of an earlier one.
//!
//! A purchase is sent only if the service cannot have executed an earlier one and forgotten its
//! client token. The function is pure, so that a test can check every row of its table.

use std::time::Duration;

use time::OffsetDateTime;

/// The default of [`Provision::token_memory`](super::Provision::token_memory).
pub(crate) const TOKEN_MEMORY: Duration = Duration::from_secs(600);

/// How far a time of another machine may be in the future, and still be treated as now.
const MAX_CLOCK_LEAD: time::Duration = time::Duration::seconds(5);

/// What is known of earlier purchases with a client token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PurchaseFacts {
    /// The time since the token was first used. `None` if it is not known.
    ///
    /// After `buy_anyway`, the time since the first purchase that it allowed.
    pub(crate) age: Option<Duration>,
    /// How long the client relies on the service to remember the token.
    pub(crate) token_memory: Duration,
    /// Whether no other process can have used the token before this one.
    pub(crate) first_writer: bool,
    /// The outcome of the purchases that this process has sent, since `buy_anyway` if it was set.
    pub(crate) sent: SentPurchase,
    /// Whether the caller wants to buy even if an earlier purchase may have been executed.
    pub(crate) buy_anyway: bool,
}

/// The outcome of the purchases that a process has sent with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SentPurchase {
    /// It has sent none.
    Never,
    /// The service executed none of them.
    NotExecuted,
    /// The service may have executed one of them.
    Unknown,
}

/// How often a purchase may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PurchaseAttempts {
    /// As the client's retry policy allows.
    Policy,
    /// Once.
    One,
}

/// Whether a purchase may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Send it. No attempt may start after `within`.
    Send {
        /// The limit of the call's timeout.
        within: Duration,
        /// The limit of its attempts.
        attempts: PurchaseAttempts,
    },
    /// Do not send it, but search for the plan of an earlier purchase.
    Search,
}

impl Decision {
    const ONE_ATTEMPT: Self = Self::Send { within: Duration::MAX, attempts: PurchaseAttempts::One };
}

/// Decides on a purchase.
///
/// | # | condition | decision |
/// | --- | --- | --- |
/// | 1 | `buy_anyway`, and none of the purchases since then may have been executed | send for `token_memory`; once if that is zero |
/// | 2 | the token is younger than `token_memory` | send until it is that old |
/// | 3 | `token_memory` is zero, and only this process can have sent, with a known outcome | send once |
/// | 4 | else | search |
pub(crate) fn decide(facts: PurchaseFacts) -> Decision {
    let PurchaseFacts { age, token_memory, first_writer, sent, buy_anyway } = facts;
    let may_be_executed = sent == SentPurchase::Unknown;
    if buy_anyway && !may_be_executed {
        return if token_memory.is_zero() {
            Decision::ONE_ATTEMPT
        } else {
            Decision::Send { within: token_memory, attempts: PurchaseAttempts::Policy }
        };
    }
    match age.and_then(|age| token_memory.checked_sub(age)) {
        Some(within) if !within.is_zero() => {
            Decision::Send { within, attempts: PurchaseAttempts::Policy }
        }
        _ if token_memory.is_zero() && first_writer && !may_be_executed => Decision::ONE_ATTEMPT,
        _ => Decision::Search,
    }
}

/// Returns the age of a token, or `None` if its first use is in the future.
pub(crate) fn token_age(since: OffsetDateTime, now: OffsetDateTime) -> Option<Duration> {
    let age = now - since;
    (age >= -MAX_CLOCK_LEAD).then(|| Duration::try_from(age).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMORY: Duration = Duration::from_secs(600);
    const NEVER: SentPurchase = SentPurchase::Never;
    const REFUSED: SentPurchase = SentPurchase::NotExecuted;
    const UNKNOWN: SentPurchase = SentPurchase::Unknown;

    fn policy(seconds: u64) -> Decision {
        let within = Duration::from_secs(seconds);
        Decision::Send { within, attempts: PurchaseAttempts::Policy }
    }

    #[test]
    fn decision_follows_its_table() {
        let once = Decision::ONE_ATTEMPT;
        let search = Decision::Search;
        let (first, later, anyway, asks) = (true, false, true, false);
        // Age in seconds, first writer, sent, `buy_anyway`, then the decision with a memory of 600
        // seconds and without memory.
        for (row, age, first_writer, sent, buy_anyway, decision, without_memory) in [
            // 1: `buy_anyway` sends whatever the age of the token.
            (1, Some(0), later, NEVER, anyway, policy(600), once),
            (1, Some(9999), later, NEVER, anyway, policy(600), once),
            (1, None, later, NEVER, anyway, policy(600), once),
            (1, None, first, REFUSED, anyway, policy(600), once),
            // After an unknown outcome, it sends as row 2 does.
            (1, Some(100), later, UNKNOWN, anyway, policy(500), search),
            (1, Some(600), later, UNKNOWN, anyway, search, search),
            (1, None, first, UNKNOWN, anyway, search, search),
            // 2: the token is young. 3: without memory, only the first writer sends.
            (2, Some(0), later, NEVER, asks, policy(600), search),
            (2, Some(0), first, NEVER, asks, policy(600), once),
            (2, Some(1), later, REFUSED, asks, policy(599), search),
            (2, Some(1), first, REFUSED, asks, policy(599), once),
            (2, Some(599), later, UNKNOWN, asks, policy(1), search),
            (2, Some(599), first, UNKNOWN, asks, policy(1), search),
            // 4: the token is old, or its age is not known.
            (4, Some(600), later, NEVER, asks, search, search),
            (4, Some(600), later, REFUSED, asks, search, search),
            (4, Some(600), first, UNKNOWN, asks, search, search),
            (4, Some(9999), first, NEVER, asks, search, once),
            (4, None, first, REFUSED, asks, search, once),
            (4, None, later, NEVER, asks, search, search),
            (4, None, later, UNKNOWN, asks, search, search),
        ] {
            for (token_memory, expected) in [(MEMORY, decision), (Duration::ZERO, without_memory)] {
                let age = age.map(Duration::from_secs);
                let facts = PurchaseFacts { age, token_memory, first_writer, sent, buy_anyway };
                assert_eq!(decide(facts), expected, "row {row}: {facts:?}");
            }
        }
    }

    #[test]
    fn part_of_a_second_is_not_lost() {
        let age = Some(MEMORY.checked_sub(Duration::from_nanos(1)).unwrap());
        let facts = PurchaseFacts {
            age,
            token_memory: MEMORY,
            first_writer: false,
            sent: NEVER,
            buy_anyway: false,
        };
        let within = Duration::from_nanos(1);
        let attempts = PurchaseAttempts::Policy;
        assert_eq!(decide(facts), Decision::Send { within, attempts });
    }

    #[test]
    fn age_of_a_future_time_is_unknown() {
        let now = OffsetDateTime::UNIX_EPOCH;
        for (seconds, age) in [(-60, Some(60)), (0, Some(0)), (5, Some(0)), (6, None)] {
            let since = now + time::Duration::seconds(seconds);
            assert_eq!(token_age(since, now), age.map(Duration::from_secs), "{seconds}");
        }
    }
}
