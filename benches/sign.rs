//! Measures building, encoding and signing one `CreateBackupPlan` with ACS3.
//!
//! The baseline is SHA-256 and HMAC-SHA-256 over the signed bytes. The first row measures from the
//! builder of the request to the value of `Authorization`, the others until the transport receives the
//! HTTP request, and until the caller receives the response.

mod support;

use std::hint::black_box;
use std::sync::Arc;

use aliyun_dbs::unversioned::sign::acs3;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use support::measure::in_turns;
use support::report::{Goal, publish};
use support::subject::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, CREATED, EndlessSleep, NeverResponds, RespondsAtOnce,
    canonical, client, poll_once, purchase,
};

const NANOSECONDS: (&str, f64) = ("ns", 1.0);

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

    let silent = client(NeverResponds(|| ())).clock(Arc::new(EndlessSleep)).build();
    let silent = silent.expect("a client");
    let mut until_the_transport = || poll_once(&silent);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let responding = client(RespondsAtOnce(Bytes::from_static(CREATED))).build().expect("a client");
    let mut whole_call = || {
        runtime.block_on(async { responding.send(purchase()).await }).expect("a response");
    };

    let times = in_turns(&mut [&mut floor, &mut signed, &mut until_the_transport, &mut whole_call]);
    publish(
        "sign",
        &[
            times
                .figure(1, "build + encode + sign CreateBackupPlan", NANOSECONDS)
                .goal(Goal::Times(1.8)),
            times.figure(2, "call until the transport receives the request", NANOSECONDS),
            times.figure(3, "whole call, transport responds at once", NANOSECONDS),
        ],
    );
}
