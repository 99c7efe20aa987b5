//! Provisions many plans, and resumes after a crash without buying any plan twice.
//!
//! ```text
//! cargo run --example fleet -- --count 200 --concurrency 16
//! cargo run --example fleet -- --spec plans.yaml --journal plans.journal --live --report out.json
//! ```
//!
//! The journal (`--journal FILE`) holds one token per plan, written to disk before the plan is bought.
//! A run with the same journal resumes where the last one stopped. The spec (`--spec FILE`) is a list
//! of plans in YAML or JSON; `DBS_PASSWORD` is the password of the databases.
//!
//! Without `--live` or `--endpoint URL`, it provisions `--count` plans of a fake service, which loses
//! responses with `--faults`.

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod journal;
mod report;
mod spec;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::{ProvisionError, Provisioned};
use indicatif::{ProgressBar, ProgressStyle};
use journal::Journal;
use report::{Attempts, PlanOutcome, Report};
use spec::{Spec, Specs};
use support::{BoxError, ServiceArgs, parse_number};
use tokio::task::JoinSet;

const USAGE: &str = "usage: fleet [--count N | --spec FILE] [--concurrency C] [--journal FILE] \
[--report FILE] [--faults]";

fn usage() -> String {
    format!("{USAGE} {}", ServiceArgs::USAGE)
}
/// How often a plan is provisioned before it is reported as failed.
const MAX_RUNS: u32 = 8;

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
    let attempts = Attempts::default();
    let client = options.service.client_with(&dbs, |builder| builder.observer(attempts.clone()))?;
    let journal = Arc::new(Journal::open(options.journal.as_deref())?);
    let specs = match &options.spec {
        Some(file) => Specs::read(file)?,
        None => Specs::Generated(options.count),
    };

    let bar = ProgressBar::new(specs.len().try_into()?).with_style(ProgressStyle::with_template(
        "[{bar:40}] {pos}/{len} plans, {msg}, {elapsed}",
    )?);
    let mut report = Report::new(journal.known());
    let mut tasks = JoinSet::new();
    for spec in specs {
        if journal.is_done(&spec.name) {
            report.add(PlanOutcome::Done);
            bar.inc(1);
            continue;
        }
        // One task per plan in progress, so that memory does not grow with the number of plans.
        while tasks.len() >= options.concurrency {
            report.add(next(&mut tasks).await?);
            bar.inc(1);
            bar.set_message(report.summary());
        }
        let (client, journal) = (client.clone(), journal.clone());
        tasks.spawn(async move { provision(&client, &journal, spec).await });
    }
    while !tasks.is_empty() {
        report.add(next(&mut tasks).await?);
        bar.inc(1);
        bar.set_message(report.summary());
    }
    bar.finish_and_clear();
    report.finish(&attempts);
    println!("{report}");
    if !options.service.is_remote() {
        println!("plans bought     {:>8}", dbs.plans().len());
    }
    if let Some(file) = options.report {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(report.failed() == 0)
}

async fn next(tasks: &mut JoinSet<Result<PlanOutcome, BoxError>>) -> Result<PlanOutcome, BoxError> {
    tasks.join_next().await.ok_or("no task is running")??
}

/// Provisions one plan, and repeats failed runs with the same token.
async fn provision(
    client: &Client,
    journal: &Journal,
    spec: Spec,
) -> Result<PlanOutcome, BoxError> {
    let started = Instant::now();
    let (token, resumed) = journal.token(&spec.name)?;
    let mut runs = 0;
    loop {
        let configuration = spec.clone();
        let provisioning = client
            .provision(spec.purchase(), move |plan| configuration.configuration(plan))
            .client_token(token.clone());
        match provisioning.await {
            Ok(Provisioned { backup_plan_id, .. }) => {
                journal.done(&spec.name, &backup_plan_id)?;
                return Ok(PlanOutcome::Created { resumed, took: started.elapsed() });
            }
            Err(error) => {
                runs += 1;
                if runs >= MAX_RUNS || !error.is_retryable() {
                    return Ok(PlanOutcome::Failed {
                        cause: cause(&error),
                        message: error.to_string(),
                    });
                }
                client.clock().sleep(Duration::from_secs(1 << runs.min(5))).await;
            }
        }
    }
}

/// Returns the stage and the code or kind of an error, by which the report groups failures.
fn cause(error: &ProvisionError) -> String {
    let what = match error.call() {
        Some(call) => match call.code() {
            Some(code) => code.to_string(),
            None => format!("{:?}", call.kind()),
        },
        None => "state".to_owned(),
    };
    format!("{}: {what}", error.stage())
}
