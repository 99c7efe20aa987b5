//! SVG: one line per row, with what can be restored.

use super::super::row::ReportRow;
use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::super::wording::human;
use super::cells::{expiry, name, newest_point, reasons, restorable};
use super::escape::{Xml, visible};
use super::style::{svg_classes, symbol};
use super::timeline::{End, Marks, NOW, Timeline, rectangles, verticals};
use super::words::{count, date_time, fit, plans_and_databases};

/// The most rows that are drawn.
const MAX_ROWS: usize = 1000;
/// From this number of rows on, the axis is above and below them.
const MANY_ROWS: usize = 25;

const WIDTH: f64 = 1200.0;
const MARGIN: f64 = 24.0;
const ROW: f64 = 22.0;
/// Where the rows start.
const TOP: f64 = 132.0;
/// Where the columns start.
const NAME: f64 = 130.0;
const LINE: f64 = 350.0;
const LINE_WIDTH: f64 = 728.0;

impl Report {
    /// Returns a picture of what can be restored: one line per row, over time.
    ///
    /// It is a file of its own, without references to others, and adapts to a light or dark theme. At
    /// most 1000 rows are drawn; the picture says how many are not.
    pub fn svg(&self) -> String {
        let rows = &self.rows[..self.rows.len().min(MAX_ROWS)];
        let timeline = Timeline::new(self);
        #[expect(clippy::cast_precision_loss, reason = "at most 1000")]
        let bottom = TOP + ROW * rows.len() as f64;
        // Below many rows, the axis is repeated.
        let height = bottom + if rows.len() > MANY_ROWS { 44.0 } else { 24.0 };
        let title = format!("Restorable backups, {} UTC", date_time(self.at));
        let mut svg = String::new();
        put!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title\">\n\
             <title id=\"title\">{title}</title>\n<style>\n{STYLE}{}</style>\n",
            svg_classes(),
        );
        put!(svg, "<rect class=\"f-card\" width=\"{WIDTH}\" height=\"{height}\"/>\n");
        put!(svg, "<defs>");
        for verdict in Verdict::ALL {
            put!(svg, "<path id=\"{verdict}\" d=\"{}\"/>", symbol(*verdict));
        }
        put!(svg, "</defs>\n");
        self.head(&mut svg);
        legend(&mut svg);
        axis(&mut svg, &timeline, self, bottom);
        for (index, row) in rows.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "at most 1000")]
            let top = TOP + ROW * index as f64;
            let is_first = index == 0 || rows[index - 1].verdict != row.verdict;
            line(&mut svg, &timeline, row, self, top, is_first);
        }
        let hidden = self.rows.len() - rows.len();
        if rows.is_empty() {
            put!(svg, "<text class=\"f-soft\" x=\"{MARGIN}\" y=\"{}\">no plans</text>", TOP + 15.0);
        } else if hidden > 0 {
            let y = bottom + 32.0;
            let more = count(hidden, "row");
            put!(svg, "<text class=\"f-soft\" x=\"{MARGIN}\" y=\"{y}\">{more} not shown</text>");
        }
        svg += "</svg>\n";
        svg
    }

    /// Draws the title, and the number of rows by verdict.
    fn head(&self, svg: &mut String) {
        put!(svg, "<text class=\"h f-ink\" x=\"{MARGIN}\" y=\"38\">Restorable backups</text>\n");
        let plans = plans_and_databases(self.summary.plans, self.rows.len());
        let at = date_time(self.at);
        put!(
            svg,
            "<text class=\"f-soft e\" x=\"{}\" y=\"38\">{plans}, {at} UTC</text>\n",
            WIDTH - MARGIN
        );
        let mut x = MARGIN;
        for (verdict, number) in &self.summary.by_verdict {
            let text = format!("{number} {verdict}");
            badge(svg, *verdict, &text, x, 64.0);
            x += 36.0 + 6.6 * f64::from(u8::try_from(text.len()).unwrap_or(u8::MAX));
        }
        if !self.is_complete() {
            let text = "not complete: a list of plans could not be read";
            put!(svg, "<text class=\"f-failing\" x=\"{x}\" y=\"64\">{text}</text>\n");
        }
    }
}

const STYLE: &str = "text{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}\
.h{font-size:20px;font-weight:650}.n{font-weight:550}.t{font-size:11px}.m{text-anchor:middle}\
.e{text-anchor:end}path,line,use{fill:none}.i{stroke-width:1.6;stroke-linecap:round;\
stroke-linejoin:round}.grid{stroke-width:1}.now{stroke-width:1.5}\
.limit{stroke-width:1;stroke-dasharray:2 3}.exposed{stroke-width:2;stroke-dasharray:1 4;\
stroke-linecap:round}.backup{stroke-width:1.6}.paid{stroke-width:1.4}.later{opacity:.6}\n";

/// Draws the symbol of a verdict and its name, or another text.
fn badge(svg: &mut String, verdict: Verdict, text: &str, x: f64, y: f64) {
    put!(
        svg,
        "<use href=\"#{verdict}\" class=\"i s-{verdict}\" x=\"{x}\" y=\"{}\"/>\
         <text class=\"f-{verdict}\" x=\"{}\" y=\"{y}\">{text}</text>",
        y - 10.0,
        x + 18.0,
    );
}

/// Explains the marks of a line.
fn legend(svg: &mut String) {
    let y = 88.0;
    let mut item = |x: f64, mark: &str, text: &str| {
        put!(svg, "<g transform=\"translate({x} {y})\">{mark}");
        put!(svg, "<text class=\"t f-soft\" x=\"30\">{text}</text></g>\n");
    };
    let range = "<rect class=\"f-bar\" y=\"-8\" width=\"24\" height=\"8\"/>";
    item(MARGIN, range, "any time can be restored");
    item(200.0, "<path class=\"backup s-backup\" d=\"M6 -10v12M18 -10v12\"/>", "full backup");
    let exposed = "<path class=\"exposed s-stale\" d=\"M1 -4H24\"/>";
    item(308.0, exposed, "nothing to restore for longer than allowed");
    item(592.0, "<path class=\"limit s-stale\" d=\"M12 -11v14\"/>", "oldest allowed newest point");
    let paid = "<path class=\"paid s-soft\" d=\"M0 -4H24M24 -9v10\"/>";
    item(800.0, paid, "subscription and its end");
}

/// Draws the time axis, with its grid behind the rows.
fn axis(svg: &mut String, timeline: &Timeline, report: &Report, bottom: f64) {
    let x = |position: f64| LINE + LINE_WIDTH * position;
    let top = TOP - 4.0;
    let height = bottom - top + 4.0;
    let future = (1.0 - NOW) * LINE_WIDTH;
    let now = x(NOW);
    put!(
        svg,
        "<rect class=\"f-future\" x=\"{now:.1}\" y=\"{top}\" width=\"{future:.1}\" \
         height=\"{height}\"/>\n"
    );
    let mut heads = vec![(TOP - 12.0, TOP - 27.0)];
    if report.rows.len() > MANY_ROWS {
        heads.push((bottom + 16.0, bottom + 32.0));
    }
    let ticks = timeline.ticks(8, 4, 0.035);
    for tick in &ticks {
        let x = x(tick.at);
        put!(svg, "<path class=\"grid s-line\" d=\"M{x:.1} {top}v{height}\"/>");
        for (y, _) in &heads {
            let label = &tick.label;
            put!(svg, "<text class=\"t m f-soft\" x=\"{x:.1}\" y=\"{y}\">{label}</text>");
        }
    }
    if let Some(limit) = timeline.limit() {
        let at = x(limit);
        put!(svg, "\n<path class=\"limit s-stale\" d=\"M{at:.1} {top}v{height}\"/>");
        // The label is on the side that has space.
        let (class, at) = if limit > NOW / 2.0 { ("e ", at - 4.0) } else { ("", at + 4.0) };
        let age = human(report.rpo);
        for (_, y) in &heads {
            put!(svg, "<text class=\"t {class}f-stale\" x=\"{at:.1}\" y=\"{y}\">{age} old</text>");
        }
    }
    put!(svg, "\n<path class=\"now s-ink\" d=\"M{now:.1} {top}v{height}\"/>");
    for (_, y) in &heads {
        put!(svg, "<text class=\"t n f-ink\" x=\"{:.1}\" y=\"{y}\">now</text>", now + 4.0);
    }
    put!(
        svg,
        "<text class=\"t e f-soft\" x=\"{}\" y=\"{}\">newest point</text>\n",
        WIDTH - MARGIN,
        TOP - 12.0
    );
}

/// Draws a row.
fn line(
    svg: &mut String,
    timeline: &Timeline,
    row: &ReportRow,
    report: &Report,
    top: f64,
    is_first: bool,
) {
    let verdict = row.verdict;
    let full_name = name(row);
    put!(svg, "<g transform=\"translate(0 {top})\"><title>{}: {verdict}", Xml(full_name));
    for reason in reasons(row) {
        put!(svg, "; {}", Xml(&reason.text));
    }
    put!(svg, "; {}; subscription: {}</title>", restorable(row), expiry(row, report.at));
    if is_first && top > TOP {
        put!(svg, "<path class=\"grid s-line\" d=\"M{MARGIN} 0H{}\"/>", WIDTH - MARGIN);
    }
    badge(svg, verdict, verdict.as_str(), MARGIN, 15.0);
    // A wide font must not reach into the time axis, so the name has a viewport that clips it.
    let short = fit(&visible(full_name), 28);
    put!(
        svg,
        "<svg x=\"{NAME}\" width=\"{}\" height=\"{ROW}\"><text class=\"n f-ink\" y=\"15\" \
         unicode-bidi=\"isolate\">{}</text></svg>",
        LINE - NAME - 10.0,
        Xml(&short),
    );
    put!(svg, "<g transform=\"translate({LINE} 0)\">");
    marks(svg, &timeline.marks(row), verdict);
    put!(svg, "</g>");
    let age = newest_point(row);
    put!(svg, "<text class=\"e f-soft\" x=\"{}\" y=\"15\">{age}</text></g>\n", WIDTH - MARGIN);
}

fn marks(svg: &mut String, marks: &Marks, verdict: Verdict) {
    let paths = [
        ("f-bar", rectangles(&marks.ranges, LINE_WIDTH, 7.0, 8.0)),
        ("backup s-backup", verticals(&marks.backups, LINE_WIDTH, 5.0, 12.0)),
    ];
    for (class, path) in paths {
        if !path.is_empty() {
            put!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        }
    }
    if let Some((from, to)) = marks.exposed {
        let (from, to) = (LINE_WIDTH * from + 3.0, LINE_WIDTH * to - 3.0);
        if from < to {
            put!(svg, "<path class=\"exposed s-{verdict}\" d=\"M{from:.1} 11H{to:.1}\"/>");
        }
    }
    if marks.is_older {
        put!(svg, "<path class=\"f-backup\" d=\"M7 6v10l-6 -5z\"/>");
    }
    let class = if verdict == Verdict::Expiring { "expiring" } else { "soft later" };
    let now = LINE_WIDTH * NOW;
    match marks.end {
        End::None => {}
        End::Later => {
            let end = LINE_WIDTH;
            put!(svg, "<path class=\"paid s-{class}\" d=\"M{now:.1} 11H{end}\"/>");
            put!(svg, "<path class=\"f-{class}\" d=\"M{end} 6l7 5l-7 5z\"/>");
        }
        End::At(at) => {
            let at = LINE_WIDTH * at;
            let from = now.min(at);
            put!(svg, "<path class=\"paid s-{class}\" d=\"M{from:.1} 11H{at:.1}M{at:.1} 5v12\"/>");
        }
    }
}
