//! Counts the allocations of a call and of a page of 100 plans.
//!
//! Another benchmark than those of time, because counting takes time.

#[path = "support/allocator.rs"]
mod allocator;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aliyun_dbs::operations::DescribeBackupPlanList;
use allocator::allocations;
use bytes::Bytes;
use support::plain;
use support::report::{Figure, Goal, publish};
use support::subject::{
    CREATED, EndlessSleep, NeverResponds, RespondsAtOnce, client, page, poll_once, purchase,
};

/// The count when the transport last received a request.
static AT_THE_TRANSPORT: AtomicUsize = AtomicUsize::new(0);

fn main() {
    let note = || AT_THE_TRANSPORT.store(allocations(), Ordering::Relaxed);
    let silent = client(NeverResponds(note)).clock(Arc::new(EndlessSleep)).build();
    let silent = silent.expect("a client");
    let before_the_transport = fewest(|| {
        let before = allocations();
        poll_once(&silent);
        AT_THE_TRANSPORT.load(Ordering::Relaxed) - before
    });

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let created = Bytes::from_static(CREATED);
    let created = client(RespondsAtOnce(created)).build().expect("a client");
    let of_the_call = fewest(|| {
        count(|| {
            runtime.block_on(async { created.send(purchase()).await }).expect("a response");
        })
    });

    let body = page(100);
    let floor = fewest(|| {
        count(|| {
            serde_json::from_str::<plain::Page>(&body).expect("JSON");
        })
    });
    let listed = client(RespondsAtOnce(body.clone().into())).build().expect("a client");
    let of_the_page = fewest(|| {
        count(|| {
            let request = DescribeBackupPlanList::builder().build();
            runtime.block_on(async { listed.send(request).await }).expect("a page");
        })
    });

    publish(
        "allocations",
        &[
            Figure::new("allocations before the transport", "", before_the_transport)
                .goal(Goal::Most(8.0)),
            Figure::new("allocations of a call, transport responds at once", "", of_the_call),
            Figure::new("allocations of a page of 100 plans", "", of_the_page).over(floor),
        ],
    );
}

fn count(work: impl FnOnce()) -> usize {
    let before = allocations();
    work();
    allocations() - before
}

/// Returns the minimum of 5, because the first call of a second also formats its timestamp.
fn fewest(count: impl Fn() -> usize) -> f64 {
    let fewest = (0..5).map(|_| count()).min().unwrap_or_default();
    f64::from(u32::try_from(fewest).expect("a count below 2^32"))
}
