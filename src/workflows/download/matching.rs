//! Which listed download is the one that a request would create.

use time::OffsetDateTime;

use crate::v2021_01_01::operations::{CreateDownload, DownloadTask};
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DownloadSource, DownloadTarget, DownloadTargetKind,
};

/// Returns whether a listed download has everything that the request asks for and rows show.
///
/// A field that the row lacks never matches. Rows have no bucket, so two downloads into the same
/// path of different buckets match.
pub(super) fn matches(task: &DownloadTask, request: &CreateDownload) -> bool {
    let has_source = match &request.source {
        DownloadSource::BackupSet { id, .. } => task.bak_set_id.as_ref() == Some(id),
        // The download of a backup set shows the time of the set. That one of a moment names no
        // set is inferred.
        DownloadSource::Moment(at) => {
            task.bak_set_id.is_none()
                && task.backup_set_time.is_some_and(|time| is_same_moment(time, *at))
        }
    };
    let kind = match request.target {
        DownloadTarget::Url => DownloadTargetKind::Url,
        DownloadTarget::Oss { .. } => DownloadTargetKind::Oss,
    };
    let has_path = match &request.target {
        DownloadTarget::Url => true,
        DownloadTarget::Oss { path, .. } => {
            task.target_path.as_ref().is_some_and(|listed| is_same_path(listed, path))
        }
    };
    has_source
        && has_path
        && task.target_type.as_ref().is_some_and(|listed| *listed == kind)
        && task.format.as_ref().is_some_and(|listed| *listed == request.format)
}

/// Returns the best of the matching downloads that the caller accepts: an active one, or else a
/// finished one, or else any; of these the newest.
pub(super) fn preferred(
    tasks: Vec<DownloadTask>,
    request: &CreateDownload,
    accepts: impl Fn(&DownloadTask) -> bool,
) -> Option<DownloadTask> {
    // The list is newest first, and of equal items the last is taken.
    let matching = tasks.into_iter().rev();
    matching
        .filter(|task| matches(task, request) && accepts(task))
        .max_by_key(|task| (preference(task), task.gmt_create))
}

fn preference(task: &DownloadTask) -> u8 {
    match task.download_status.known() {
        _ if is_active(task) => 2,
        Some(AdvancedDownloadState::Finished) => 1,
        _ => 0,
    }
}

/// Returns the download that blocks others of its instance: the newest active one, or else the
/// newest that failed or has an unknown state.
pub(super) fn blocking(tasks: Vec<DownloadTask>) -> Option<DownloadTask> {
    use AdvancedDownloadState::{Expired, Failed, Finished};
    let rank = |task: &DownloadTask| match task.download_status.known() {
        Some(Finished | Expired) => None,
        Some(Failed) | None => Some(0),
        Some(_) => Some(1),
    };
    let ranked = tasks.into_iter().rev().filter_map(|task| Some((rank(&task)?, task)));
    ranked.max_by_key(|(rank, task)| (*rank, task.gmt_create)).map(|(_, task)| task)
}

/// Returns whether the download has not ended. An unknown state is treated as active, as in a wait.
pub(super) fn is_active(task: &DownloadTask) -> bool {
    use AdvancedDownloadState::{Expired, Failed, Finished};
    !matches!(task.download_status.known(), Some(Finished | Failed | Expired))
}

pub(super) fn is_expired(task: &DownloadTask) -> bool {
    task.download_status == AdvancedDownloadState::Expired
}

/// Returns whether the download was created at this time or later, in whole milliseconds.
pub(super) fn is_created_since(task: &DownloadTask, time: OffsetDateTime) -> bool {
    task.gmt_create.is_some_and(|created| whole_ms(created) >= whole_ms(time))
}

/// Returns whether a listed moment is the requested one. The service may list whole seconds only.
fn is_same_moment(listed: OffsetDateTime, requested: OffsetDateTime) -> bool {
    let (listed, requested) = (whole_ms(listed), whole_ms(requested));
    listed == requested || listed == requested.div_euclid(1000) * 1000
}

/// Returns whether two directories are the same. The service may list slashes at the ends or not.
fn is_same_path(one: &str, other: &str) -> bool {
    one.trim_matches('/') == other.trim_matches('/')
}

/// Returns what the service stores of a time.
fn whole_ms(time: OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(changes: Value) -> CreateDownload {
        let mut fields = json!({
            "RegionCode": "cn-hangzhou", "InstanceName": "rm-1", "BakSetType": "full",
            "BakSetId": "1", "FormatType": "CSV", "TargetType": "URL",
        });
        change(&mut fields, changes);
        serde_json::from_value(fields).unwrap()
    }

    fn task(changes: Value) -> DownloadTask {
        let mut fields = json!({
            "TaskId": "dt-1", "BakSetId": "1", "Format": "csv", "TargetType": "URL",
            "GmtCreate": "1661373070123", "DownloadStatus": "running",
        });
        change(&mut fields, changes);
        serde_json::from_value(fields).unwrap()
    }

    fn change(fields: &mut Value, changes: Value) {
        let (Value::Object(fields), Value::Object(changes)) = (fields, changes) else {
            panic!("two objects")
        };
        for (name, value) in changes {
            if value.is_null() {
                fields.remove(&name);
            } else {
                fields.insert(name, value);
            }
        }
    }

    #[test]
    fn every_part_of_the_request_must_match() {
        let to_set = request(json!({}));
        for (row, expected) in [
            (json!({}), true),
            (json!({ "BakSetId": "2" }), false),
            (json!({ "BakSetId": null }), false),
            (json!({ "Format": "sql" }), false),
            (json!({ "Format": null }), false),
            (json!({ "Format": "avro" }), false),
            (json!({ "TargetType": "OSS" }), false),
            (json!({ "TargetType": null }), false),
        ] {
            assert_eq!(matches(&task(row.clone()), &to_set), expected, "{row}");
        }
    }

    #[test]
    fn moments_match_in_whole_milliseconds() {
        let mut to_moment = request(json!({
            "BakSetType": "pitr", "BakSetId": null, "DownloadPointInTime": 1_661_373_070_000_i64,
        }));
        let row = |ms: i64| task(json!({ "BakSetId": null, "BackupSetTime": ms.to_string() }));
        let DownloadSource::Moment(at) = &mut to_moment.source else { panic!("a moment") };
        *at += time::Duration::microseconds(999);
        assert!(matches(&row(1_661_373_070_000), &to_moment));
        assert!(!matches(&row(1_661_373_070_001), &to_moment));
        assert!(!matches(&task(json!({ "BakSetId": null })), &to_moment));
        let in_ns = OffsetDateTime::from_unix_timestamp_nanos(1_661_373_070_123_456_789).unwrap();
        to_moment.source = in_ns.into();
        for (ms, expected) in [
            (1_661_373_070_123, true),
            // Cut to whole seconds.
            (1_661_373_070_000, true),
            (1_661_373_071_000, false),
            (1_661_373_070_120, false),
        ] {
            assert_eq!(matches(&row(ms), &to_moment), expected, "{ms}");
        }
    }

    #[test]
    fn backup_sets_are_not_moments() {
        let to_moment = request(json!({
            "BakSetType": "pitr", "BakSetId": null, "DownloadPointInTime": 1_661_373_070_000_i64,
        }));
        for (set, expected) in [(json!("1"), false), (Value::Null, true)] {
            let row = task(json!({ "BakSetId": set, "BackupSetTime": "1661373070000" }));
            assert_eq!(matches(&row, &to_moment), expected, "{set}");
        }
    }

    #[test]
    fn buckets_match_by_path() {
        let to_bucket = request(json!({
            "TargetType": "OSS", "TargetBucket": "b", "TargetOssRegion": "cn-hangzhou",
            "TargetPath": "orders/may",
        }));
        for (path, expected) in [
            (json!("orders/may"), true),
            (json!("/orders/may"), true),
            (json!("orders/may/"), true),
            (json!("orders//may"), false),
            (json!("orders/june"), false),
            (json!(""), false),
            (Value::Null, false),
        ] {
            let row = task(json!({ "TargetType": "OSS", "TargetPath": path }));
            assert_eq!(matches(&row, &to_bucket), expected, "{path}");
        }
    }

    #[test]
    fn slashes_of_the_requested_path_are_ignored() {
        let to_bucket = request(json!({
            "TargetType": "OSS", "TargetBucket": "b", "TargetOssRegion": "cn-hangzhou",
            "TargetPath": "/orders/may/",
        }));
        let row = task(json!({ "TargetType": "OSS", "TargetPath": "orders/may" }));
        assert!(matches(&row, &to_bucket));
    }

    #[test]
    fn newest_of_equals_is_the_first_listed() {
        let row = |id: &str, ms: Value| task(json!({ "TaskId": id, "GmtCreate": ms }));
        let rows = vec![
            row("dt-none", Value::Null),
            row("dt-old", json!("1")),
            row("dt-first", json!("2")),
            row("dt-second", json!("2")),
        ];
        let found = preferred(rows, &request(json!({})), |_| true).unwrap();
        assert_eq!(found.task_id.as_str(), "dt-first");
    }

    fn in_state(state: &str, ms: u32) -> DownloadTask {
        task(json!({ "TaskId": state, "DownloadStatus": state, "GmtCreate": ms.to_string() }))
    }

    #[test]
    fn active_is_preferred_then_finished_then_failed() {
        let found = |rows: &[DownloadTask]| {
            let found = preferred(rows.to_vec(), &request(json!({})), |_| true);
            found.unwrap().task_id.to_string()
        };
        let rows = [in_state("failed", 4), in_state("finished", 3), in_state("queueing", 2)];
        assert_eq!(found(&rows), "queueing");
        assert_eq!(found(&rows[..2]), "finished");
        assert_eq!(found(&rows[..1]), "failed");
        assert_eq!(found(&[rows[1].clone(), in_state("paused", 1)]), "paused");
    }

    #[test]
    fn active_download_blocks_before_a_failed_one() {
        let rows = ["expired", "finished", "paused", "failed", "running"].map(|state| {
            let age = if state == "running" { 1 } else { 2 };
            in_state(state, age)
        });
        let found =
            |rows: &[DownloadTask]| blocking(rows.to_vec()).map(|task| task.task_id.to_string());
        assert_eq!(found(&rows).as_deref(), Some("running"));
        assert_eq!(found(&rows[..4]).as_deref(), Some("paused"), "the first of equals");
        assert_eq!(
            found(&[in_state("paused", 1), in_state("failed", 2)]).as_deref(),
            Some("failed")
        );
        assert_eq!(found(&rows[..2]), None);
    }

    #[test]
    fn time_of_creation_is_compared_in_milliseconds() {
        let row = task(json!({ "GmtCreate": "1000" }));
        let at = |ms, us| {
            OffsetDateTime::UNIX_EPOCH
                + time::Duration::milliseconds(ms)
                + time::Duration::microseconds(us)
        };
        assert!(is_created_since(&row, at(1000, 500)));
        assert!(!is_created_since(&row, at(1001, 0)));
        assert!(!is_created_since(&task(json!({ "GmtCreate": null })), at(0, 0)));
    }
}
