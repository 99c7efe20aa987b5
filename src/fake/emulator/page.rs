//! The status page for a browser: plans, backups, restores, downloads and the last calls.

use std::fmt::Display;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Response};
use time::OffsetDateTime;

use super::shared::Shared;
use super::xml::escape;
use crate::rpc::clock::Clock;
use crate::v2019_03_06::types::{FullBackupStatus, RestoreStatus};
use crate::v2021_01_01::types::AdvancedDownloadState;

/// The most rows that a table shows.
const MAX_ROWS: usize = 50;

const STYLE: &str = include_str!("page.css");

/// Renders the page with the present state.
pub(super) fn render(shared: &Shared) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(page(shared)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}

fn page(shared: &Shared) -> String {
    let clock = shared.dbs.clock();
    let mut page = Html::default();
    page.markup("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.markup("<meta http-equiv=\"refresh\" content=\"2\">");
    page.markup("<meta name=\"viewport\" content=\"width=device-width\">");
    page.markup("<meta name=\"color-scheme\" content=\"light dark\">");
    page.markup("<title>DBS emulator</title><style>").markup(STYLE).markup("</style></head><body>");
    page.markup("<header><h1>DBS emulator</h1><p>service time <b>");
    page.text(date_time(clock.now())).markup("</b>");
    if let Some(speed) = clock.speed() {
        page.markup(", speed <b>").text(speed).markup("</b>");
    }
    page.markup("; all times are by this clock, in UTC</p></header><main>");
    plans(&mut page, shared);
    backups(&mut page, shared);
    restores(&mut page, shared);
    downloads(&mut page, shared);
    calls(&mut page, shared);
    page.markup("</main></body></html>\n");
    page.html
}

fn plans(page: &mut Html, shared: &Shared) {
    let plans = shared.dbs.plans();
    page.begin("Plans", plans.len(), &["Plan", "Name", "Database", "State", "Bought", "Ends"]);
    for plan in plans.iter().rev().take(MAX_ROWS) {
        let name = plan
            .configuration
            .as_ref()
            .map(|configuration| configuration.backup_plan_name.as_str());
        page.markup("<tr>").code(&plan.backup_plan_id).cell(name.unwrap_or_default());
        page.cell(plan.purchase.database_type);
        page.state(plan.status, plan.error_message.as_deref());
        page.cell(date_time(plan.created_at))
            .cell(plan.expires_at.map(date_time).unwrap_or_default());
        page.markup("</tr>");
    }
    page.end();
}

fn backups(page: &mut Html, shared: &Shared) {
    let backups = shared.dbs.full_backups();
    page.begin("Backups", backups.len(), &["Backup set", "Plan", "State", "Progress", "Queued"]);
    for backup in backups.iter().rev().take(MAX_ROWS) {
        page.markup("<tr>").code(&backup.backup_set_id).code(&backup.backup_plan_id);
        page.state(backup.status, backup.error_message.as_deref());
        page.progress(backup.progress, backup.status == FullBackupStatus::Stop);
        page.cell(date_time(backup.created_at)).markup("</tr>");
    }
    page.end();
}

fn restores(page: &mut Html, shared: &Shared) {
    let tasks = shared.dbs.restore_tasks();
    let columns = ["Restore task", "Name", "Plan", "State", "Progress", "Created"];
    page.begin("Restores", tasks.len(), &columns);
    for task in tasks.iter().rev().take(MAX_ROWS) {
        page.markup("<tr>").code(&task.restore_task_id).cell(&task.request.restore_task_name);
        page.code(&task.request.backup_plan_id);
        if task.finished_at.is_some() {
            // The service keeps a finished task in state `running`.
            page.state("finished", None);
        } else {
            page.state(task.status, task.error_message.as_deref());
        }
        page.progress(task.progress, task.status == RestoreStatus::Stop);
        page.cell(date_time(task.created_at)).markup("</tr>");
    }
    page.end();
}

/// A row of the downloads: of a plan, or of an instance.
struct DownloadRow {
    task: String,
    of: String,
    set: String,
    format: &'static str,
    state: &'static str,
    /// In percent. `None` if the service does not send it.
    progress: Option<u8>,
    failed: bool,
    created_at: OffsetDateTime,
}

/// Shows the downloads of both API versions.
fn downloads(page: &mut Html, shared: &Shared) {
    let of_plans = shared.dbs.downloads().into_iter().map(|download| DownloadRow {
        task: download.backup_set_download_task_id.to_string(),
        of: download.backup_plan_id.to_string(),
        set: download.backup_set_id.to_string(),
        format: download.format.as_str(),
        state: download.status.as_str(),
        progress: download.finished_at.map(|_| 100),
        failed: false,
        created_at: download.created_at,
    });
    let of_instances = shared.dbs.advanced_downloads().into_iter().map(|task| DownloadRow {
        task: task.task_id.to_string(),
        of: task.instance_name.to_string(),
        set: task.backup_set_id.map(|id| id.to_string()).unwrap_or_default(),
        format: task.format.as_str(),
        state: task.status.as_str(),
        progress: Some(task.progress),
        failed: task.status == AdvancedDownloadState::Failed,
        created_at: task.created_at,
    });
    let mut rows: Vec<_> = of_plans.chain(of_instances).collect();
    rows.sort_by_key(|row| row.created_at);
    let columns = ["Task", "Plan or instance", "Set", "Format", "State", "Progress", "Created"];
    page.begin("Downloads", rows.len(), &columns);
    for row in rows.iter().rev().take(MAX_ROWS) {
        page.markup("<tr>").code(&row.task).code(&row.of).code(&row.set).cell(row.format);
        page.state(row.state, None);
        match row.progress {
            Some(percent) => page.progress(percent, row.failed),
            None => page.cell(""),
        };
        page.cell(date_time(row.created_at)).markup("</tr>");
    }
    page.end();
}

fn calls(page: &mut Html, shared: &Shared) {
    let call_log = shared.call_log();
    let calls = call_log.calls();
    page.begin("Calls", calls.len(), &["Time", "Operation", "Version", "Outcome", "HTTP"]);
    for call in calls.iter().rev().take(MAX_ROWS) {
        page.markup("<tr>").cell(date_time(call.at));
        page.cell(if call.operation.is_empty() { "(none)" } else { &call.operation });
        page.cell(call.version.as_deref().unwrap_or_default());
        page.state(&call.outcome, None);
        page.cell(call.http_status.map(|status| status.to_string()).unwrap_or_default());
        page.markup("</tr>");
    }
    page.end();
}

fn date_time(at: OffsetDateTime) -> String {
    let (hour, minute, second) = at.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", at.date())
}

/// A builder of HTML. Its markup is always a constant, and every other string is escaped.
#[derive(Default)]
struct Html {
    html: String,
}

impl Html {
    fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.html.push_str(markup);
        self
    }

    fn text(&mut self, text: impl Display) -> &mut Self {
        escape(&mut self.html, &text.to_string());
        self
    }

    fn cell(&mut self, text: impl Display) -> &mut Self {
        self.markup("<td>").text(text).markup("</td>")
    }

    fn code(&mut self, text: impl Display) -> &mut Self {
        self.markup("<td><code>").text(text).markup("</code></td>")
    }

    /// Appends a cell with a state, coloured by its meaning, and the error message if there is one.
    fn state(&mut self, state: impl Display, error: Option<&str>) -> &mut Self {
        let state = state.to_string();
        self.markup("<td><span class=\"")
            .markup(state_class(&state, error.is_some()))
            .markup("\">");
        self.text(&state).markup("</span>");
        if let Some(error) = error {
            self.markup(" <small>").text(error).markup("</small>");
        }
        self.markup("</td>")
    }

    fn progress(&mut self, percent: u8, failed: bool) -> &mut Self {
        self.markup("<td><span class=\"bar").markup(if failed { " bad" } else { "" });
        self.markup("\"><span style=\"width:").text(percent).markup("%\"></span></span> ");
        self.text(percent).markup("&nbsp;%</td>")
    }

    /// Begins a table. If it has no rows, adds one that says so across all columns.
    fn begin(&mut self, title: &'static str, rows: usize, columns: &[&'static str]) {
        self.markup("<section><h2>").markup(title).markup(" <small>").text(rows);
        self.markup("</small></h2><table><thead><tr>");
        for column in columns {
            self.markup("<th>").markup(column).markup("</th>");
        }
        self.markup("</tr></thead><tbody>");
        if rows == 0 {
            self.markup("<tr><td class=\"none\" colspan=\"").text(columns.len());
            self.markup("\">none yet</td></tr>");
        }
    }

    fn end(&mut self) {
        self.markup("</tbody></table></section>");
    }
}

/// Returns the CSS class of a state: good, bad or neutral.
fn state_class(state: &str, has_failed: bool) -> &'static str {
    match state {
        _ if has_failed => "state bad",
        "ok" | "running" | "finish" | "finished" | "check_pass" => "state good",
        "wait" | "init" | "pause" | "schedule" | "checking" | "locked" | "initializing"
        | "queueing" | "expired" => "state",
        _ => "state bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_table_is_underlined_to_its_last_column() {
        let mut page = Html::default();
        page.begin("Plans", 0, &["Plan", "Name", "State"]);
        page.end();
        assert!(
            page.html.contains("<td class=\"none\" colspan=\"3\">none yet</td>"),
            "{}",
            page.html
        );
    }
}
