//! Fleets that end early: dropped, cancelled or drained at any moment, then continued.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use aliyun_dbs::transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;

use super::*;

/// A transport that is interrupted before and after the service processes a request.
#[derive(Debug)]
struct Interruptible(FakeDbs);

#[async_trait]
impl Transport for Interruptible {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        tokio::task::yield_now().await;
        let response = self.0.send(request).await;
        tokio::task::yield_now().await;
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(self.0.clock().clone())
    }
}

/// Polls a fleet a number of times, and returns whether all plans have an outcome.
async fn poll(fleet: &mut Fleet, times: usize) -> bool {
    for _ in 0..times {
        let poll = poll_fn(|context| Poll::Ready(Pin::new(&mut *fleet).poll_next(context))).await;
        if matches!(poll, Poll::Ready(None)) {
            return true;
        }
    }
    false
}

/// Runs a fleet of two plans for a number of polls, ends it, and continues with another process.
///
/// Returns whether the first process finished.
async fn interrupt(times: usize, cancel: bool) -> bool {
    let (dbs, journal) = service();
    let client = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = client.transport(Interruptible(dbs.clone())).build().unwrap();
    let mut first = client.fleet(specs(2)).named("prod").journal(journal.clone());
    let is_finished = poll(&mut first, times).await;
    if cancel {
        first.handle().cancel();
        while let Some(outcome) = first.next().await {
            let is_expected = |kind: &_| {
                matches!(kind, FleetOutcomeKind::Cancelled | FleetOutcomeKind::Provisioned { .. })
            };
            assert!(is_expected(&outcome.kind), "after {times} polls: {outcome:?}");
        }
        // Whatever was bought is recorded, and no lease is left.
        for plan in dbs.plans() {
            let mut recorded = Vec::new();
            for name in ["plan-0", "plan-1"] {
                let entry = journal.enter(&key(name), &entry(&dbs, name)).await.unwrap();
                recorded.extend(entry.plan);
            }
            assert!(recorded.contains(&plan.backup_plan_id), "after {times} polls");
        }
    }
    drop(first);
    let report = fleet(&dbs, 2, &journal).await;
    assert!(report.is_complete(), "after {times} polls: {report}");
    if cancel {
        assert!(report.elapsed < Duration::from_secs(60), "after {times} polls: {report}");
    }
    assert_one_plan_per_name(&dbs, 2);
    is_finished
}

#[tokio::test]
async fn fleet_that_is_dropped_at_any_poll_continues() {
    let mut times = 0;
    while !interrupt(times, false).await {
        times += 1;
    }
    assert!(times > 20, "{times}");
}

#[tokio::test]
async fn fleet_that_is_cancelled_at_any_poll_continues() {
    let mut times = 0;
    while !interrupt(times, true).await {
        times += 1;
    }
    assert!(times > 20, "{times}");
}

#[tokio::test]
async fn drained_fleet_finishes_what_it_began() {
    let (dbs, journal) = service();
    let mut first = fleet(&dbs, 20, &journal).concurrency(4);
    let handle = first.handle();
    first.next().await.unwrap();
    handle.drain();
    let report = first.await;
    assert_eq!((report.cancelled, report.failed_total()), (0, 0), "{report}");
    assert!((4..8).contains(&report.bought), "{report}");
    assert_eq!(report.not_started, Some(20 - report.bought), "{report}");
    assert!(!report.is_complete());
    assert_one_plan_per_name(&dbs, report.bought);
    assert!(fleet(&dbs, 20, &journal).await.is_complete());
    assert_one_plan_per_name(&dbs, 20);
}

#[tokio::test]
async fn cancel_before_the_start_sends_nothing() {
    let (dbs, journal) = service();
    let mut fleet = fleet(&dbs, 3, &journal);
    fleet.handle().cancel();
    assert!(fleet.next().await.is_none() && fleet.next().await.is_none());
    let report = fleet.await;
    assert_eq!((report.not_started, dbs.requests().len()), (Some(3), 0), "{report}");
    assert!(!report.is_complete());
}
