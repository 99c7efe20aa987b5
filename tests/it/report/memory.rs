//! The memory of a report while it streams 100 000 plans.

use std::alloc::System;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::{Client, Region};
use async_trait::async_trait;
use bytes::Bytes;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::support::process::is_alone;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROWS: usize = 100;

fn bytes_in_use() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

/// A service with any number of plans, which it generates page by page.
#[derive(Debug)]
struct ManyPlans {
    plans: usize,
    calls: AtomicUsize,
}

#[async_trait]
impl Transport for ManyPlans {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let query = request.uri().query().unwrap_or_default();
        let number = query.split('&').find_map(|pair| pair.strip_prefix("PageNum="));
        let number: usize = number.unwrap().parse().unwrap();
        let plans = self.plans;
        let mut body = format!(
            r#"{{"RequestId":"r","Success":true,"PageNum":{number},"PageSize":{ROWS},"TotalElements":{plans},"Items":{{"BackupPlanDetail":["#
        );
        for row in number * ROWS..plans.min((number + 1) * ROWS) {
            let comma = if row % ROWS == 0 { "" } else { "," };
            write!(
                body,
                r#"{comma}{{"BackupPlanId":"dbs{row:09}","BackupPlanName":"orders-{row}","BackupPlanStatus":"running","DatabaseType":"MySQL","InstanceChargeType":"PREPAY","InstanceExpiredTimestamp":1900000000000,"SourceEndpointInstanceID":"rm-{row}"}}"#
            )
            .unwrap();
        }
        body += "]}}";
        Ok(http::Response::new(body.into()))
    }
}

/// Returns the most bytes in use while a report streams plans.
async fn peak(plans: usize) -> usize {
    let service = Arc::new(ManyPlans { plans, calls: AtomicUsize::new(0) });
    let builder =
        Client::builder().region(Region::Hangzhou).credentials(Credentials::new("a", "b"));
    let clock = Arc::new(FakeClock::new());
    let client = builder.transport(service.clone()).clock(clock).build().unwrap();
    let before = bytes_in_use();
    let mut most = 0;
    let mut report = client.report().lists_only().inventory(["rm-7", "rm-none"]);
    let mut rows = 0;
    while let Some(row) = report.next().await {
        assert_eq!(row.plan.is_none(), row.database.as_deref() == Some("rm-none"));
        most = most.max(bytes_in_use().saturating_sub(before));
        rows += 1;
    }
    let report = report.await;
    assert!(report.is_complete(), "{:?}", report.errors);
    assert_eq!((rows, report.summary.plans), (plans + 1, plans));
    assert_eq!(service.calls.load(Ordering::Relaxed), plans / ROWS);
    most
}

#[tokio::test]
async fn memory_is_bounded_with_100_000_plans() {
    if !is_alone("report::memory::memory_is_bounded_with_100_000_plans") {
        return;
    }
    // What is allocated once in a process is not part of a report.
    peak(1000).await;
    let (few, many) = (peak(10_000).await, peak(100_000).await);
    assert!(many < 4 << 20, "{many} bytes");
    // The list remembers a hash of each id, and its table may be half empty or growing.
    let grown = many.saturating_sub(few);
    assert!(grown < 90_000 * 32, "{grown} bytes more for 90 000 plans");
}
