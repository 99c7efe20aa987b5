//! The rules of leases, and of entries that are withdrawn.

use std::time::Duration;

use super::super::claim::Claim;
use super::super::contract::Journal;
use super::super::entry::Entry;
use super::super::key::PlanKey;
use super::super::worker::WorkerId;
use super::suite::{Checked, Suite, all, equal, found, is_not_entered, plan};
use crate::rpc::clock::Clock;

/// A lease that does not end while a rule is checked.
const LONG: Duration = Duration::from_secs(60);

/// The shortest lease.
const SHORT: Duration = Duration::from_secs(1);

/// How late a lease may end. Some stores check for ended leases only now and then.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Returns whether the journal leases keys.
pub(super) async fn claim_needs_entry<J: Journal>(suite: &Suite<J>) -> Checked<bool> {
    let key = suite.key("claim-without-entry")?;
    match suite.first()?.claim(&key, &suite.worker(), LONG).await {
        Ok(Claim::NotLeased) => Ok(false),
        result => is_not_entered(result).map(|()| true),
    }
}

/// Enters a key, and leases it to a worker that has not entered it.
async fn leased<J: Journal>(
    suite: &Suite<J>,
    name: &str,
    lease: Duration,
) -> Checked<(PlanKey, WorkerId)> {
    let (key, ..) = suite.entered(name).await?;
    let holder = suite.worker();
    equal(&Claim::Granted, &suite.first()?.claim(&key, &holder, lease).await?)?;
    Ok((key, holder))
}

/// Checks that another worker is refused, and returns the remaining time.
async fn is_held<J: Journal>(
    suite: &Suite<J>,
    key: &PlanKey,
    holder: &WorkerId,
) -> Checked<Duration> {
    match suite.second()?.claim(key, &suite.worker(), LONG).await? {
        Claim::Held { by, remaining } => equal(holder, &by).map(|()| remaining),
        claim => Err(found(format!("expected `Held`, got {claim:?}"))),
    }
}

pub(super) async fn one_lease<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, ..) = suite.entered("racing-claims").await?;
    let workers: Vec<_> = (0..8).map(|_| suite.worker()).collect();
    let mut calls = Vec::new();
    for (index, worker) in workers.iter().enumerate() {
        calls.push(suite.handle(index)?.claim(&key, worker, LONG));
    }
    let claims = all(calls).await?;
    let granted = claims.iter().filter(|claim| **claim == Claim::Granted).count();
    if granted == 1 { Ok(()) } else { Err(found(format!("{granted} of 8 workers got it"))) }
}

pub(super) async fn names_holder<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, holder) = leased(suite, "holder", LONG).await?;
    let remaining = is_held(suite, &key, &holder).await?;
    if remaining > Duration::ZERO && remaining <= LONG {
        return Ok(());
    }
    Err(found(format!("{remaining:?} of a lease of {LONG:?} remain")))
}

pub(super) async fn extends<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, holder) = leased(suite, "extended", LONG).await?;
    equal(&Claim::Granted, &suite.second()?.claim(&key, &holder, 2 * LONG).await?)?;
    let remaining = is_held(suite, &key, &holder).await?;
    if remaining > LONG {
        return Ok(());
    }
    Err(found(format!("after the extension by {:?}, {remaining:?} remain", 2 * LONG)))
}

pub(super) async fn others_cannot_release<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, holder) = leased(suite, "release-by-another", LONG).await?;
    suite.second()?.release(&key, &suite.worker()).await?;
    is_held(suite, &key, &holder).await.map(drop)
}

pub(super) async fn records_without_lease<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, _) = leased(suite, "late-record", LONG).await?;
    let plan = plan("p1")?;
    equal(&plan, &suite.second()?.bought(&key, &plan).await?)?;
    Ok(suite.second()?.done(&key).await?)
}

pub(super) async fn release_ends_lease<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, holder) = leased(suite, "release", LONG).await?;
    suite.first()?.release(&key, &holder).await?;
    equal(&Claim::Granted, &suite.second()?.claim(&key, &suite.worker(), LONG).await?)
}

pub(super) async fn lease_expires<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, _) = leased(suite, "expiry", SHORT).await?;
    let (other, start) = (suite.worker(), suite.clock.elapsed());
    loop {
        suite.clock.sleep(SHORT).await;
        let claim = suite.second()?.claim(&key, &other, LONG).await?;
        if claim == Claim::Granted {
            return Ok(());
        }
        if suite.clock.elapsed().saturating_sub(start) > SHORT + MAX_DELAY {
            return Err(found(format!("{MAX_DELAY:?} after the end, got {claim:?}")));
        }
    }
}

pub(super) async fn withdraws<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, entry, worker) = suite.entered("withdrawn").await?;
    suite.first()?.claim(&key, &worker, LONG).await?;
    if !suite.first()?.withdraw(&key, &worker).await? {
        return suite.has(&key, &entry).await;
    }
    let fresh = suite.entry()?;
    equal(&fresh, &suite.second()?.enter(&key, &fresh).await?)
}

/// Checks that a worker cannot withdraw an entry.
async fn is_kept<J: Journal>(
    suite: &Suite<J>,
    key: &PlanKey,
    entry: &Entry,
    worker: &WorkerId,
) -> Checked {
    equal(&false, &suite.second()?.withdraw(key, worker).await?)?;
    suite.has(key, entry).await
}

pub(super) async fn keeps_entry_of_other<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, entry, _) = suite.entered("withdrawn-by-another").await?;
    is_kept(suite, &key, &entry, &suite.worker()).await
}

pub(super) async fn keeps_entry_with_plan<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, mut entry, worker) = suite.entered("withdrawn-with-plan").await?;
    entry.plan = Some(suite.second()?.bought(&key, &plan("p1")?).await?);
    is_kept(suite, &key, &entry, &worker).await
}

pub(super) async fn keeps_claimed_entry<J: Journal>(suite: &Suite<J>) -> Checked {
    let (key, entry, worker) = suite.entered("withdrawn-after-a-claim").await?;
    let other = suite.worker();
    suite.second()?.claim(&key, &other, LONG).await?;
    is_kept(suite, &key, &entry, &worker).await?;
    suite.second()?.release(&key, &other).await?;
    // The other worker may have sent the purchase, although its lease has ended.
    suite.first()?.claim(&key, &worker, LONG).await?;
    is_kept(suite, &key, &entry, &worker).await
}
