//! The command line.

use aliyun_dbs::types::{BackupPlanId, DatabaseHost, InstanceId};
use clap::Parser;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::ServiceArgs;

const EXAMPLES: &str = "\
Examples:
  drill
          a plan of a fake service, into a fake database
  drill --at 2026-03-01T09:00:00Z --json
          the state of a moment, and the record as JSON
  DBS_PASSWORD=… drill --live --plan dbs1hvb0wwwe --database orders --instance rm-bp1scratch4exm
          a real plan, into another RDS instance
  DBS_PASSWORD=… drill --live --plan dbs1hvb0wwwe --database orders --host db.internal --verified
          into a host of which you know that it is not the source";

/// Restores the newest backup of a plan into a scratch database, and shows how long it takes.
///
/// The drill refuses a destination that may be the database which the plan backs up. It leaves the
/// scratch database as it is. The record names the restored moment, how old it was (RPO), and how long
/// the restore took (RTO). The exit code is 0 if the backup was restored.
#[derive(Parser)]
#[command(name = "drill", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// The plan whose backup is restored
    ///
    /// Required for a real service. The example `list_plans` lists all.
    #[arg(long, value_name = "ID")]
    pub(crate) plan: Option<BackupPlanId>,
    /// The moment to restore, in RFC 3339. The newest one by default
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) at: Option<OffsetDateTime>,
    /// The timeout of the drill in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 24 * 3600)]
    pub(crate) timeout: u64,
    /// Print the record as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// The database to restore
    #[arg(long, value_name = "NAME", default_value = "orders", help_heading = SCRATCH)]
    pub(crate) database: String,
    /// The name of the restored database. The same by default
    #[arg(long, value_name = "NAME", help_heading = SCRATCH)]
    pub(crate) into: Option<String>,
    /// Restore into this RDS instance
    #[arg(long, value_name = "ID", conflicts_with = "host", help_heading = SCRATCH)]
    pub(crate) instance: Option<InstanceId>,
    /// Restore into the MySQL server at this address
    #[arg(long, value_name = "HOST", default_value = "192.0.2.20", help_heading = SCRATCH)]
    pub(crate) host: DatabaseHost,
    /// The port of that server
    #[arg(long, value_name = "PORT", default_value_t = 3306, help_heading = SCRATCH)]
    pub(crate) port: u16,
    /// The user of the scratch database
    #[arg(long, value_name = "NAME", default_value = "restore", help_heading = SCRATCH)]
    pub(crate) user: String,
    /// You have verified that the scratch database is not the source
    ///
    /// Needed if the service cannot tell, for example because one of them is given by its name.
    #[arg(long, help_heading = SCRATCH)]
    pub(crate) verified: bool,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

const SCRATCH: &str = "Scratch database, whose password is in `DBS_PASSWORD`";

fn parse_time(value: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(value, &Rfc3339)
        .map_err(|error| format!("expected a time such as `2026-03-01T09:00:00Z`: {error}"))
}
