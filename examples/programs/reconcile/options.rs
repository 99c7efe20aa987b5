//! The command line.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::support::ServiceArgs;

const EXAMPLES: &str = "\
Examples:
  reconcile
          a tour with a fake service: plans are bought, edited in the file, and changed in place
  reconcile examples/plans.yaml
          what the file would change in a fake account
  reconcile plans.yaml --live
          what it would change in your account
  reconcile plans.yaml --live --apply --journal plans.journal
          the same, and changes it; the same command continues after a crash";

/// Compares backup plans with a file, shows the differences, and changes plans in place.
///
/// `+` is bought, `~` is changed in place, and `!` cannot be changed in place. Plans that the file does
/// not have are listed, and never changed. No plan is released, and none is bought again.
///
/// The exit code is 0 if no difference of those shown is left, 2 if one is left, and 1 after an error,
/// also one in the arguments.
///
/// The file names the environment variables and files that have the passwords. They are only read to
/// make a change. The fake takes any password, so for it they need not exist.
#[derive(Parser)]
#[command(name = "reconcile", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// A list of plans in YAML or JSON, such as `examples/plans.yaml`
    ///
    /// With `schemas/plans.schema.json`, an editor completes it.
    #[arg(value_name = "PLANS")]
    pub(crate) plans: Option<PathBuf>,
    /// Make the changes that are shown
    #[arg(long, requires = "plans")]
    pub(crate) apply: bool,
    /// Record the ids of plans in this file
    ///
    /// A plan is found by its recorded id, else by its name. Required with `--apply` for a real
    /// service, because a run after a crash must know what is bought. The fake of this process forgets
    /// its plans at the end; the one of the example `emulator` keeps them.
    #[arg(long, value_name = "FILE", requires = "plans")]
    pub(crate) journal: Option<PathBuf>,
    /// The name of the fleet, which is part of every client token
    ///
    /// The same as for the example `fleet`, if both use a journal.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) fleet: String,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

impl Options {
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let options = Self::try_parse()?;
        let message = if !options.service.is_remote() {
            return Ok(options);
        } else if options.plans.is_none() {
            "missing `PLANS`: name a file; `examples/plans.yaml` shows its form"
        } else if options.apply && options.journal.is_none() {
            "missing `--journal FILE`: without it, a run after a crash does not know which plans are \
             bought"
        } else {
            return Ok(options);
        };
        Err(Self::command().error(ErrorKind::MissingRequiredArgument, message))
    }
}
