//! Where the times of a report are on its time axis, in SVG and HTML.
//!
//! Positions are fractions of the width. The past and the future have scales of their own, which meet
//! at the time of the report.

use time::OffsetDateTime;

use super::super::row::{ReportRow, WindowKind};
use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::words::{day, month_of_year, time_of_day};

/// The share of the past in the width.
pub(super) const NOW: f64 = 0.74;

/// The narrowest range and gap, so that each can be seen.
const NARROWEST: f64 = 0.004;

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;

/// The time axis of a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    from: f64,
    now: f64,
    until: f64,
    oldest_allowed: f64,
}

/// A labelled time of the axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

/// Where a subscription ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// It has no end, or the end is not known.
    None,
    /// It ends, or has ended, at this position.
    At(f64),
    /// It ends after the axis.
    Later,
}

/// What the line of a row shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marks {
    /// The ranges in which every time can be restored.
    pub(super) ranges: Vec<(f64, f64)>,
    /// Full backups.
    pub(super) backups: Vec<f64>,
    /// The time without a restorable point, if it is longer than allowed.
    pub(super) exposed: Option<(f64, f64)>,
    /// Whether older points exist than the axis shows.
    pub(super) is_older: bool,
    pub(super) end: End,
}

fn seconds(at: OffsetDateTime) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact for all years of the type")]
    let seconds = at.unix_timestamp() as f64;
    seconds
}

impl Timeline {
    pub(super) fn new(report: &Report) -> Self {
        let now = seconds(report.at);
        Self {
            from: now - report.history.as_secs_f64().max(HOUR),
            now,
            until: now + report.expiring_within.as_secs_f64().max(DAY),
            oldest_allowed: now - report.rpo.as_secs_f64(),
        }
    }

    /// Returns the position of a time. It is clamped to the axis.
    fn position(&self, at: f64) -> f64 {
        let position = if at <= self.now {
            NOW * (at - self.from) / (self.now - self.from)
        } else {
            NOW + (1.0 - NOW) * (at - self.now) / (self.until - self.now)
        };
        position.clamp(0.0, 1.0)
    }

    /// Returns the position of the oldest allowed newest point, unless it is before the axis.
    pub(super) fn limit(&self) -> Option<f64> {
        (self.oldest_allowed > self.from).then(|| self.position(self.oldest_allowed))
    }

    /// Returns labelled times, at most as many as given in the past and in the future.
    ///
    /// No label is closer than `margin` to an end of the past or the future.
    pub(super) fn ticks(&self, past: u32, future: u32, margin: f64) -> Vec<Tick> {
        let mut ticks = ticks_between(self.from, self.now, past);
        ticks.extend(ticks_between(self.now, self.until, future));
        let ticks = ticks.into_iter().map(|(at, label)| Tick { at: self.position(at), label });
        let is_apart =
            |tick: &Tick| [0.0, NOW, 1.0].iter().all(|end| (tick.at - end).abs() >= margin);
        ticks.filter(is_apart).collect()
    }

    /// Returns what the line of a row shows.
    pub(super) fn marks(&self, row: &ReportRow) -> Marks {
        let mut ranges = Vec::new();
        let mut backups = Vec::new();
        let mut is_older = false;
        for window in &row.windows {
            let (from, to) = (seconds(window.from), seconds(window.to).min(self.now));
            if to < self.from {
                is_older = true;
            } else if window.kind == WindowKind::Logs && from < to {
                ranges.push((self.position(from), self.position(to)));
            } else if from <= self.now {
                backups.push(self.position(from));
            }
        }
        let newest = row.newest_point.map(seconds);
        if let Some(newest) = newest {
            is_older |= newest < self.from;
            if row.windows.is_empty() && newest >= self.from {
                backups.push(self.position(newest));
            }
        }
        let exposed = match newest {
            Some(newest) if newest < self.oldest_allowed => Some((self.position(newest), NOW)),
            None if row.verdict == Verdict::Unprotected => Some((0.0, NOW)),
            _ => None,
        };
        let end = match row.expires_at.map(seconds) {
            Some(at) if at > self.until => End::Later,
            Some(at) => End::At(self.position(at)),
            None => End::None,
        };
        Marks { ranges: separate(ranges), backups, exposed, is_older, end }
    }
}

/// Joins ranges that overlap, and makes short ranges and short gaps wide enough to be seen.
fn separate(mut ranges: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut separate: Vec<(f64, f64)> = Vec::new();
    for (from, to) in ranges {
        match separate.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => separate.push((from, to)),
        }
    }
    let starts: Vec<_> = separate.iter().skip(1).map(|range| range.0).collect();
    for (range, next) in separate.iter_mut().zip(starts) {
        range.1 = range.1.min(next - NARROWEST);
    }
    for range in &mut separate {
        range.0 = range.0.min(range.1 - NARROWEST).max(0.0);
    }
    separate
}

/// Returns round times between two times, at most `most`, with their labels.
fn ticks_between(from: f64, to: f64, most: u32) -> Vec<(f64, String)> {
    const STEPS: [f64; 13] = [
        HOUR,
        2.0 * HOUR,
        3.0 * HOUR,
        6.0 * HOUR,
        12.0 * HOUR,
        DAY,
        2.0 * DAY,
        7.0 * DAY,
        14.0 * DAY,
        28.0 * DAY,
        91.0 * DAY,
        182.0 * DAY,
        364.0 * DAY,
    ];
    let most = f64::from(most.max(1));
    let length = to - from;
    let step = STEPS.into_iter().find(|step| length / step <= most);
    let step = step.unwrap_or_else(|| (length / most / DAY).ceil() * DAY);
    // The epoch was a Thursday; weeks start on Monday.
    let offset = if step >= 7.0 * DAY { 4.0 * DAY } else { 0.0 };
    let mut at = ((from - offset) / step).ceil() * step + offset;
    let mut ticks = Vec::new();
    while at <= to {
        #[expect(clippy::cast_possible_truncation, reason = "whole seconds of a valid time")]
        let Ok(time) = OffsetDateTime::from_unix_timestamp(at as i64) else { break };
        let label = if step < DAY && time.hour() != 0 {
            time_of_day(time)
        } else if step < 91.0 * DAY {
            day(time)
        } else {
            month_of_year(time)
        };
        ticks.push((at, label));
        at += step;
    }
    ticks
}

/// Returns the path of rectangles, one per range.
pub(super) fn rectangles(ranges: &[(f64, f64)], width: f64, top: f64, height: f64) -> String {
    let mut path = String::new();
    for (from, to) in ranges {
        let (x, w) = (from * width, (to - from) * width);
        put!(path, "M{x:.1} {top}h{w:.1}v{height}h-{w:.1}z");
    }
    path
}

/// Returns the path of vertical lines.
pub(super) fn verticals(positions: &[f64], width: f64, top: f64, height: f64) -> String {
    let mut path = String::new();
    let mut last = -1.0;
    for position in positions {
        let x = position * width;
        // Several backups of one moment are one line.
        if (x - last).abs() >= 0.5 {
            put!(path, "M{x:.1} {top}v{height}");
            last = x;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::row::RestorableWindow;
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_795_917_600).unwrap()
    }

    fn timeline() -> Timeline {
        Timeline::new(&Report::new(now(), Vec::new()))
    }

    fn row(windows: Vec<RestorableWindow>) -> ReportRow {
        let newest_point = windows.iter().map(|window| window.to).max();
        ReportRow { windows, newest_point, ..ReportRow::default() }
    }

    #[track_caller]
    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} and {b}");
    }

    #[test]
    fn past_and_future_meet_at_the_report() {
        let timeline = timeline();
        let at = |time| timeline.position(seconds(time));
        close(at(now() - DAY * 30), 0.0);
        close(at(now() - DAY * 15), NOW / 2.0);
        close(at(now()), NOW);
        close(at(now() + DAY * 15), NOW + (1.0 - NOW) / 2.0);
        close(at(now() + DAY * 300), 1.0);
        close(timeline.limit().unwrap(), NOW * 29.0 / 30.0);
    }

    #[test]
    fn gap_stays_visible() {
        let end = now() - DAY * 3;
        let seconds = Duration::from_secs(5);
        let marks = timeline().marks(&row(vec![
            RestorableWindow::logs(now() - DAY * 10, end),
            RestorableWindow::logs(end + seconds, now()),
        ]));
        let [first, second] = marks.ranges[..] else { panic!("{marks:?}") };
        assert!(second.0 - first.1 >= NARROWEST - 1e-9, "{marks:?}");
        close(second.1, NOW);
        assert_eq!(marks.exposed, None);
    }

    #[test]
    fn touching_ranges_are_joined() {
        let marks = timeline().marks(&row(vec![
            RestorableWindow::logs(now() - DAY * 10, now() - DAY * 3),
            RestorableWindow::logs(now() - DAY * 3, now()),
        ]));
        assert_eq!(marks.ranges.len(), 1);
    }

    #[test]
    fn old_point_is_exposed() {
        let timeline = timeline();
        let marks = timeline.marks(&row(vec![RestorableWindow::backup(now() - DAY * 3)]));
        let (from, to) = marks.exposed.unwrap();
        close(from, NOW * 0.9);
        close(to, NOW);
        let marks = timeline.marks(&row(vec![RestorableWindow::backup(now() - DAY * 45)]));
        assert!(marks.is_older && marks.backups.is_empty(), "{marks:?}");
        assert_eq!(marks.exposed, Some((0.0, NOW)));
        let marks = timeline.marks(&row(vec![RestorableWindow::backup(now() - DAY)]));
        assert_eq!(marks.exposed, None, "exactly the limit is allowed");
    }

    #[test]
    fn missing_points_are_not_exposed() {
        let mut row = row(Vec::new());
        assert_eq!(timeline().marks(&row).exposed, None, "unknown");
        row.verdict = Verdict::Unprotected;
        assert_eq!(timeline().marks(&row).exposed, Some((0.0, NOW)));
    }

    #[test]
    fn end_of_subscription_has_a_position() {
        let end = |days: i64| {
            let expires_at = Some(now() + time::Duration::days(days));
            timeline().marks(&ReportRow { expires_at, ..ReportRow::default() }).end
        };
        assert_eq!(end(31), End::Later);
        let End::At(at) = end(15) else { panic!() };
        close(at, NOW + (1.0 - NOW) / 2.0);
        let End::At(at) = end(-15) else { panic!() };
        close(at, NOW / 2.0);
    }

    #[test]
    fn ticks_are_round_and_apart() {
        let mut report = Report::new(now(), Vec::new());
        for days in [1, 2, 7, 30, 90, 365, 3650, 40_000, 3_000_000] {
            report.history = DAY * days;
            report.expiring_within = DAY * days;
            let ticks = Timeline::new(&report).ticks(7, 3, 0.04);
            assert!(ticks.len() <= 10, "{days}: {ticks:?}");
            for pair in ticks.windows(2) {
                assert!(pair[1].at - pair[0].at > 0.07, "{days}: {ticks:?}");
            }
        }
        report.history = DAY * 30;
        let labels: Vec<_> =
            Timeline::new(&report).ticks(7, 3, 0.04).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels[..4], ["2 Nov", "9 Nov", "16 Nov", "23 Nov"]);
    }

    #[test]
    fn extreme_times_have_positions() {
        let mut report = Report::new(now(), Vec::new());
        report.history = Duration::MAX;
        report.rpo = Duration::MAX;
        report.expiring_within = Duration::ZERO;
        let timeline = Timeline::new(&report);
        let first = OffsetDateTime::new_utc(time::Date::MIN, time::Time::MIDNIGHT);
        let last = OffsetDateTime::new_utc(time::Date::MAX, time::Time::MIDNIGHT);
        let marks = timeline.marks(&row(vec![
            RestorableWindow::logs(last, first),
            RestorableWindow::logs(first, last),
            RestorableWindow::backup(last),
        ]));
        assert!(marks.ranges.iter().all(|(from, to)| from < to && *to <= NOW), "{marks:?}");
        assert_eq!(timeline.limit(), None);
        timeline.ticks(7, 3, 0.04);
    }
}
