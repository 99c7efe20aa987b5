//! Provisions many plans, and resumes after a crash without buying any plan twice.
//!
//! ```text
//! cargo run --example fleet -- --count 200 --concurrency 16
//! cargo run --example fleet -- --spec plans.yaml --journal plans.journal --live --report out.json
//! ```
//!
//! The journal (`--journal FILE`) has each purchase before it is sent, and each plan before it is
//! configured. A run with the same journal resumes where the last one stopped, and waits while another
//! one has it open. The first Ctrl-C finishes the plans in progress, the second one cancels them.
//!
//! The spec (`--spec FILE`) is a list of plans in YAML or JSON; `DBS_PASSWORD` is the password of the
//! databases.
//!
//! Without `--live` or `--endpoint URL`, it provisions `--count` plans of a fake service, which loses
//! responses with `--faults`.

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod spec;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::fleet::{FileJournal, JournalError, JournalErrorKind};
use indicatif::{ProgressBar, ProgressStyle};
use spec::Specs;
use support::{BoxError, ServiceArgs, parse_number};

const USAGE: &str = "usage: fleet [--count N | --spec FILE] [--concurrency C] [--journal FILE] \
[--report FILE] [--faults]";

fn usage() -> String {
    format!("{USAGE} {}", ServiceArgs::USAGE)
}

struct Options {
    service: ServiceArgs,
    count: usize,
    spec: Option<PathBuf>,
    concurrency: usize,
    journal: Option<PathBuf>,
    report: Option<PathBuf>,
    faults: bool,
}

fn options() -> Result<Option<Options>, BoxError> {
    let mut options = Options {
        service: ServiceArgs::new(),
        count: 50,
        spec: None,
        concurrency: 8,
        journal: None,
        report: None,
        faults: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--help" {
            println!("{}", usage());
            return Ok(None);
        }
        if argument == "--faults" {
            options.faults = true;
            continue;
        }
        if options.service.read_option(&argument, &mut arguments)? {
            continue;
        }
        let mut value =
            || arguments.next().ok_or_else(|| format!("missing value after `{argument}`"));
        match argument.as_str() {
            "--count" => options.count = parse_number(&argument, &value()?)?,
            "--concurrency" => {
                options.concurrency = parse_number::<usize>(&argument, &value()?)?.max(1);
            }
            "--spec" => options.spec = Some(value()?.into()),
            "--journal" => options.journal = Some(value()?.into()),
            "--report" => options.report = Some(value()?.into()),
            other => {
                return Err(support::unexpected(other, &usage()));
            }
        }
    }
    if options.service.is_remote() && options.journal.is_none() {
        let error =
            "missing `--journal FILE`: without it, a run after a crash would buy all plans again";
        return Err(error.into());
    }
    Ok(Some(options))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the example, and returns whether every plan runs.
async fn run() -> Result<bool, BoxError> {
    let Some(options) = options()? else { return Ok(true) };
    let dbs = FakeDbs::new();
    if options.faults {
        for operation in ["CreateBackupPlan", "ConfigureBackupPlan", "StartBackupPlan"] {
            for nth in 0..20 {
                dbs.faults().drop_after_processing(operation).nth(1 + 7 * nth);
            }
        }
    }
    let client = options.service.client(&dbs)?;
    let specs = match &options.spec {
        Some(file) => Specs::read(file)?,
        None => Specs::Generated(options.count),
    };
    let mut fleet = client.fleet(specs).concurrency(options.concurrency);
    if let Some(file) = &options.journal {
        fleet = fleet.journal(open(file).await?);
    }

    let handle = fleet.handle();
    let bar = match handle.progress().total {
        Some(total) => ProgressBar::new(total.try_into()?),
        None => ProgressBar::no_length(),
    };
    let bar = bar.with_style(ProgressStyle::with_template(
        "[{bar:40}] {pos}/{len} plans, {msg}, {elapsed}",
    )?);
    let mut interrupted = false;
    loop {
        tokio::select! {
            outcome = fleet.next() => {
                if outcome.is_none() {
                    break;
                }
                let progress = handle.progress();
                let left = progress.eta.unwrap_or_default().as_secs();
                bar.inc(1);
                bar.set_message(format!("{} failed, {left} s left", progress.failed));
            }
            Ok(()) = tokio::signal::ctrl_c() => {
                if interrupted {
                    handle.cancel();
                } else {
                    bar.println("finishing the plans in progress; interrupt again to cancel them");
                    handle.drain();
                }
                interrupted = true;
            }
        }
    }
    bar.finish_and_clear();
    let report = fleet.await;
    println!("{report}");
    if !options.service.is_remote() {
        println!("plans bought     {:>8}", dbs.plans().len());
    }
    if let Some(file) = options.report {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(report.is_complete())
}

/// Opens a journal, and waits while another process has it open.
async fn open(file: &Path) -> Result<FileJournal, JournalError> {
    match FileJournal::open(file) {
        Err(error) if error.kind() == JournalErrorKind::Held => {
            eprintln!("waiting: {error}");
            FileJournal::open_within(file, Duration::from_secs(24 * 3600)).await
        }
        journal => journal,
    }
}
