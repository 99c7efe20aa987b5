//! Measures decoding a page of 100 plans. The baseline is `serde_json` into plain structs.

mod support;

use std::hint::black_box;

use aliyun_dbs::operations::DescribeBackupPlanList;
use bytes::Bytes;
use support::measure::in_turns;
use support::plain;
use support::report::{Figure, Goal, publish};
use support::subject::{RespondsAtOnce, client, page};

fn main() {
    let body = page(100);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let client = client(RespondsAtOnce(Bytes::from(body.clone()))).build().expect("a client");

    let mut floor = || {
        // From a string, which is faster than from bytes, even with the UTF-8 check.
        let text = std::str::from_utf8(black_box(body.as_bytes())).expect("UTF-8");
        let page: plain::Page = serde_json::from_str(text).expect("JSON");
        black_box(page);
    };
    let mut untyped = || {
        let page: serde_json::Value =
            serde_json::from_slice(black_box(body.as_bytes())).expect("JSON");
        black_box(page);
    };
    // The whole call: the request takes about 1 % of it.
    let mut typed = || {
        let request = DescribeBackupPlanList::builder().build();
        let page = runtime.block_on(async { client.send(request).await }).expect("a page");
        assert_eq!(page.items.len(), 100);
    };
    let [floor_ns, untyped_ns, typed_ns] = in_turns([&mut floor, &mut untyped, &mut typed]);

    let count = |work: &mut dyn FnMut()| {
        let before = support::allocations();
        work();
        f64::from(u32::try_from(support::allocations() - before).expect("a count below 2^32"))
    };
    publish(
        "decode",
        &[
            Figure::new("DescribeBackupPlanList, 100 plans, the whole call", "µs", typed_ns / 1e3)
                .over(floor_ns / 1e3)
                .goal(Goal::Times(1.15)),
            Figure::new("  the same JSON into an untyped tree", "µs", untyped_ns / 1e3)
                .over(floor_ns / 1e3),
            Figure::new("allocations of that call", "", count(&mut typed)).over(count(&mut floor)),
        ],
    );
}
