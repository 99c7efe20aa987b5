//! Measures decoding a page of 100 plans. The baseline is `serde_json` into plain structs.

mod support;

use std::hint::black_box;

use aliyun_dbs::operations::DescribeBackupPlanList;
use bytes::Bytes;
use support::measure::in_turns;
use support::plain;
use support::report::{Goal, publish};
use support::subject::{RespondsAtOnce, client, page};

const MICROSECONDS: (&str, f64) = ("µs", 1e3);

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
    let times = in_turns(&mut [&mut floor, &mut untyped, &mut typed]);

    publish(
        "decode",
        &[
            times
                .figure(2, "DescribeBackupPlanList, 100 plans, whole call", MICROSECONDS)
                .goal(Goal::Times(1.0)),
            times.figure(1, "  the same JSON into an untyped tree", MICROSECONDS),
        ],
    );
}
