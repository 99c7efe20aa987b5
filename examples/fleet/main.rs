//! Provisions many plans, and survives being killed: started again with the same journal, it goes
//! on, and buys nothing twice.
//!
//! ```text
//! cargo run --example fleet -- --count 200 --concurrency 16
//! cargo run --example fleet -- --spec plans.yaml --journal plans.journal --live --report out.json
//! ```
//!
//! Without `--endpoint` or `--live` it talks to a fake, which `--faults` makes lose answers. The
//! journal (`--journal FILE`) holds a token per plan, written to disk before the plan is bought.
//! A spec is a list of plans, JSON or YAML; the databases' password is in `DBS_PASSWORD`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

mod journal;
mod report;
mod spec;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::{ProvisionCause, ProvisionError, Provisioned};
use indicatif::{ProgressBar, ProgressStyle};
use journal::Journal;
use report::{Attempts, Outcome, Report};
use spec::{Spec, Specs};
use support::{Failure, Place};
use tokio::task::JoinSet;

const USAGE: &str = "usage: fleet [--count N | --spec FILE] [--concurrency C] [--journal FILE] \
[--report FILE] [--faults]";
/// How often a plan is provisioned before it counts as failed.
const TRIES: u32 = 8;

struct Options {
    place: Place,
    count: usize,
    spec: Option<PathBuf>,
    concurrency: usize,
    journal: Option<PathBuf>,
    report: Option<PathBuf>,
    faults: bool,
}

fn options() -> Result<Option<Options>, Failure> {
    let mut options = Options {
        place: Place::new(),
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
            println!("{USAGE} {}", Place::OPTIONS);
            return Ok(None);
        }
        if argument == "--faults" {
            options.faults = true;
            continue;
        }
        if options.place.take(&argument, &mut arguments)? {
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value; {USAGE}"))?;
        match argument.as_str() {
            "--count" => options.count = value.parse()?,
            "--concurrency" => options.concurrency = value.parse::<usize>()?.max(1),
            "--spec" => options.spec = Some(value.into()),
            "--journal" => options.journal = Some(value.into()),
            "--report" => options.report = Some(value.into()),
            other => {
                return Err(format!("unknown option {other}; {USAGE} {}", Place::OPTIONS).into());
            }
        }
    }
    if options.place.is_real() && options.journal.is_none() {
        let why = "--journal FILE is missing: without it, a run that is killed buys again";
        return Err(why.into());
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

/// Says whether every plan runs.
async fn run() -> Result<bool, Failure> {
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
    let client = options.place.client_with(&dbs, |builder| builder.observer(attempts.clone()))?;
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
            report.add(Outcome::Done);
            bar.inc(1);
            continue;
        }
        // No more tasks than may run: the memory does not grow with the number of plans.
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
    if !options.place.is_real() {
        println!("the fake has sold {} plans", dbs.plans().len());
    }
    if let Some(file) = options.report {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(report.failed() == 0)
}

async fn next(tasks: &mut JoinSet<Result<Outcome, Failure>>) -> Result<Outcome, Failure> {
    tasks.join_next().await.ok_or("no task")??
}

/// Provisions one plan, again and again with its token.
async fn provision(client: &Client, journal: &Journal, spec: Spec) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let (token, resumed) = journal.token(&spec.name)?;
    let mut tries = 0;
    loop {
        let configuration = spec.clone();
        let provisioning = client
            .provision(spec.purchase(), move |plan| configuration.configuration(plan))
            .client_token(token.clone());
        match provisioning.await {
            Ok(Provisioned { backup_plan_id, .. }) => {
                journal.done(&spec.name, &backup_plan_id)?;
                return Ok(Outcome::Created { resumed, took: started.elapsed() });
            }
            Err(error) => {
                tries += 1;
                if tries >= TRIES || !may_pass(&error) {
                    return Ok(Outcome::Failed {
                        cause: cause(&error),
                        message: error.to_string(),
                    });
                }
                client.clock().sleep(Duration::from_secs(1 << tries.min(5))).await;
            }
        }
    }
}

/// Whether the same may go well another time.
fn may_pass(error: &ProvisionError) -> bool {
    match error.cause() {
        ProvisionCause::Call(call) => call.is_retryable() || call.is_throttling(),
        ProvisionCause::Wait(wait) => wait.call().is_none_or(aliyun_dbs::Error::is_retryable),
        _ => false,
    }
}

/// The stage, and the code or kind of error: what failures are counted by.
fn cause(error: &ProvisionError) -> String {
    let call = match error.cause() {
        ProvisionCause::Call(call) => Some(call),
        ProvisionCause::Wait(wait) => wait.call(),
        _ => None,
    };
    let what = match call {
        Some(call) => match call.code() {
            Some(code) => code.to_string(),
            None => format!("{:?}", call.kind()),
        },
        None => "state".to_owned(),
    };
    format!("{}: {what}", error.stage())
}
