//! Which point a drill restores, and of which time it is.

use time::{Duration, OffsetDateTime};

use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::v2019_03_06::operations::{
    DbsRecoverRange, DescribeFullBackupList, DescribeRestoreRangeInfo,
};
use crate::v2019_03_06::types::{
    BackupPlanId, FullBackupStatus, PageSizeChoice, RestorePoint, RestoreRangeType,
};

/// How far back ranges are read. Older backups come from the list of full backups.
const HISTORY: Duration = Duration::days(30);

/// How far in the future a point may be, because clocks differ.
const CLOCK_DIFFERENCE: Duration = Duration::minutes(5);

/// How far before the end of a range its last point is, because ends may be excluded.
const BEFORE_END: Duration = Duration::seconds(1);

/// A point, and its time if that is known.
pub(super) type TimedPoint = (RestorePoint, Option<OffsetDateTime>);

/// Returns the newest point of a plan, or `None` if it has no backup.
pub(super) async fn newest(
    client: &Client,
    plan: &BackupPlanId,
    now: OffsetDateTime,
) -> Result<Option<TimedPoint>, Error> {
    let ranges = DescribeRestoreRangeInfo::builder()
        .backup_plan_id(plan.clone())
        .begin_timestamp_for_restore(now.saturating_sub(HISTORY))
        .end_timestamp_for_restore(now)
        .build();
    let ranges = client.send(ranges).await?.into_inner().items;
    if let Some(point) = newest_of(&ranges, now) {
        return Ok(Some(point));
    }
    let finished = DescribeFullBackupList::builder()
        .backup_plan_id(plan.clone())
        .backup_set_status(FullBackupStatus::Finish)
        .page_size(PageSizeChoice::Hundred)
        .build();
    let backups = client.items(finished).collect().await?;
    // The service may list backups whose retention is over, which it has deleted.
    let kept = backups
        .into_iter()
        .filter(|backup| backup.backup_set_expired_time.is_none_or(|at| at > now));
    let sets = kept.map(|backup| {
        let at = backup.end_time.or(backup.finish_time);
        (RestorePoint::BackupSet(backup.backup_set_id), at)
    });
    Ok(latest(sets, now))
}

/// Returns the time of a point that the caller chose, or `None` if it is not known.
pub(super) async fn time_of(
    client: &Client,
    plan: &BackupPlanId,
    point: &RestorePoint,
) -> Result<Option<OffsetDateTime>, Error> {
    let set = match point {
        RestorePoint::Time(at) => return Ok(Some(*at)),
        RestorePoint::BackupSet(set) => set,
    };
    let request = DescribeFullBackupList::builder()
        .backup_plan_id(plan.clone())
        .backup_set_id(set.clone())
        .build();
    let backups = client.send(request).await?.into_inner().items;
    let backup = backups.into_iter().find(|backup| backup.backup_set_id == *set);
    Ok(backup.and_then(|backup| backup.end_time.or(backup.finish_time)))
}

/// Returns the newest point of these ranges.
fn newest_of(ranges: &[DbsRecoverRange], now: OffsetDateTime) -> Option<TimedPoint> {
    let sets = ranges
        .iter()
        .flat_map(|range| &range.full_backup_list)
        .map(|backup| (RestorePoint::BackupSet(backup.backup_set_id.clone()), backup.end_time));
    let by_logs = ranges
        .iter()
        .filter(|range| range.range_type == RestoreRangeType::Range)
        .filter_map(|range| {
            let last = range.end_timestamp_for_restore?.saturating_sub(BEFORE_END);
            let at = range.begin_timestamp_for_restore.map_or(last, |begin| last.max(begin));
            Some((RestorePoint::Time(at), Some(at)))
        });
    latest(sets.chain(by_logs), now)
}

/// Returns the last point that is not in the future. One without a time comes before all others.
fn latest(points: impl Iterator<Item = TimedPoint>, now: OffsetDateTime) -> Option<TimedPoint> {
    let limit = now.saturating_add(CLOCK_DIFFERENCE);
    points.filter(|(_, at)| at.is_none_or(|at| at <= limit)).max_by_key(|(_, at)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_767_225_600 + second).unwrap()
    }

    fn ranges(json: &str) -> Vec<DbsRecoverRange> {
        serde_json::from_str(&json.replace("T+", "1767225")).unwrap()
    }

    #[test]
    fn newest_point_is_found() {
        let logs = r#"{"RangeType":"range","BeginTimestampForRestore":T+600000,
            "EndTimestampForRestore":T+700000}"#;
        let instant = r#"{"RangeType":"range","BeginTimestampForRestore":T+600000,
            "EndTimestampForRestore":T+600500}"#;
        let future = r#"{"RangeType":"range","BeginTimestampForRestore":1867225600000,
            "EndTimestampForRestore":1867225700000}"#;
        let sets = r#"{"RangeType":"point","FullBackupList":{"FullBackupDetail":[
            {"BackupSetId":"old","EndTime":T+610000},{"BackupSetId":"new","EndTime":T+620000},
            {"BackupSetId":"unknown"}]}}"#;
        let later = r#"{"RangeType":"point","FullBackupList":{"FullBackupDetail":[
            {"BackupSetId":"later","EndTime":T+699500}]}}"#;
        let unknown = r#"{"RangeType":"point","FullBackupList":{"FullBackupDetail":[
            {"BackupSetId":"unknown"}]}}"#;
        let time = |second| Some((RestorePoint::Time(at(second)), Some(at(second))));
        let set = |id: &str, at| Some((RestorePoint::BackupSet(id.parse().unwrap()), at));
        for (json, expected) in [
            (format!("[{logs},{sets}]"), time(99)),
            (format!("[{instant}]"), time(0)),
            (format!("[{instant},{sets}]"), set("new", Some(at(20)))),
            (format!("[{later},{logs}]"), set("later", Some(at(99) + Duration::milliseconds(500)))),
            (format!("[{future},{sets}]"), set("new", Some(at(20)))),
            (format!("[{unknown}]"), set("unknown", None)),
            (format!("[{future}]"), None),
            ("[]".to_owned(), None),
        ] {
            assert_eq!(newest_of(&ranges(&json), at(150)), expected, "{json}");
        }
    }
}
