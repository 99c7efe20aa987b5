//! Tests of the journal in memory.

use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::workflows::fleet::{Claim, Journal, MemoryJournal, check_journal};

use super::{entry, key, worker};

#[tokio::test(start_paused = true)]
async fn memory_journal_keeps_the_contract() {
    let journal = MemoryJournal::new();
    check_journal(|| async { Ok(journal.clone()) }).await.unwrap();
}

#[tokio::test]
async fn leases_end_by_the_clock_of_the_journal() {
    let clock = Arc::new(FakeClock::new());
    let journal = MemoryJournal::with_clock(clock.clone());
    let (key, lease) = (key("orders"), Duration::from_secs(60));
    journal.enter(&key, &entry("orders")).await.unwrap();
    journal.claim(&key, &worker("v"), lease).await.unwrap();
    clock.advance(Duration::from_secs(59));
    let remaining = Duration::from_secs(1);
    let claim = journal.claim(&key, &worker("w"), lease).await.unwrap();
    assert_eq!(claim, Claim::Held { by: worker("v"), remaining });
    clock.advance(remaining);
    assert_eq!(journal.claim(&key, &worker("w"), lease).await.unwrap(), Claim::Granted);
    // A lease that never ends.
    assert_eq!(journal.claim(&key, &worker("w"), Duration::MAX).await.unwrap(), Claim::Granted);
}
