//! What it costs to build, encode and sign one `CreateBackupPlan` by ACS3.
//!
//! The floor is SHA-256 and HMAC-SHA-256 over the bytes that such a request signs, and nothing
//! else. Ours is all that happens from the builder of the request until the transport has it.

mod support;

use std::future::{Future, IntoFuture};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aliyun_dbs::sign::acs3;
use aliyun_dbs::wire::{Parameters, canonical_query};
use aliyun_dbs::{Client, RetryPolicy};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use support::measure::in_turns;
use support::report::{Figure, Goal, publish};
use support::subject::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, AnswersAtOnce, CREATED, NeverAnswers, NeverOver,
    allocations_at_the_transport, client, purchase,
};

fn main() {
    let canonical = canonical();
    let text = canonical.as_str().to_owned();
    let string_to_sign = canonical.string_to_sign();
    let mut floor = || {
        let hash = Sha256::digest(black_box(text.as_bytes()));
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(ACCESS_KEY_SECRET.as_bytes()))
            .expect("any length");
        mac.update(black_box(string_to_sign.as_bytes()));
        black_box((hash, mac.finalize().into_bytes()));
    };

    let fixed = client(NeverAnswers).clock(Arc::new(NeverOver { chance: false }));
    let fixed = fixed.build().expect("a client");
    let random = client(NeverAnswers).clock(Arc::new(NeverOver { chance: true }));
    let random = random.build().expect("a client");
    let mut until_the_transport = || poll_once(&fixed);
    let mut with_a_random_nonce = || poll_once(&random);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let answering = client(AnswersAtOnce(Bytes::from_static(CREATED))).build().expect("a client");
    let mut whole_call = || {
        runtime.block_on(async { answering.send(purchase()).await }).expect("an answer");
    };

    let [floor, signed, random_nonce, called] =
        in_turns([&mut floor, &mut until_the_transport, &mut with_a_random_nonce, &mut whole_call]);
    let before = support::allocations();
    poll_once(&random);
    let allocated = allocations_at_the_transport() - before;
    let before = support::allocations();
    whole_call();
    let of_the_call = support::allocations() - before;

    publish(
        "sign",
        &[
            Figure::new("build + encode + sign CreateBackupPlan", "ns", signed)
                .over(floor)
                .goal(Goal::Times(2.0)),
            Figure::new("  the same with a nonce from the system", "ns", random_nonce).over(floor),
            count("allocations before the transport", allocated).goal(Goal::Most(8.0)),
            Figure::new("whole call, transport answers at once", "ns", called).over(floor),
            count("allocations of that call", of_the_call),
        ],
    );
}

fn count(measure: &str, count: usize) -> Figure {
    Figure::new(measure, "", f64::from(u32::try_from(count).expect("few")))
}

/// Builds a request and takes it as far as the transport, which has it and never answers.
fn poll_once(client: &Client) {
    let call = client.send(black_box(purchase())).retry(RetryPolicy::never());
    let mut call = pin!(call.into_future());
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "the transport has it");
}

/// The bytes that such a request signs.
fn canonical() -> acs3::CanonicalRequest {
    let parameters = Parameters::from_serialize(&purchase()).expect("parameters");
    let query = canonical_query(parameters.iter());
    let hash = acs3::payload_hash(b"");
    let headers = [
        ("host", "dbs-api.cn-hangzhou.aliyuncs.com"),
        ("x-acs-action", "CreateBackupPlan"),
        ("x-acs-content-sha256", &hash),
        ("x-acs-date", "2026-11-24T10:45:56Z"),
        ("x-acs-signature-nonce", "aabc56285348938203d1300375b467b5"),
        ("x-acs-version", "2019-03-06"),
    ];
    let canonical = acs3::CanonicalRequest::new("POST", &query, &headers, &hash);
    assert!(!canonical.authorization(ACCESS_KEY_ID, ACCESS_KEY_SECRET).is_empty());
    canonical
}
