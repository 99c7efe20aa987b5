//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::support::{BoxError, ServiceArgs};

const EXAMPLES: &str = "\
Examples:
  report --html report.html
          a page of a fake fleet, to open in a browser
  report --inventory databases.txt --rpo 4h --live --html report.html
          a page of your plans, and of the databases that have none
  report --serve :9100 --alerts dbs-alerts.yml --live
          the page and the metrics for Prometheus, and its alert rules";

/// Reports whether every database has a plan that works, until when, and how far back.
///
/// It prints a table: first what needs attention. It changes nothing. The exit code is 0 if all lists of
/// plans could be read, whatever they contain.
#[derive(Parser)]
#[command(name = "report", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// How old the newest restorable point may be, such as `4h` or `1d`
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_duration)]
    pub(crate) rpo: Duration,
    /// When a subscription is treated as expiring
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = parse_duration)]
    pub(crate) expiring_within: Duration,
    /// How far back to read backups
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = parse_duration)]
    pub(crate) history: Duration,
    /// Read the databases that must be protected from this file
    ///
    /// One instance id or `host:port` a line; what follows `#` is a comment.
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// A name for the account
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How many plans the fake has
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub(crate) plans: usize,

    /// Write a web page to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) html: Option<PathBuf>,
    /// Write a picture to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) svg: Option<PathBuf>,
    /// Write metrics to this file, such as one that a node exporter collects
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) prometheus: Option<PathBuf>,
    /// Write alert rules for Prometheus to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) alerts: Option<PathBuf>,
    /// Write the report as JSON to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) json: Option<PathBuf>,
    /// Serve the report over HTTP, such as at `:9100` or `127.0.0.1:9100`
    ///
    /// `/` is the web page, `/metrics` are the metrics; also `/report.svg`, `/report.json` and
    /// `/alerts.yml`.
    #[arg(long, value_name = "ADDRESS", help_heading = "Output")]
    pub(crate) serve: Option<String>,
    /// How old a served report may be before a new one is made
    ///
    /// A request that waits 5 seconds for the new one gets the last one.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "60s",
        value_parser = parse_duration,
        help_heading = "Output"
    )]
    pub(crate) every: Duration,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

impl Options {
    /// Reads the file of databases, if one is given.
    pub(crate) fn inventory(&self) -> Result<Option<Vec<String>>, BoxError> {
        let Some(file) = &self.inventory else { return Ok(None) };
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("could not read `{}`: {error}", file.display()))?;
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        Ok(Some(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()))
    }
}

/// Parses a number with its unit, such as `90m`.
fn parse_duration(value: &str) -> Result<Duration, String> {
    let invalid = || "expected a number and `s`, `m`, `h` or `d`, such as `4h`".to_owned();
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(invalid()),
    };
    let number: u32 = number.parse().map_err(|_| invalid())?;
    Ok(Duration::from_secs(u64::from(number) * unit))
}
