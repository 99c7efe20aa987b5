//! Reports whether every database has a plan that works, until when, and how far back.
//!
//! ```text
//! cargo run --example report -- --help
//! cargo run --example report -- --html report.html
//! cargo run --example report -- --serve :9100
//! ```
//!
//! | file | for |
//! | --- | --- |
//! | `options.rs` | the command line |
//! | `serve.rs` | the report over HTTP: a page for people, metrics for Prometheus |

// First, because its macro replaces that of the standard library in the others.
#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod options;
mod serve;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::report::{AlertOptions, Report, alert_rules};
use aliyun_dbs::{Client, Clock};
use clap::Parser;
use indicatif::ProgressBar;
use options::Options;
use support::BoxError;

#[tokio::main]
async fn main() -> ExitCode {
    support::exit_code_if_complete(run(Options::parse()).await)
}

/// Makes reports, and returns whether the last one is complete.
async fn run(options: Options) -> Result<bool, BoxError> {
    let dbs = FakeDbs::with_seed(1);
    let client = options.service.client(&dbs)?;
    let mut inventory = options.inventory()?;
    if !options.service.is_remote() {
        // The fake starts in the past; the report is of today.
        let now = SystemTime::now().duration_since(dbs.clock().now().into()).unwrap_or_default();
        dbs.clock().advance(now);
        let databases = dbs.populate_example_fleet(options.plans);
        inventory.get_or_insert(databases);
        // Between two reports, time passes for the fake too.
        dbs.clock().run(1.0);
    }
    let source = Arc::new(Source { client, inventory, options });

    let bar = ProgressBar::new_spinner().with_message("reading the plans");
    bar.enable_steady_tick(Duration::from_millis(100));
    let report = source.report().await;
    bar.finish_and_clear();
    print(&report);
    source.write_files(&report)?;
    let is_complete = report.is_complete();
    if let Some(address) = &source.options.serve {
        serve::serve(address, Arc::clone(&source), report).await?;
    }
    Ok(is_complete)
}

/// What a report needs.
struct Source {
    client: Client,
    inventory: Option<Vec<String>>,
    options: Options,
}

impl Source {
    async fn report(&self) -> Report {
        let options = &self.options;
        let mut report = self
            .client
            .report()
            .rpo(options.rpo)
            .expiring_within(options.expiring_within)
            .history(options.history);
        if let Some(account) = &options.account {
            report = report.label(account);
        }
        if let Some(inventory) = &self.inventory {
            report = report.inventory(inventory);
        }
        report.await
    }

    fn alert_rules(&self, report: &Report) -> String {
        let mut alerts = AlertOptions::from(report);
        // A report is made when Prometheus reads the metrics, usually every minute.
        alerts.report_every = self.options.every.max(Duration::from_secs(60));
        alert_rules(&alerts)
    }

    fn write_files(&self, report: &Report) -> Result<(), BoxError> {
        let write = |file: &Option<PathBuf>,
                     text: fn(&Self, &Report) -> Result<String, BoxError>| {
            let Some(file) = file else { return Ok(()) };
            std::fs::write(file, text(self, report)?)
                .map_err(|error| format!("could not write `{}`: {error}", file.display()))?;
            println!("wrote {}", file.display());
            Ok::<_, BoxError>(())
        };
        let options = &self.options;
        write(&options.html, |_, report| Ok(report.html()))?;
        write(&options.svg, |_, report| Ok(report.svg()))?;
        write(&options.prometheus, |_, report| Ok(report.prometheus()))?;
        write(&options.alerts, |source, report| Ok(source.alert_rules(report)))?;
        write(&options.json, |_, report| Ok(serde_json::to_string_pretty(report)?))
    }
}

/// Prints the table: with colours and of the terminal's width, or plain.
fn print(report: &Report) {
    let mut table = report.table();
    if stdout().is_terminal() {
        table = table.color(std::env::var_os("NO_COLOR").is_none());
        if let Some(columns) = terminal_width() {
            table = table.width(columns);
        }
    }
    println!("{table}");
}

#[cfg(unix)]
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn terminal_width() -> Option<usize> {
    None
}
