//! A table for a terminal, or for a file.

use std::fmt;

use super::super::row::ReportRow;
use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::super::wording::human;
use super::cells::{NONE, expiry, last_backup, name, newest_point, reasons, status, storage};
use super::escape::visible;
use super::words::{fit, plans_and_databases, size, width};

/// The most columns of a cell, except for the last one.
const MAX_CELL: usize = 40;
/// The fewest columns of the reason. For less, other columns are left out.
const MIN_REASON: usize = 24;
/// The fewest columns of a name.
const MIN_NAME: usize = 8;
const GAP: &str = "  ";

/// A report as a table with one line per row; returned by [`Report::table`].
#[must_use]
#[derive(Clone, Copy, Debug)]
pub struct ReportTable<'a> {
    report: &'a Report,
    color: bool,
    width: Option<usize>,
}

impl Report {
    /// Returns a table with one line per row, followed by a summary.
    ///
    /// # Examples
    ///
    /// ```
    /// # let report = aliyun_dbs::workflows::report::Report::new(
    /// #     time::OffsetDateTime::UNIX_EPOCH, Vec::new());
    /// println!("{}", report.table().color(true).width(120));
    /// ```
    pub fn table(&self) -> ReportTable<'_> {
        ReportTable { report: self, color: false, width: None }
    }
}

/// The [table](Report::table) without colours, of any width.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl ReportTable<'_> {
    /// Colours each verdict, by ANSI escape sequences. Defaults to no colours.
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// Sets the most columns of a line. Defaults to no limit.
    ///
    /// The reason is shortened first; then columns are left out. At least 40.
    pub fn width(mut self, columns: usize) -> Self {
        self.width = Some(columns.max(40));
        self
    }
}

/// A column: its title, and how early it is left out, if it can be.
struct Column {
    title: &'static str,
    left_out: Option<u8>,
    cell: fn(&ReportRow, &Report) -> String,
}

const COLUMNS: [Column; 10] = [
    Column { title: "VERDICT", left_out: None, cell: |row, _| row.verdict.to_string() },
    Column { title: "ACCOUNT", left_out: Some(2), cell: |row, _| or_none(row.account.as_deref()) },
    Column { title: "PLAN", left_out: None, cell: |row, _| name(row).to_owned() },
    Column {
        title: "DATABASE",
        left_out: Some(1),
        cell: |row, _| or_none(row.database.as_deref()),
    },
    Column { title: "STATUS", left_out: Some(3), cell: |row, _| status(row) },
    Column { title: "NEWEST POINT", left_out: Some(7), cell: |row, _| newest_point(row) },
    Column {
        title: "FULL BACKUP",
        left_out: Some(5),
        cell: |row, report| last_backup(row, report.at),
    },
    Column { title: "EXPIRES", left_out: Some(6), cell: |row, report| expiry(row, report.at) },
    Column { title: "STORAGE", left_out: Some(4), cell: |row, _| storage(row) },
    Column { title: "REASON", left_out: None, cell: |row, _| reason(row) },
];

fn or_none(value: Option<&str>) -> String {
    value.unwrap_or(NONE).to_owned()
}

fn reason(row: &ReportRow) -> String {
    let reasons: Vec<_> = reasons(row).map(|reason| reason.text.as_str()).collect();
    reasons.join("; ")
}

/// The escape sequence that starts the colour of a verdict.
const fn start_of_color(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unprotected => "\u{1b}[1;31m",
        Verdict::Failing => "\u{1b}[31m",
        Verdict::Stale => "\u{1b}[33m",
        Verdict::Unknown => "\u{1b}[34m",
        Verdict::Expiring => "\u{1b}[35m",
        Verdict::Orphan => "\u{1b}[36m",
        Verdict::Protected => "\u{1b}[32m",
    }
}
const END_OF_COLOR: &str = "\u{1b}[0m";

/// Returns the columns that are shown, each with its width.
fn layout(cells: &[Vec<String>], most: Option<usize>) -> Vec<(usize, usize)> {
    let last = COLUMNS.len() - 1;
    let mut columns: Vec<(usize, usize)> = COLUMNS
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = cells.iter().map(|row| width(&row[at])).max().unwrap_or(0);
            (at, widest.max(column.title.len()))
        })
        // An account is shown if a row has one.
        .filter(|(at, _)| {
            COLUMNS[*at].title != "ACCOUNT" || cells.iter().any(|row| row[*at] != NONE)
        })
        .collect();
    let Some(most) = most else { return columns };
    loop {
        let fixed: usize =
            columns.iter().filter(|(at, _)| *at != last).map(|(_, width)| width + GAP.len()).sum();
        let wanted = columns.last().map_or(0, |(_, width)| *width);
        if fixed + wanted.min(MIN_REASON) <= most {
            if let Some((_, width)) = columns.last_mut() {
                *width = wanted.min(most - fixed);
            }
            return columns;
        }
        let first = columns.iter().filter(|(at, _)| COLUMNS[*at].left_out.is_some());
        if let Some((at, _)) = first.min_by_key(|(at, _)| COLUMNS[*at].left_out).copied() {
            columns.retain(|(other, _)| *other != at);
            continue;
        }
        // Only verdict, plan and reason are left: the name and the reason are shortened.
        let [_, (_, name), (_, reason)] = &mut columns[..] else { return columns };
        let both = most.saturating_sub(fixed - *name);
        *name = both.saturating_sub(wanted.min(MIN_REASON)).max(MIN_NAME).min(*name);
        *reason = wanted.min(both.saturating_sub(*name));
        return columns;
    }
}

impl fmt::Display for ReportTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        let last = COLUMNS.len() - 1;
        let cells: Vec<Vec<String>> = report
            .rows
            .iter()
            .map(|row| {
                let cells = COLUMNS.iter().enumerate().map(|(at, column)| {
                    let text = (column.cell)(row, report);
                    let text = visible(&text);
                    if at == last { text.into_owned() } else { fit(&text, MAX_CELL) }
                });
                cells.collect()
            })
            .collect();
        let columns = layout(&cells, self.width);
        let titles: Vec<_> = COLUMNS.iter().map(|column| column.title.to_owned()).collect();
        if !cells.is_empty() {
            write_line(f, &titles, &columns, None)?;
        }
        for (row, cells) in report.rows.iter().zip(&cells) {
            write_line(f, cells, &columns, self.color.then_some(row.verdict))?;
        }
        if !cells.is_empty() {
            writeln!(f)?;
        }
        self.write_summary(f)
    }
}

fn write_line(
    f: &mut fmt::Formatter<'_>,
    cells: &[String],
    columns: &[(usize, usize)],
    color: Option<Verdict>,
) -> fmt::Result {
    let mut line = String::new();
    for (index, (at, most)) in columns.iter().enumerate() {
        let cell = fit(&cells[*at], *most);
        let padding = " ".repeat(most - width(&cell));
        match color {
            Some(verdict) if index == 0 => {
                put!(line, "{}{cell}{END_OF_COLOR}{padding}{GAP}", start_of_color(verdict));
            }
            _ => put!(line, "{cell}{padding}{GAP}"),
        }
    }
    writeln!(f, "{}", line.trim_end())
}

impl ReportTable<'_> {
    /// Writes the numbers of the report, and what could not be read.
    fn write_summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { summary, errors, rpo, .. } = self.report;
        let mut line = Words { f, width: self.width.unwrap_or(usize::MAX), used: 0 };
        let plans = plans_and_databases(summary.plans, self.report.rows.len());
        let end = if summary.by_verdict.is_empty() { "" } else { ":" };
        line.write_all(&format!("{plans}{end}"))?;
        for (index, (verdict, number)) in summary.by_verdict.iter().enumerate() {
            let end = if index + 1 < summary.by_verdict.len() { "," } else { "" };
            let text = format!("{number} {verdict}");
            let columns = text.len() + end.len();
            if self.color {
                let start = start_of_color(*verdict);
                line.write_word(&format!("{start}{text}{END_OF_COLOR}{end}"), columns)?;
            } else {
                line.write_word(&format!("{text}{end}"), columns)?;
            }
        }
        line.end()?;
        let stored = size(summary.storage_bytes);
        let limit = human(*rpo);
        line.write_all(&format!(
            "{stored} stored; the newest restorable point may be {limit} old"
        ))?;
        for error in errors {
            let account = error.account.as_deref().map(|name| format!(" of account {name}"));
            let account = account.unwrap_or_default();
            let text = format!("not complete: a list of plans{account}: {}", error.message);
            let text = visible(&text);
            write!(
                f,
                "\n{}",
                self.width.map_or_else(|| text.to_string(), |most| fit(&text, most))
            )?;
        }
        Ok(())
    }
}

/// Writes words with spaces or line breaks between them.
struct Words<'a, 'b> {
    f: &'a mut fmt::Formatter<'b>,
    width: usize,
    /// How many columns of the line are used.
    used: usize,
}

impl Words<'_, '_> {
    /// Writes a word that fills a number of columns.
    fn write_word(&mut self, word: &str, columns: usize) -> fmt::Result {
        if self.used > 0 && self.used + 1 + columns > self.width {
            self.end()?;
        }
        if self.used > 0 {
            self.f.write_str(" ")?;
            self.used += 1;
        }
        self.used += columns;
        self.f.write_str(word)
    }

    fn write_all(&mut self, words: &str) -> fmt::Result {
        words.split(' ').try_for_each(|word| self.write_word(word, width(word)))
    }

    fn end(&mut self) -> fmt::Result {
        self.used = 0;
        self.f.write_str("\n")
    }
}
