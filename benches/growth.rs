//! Measures how time and memory grow with the plans of a list and with the calls in flight.
//!
//! Also measures the memory of an idle client.

#[path = "support/allocator.rs"]
mod allocator;
mod support;

use std::future::IntoFuture;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::PageSize;
use allocator::bytes_in_use;
use async_trait::async_trait;
use bytes::Bytes;
use support::measure::{median, nanos};
use support::report::{Figure, Goal, publish};
use support::subject::{EndlessSleep, NeverResponds, builder, client, purchase};

const ROWS: usize = 100;
const FEW_PLANS: usize = 1_000;
const MANY_PLANS: usize = 100_000;
const FEW_CALLS: usize = 10;
const MANY_CALLS: usize = 1_000;
const MIB: f64 = 1024.0 * 1024.0;

fn main() {
    let [few, some, many] = [FEW_PLANS, 10_000, MANY_PLANS].map(listing);
    let [few_calls, many_calls] = [FEW_CALLS, MANY_CALLS].map(in_flight);
    let mut figures = vec![
        Figure::new("time per plan, streamed, 100 000 plans against 1 000", "ns", many.time)
            .over(few.time)
            .goal(Goal::Times(1.15)),
        Figure::new("  10 000 plans against 1 000", "ns", some.time).over(few.time),
        Figure::new(
            "memory of the stream, 100 000 plans against 1 000",
            "KiB",
            many.stream / 1024.0,
        )
        .over(few.stream / 1024.0)
        .goal(Goal::Times(1.15)),
        Figure::new("memory per collected plan, 100 000 against 1 000", "B", many.collected)
            .over(few.collected)
            .goal(Goal::Times(1.15)),
        Figure::new("memory per call, 1 000 in flight against 10", "B", many_calls.memory)
            .over(few_calls.memory)
            .goal(Goal::Times(1.15)),
        Figure::new("time to start a call, 1 000 in flight against 10", "ns", many_calls.time)
            .over(few_calls.time)
            .goal(Goal::Times(1.5)),
    ];
    figures.extend(idle_clients());
    publish("growth", &figures);
}

/// The cost of a list of plans.
struct Listing {
    /// Nanoseconds per plan, streamed and discarded.
    time: f64,
    /// The peak of the bytes in use during the stream.
    stream: f64,
    /// Bytes per plan when all plans are collected.
    collected: f64,
}

fn listing(plans: usize) -> Listing {
    let pages = Arc::new(Pages::of(plans));
    let client = client(pages).build().expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let request = || DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();

    let rounds = (MANY_PLANS / plans).min(100) + 4;
    let mut times = Vec::new();
    let before = bytes_in_use();
    let mut peak = 0;
    for _ in 0..rounds {
        let started = Instant::now();
        let seen = runtime.block_on(async {
            let mut items = client.items(request());
            let mut seen = 0;
            while let Some(plan) = items.next().await {
                plan.expect("a plan");
                seen += 1;
                if seen % ROWS == 1 {
                    peak = peak.max(bytes_in_use().saturating_sub(before));
                }
            }
            seen
        });
        assert_eq!(seen, plans);
        times.push(nanos(started.elapsed()) / number(plans));
    }

    let before = bytes_in_use();
    let mut kept = runtime.block_on(client.items(request()).collect()).expect("the plans");
    kept.shrink_to_fit();
    let taken = bytes_in_use().saturating_sub(before);
    assert_eq!(kept.len(), plans);
    Listing { time: median(times), stream: number(peak), collected: number(taken) / number(plans) }
}

/// A transport with the pages of a list, encoded in advance.
#[derive(Debug)]
struct Pages(Vec<Bytes>);

impl Pages {
    fn of(plans: usize) -> Self {
        let page = |number: usize| {
            let rows: Vec<_> = (number * ROWS..plans.min((number + 1) * ROWS))
                .map(|row| {
                    serde_json::json!({
                        "BackupPlanId": format!("dbs{row:09}"), "BackupPlanName": "orders-nightly",
                        "BackupPlanStatus": "running", "BackupPlanRegion": "cn-hangzhou",
                        "BackupPlanCreateTime": 1_582_527_713_000_u64, "BackupMethod": "logical",
                        "DatabaseType": "MySQL", "InstanceClass": "micro",
                    })
                })
                .collect();
            serde_json::json!({
                "RequestId": "4F1888AC-1138-4995-B9FE-D2734F61C058", "Success": true,
                "PageNum": number, "PageSize": ROWS, "TotalPages": plans.div_ceil(ROWS),
                "TotalElements": plans, "Items": { "BackupPlanDetail": rows },
            })
            .to_string()
            .into()
        };
        Self((0..plans.div_ceil(ROWS)).map(page).collect())
    }
}

#[async_trait]
impl Transport for Pages {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let query = request.uri().query().unwrap_or_default();
        let number = query.split('&').find_map(|pair| pair.strip_prefix("PageNum="));
        let number: usize = number.map_or(0, |number| number.parse().expect("a number"));
        Ok(http::Response::new(self.0[number].clone()))
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }
}

/// The cost of each of several calls in flight.
struct InFlight {
    time: f64,
    memory: f64,
}

/// Measures calls whose request is sent and whose response never arrives.
fn in_flight(calls: usize) -> InFlight {
    let client =
        client(NeverResponds(|| ())).clock(Arc::new(EndlessSleep)).build().expect("a client");
    let mut context = Context::from_waker(Waker::noop());
    let mut times = Vec::new();
    let mut memory = 0;
    for _ in 0..21 {
        let mut pending = Vec::with_capacity(calls);
        let before = bytes_in_use();
        let started = Instant::now();
        for _ in 0..calls {
            let mut call = client.send(purchase()).into_future();
            assert!(matches!(call.as_mut().poll(&mut context), Poll::Pending));
            pending.push(call);
        }
        times.push(nanos(started.elapsed()) / number(calls));
        memory = bytes_in_use().saturating_sub(before);
    }
    InFlight { time: median(times), memory: number(memory) / number(calls) }
}

/// Measures the memory of unused clients, with and without the built-in transport.
fn idle_clients() -> Vec<Figure> {
    let before = bytes_in_use();
    let idle = client(NeverResponds(|| ())).build().expect("a client");
    let bare = bytes_in_use().saturating_sub(before);
    drop(idle);
    let mut figures = vec![Figure::new(
        "memory of an idle client, without its transport",
        "KiB",
        number(bare) / 1024.0,
    )];
    let before = bytes_in_use();
    let idle = builder().build().expect("a client");
    let whole = bytes_in_use().saturating_sub(before);
    drop(idle);
    let figure = Figure::new(
        "memory of an idle client, with HTTPS and root certificates",
        "MiB",
        number(whole) / MIB,
    );
    figures.push(figure.goal(Goal::Most(1.0)));
    figures
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a count below 2^32"))
}
