//! Measures building, encoding and signing one `CreateBackupPlan` with ACS3.
//!
//! The baseline is SHA-256 and HMAC-SHA-256 over the signed bytes. The first row measures from the
//! builder of the request to the value of `Authorization`, the others until the transport receives the
//! HTTP request, and until the caller receives the response.

mod support;

use std::future::{Future, IntoFuture};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aliyun_dbs::unversioned::sign::acs3;
use aliyun_dbs::{Client, RetryPolicy};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use support::measure::in_turns;
use support::report::{Figure, Goal, publish};
use support::subject::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, CREATED, EndlessSleep, NeverResponds, RespondsAtOnce,
    allocations_at_the_transport, canonical, client, purchase,
};

fn main() {
    let canonical_request = canonical(&purchase()).as_str().to_owned();
    let string_to_sign = canonical(&purchase()).string_to_sign();
    let mut floor = || {
        let hash = Sha256::digest(black_box(canonical_request.as_bytes()));
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(ACCESS_KEY_SECRET.as_bytes()))
            .expect("any length");
        mac.update(black_box(string_to_sign.as_bytes()));
        black_box((hash, mac.finalize().into_bytes()));
    };

    let key = acs3::SigningKey::new(ACCESS_KEY_SECRET);
    let mut signed = || {
        black_box(canonical(black_box(&purchase())).authorize(ACCESS_KEY_ID, &key));
    };

    let silent = client(NeverResponds).clock(Arc::new(EndlessSleep)).build().expect("a client");
    let mut until_the_transport = || poll_once(&silent);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let responding = client(RespondsAtOnce(Bytes::from_static(CREATED))).build().expect("a client");
    let mut whole_call = || {
        runtime.block_on(async { responding.send(purchase()).await }).expect("a response");
    };

    let [floor, signed, sent, called] =
        in_turns([&mut floor, &mut signed, &mut until_the_transport, &mut whole_call]);
    // The minimum of 5, because the first call of a second also formats its timestamp.
    let allocated = (0..5)
        .map(|_| {
            let before = support::allocations();
            poll_once(&silent);
            allocations_at_the_transport() - before
        })
        .min()
        .unwrap_or_default();
    let before = support::allocations();
    whole_call();
    let of_the_call = support::allocations() - before;

    publish(
        "sign",
        &[
            Figure::new("build + encode + sign CreateBackupPlan", "ns", signed)
                .over(floor)
                .goal(Goal::Times(2.0)),
            Figure::new("call until the transport receives the request", "ns", sent).over(floor),
            count("allocations before the transport", allocated).goal(Goal::Most(8.0)),
            Figure::new("whole call, transport responds at once", "ns", called).over(floor),
            count("allocations of that call", of_the_call),
        ],
    );
}

fn count(measure: &str, count: usize) -> Figure {
    Figure::new(measure, "", f64::from(u32::try_from(count).expect("a count below 2^32")))
}

/// Sends a request as far as the transport, which never responds.
fn poll_once(client: &Client) {
    let call = client.send(black_box(purchase())).retry(RetryPolicy::never());
    let mut call = pin!(call.into_future());
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "the call waits for the transport");
}
