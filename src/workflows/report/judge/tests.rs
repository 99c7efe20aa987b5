//! Each rule has facts that make it true, and facts that make it false.

use proptest::prelude::*;

use super::*;

/// Changes the facts about a plan.
type Change = fn(&mut Facts);

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const RULES: Rules = Rules {
    rpo: Duration::from_secs(24 * 3600),
    expiring_within: Duration::from_secs(30 * 24 * 3600),
    has_inventory: true,
};

/// Returns the time some seconds after "now".
fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_767_225_600 + seconds).unwrap()
}

fn backup(status: FullBackupStatus, error: Option<&str>) -> LastBackup {
    LastBackup {
        error: error.map(str::to_owned),
        ..LastBackup::new("set1".parse().unwrap(), status)
    }
}

/// Returns the facts of a plan that is protected.
fn protected() -> Facts {
    Facts {
        now: at(0),
        status: Some(BackupPlanStatus::Running.into()),
        plan_error: None,
        database: Some("rm-1".to_owned()),
        is_in_inventory: Some(true),
        history: History {
            newest: Some(at(-HOUR)),
            last_backup: Some(backup(FullBackupStatus::Finish, None)),
            ..History::default()
        },
        billing: Some(ChargeType::Prepay.into()),
        expires_at: Some(at(300 * DAY)),
        storage_missing: None,
    }
}

fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = protected();
    change(&mut facts);
    facts
}

fn kinds(facts: &Facts) -> (Verdict, Vec<ReasonKind>) {
    let (verdict, reasons) = judge(facts, RULES);
    (verdict, reasons.iter().map(|reason| reason.kind).collect())
}

#[track_caller]
fn assert_judged(change: impl FnOnce(&mut Facts), verdict: Verdict, reasons: &[ReasonKind]) {
    assert_eq!(kinds(&with(change)), (verdict, reasons.to_vec()));
}

#[test]
fn plan_with_every_fact_is_protected() {
    let (verdict, reasons) = judge(&protected(), RULES);
    assert_eq!(verdict, Verdict::Protected);
    assert_eq!(reasons, [Reason::new(ReasonKind::Ok, "restorable to 60 min ago")]);
    assert_judged(
        |facts| {
            facts.billing = Some(ChargeType::Postpay.into());
            facts.expires_at = None;
        },
        Verdict::Protected,
        &[ReasonKind::Ok],
    );
    // Without an inventory, no rule needs the database.
    let facts = with(|facts| {
        facts.database = None;
        facts.is_in_inventory = None;
    });
    assert_eq!(judge(&facts, Rules { has_inventory: false, ..RULES }).0, Verdict::Protected);
}

#[test]
fn statuses_have_their_verdicts() {
    use BackupPlanStatus::{CheckPass, Init, Locked, Pause, Running, Stop, Wait};
    let unprotected = Verdict::Unprotected;
    for (status, error, verdict, kind, text) in [
        (
            Wait,
            None,
            unprotected,
            ReasonKind::NotConfigured,
            "the plan was bought and is not configured",
        ),
        (Stop, None, Verdict::Failing, ReasonKind::PlanFailed, "the plan failed"),
        (
            Stop,
            Some("disk full"),
            Verdict::Failing,
            ReasonKind::PlanFailed,
            "the plan failed: disk full",
        ),
        (
            Locked,
            None,
            Verdict::Failing,
            ReasonKind::Locked,
            "the plan is locked, because its order expired or is unpaid",
        ),
        (Pause, None, Verdict::Failing, ReasonKind::Paused, "the plan is paused"),
        (
            Init,
            Some("no route"),
            Verdict::Failing,
            ReasonKind::PreCheckFailed,
            "the pre-check failed: no route",
        ),
        (
            Init,
            None,
            Verdict::Failing,
            ReasonKind::NotStarted,
            "the plan makes no backups: its pre-check has not passed",
        ),
        (
            CheckPass,
            Some("old"),
            Verdict::Failing,
            ReasonKind::NotStarted,
            "the plan makes no backups: it is not started",
        ),
        (Running, Some("old"), Verdict::Protected, ReasonKind::Ok, "restorable to 60 min ago"),
    ] {
        let facts = with(|facts| {
            facts.status = Some(status.into());
            facts.plan_error = error.map(str::to_owned);
        });
        assert_eq!(judge(&facts, RULES), (verdict, vec![Reason::new(kind, text)]), "{status}");
    }
}

#[test]
fn plan_outside_the_inventory_is_an_orphan() {
    let orphan = |facts: &mut Facts| facts.is_in_inventory = Some(false);
    assert_judged(orphan, Verdict::Orphan, &[ReasonKind::NotInInventory]);
    assert_eq!(
        judge(&with(orphan), RULES).1[0].text,
        "the database `rm-1` is not in the inventory"
    );
    assert_judged(
        |facts| facts.is_in_inventory = None,
        Verdict::Unknown,
        &[ReasonKind::MissingDatabase],
    );
    let rules = Rules { has_inventory: false, ..RULES };
    assert_eq!(judge(&with(orphan), rules).0, Verdict::Protected);
}

#[test]
fn failed_last_backup_is_failing() {
    let fail = |error: Option<&'static str>| {
        move |facts: &mut Facts| {
            facts.history.last_backup = Some(backup(FullBackupStatus::Stop, error));
        }
    };
    assert_judged(fail(None), Verdict::Failing, &[ReasonKind::BackupFailed]);
    let (_, reasons) = judge(&with(fail(Some("Access denied\nfor user"))), RULES);
    assert_eq!(reasons[0].text, "the last full backup failed: Access denied for user");
    // No full backup in the history is a fact: logs can restore from an older one.
    assert_judged(|facts| facts.history.last_backup = None, Verdict::Protected, &[ReasonKind::Ok]);
}

#[test]
fn plan_without_points_is_unprotected() {
    assert_judged(
        |facts| facts.history.newest = None,
        Verdict::Unprotected,
        &[ReasonKind::NothingRestorable],
    );
    assert_judged(
        |facts| {
            facts.history.newest = None;
            facts.history.is_running = true;
        },
        Verdict::Unprotected,
        &[ReasonKind::FirstBackupRuns],
    );
    assert_judged(|facts| facts.history.is_running = true, Verdict::Protected, &[ReasonKind::Ok]);
    // Not if a point may exist that could not be read.
    assert_judged(
        |facts| {
            facts.history.newest = None;
            facts.history.points_missing = Some("timeout".to_owned());
        },
        Verdict::Unknown,
        &[ReasonKind::MissingPoints],
    );
}

#[test]
fn old_point_is_stale() {
    let aged = |seconds: i64| move |facts: &mut Facts| facts.history.newest = Some(at(-seconds));
    assert_judged(aged(DAY), Verdict::Protected, &[ReasonKind::Ok]);
    assert_judged(aged(DAY + 1), Verdict::Stale, &[ReasonKind::TooOld]);
    assert_judged(aged(-60), Verdict::Protected, &[ReasonKind::Ok]);
    let (_, reasons) = judge(&with(aged(3 * DAY)), RULES);
    assert_eq!(reasons[0].text, "the newest restorable point is 3 days old, the limit is 24 h");
    // Not if a newer point may exist that could not be read.
    assert_judged(
        |facts| {
            facts.history.newest = Some(at(-3 * DAY));
            facts.history.points_missing = Some("timeout".to_owned());
        },
        Verdict::Unknown,
        &[ReasonKind::MissingPoints],
    );
}

#[test]
fn subscription_near_its_end_is_expiring() {
    let ends = |seconds: i64| move |facts: &mut Facts| facts.expires_at = Some(at(seconds));
    assert_judged(ends(30 * DAY + 1), Verdict::Protected, &[ReasonKind::Ok]);
    assert_judged(ends(30 * DAY), Verdict::Expiring, &[ReasonKind::Expires]);
    assert_judged(ends(-5 * DAY), Verdict::Expiring, &[ReasonKind::Expires]);
    let text = |seconds| judge(&with(ends(seconds)), RULES).1[0].text.clone();
    assert_eq!(text(9 * DAY), "the subscription ends in 9 days");
    assert_eq!(text(-5 * DAY), "the subscription ended 5 days ago");
    assert_judged(
        |facts| {
            facts.billing = Some(ChargeType::Postpay.into());
            facts.expires_at = Some(at(DAY));
        },
        Verdict::Protected,
        &[ReasonKind::Ok],
    );
}

#[test]
fn each_missing_fact_is_unknown() {
    let lose: [(ReasonKind, Change); 10] = [
        (ReasonKind::MissingStatus, |facts| facts.status = None),
        (ReasonKind::MissingStatus, |facts| facts.status = Some("dreaming".into())),
        (ReasonKind::MissingDatabase, |facts| facts.is_in_inventory = None),
        (ReasonKind::MissingPoints, |facts| {
            facts.history.points_missing = Some("timeout".to_owned());
        }),
        (ReasonKind::MissingPoints, |facts| {
            facts.history.newest = None;
            facts.history.has_future = true;
        }),
        (ReasonKind::MissingChargeType, |facts| facts.billing = None),
        (ReasonKind::MissingChargeType, |facts| facts.billing = Some("BARTER".into())),
        (ReasonKind::MissingExpiry, |facts| facts.expires_at = None),
        (ReasonKind::MissingLastBackup, |facts| {
            facts.history.last_backup_missing = Some("timeout".to_owned());
        }),
        (ReasonKind::MissingLastBackup, |facts| {
            facts.history.last_backup = None;
            facts.history.last_backup_missing = Some("timeout".to_owned());
        }),
    ];
    for (kind, lose) in lose {
        let (verdict, reasons) = judge(&with(lose), RULES);
        assert_eq!((verdict, reasons[0].kind), (Verdict::Unknown, kind), "{reasons:?}");
    }
}

#[test]
fn notes_do_not_change_the_verdict() {
    assert_judged(
        |facts| {
            facts.history.has_future = true;
            facts.storage_missing = Some("timeout".to_owned());
        },
        Verdict::Protected,
        &[ReasonKind::Ok, ReasonKind::PointInFuture, ReasonKind::MissingStorage],
    );
}

/// Changes that make one rule hold each, in the order of the rules.
const RULE_CHANGES: [(Verdict, ReasonKind, Change); 7] = [
    (Verdict::Orphan, ReasonKind::NotInInventory, |facts| facts.is_in_inventory = Some(false)),
    (Verdict::Failing, ReasonKind::PlanFailed, |facts| {
        facts.status = Some(BackupPlanStatus::Stop.into());
    }),
    (Verdict::Failing, ReasonKind::BackupFailed, |facts| {
        facts.history.last_backup = Some(backup(FullBackupStatus::Stop, None));
    }),
    (Verdict::Stale, ReasonKind::TooOld, |facts| facts.history.newest = Some(at(-2 * DAY))),
    (Verdict::Expiring, ReasonKind::Expires, |facts| facts.expires_at = Some(at(DAY))),
    (Verdict::Unknown, ReasonKind::MissingLastBackup, |facts| {
        facts.history.last_backup_missing = Some("timeout".to_owned());
    }),
    (Verdict::Protected, ReasonKind::Ok, |_| {}),
];

#[test]
fn first_rule_decides_and_all_are_listed() {
    for (first, (verdict, kind, change)) in RULE_CHANGES.iter().enumerate() {
        for (_, other, also) in &RULE_CHANGES[first + 1..] {
            let facts = with(|facts| {
                also(facts);
                change(facts);
            });
            let expected: Vec<_> =
                [*kind, *other].into_iter().filter(|kind| *kind != ReasonKind::Ok).collect();
            assert_eq!(kinds(&facts), (*verdict, expected), "{kind} and {other}");
        }
    }
    // An unconfigured plan has no backups to miss, but it is still paid.
    assert_judged(
        |facts| {
            facts.status = Some(BackupPlanStatus::Wait.into());
            facts.is_in_inventory = None;
            facts.history = History::default();
            facts.expires_at = Some(at(DAY));
        },
        Verdict::Unprotected,
        &[ReasonKind::NotConfigured, ReasonKind::Expires],
    );
}

/// Removes a fact that a protected plan must have.
const LOSSES: [Change; 6] = [
    |facts| facts.status = None,
    |facts| facts.is_in_inventory = None,
    |facts| facts.history.newest = None,
    |facts| facts.history.points_missing = Some("lost".to_owned()),
    |facts| facts.billing = None,
    |facts| facts.history.last_backup_missing = Some("lost".to_owned()),
];

proptest! {
    #[test]
    fn lost_facts_never_protect(
        lost in proptest::sample::subsequence(LOSSES.to_vec(), 1..=LOSSES.len()),
        age in -7200_i64..100 * DAY,
        left in -100 * DAY..100 * DAY,
        status in proptest::sample::select(BackupPlanStatus::ALL),
        billing in proptest::sample::select(ChargeType::ALL),
        is_running: bool,
        has_future: bool,
        has_expiry: bool,
    ) {
        let mut facts = protected();
        facts.status = Some(status.into());
        facts.billing = Some(billing.into());
        facts.history.newest = Some(at(-age));
        facts.history.is_running = is_running;
        facts.history.has_future = has_future;
        facts.expires_at = has_expiry.then(|| at(left));
        for lose in &lost {
            lose(&mut facts);
        }
        let (verdict, reasons) = judge(&facts, RULES);
        prop_assert_ne!(verdict, Verdict::Protected);
        prop_assert!(!reasons.is_empty() && reasons.len() <= MAX_REASONS);
        prop_assert!(reasons.iter().all(|reason| reason.kind != ReasonKind::Ok));
        prop_assert!(reasons.is_sorted_by_key(|reason| reason.kind), "{:?}", reasons);
    }

    #[test]
    fn protected_plan_has_every_fact(
        age in -600_i64..2 * DAY,
        left in 0..60 * DAY,
        has_last: bool,
        has_future: bool,
    ) {
        let facts = with(|facts| {
            facts.history.newest = Some(at(-age));
            facts.history.has_future = has_future;
            facts.expires_at = Some(at(left));
            facts.history.last_backup = facts.history.last_backup.take().filter(|_| has_last);
        });
        let is_fresh = age <= DAY && left > 30 * DAY;
        prop_assert_eq!(judge(&facts, RULES).0 == Verdict::Protected, is_fresh);
    }
}
