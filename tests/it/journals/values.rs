//! Tests of keys, tokens, worker ids, entries and errors.

use std::collections::HashSet;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::SystemClock;
use aliyun_dbs::workflows::fleet::{
    Claim, Entry, Journal, JournalError, JournalErrorKind, MemoryJournal, PlanKey, WorkerId,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{entry, key, plan, worker};
use crate::support::create;

/// Computed with Python's `hashlib`. They must not change: another token buys another plan.
#[test]
fn tokens_of_keys_never_change() {
    for (fleet, name, generation, token) in [
        ("prod", "orders", 0, "a91bbc7dc7b8d7ef99598647bb607334c5292c7c"),
        ("prod", "orders", 1, "0a1ac4c539ccbff8b8cb80e2e040b9f2161dc8da"),
        ("生产", "订单/é %", u32::MAX, "6eed4a326f5b4a1ae70206d0f71e5caa316f9e6d"),
    ] {
        let key = PlanKey::new(fleet, name, generation).unwrap();
        assert_eq!(key.client_token().as_str(), token, "{key}");
    }
}

#[test]
fn tokens_of_similar_keys_differ() {
    let keys = [("a", "bc", 0), ("ab", "c", 0), ("a", "bc", 10), ("a", "bc1", 0), ("a", "b", 0)];
    let tokens: HashSet<_> = keys
        .iter()
        .map(|(fleet, name, generation)| {
            PlanKey::new(*fleet, *name, *generation).unwrap().client_token()
        })
        .collect();
    assert_eq!(tokens.len(), keys.len());
}

#[test]
fn invalid_keys_and_ids_are_rejected() {
    for name in ["", "a\nb", "\u{85}", &"中".repeat(129)] {
        assert!(PlanKey::new("prod", name, 0).is_err(), "{name}");
        assert!(PlanKey::new(name, "orders", 0).is_err(), "{name}");
    }
    assert!(PlanKey::new("中".repeat(128), "中".repeat(128), 0).is_ok());
    for text in [
        "",
        "prod/orders",
        "prod/orders/0/0",
        "prod/orders/+1",
        "prod/orders/01",
        "prod/orders/-1",
        "prod/orders/4294967296",
        "prod/a b/0",
        "prod/%61/0",
        "prod/%2f/0",
        "prod/%FF/0",
        "/a/0",
    ] {
        assert!(text.parse::<PlanKey>().is_err(), "{text}");
        assert!(serde_json::from_value::<PlanKey>(json!(text)).is_err(), "{text}");
    }
    for id in ["", "é", "a\n", &"x".repeat(129)] {
        assert!(WorkerId::new(id).is_err(), "{id}");
        assert!(serde_json::from_value::<WorkerId>(json!(id)).is_err(), "{id}");
    }
    assert!(WorkerId::new("x".repeat(128)).is_ok());
}

#[test]
fn random_worker_ids_differ() {
    let clock = SystemClock::new();
    assert_ne!(WorkerId::random(&clock), WorkerId::random(&clock));
}

proptest! {
    #[test]
    fn keys_survive_their_string(
        fleet in "\\PC{1,128}", name in "\\PC{1,128}", generation in any::<u32>(),
    ) {
        // The characters that are not control characters include unassigned ones.
        let key = PlanKey::new(fleet, name, generation).unwrap();
        let text = key.to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
        prop_assert_eq!(text.split('/').count(), 3);
        prop_assert_eq!(&text.parse::<PlanKey>().unwrap(), &key);
        let json = serde_json::to_value(&key).unwrap();
        prop_assert_eq!(&json, &Value::from(text));
        prop_assert_eq!(serde_json::from_value::<PlanKey>(json).unwrap(), key);
    }
}

#[test]
fn entry_has_milliseconds_and_no_second_token() {
    let mut purchase = create();
    purchase.client_token = Some("other".parse().unwrap());
    let at = OffsetDateTime::from_unix_timestamp_nanos(1_767_225_600_123_987_654).unwrap();
    let at = at.to_offset(time::UtcOffset::from_hms(8, 0, 0).unwrap());
    let entry = Entry::new(key("orders").client_token(), purchase, at, worker("w"));
    assert_eq!(entry.purchase, create());
    let mut json = serde_json::to_value(&entry).unwrap();
    assert_eq!(json["entered_at"], "2026-01-01T00:00:00.123Z");
    assert_eq!(serde_json::from_value::<Entry>(json.clone()).unwrap(), entry);
    json["of a later version"] = json!(1);
    assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), entry);
}

#[test]
fn errors_have_a_kind_and_a_cause() {
    use JournalErrorKind::{Conflict, Corrupt, Full, Held, NotEntered, Other, Unavailable};

    for (error, kind) in [
        (JournalError::unavailable("no connection"), Unavailable),
        (JournalError::held("open"), Held),
        (JournalError::corrupt("damaged"), Corrupt),
        (JournalError::full("no space"), Full),
        (JournalError::conflict("no plan"), Conflict),
        (JournalError::not_entered(&key("orders")), NotEntered),
        (JournalError::other("why"), Other),
    ] {
        assert_eq!((error.kind(), error.is_retryable()), (kind, kind == Unavailable));
        assert!(error.source().is_none() && error.line().is_none());
    }
    let error = JournalError::unavailable("no connection").with_source("refused");
    assert_eq!(error.source().unwrap().to_string(), "refused");
    assert_eq!(format!("{error:?}"), "no connection\n\nCaused by:\n    refused");
}

/// An `Arc` that used the default methods would lose leases.
#[tokio::test]
async fn arc_of_a_journal_is_that_journal() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let (key, lease) = (key("orders"), Duration::from_secs(1));
    let entry = journal.enter(&key, &entry("orders")).await.unwrap();
    let claim = journal.claim(&key, &worker("v"), lease).await.unwrap();
    assert_eq!(claim, Claim::Granted);
    journal.release(&key, &worker("v")).await.unwrap();
    assert_eq!(journal.claim(&key, &worker("w"), lease).await.unwrap(), Claim::Granted);
    let other = self::key("other");
    journal.enter(&other, &entry).await.unwrap();
    assert!(journal.withdraw(&other, &entry.entered_by).await.unwrap());
    journal.bought(&key, &plan("p1")).await.unwrap();
    journal.done(&key).await.unwrap();
    assert!(journal.enter(&key, &entry).await.unwrap().done);
}
