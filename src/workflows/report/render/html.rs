//! HTML: one page without references to others.

use std::collections::BTreeSet;

use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::super::wording::human;
use super::escape::Xml;
use super::html_row::{Table, write_row};
use super::style::{custom_properties, html_symbol, html_symbols, meaning};
use super::timeline::{NOW, Timeline};
use super::words::{count, date_time, size};

/// The most rows of the table.
const MAX_ROWS: usize = 5000;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is loaded, whatever a name contains.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

impl Report {
    /// Returns a web page: the numbers, and a table with the time line of each row.
    ///
    /// It is a single file that loads nothing, and adapts to a light or dark theme. Rows can be sorted,
    /// filtered by verdict and searched; without scripts, the page shows all of them. At most 5000 rows are
    /// shown; the page says how many are not.
    pub fn html(&self) -> String {
        let rows = &self.rows[..self.rows.len().min(MAX_ROWS)];
        let mut regions = rows.iter().filter_map(|row| row.region.as_ref());
        let region = regions.next();
        let table = Table {
            report: self,
            timeline: Timeline::new(self),
            has_prices: rows.iter().any(|row| row.monthly_price.is_some()),
            has_regions: regions.any(|other| Some(other) != region),
        };
        let mut html = String::new();
        put!(
            html,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n\
             <title>Backup report, {}</title>\n<style>\n{}{STYLE}{}</style></head>\n<body>\n",
            Xml(POLICY),
            date_time(self.at),
            custom_properties(),
            grid(&table.timeline),
        );
        html.push_str(&html_symbols());
        self.write_header(&mut html);
        html.push_str("<main>\n");
        self.write_tools(&mut html);
        html.push_str("<div class=\"sheet\">");
        write_heads(&mut html, &table);
        for row in rows {
            write_row(&mut html, row, &table);
        }
        html.push_str("</tbody></table>");
        let hidden = self.rows.len() - rows.len();
        if rows.is_empty() {
            html.push_str("<p class=\"empty\">There are no plans.</p>");
        } else if hidden > 0 {
            put!(html, "<p class=\"empty\">{} not shown</p>", count(hidden, "row"));
        }
        html.push_str("</div>\n</main>\n");
        write_footer(&mut html);
        put!(html, "<script>\n{SCRIPT}</script>\n</body></html>\n");
        html
    }

    /// Writes the title, the numbers, and what could not be read.
    fn write_header(&self, html: &mut String) {
        let summary = &self.summary;
        let rows = self.rows.len();
        let number = |verdict| summary.by_verdict.get(&verdict).copied().unwrap_or(0);
        let attention = rows - number(Verdict::Protected).min(rows);
        let title = match (rows, attention) {
            (0, _) => "There is nothing to report".to_owned(),
            (1, 0) => "The database is protected".to_owned(),
            (_, 0) => format!("All {rows} databases are protected"),
            (_, 1) => format!("1 of {rows} databases needs attention"),
            _ => format!("{attention} of {rows} databases need attention"),
        };
        put!(
            html,
            "<header><div class=\"top\"><div><h1>{title}</h1><p class=\"lead\">Backup report of {} \
             UTC. The newest restorable point may be {} old.</p></div><dl class=\"facts\">",
            date_time(self.at),
            human(self.rpo)
        );
        let mut fact = |value: &str, name: &str| {
            put!(html, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        };
        fact(&summary.plans.to_string(), "plans");
        let accounts: BTreeSet<_> = self.rows.iter().map(|row| row.account.as_deref()).collect();
        if accounts.len() > 1 {
            fact(&accounts.len().to_string(), "accounts");
        }
        fact(&size(summary.storage_bytes), "stored");
        let prices = self.rows.iter().filter_map(|row| row.monthly_price);
        let prices: Vec<_> = prices.filter(|price| price.is_finite()).collect();
        if !prices.is_empty() {
            fact(&format!("{:.2}", prices.iter().sum::<f64>()), "a month");
        }
        html.push_str("</dl></div>\n<div class=\"share\" aria-hidden=\"true\">");
        for (verdict, number) in &summary.by_verdict {
            put!(html, "<span class=\"{verdict}\" style=\"flex:{number}\"></span>");
        }
        html.push_str("</div>\n<div class=\"tiles\">");
        for verdict in Verdict::ALL {
            let number = number(*verdict);
            let none = if number == 0 { " none" } else { "" };
            put!(
                html,
                "<button type=\"button\" class=\"tile {verdict}{none}\" data-verdict=\"{verdict}\" \
                 aria-pressed=\"false\" title=\"{}\"><b>{number}</b><span>{}{verdict}</span></button>",
                Xml(meaning(*verdict)),
                html_symbol(*verdict)
            );
        }
        html.push_str("</div>\n");
        if !self.is_complete() {
            html.push_str(
                "<div class=\"alert\" role=\"alert\"><b>The report is not complete.</b><ul>",
            );
            for error in &self.errors {
                let account = error.account.as_deref();
                let account = account.map(|name| format!("{name}: ")).unwrap_or_default();
                put!(html, "<li>{}{}</li>", Xml(&account), Xml(&error.message));
            }
            html.push_str("</ul></div>\n");
        }
        html.push_str("</header>\n");
    }

    /// Writes the search and the legend of the time lines.
    fn write_tools(&self, html: &mut String) {
        html.push_str(
            "<div class=\"tools\"><div class=\"find\"><input type=\"search\" placeholder=\"Search\" \
             aria-label=\"Search\"/><output></output></div><ul class=\"legend\">",
        );
        let rpo = human(self.rpo);
        let limit = format!("oldest allowed newest point ({rpo})");
        for (mark, text) in [
            ("<rect class=\"r\" y=\"2\" width=\"24\" height=\"10\"/>", "any time can be restored"),
            ("<path class=\"b\" d=\"M6 0v14M18 0v14\"/>", "full backup"),
            (
                "<path class=\"x stale\" d=\"M2 7H24\"/>",
                "nothing to restore for longer than allowed",
            ),
            ("<path class=\"limit-line\" d=\"M12 -1v16\"/>", limit.as_str()),
            ("<path class=\"now-line\" d=\"M12 -1v16\"/>", "now"),
            ("<path class=\"o\" d=\"M0 7H23M23 1v12\"/>", "subscription and its end"),
        ] {
            put!(html, "<li><svg aria-hidden=\"true\">{mark}</svg>{text}</li>");
        }
        html.push_str("</ul></div>\n");
    }
}

/// Writes the heads of the table, with the time axis.
fn write_heads(html: &mut String, table: &Table<'_>) {
    let Table { report, timeline, has_prices, .. } = table;
    let sortable = |html: &mut String, title: &str, class: &str, attributes: &str| {
        put!(
            html,
            "<th class=\"{class}\" scope=\"col\" {attributes}>\
             <button type=\"button\">{title}</button></th>"
        );
    };
    html.push_str("<table><thead><tr>");
    sortable(html, "Verdict", "", "data-first=\"1\" aria-sort=\"ascending\"");
    sortable(html, "Plan", "name", "data-first=\"1\" data-text=\"1\"");
    html.push_str(
        "<th class=\"t\" scope=\"col\"><svg class=\"axis\" role=\"img\">\
         <title>Time axis in UTC: what can be restored, and subscriptions</title>",
    );
    // The label of the limit needs the space if it is at the left.
    if timeline.limit().is_none_or(|limit| limit > NOW / 2.0) {
        html.push_str("<text x=\"0\" y=\"11\">restorable</text>");
    }
    if let Some(limit) = timeline.limit() {
        // The label is on the side that has space.
        let (class, shift) = if limit > NOW / 2.0 { ("limit e", -4) } else { ("limit", 4) };
        let (x, age) = (limit * 100.0, human(report.rpo));
        put!(html, "<text class=\"{class}\" x=\"{x:.2}%\" dx=\"{shift}\" y=\"11\">{age}</text>");
    }
    let now = NOW * 100.0;
    put!(html, "<text class=\"now\" x=\"{now}%\" dx=\"4\" y=\"11\">now</text>");
    for tick in timeline.ticks(6, 2, 0.05) {
        let (x, label) = (tick.at * 100.0, tick.label);
        put!(html, "<text class=\"m\" x=\"{x:.2}%\" y=\"29\">{label}</text>");
    }
    html.push_str("</svg></th>");
    sortable(html, "Newest point", "newest", "data-first=\"-1\"");
    sortable(html, "Full backup", "w2", "data-first=\"1\"");
    sortable(html, "Subscription", "w1", "data-first=\"1\"");
    sortable(html, "Storage", "w3", "data-first=\"-1\"");
    if *has_prices {
        sortable(html, "Price a month", "w4", "data-first=\"-1\"");
    }
    html.push_str("</tr></thead><tbody>\n");
}

/// Returns the rule that draws the grid behind all time lines: their background.
fn grid(timeline: &Timeline) -> String {
    let mut layers = Vec::new();
    let line = |color: &str, at: f64, width: f64| {
        let at = at * 100.0;
        format!(
            "linear-gradient(var(--{color}),var(--{color})) {at:.2}% 0/{width}px 100% no-repeat"
        )
    };
    layers.push(line("ink", NOW, 1.5));
    if let Some(limit) = timeline.limit() {
        layers.push(format!(
            "linear-gradient(var(--stale) 50%,transparent 50%) {:.2}% 0/1px 6px repeat-y",
            limit * 100.0
        ));
    }
    for tick in timeline.ticks(6, 2, 0.05) {
        layers.push(line("line", tick.at, 1.0));
    }
    let future = (1.0 - NOW) * 100.0;
    layers.push(format!(
        "linear-gradient(var(--future),var(--future)) 100% 0/{future:.2}% 100% no-repeat"
    ));
    format!(
        "td.t{{background:{};background-origin:content-box;background-clip:content-box}}\n",
        layers.join(",")
    )
}

fn write_footer(html: &mut String) {
    html.push_str("<footer><dl>");
    for verdict in Verdict::ALL {
        put!(
            html,
            "<dt class=\"{verdict}\">{}{verdict}</dt><dd>{}</dd>",
            html_symbol(*verdict),
            Xml(meaning(*verdict))
        );
    }
    let version = env!("CARGO_PKG_VERSION");
    put!(
        html,
        "</dl>All times are in UTC. The scales of past and future differ. Made by aliyun-dbs \
         {version}.</footer>\n"
    );
}
