//! How renderers write times, durations and sizes, and how wide a string is.

use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

use super::super::wording::human;

/// Returns how long ago something was, such as `3 h ago`.
pub(super) fn ago(age: Duration) -> String {
    if age.as_secs() < 60 { "just now".to_owned() } else { format!("{} ago", human(age)) }
}

/// Returns how long before `now` a time was. 0 if it is later.
pub(super) fn since(at: OffsetDateTime, now: OffsetDateTime) -> Duration {
    Duration::try_from(now - at).unwrap_or_default()
}

/// Returns a size with a binary unit, such as `1.4 TiB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    #[expect(clippy::cast_precision_loss, reason = "it is rounded")]
    let mut size = bytes as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        // Not 1024, so that rounding never yields `1024 KiB`.
        if size < 1023.5 {
            break;
        }
        size /= 1024.0;
        unit = larger;
    }
    // From 9.95 on, rounding yields two digits.
    let decimals = usize::from(unit != "bytes" && size < 9.95);
    format!("{size:.decimals$} {unit}")
}

fn utc(at: OffsetDateTime) -> OffsetDateTime {
    at.checked_to_offset(UtcOffset::UTC).unwrap_or(at)
}

fn month(at: OffsetDateTime) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES[usize::from(u8::from(at.month()) - 1)]
}

/// Returns a date in UTC, such as `29 Nov 2026`.
pub(super) fn date(at: OffsetDateTime) -> String {
    let at = utc(at);
    format!("{} {} {}", at.day(), month(at), at.year())
}

/// Returns a date without its year, such as `29 Nov`.
pub(super) fn day(at: OffsetDateTime) -> String {
    let at = utc(at);
    format!("{} {}", at.day(), month(at))
}

/// Returns a month and its year, such as `Nov 2026`.
pub(super) fn month_of_year(at: OffsetDateTime) -> String {
    let at = utc(at);
    format!("{} {}", month(at), at.year())
}

/// Returns a time of day in UTC, such as `02:30`.
pub(super) fn time_of_day(at: OffsetDateTime) -> String {
    let at = utc(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Returns a date and time in UTC, such as `29 Nov 2026 02:30`.
pub(super) fn date_time(at: OffsetDateTime) -> String {
    format!("{} {}", date(at), time_of_day(at))
}

/// Returns a number with the right form of a noun, such as `1 plan`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Counts the plans of a report, and its other rows, which are databases without a plan.
pub(super) fn plans_and_databases(plans: usize, rows: usize) -> String {
    match rows.saturating_sub(plans) {
        0 => count(plans, "plan"),
        without => {
            format!("{} and {} without a plan", count(plans, "plan"), count(without, "database"))
        }
    }
}

/// Returns how many columns of a terminal a character fills.
///
/// It covers the scripts of names; it is not the whole of Unicode's table of widths.
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Returns how many columns of a terminal a string fills.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Shortens a string to a number of columns, with an ellipsis at its end.
pub(super) fn fit(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += columns(c);
        if used > most {
            break;
        }
        short.push(c);
    }
    let mut short = short.trim_end().to_owned();
    short.extend((most > 0).then_some('…'));
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_short() {
        for (seconds, text) in [
            (0, "just now"),
            (60, "1 min ago"),
            (7199, "119 min ago"),
            (7200, "2 h ago"),
            (172_799, "47 h ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(Duration::from_secs(seconds)), text);
        }
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (10_239, "10 KiB"),
            (1_048_100, "1.0 MiB"),
            (1_048_576, "1.0 MiB"),
            (5 * 1024_u64.pow(3) / 2, "2.5 GiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_in_utc() {
        let at = OffsetDateTime::from_unix_timestamp(1_795_917_600).unwrap();
        let east = at.to_offset(UtcOffset::from_hms(8, 0, 0).unwrap());
        assert_eq!(date_time(east), "29 Nov 2026 02:00");
        assert_eq!((day(at), month_of_year(at)), ("29 Nov".to_owned(), "Nov 2026".to_owned()));
    }

    #[test]
    fn fit_counts_columns() {
        assert_eq!(fit("orders", 6), "orders");
        assert_eq!(fit("orders", 5), "orde…");
        assert_eq!(fit("数据库备份", 10), "数据库备份");
        assert_eq!(fit("数据库备份", 8), "数据库…");
        assert_eq!(fit("e\u{301}e\u{301}", 2), "e\u{301}e\u{301}");
        assert_eq!((fit("orders", 1), fit("orders", 0)), ("…".to_owned(), String::new()));
    }
}
