//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::Fleet;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::journals::JournalPlace;
use crate::support::ServiceArgs;

const EXAMPLES: &str = "\
Examples:
  fleet --count 200 --faults
          200 plans of a fake service that loses responses
  fleet --spec examples/plans.yaml
          the plans of a file, for a fake service
  fleet --spec plans.yaml --journal plans.journal --live
          the same for the real service; this command continues after a crash
  fleet --spec plans.yaml --journal postgres://dbs@db/fleet --fleet prod --live
          the same command on several machines, which share the work";

/// Provisions many plans, each once, whatever happens.
///
/// The journal has each purchase before it is sent, and each plan before it is configured. So a run with
/// the same journal continues where the last one stopped, after any crash. With a journal in a
/// database, several machines run the same command at once. The exit code is 0 if all plans run.
///
/// The first Ctrl-C finishes the plans in progress, the second one cancels them.
#[derive(Parser)]
#[command(name = "fleet", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// Generate this many plans, for a test
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "spec")]
    pub(crate) count: usize,
    /// Read the plans from this YAML or JSON file
    ///
    /// `examples/plans.yaml` is one. A plan that exists is changed in place; the example `reconcile`
    /// shows the changes first. The fake takes any password.
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// How many plans to provision at once
    #[arg(long, value_name = "C", default_value_t = 8)]
    concurrency: usize,
    /// Lose responses of the fake
    #[arg(long)]
    pub(crate) faults: bool,
    /// Write the report as JSON to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Record plans in this file, or in PostgreSQL or Redis
    ///
    /// A file, `postgres://user:password@host:port/database` or `redis://user:password@host:port`. One
    /// process at a time has a file open; others wait. A database serves any number of processes. Other
    /// users of the machine can read a password on the command line: set `DBS_JOURNAL` instead.
    #[arg(
        long,
        value_name = "FILE|URL",
        env = "DBS_JOURNAL",
        hide_env_values = true,
        help_heading = "Once"
    )]
    pub(crate) journal: Option<JournalPlace>,
    /// The name of the fleet, which is part of every client token
    ///
    /// The same for all processes of a fleet, and no other fleet of the account.
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Once")]
    fleet: String,
    /// How long to rely on the service to remember a client token
    ///
    /// A purchase whose outcome is unknown is repeated within this time. After it, the name is
    /// unresolved. The service publishes no period.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, help_heading = "Once")]
    token_memory: u64,
    /// After how long the names of a dead process are free for others
    #[arg(long, value_name = "SECONDS", default_value_t = 60, help_heading = "Once")]
    lease: u64,
    /// How long to wait for an unavailable journal, at the start and later
    #[arg(long, value_name = "SECONDS", default_value_t = 300, help_heading = "Once")]
    journal_timeout: u64,

    /// Continue with this plan for an unresolved name
    #[arg(
        long,
        value_name = "NAME=PLAN",
        value_parser = parse_resume,
        help_heading = "Unresolved names, which the report lists"
    )]
    resume: Vec<(String, BackupPlanId)>,
    /// Buy a plan for an unresolved name, after you have checked the orders of the account
    #[arg(long, value_name = "NAME", help_heading = "Unresolved names, which the report lists")]
    buy_anyway: Vec<String>,
    /// Adopt plans of the account that have the name of an entry, after the journal was lost
    #[arg(long, help_heading = "Unresolved names, which the report lists")]
    adopt_existing: bool,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

fn parse_resume(value: &str) -> Result<(String, BackupPlanId), String> {
    let (name, plan) = value.rsplit_once('=').ok_or("expected `NAME=PLAN`")?;
    let plan = plan.parse().map_err(|error| format!("{error}"))?;
    Ok((name.to_owned(), plan))
}

impl Options {
    /// Reads the arguments. Exits after `--help` or an error.
    pub(crate) fn read() -> Self {
        let options = Self::parse();
        if options.service.is_remote() && options.journal.is_none() {
            let message = "missing `--journal FILE|URL`: without it, a run after a crash does not know \
                           which plans are bought";
            Self::command().error(ErrorKind::MissingRequiredArgument, message).exit();
        }
        options
    }

    pub(crate) fn journal_timeout(&self) -> Duration {
        Duration::from_secs(self.journal_timeout)
    }

    /// Sets the options of a fleet.
    pub(crate) fn apply(&self, fleet: Fleet) -> Fleet {
        let mut fleet = fleet
            .named(&self.fleet)
            .concurrency(self.concurrency)
            .token_memory(Duration::from_secs(self.token_memory))
            .lease(Duration::from_secs(self.lease))
            .journal_timeout(self.journal_timeout());
        for (name, plan) in &self.resume {
            fleet = fleet.resume(name, plan.clone());
        }
        for name in &self.buy_anyway {
            fleet = fleet.buy_anyway(name);
        }
        if self.adopt_existing { fleet.adopt_existing() } else { fleet }
    }
}
