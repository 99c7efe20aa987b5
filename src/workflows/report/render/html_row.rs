//! HTML: the row of a plan.

use time::OffsetDateTime;

use super::super::row::ReportRow;
use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::cells::{
    NONE, NOT_KNOWN, expiry, last_backup, name, newest_point, reasons, restorable, status, storage,
};
use super::escape::Xml;
use super::style::html_symbol;
use super::timeline::{End, Marks, NOW, Timeline, rectangles, verticals};
use super::words::{date, day, size, time_of_day};
use crate::rpc::value::Open;
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus};

/// The width of the line's coordinates, which the browser stretches.
const WIDTH: f64 = 1000.0;
/// The most reasons that are shown.
const MAX_REASONS: usize = 3;

/// What a column of the table shows: a sort key, text, and details below it.
struct Cell {
    /// Empty if the value is not known, so that the row is sorted last.
    key: String,
    text: String,
    details: String,
}

fn key<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The table that a row belongs to.
pub(super) struct Table<'a> {
    pub(super) report: &'a Report,
    pub(super) timeline: Timeline,
    /// Whether a row has a price.
    pub(super) has_prices: bool,
    /// Whether rows have different regions, so that each row shows its own.
    pub(super) has_regions: bool,
}

/// Writes a row with its cells, in the order of the table's heads.
pub(super) fn write_row(html: &mut String, row: &ReportRow, table: &Table<'_>) {
    let now = table.report.at;
    let verdict = row.verdict;
    let severity = Verdict::ALL.iter().position(|other| *other == verdict).unwrap_or_default();
    put!(
        html,
        "<tr class=\"{verdict}\"><td data-v=\"{severity}\"><span class=\"badge\">{}{verdict}</span></td>",
        html_symbol(verdict)
    );
    write_name(html, row, table);
    put!(
        html,
        "<td class=\"t\"><svg class=\"line\" role=\"img\"><title>{}</title>",
        restorable(row)
    );
    write_marks(html, &table.timeline.marks(row), verdict);
    html.push_str("</svg></td>");
    write_cell(html, "n newest", &newest(row));
    write_cell(html, "n w2", &backup(row, now));
    write_cell(html, "n w1", &end(row, now));
    write_cell(html, "n w3", &stored(row));
    if table.has_prices {
        write_cell(html, "n w4", &price(row));
    }
    html.push_str("</tr>\n");
}

/// Writes the name, the database, and why the row needs attention.
fn write_name(html: &mut String, row: &ReportRow, table: &Table<'_>) {
    let name = name(row);
    let sort_key = name.to_lowercase();
    put!(html, "<td class=\"name\" data-v=\"{}\"><b><bdi>{}</bdi></b>", Xml(&sort_key), Xml(name));
    let plan = row.plan.as_ref().map(BackupPlanId::as_str).filter(|plan| *plan != name);
    let engine = row.engine.as_ref().map(Open::as_str);
    let database = row.database.as_deref().filter(|database| *database != name);
    let region = row.region.as_ref().filter(|_| table.has_regions).map(ToString::to_string);
    let running = Some(&BackupPlanStatus::Running);
    let unusual = row.status.as_ref().filter(|status| status.known() != running);
    let status = unusual.map(|_| status(row));
    let parts =
        [engine, database, plan, region.as_deref(), row.account.as_deref(), status.as_deref()];
    let mut separator = "<small>";
    for part in parts.into_iter().flatten().filter(|part| !part.is_empty()) {
        put!(html, "{separator}<bdi>{}</bdi>", Xml(part));
        separator = " · ";
    }
    if separator != "<small>" {
        html.push_str("</small>");
    }
    let is_protected = row.verdict == Verdict::Protected;
    for (index, reason) in reasons(row).take(MAX_REASONS).enumerate() {
        // Notes of a protected row are no warnings.
        let class = if is_protected { "" } else { " class=\"why\"" };
        let tag = if is_protected { "small" } else { "div" };
        let also = if index > 0 { "also: " } else { "" };
        put!(html, "<{tag}{class}>{also}{}</{tag}>", Xml(&reason.text));
    }
    html.push_str("</td>");
}

fn write_cell(html: &mut String, class: &str, cell: &Cell) {
    let unknown = if cell.text == NOT_KNOWN || cell.text == NONE { " unknown-value" } else { "" };
    put!(html, "<td class=\"{class}{unknown}\" data-v=\"{}\">{}", Xml(&cell.key), Xml(&cell.text));
    if !cell.details.is_empty() {
        put!(html, "<small>{}</small>", Xml(&cell.details));
    }
    html.push_str("</td>");
}

fn day_and_time(at: OffsetDateTime) -> String {
    format!("{} {}", day(at), time_of_day(at))
}

fn newest(row: &ReportRow) -> Cell {
    Cell {
        key: key(row.newest_point_age.map(|age| age.as_secs())),
        text: newest_point(row),
        details: row.newest_point.map(day_and_time).unwrap_or_default(),
    }
}

fn backup(row: &ReportRow, now: OffsetDateTime) -> Cell {
    let last = row.last_full_backup.as_ref();
    Cell {
        key: key(last.and_then(|backup| backup.at).map(OffsetDateTime::unix_timestamp)),
        text: last_backup(row, now),
        details: last.and_then(|backup| backup.size).map(size).unwrap_or_default(),
    }
}

fn end(row: &ReportRow, now: OffsetDateTime) -> Cell {
    Cell {
        key: key(row.expires_at.map(OffsetDateTime::unix_timestamp)),
        text: expiry(row, now),
        details: row.expires_at.map(date).unwrap_or_default(),
    }
}

fn stored(row: &ReportRow) -> Cell {
    let details = match (row.used_bytes, row.included_bytes) {
        (Some(used), Some(included)) if included > 0 => {
            let percent = u128::from(used) * 100 / u128::from(included);
            format!("{percent} % of {}", size(included))
        }
        _ => String::new(),
    };
    Cell { key: key(row.storage_bytes), text: storage(row), details }
}

fn price(row: &ReportRow) -> Cell {
    let price = row.monthly_price.filter(|price| price.is_finite());
    let text = price.map_or_else(|| NONE.to_owned(), |price| format!("{price:.2}"));
    Cell { key: key(price), text, details: String::new() }
}

/// Draws what can be restored, and the end of the subscription.
fn write_marks(html: &mut String, marks: &Marks, verdict: Verdict) {
    put!(
        html,
        "<svg viewBox=\"0 0 {WIDTH} 26\" preserveAspectRatio=\"none\" width=\"100%\" height=\"26\">"
    );
    let ranges = rectangles(&marks.ranges, WIDTH, 8.0, 10.0);
    let backups = verticals(&marks.backups, WIDTH, 6.0, 14.0);
    for (class, path) in [("r", ranges), ("b", backups)] {
        if !path.is_empty() {
            put!(html, "<path class=\"{class}\" d=\"{path}\"/>");
        }
    }
    if let Some((from, to)) = marks.exposed {
        let (from, to) = (WIDTH * from + 8.0, WIDTH * to - 6.0);
        if from < to {
            put!(html, "<path class=\"x\" d=\"M{from:.1} 13H{to:.1}\"/>");
        }
    }
    let class = if verdict == Verdict::Expiring { " expiring" } else { "" };
    let now = WIDTH * NOW;
    match marks.end {
        End::None => {}
        End::Later => put!(html, "<path class=\"o{class}\" d=\"M{now:.1} 13H{WIDTH}\"/>"),
        End::At(at) => {
            let at = WIDTH * at;
            let from = now.min(at);
            put!(html, "<path class=\"o{class}\" d=\"M{from:.1} 13H{at:.1}M{at:.1} 6v14\"/>");
        }
    }
    html.push_str("</svg>");
    if marks.is_older {
        html.push_str("<path class=\"a older\" d=\"M7 8v10l-6 -5z\"/>");
    }
    if marks.end == End::Later {
        put!(html, "<svg x=\"100%\"><path class=\"a{class}\" d=\"M0 8l7 5l-7 5z\"/></svg>");
    }
}
