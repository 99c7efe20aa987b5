//! Points, windows and the last backup, from ranges and backups as the service sends them.

use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_767_225_600;

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW + seconds).unwrap()
}

/// Returns a time as the wire has it.
fn wire(seconds: i64) -> i64 {
    (NOW + seconds) * 1000
}

fn reader() -> HistoryReader {
    HistoryReader::new(at(0))
}

fn range(
    range_type: &str,
    from: Option<i64>,
    to: Option<i64>,
    ends: &[Option<i64>],
) -> DbsRecoverRange {
    let backups: Vec<_> =
        ends.iter().map(|end| json!({ "BackupSetId": "set", "EndTime": end.map(wire) })).collect();
    let mut fields = json!({
        "RangeType": range_type,
        "BeginTimestampForRestore": from.map(wire), "EndTimestampForRestore": to.map(wire),
    });
    if !backups.is_empty() {
        fields["FullBackupList"] = json!({ "FullBackupDetail": backups });
    }
    serde_json::from_value(fields).unwrap()
}

/// Returns the history of these ranges.
fn of_ranges(ranges: &[DbsRecoverRange]) -> History {
    let mut reader = reader();
    for range in ranges {
        reader.add_range(range);
    }
    reader.finish()
}

fn backup(set: &str, status: &str, end: Option<i64>) -> Value {
    json!({ "BackupSetId": set, "BackupStatus": status, "EndTime": end.map(wire) })
}

fn of_backups(backups: &[Value]) -> History {
    let mut reader = reader();
    for backup in backups {
        reader.add_backup(serde_json::from_value(backup.clone()).unwrap());
    }
    reader.finish()
}

fn last(history: &History) -> Option<&str> {
    history.last_backup.as_ref().map(|last| last.set.as_str())
}

#[test]
fn ranges_join_unless_they_have_a_gap() {
    let history = of_ranges(&[
        range("range", Some(-50), Some(-30), &[]),
        range("range", Some(-100), Some(-60), &[]),
        range("range", Some(-70), Some(-50), &[]),
        range("range", Some(-20), Some(-10), &[]),
    ]);
    assert_eq!(
        history.windows,
        [RestorableWindow::logs(at(-100), at(-30)), RestorableWindow::logs(at(-20), at(-10))],
    );
    assert_eq!((history.newest, history.points_missing), (Some(at(-10)), None));
}

#[test]
fn backups_are_points_and_not_ranges() {
    let history = of_ranges(&[range("point", Some(-100), Some(-10), &[Some(-90), Some(-10)])]);
    let points = [RestorableWindow::backup(at(-90)), RestorableWindow::backup(at(-10))];
    assert_eq!(history.windows, points);
    assert_eq!(history.newest, Some(at(-10)));
    // The same backups in the list of backups add nothing.
    let mut reader = reader();
    reader.add_range(&range("point", Some(-100), Some(-10), &[Some(-90), Some(-10)]));
    reader.add_backup(serde_json::from_value(backup("a", "finish", Some(-90))).unwrap());
    assert_eq!(reader.finish().windows, points);
    // Without a list, the end of the range is that of a backup.
    let history = of_ranges(&[range("point", Some(-100), Some(-10), &[])]);
    assert_eq!(history.windows, [RestorableWindow::backup(at(-10))]);
}

#[test]
fn unreadable_ranges_lose_points() {
    for (lost, newest) in [
        (range("range", Some(-20), None, &[]), None),
        (range("range", Some(-5), Some(-20), &[]), None),
        (range("point", Some(-20), None, &[]), None),
        (range("point", Some(-20), Some(-5), &[Some(-9), None]), Some(at(-9))),
        (range("fuzzy", Some(-20), Some(-5), &[]), None),
        (range("", Some(-20), Some(-5), &[]), None),
    ] {
        let history = of_ranges(std::slice::from_ref(&lost));
        assert!(history.points_missing.is_some(), "{lost:?}");
        assert_eq!(history.newest, newest, "{lost:?}");
    }
    let without_start = of_ranges(&[range("range", None, Some(-5), &[])]);
    assert_eq!((without_start.newest, without_start.windows.len()), (Some(at(-5)), 0));
    assert_eq!(without_start.points_missing, None);
}

#[test]
fn points_in_the_future_are_ignored() {
    let history = of_ranges(&[
        range("range", Some(-100), Some(301), &[]),
        range("range", Some(-100), Some(-50), &[]),
    ]);
    assert_eq!((history.newest, history.has_future), (Some(at(-50)), true));
    assert_eq!(history.windows, [RestorableWindow::logs(at(-100), at(-50))]);
    // Clocks may differ by five minutes.
    let history = of_ranges(&[range("range", Some(-100), Some(300), &[])]);
    assert_eq!((history.newest, history.has_future), (Some(at(300)), false));
    let history = of_backups(&[backup("a", "finish", Some(-9)), backup("b", "stop", Some(900))]);
    assert_eq!((last(&history), history.has_future), (Some("a"), false));
    assert!(history.last_backup_missing.unwrap().contains("`b` ended in the future"));
}

#[test]
fn last_backup_is_the_newest_that_ended() {
    let history = of_backups(&[
        backup("a", "finish", Some(-300)),
        backup("c", "stop", Some(-100)),
        backup("b", "finish", Some(-200)),
        backup("d", "running", None),
        backup("e", "pause", None),
    ]);
    assert_eq!((last(&history), history.newest), (Some("c"), Some(at(-200))));
    assert!(history.is_running);
    assert_eq!((history.points_missing, history.last_backup_missing), (None, None));
    // A later success ends the failure; of two at the same time, the failure is shown.
    let history = of_backups(&[backup("c", "stop", Some(-100)), backup("d", "finish", Some(-50))]);
    assert_eq!((last(&history), history.is_running), (Some("d"), false));
    for order in [["finish", "stop"], ["stop", "finish"]] {
        let backups = order.map(|status| backup(status, status, Some(-100)));
        assert_eq!(last(&of_backups(&backups)), Some("stop"));
    }
}

#[test]
fn backup_beyond_its_retention_is_no_point() {
    let expiring = |at| {
        let mut backup = backup("a", "finish", Some(-100));
        backup["BackupSetExpiredTime"] = wire(at).into();
        of_backups(&[backup])
    };
    assert_eq!(expiring(1).newest, Some(at(-100)));
    let expired = expiring(0);
    assert_eq!((expired.newest, expired.windows.len()), (None, 0));
    assert_eq!((last(&expired), &expired.points_missing), (Some("a"), &None));
}

#[test]
fn failure_without_end_uses_its_start() {
    let mut failed = backup("b", "stop", None);
    failed["StartTime"] = wire(-60).into();
    let history = of_backups(&[backup("a", "finish", Some(-100)), failed]);
    assert_eq!((last(&history), &history.last_backup_missing), (Some("b"), &None));
    let history = of_backups(&[backup("a", "finish", Some(-100)), backup("b", "stop", None)]);
    assert!(history.last_backup_missing.unwrap().contains("`b` has no time"));
    let history = of_backups(&[backup("a", "finish", None)]);
    assert!(history.points_missing.is_some() && history.last_backup_missing.is_some());
}

#[test]
fn newer_backup_of_unknown_status_is_doubtful() {
    let known = || backup("a", "finish", Some(-100));
    for (other, is_doubtful) in [
        (backup("b", "dreaming", Some(-50)), true),
        (backup("b", "", Some(-50)), true),
        (backup("b", "dreaming", None), true),
        (backup("b", "dreaming", Some(-100)), true),
        (backup("b", "dreaming", Some(-150)), false),
    ] {
        for backups in [[known(), other.clone()], [other.clone(), known()]] {
            let history = of_backups(&backups);
            assert_eq!(history.last_backup_missing.is_some(), is_doubtful, "{backups:?}");
            assert_eq!(history.newest, Some(at(-100)));
        }
    }
}

#[test]
fn windows_are_limited_and_keep_the_oldest() {
    let mut reader = reader();
    reader.add_logs(Some(at(-500)), at(-450));
    for index in 0..100 {
        reader.add_backup_point(at(-1000 + 5 * index));
    }
    let history = reader.finish();
    assert_eq!(history.windows.len(), MAX_WINDOWS);
    assert_eq!(history.windows[0], RestorableWindow::backup(at(-1000)));
    assert!(history.windows.contains(&RestorableWindow::logs(at(-500), at(-450))));
    assert_eq!(history.windows[MAX_WINDOWS - 2], RestorableWindow::backup(at(-505)));
    assert!(history.windows.is_sorted_by_key(|window| window.from));
    let ranges = (0..100).map(|index| RestorableWindow::logs(at(10 * index), at(10 * index + 5)));
    assert_eq!(windows(ranges.collect(), Vec::new()).len(), MAX_WINDOWS);
}
