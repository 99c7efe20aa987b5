//! The command line.

use aliyun_dbs::Region;
use aliyun_dbs::types::{BackupSetId, InstanceId, OssBucketName};
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadTaskId};
use clap::Parser;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::ServiceArgs;

const EXAMPLES: &str = "\
Examples:
  download
          a backup set of a fake instance
  download --live --instance rm-bp1imnmcjxdz7 --at 2026-03-01T09:00:00Z --format parquet
          the state of a real instance at a moment
  download --live --instance rm-bp1imnmcjxdz7 --resume dt-qxnsfq5s8xo1 --show-urls
          the addresses of a download that exists";

/// Downloads a backup set of a database instance, or its state at a moment.
///
/// It prints the id of the download as soon as it exists; `--resume` continues with it. It does not
/// fetch the files.
#[derive(Parser)]
#[command(name = "download", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// The instance. Required for a real service
    #[arg(long, value_name = "ID")]
    pub(crate) instance: Option<InstanceId>,
    /// The backup set, from the list of backups in the API of the instance's engine
    #[arg(long, value_name = "ID", conflicts_with = "at")]
    pub(crate) set: Option<BackupSetId>,
    /// A moment instead of a backup set, such as `2026-03-01T09:00:00Z`
    #[arg(long, value_name = "RFC3339", value_parser = parse_moment)]
    pub(crate) at: Option<OffsetDateTime>,
    /// Continue with this download, and create none
    #[arg(long, value_name = "TASK", conflicts_with_all = ["set", "at"])]
    pub(crate) resume: Option<DownloadTaskId>,
    /// The start of the first run, to find its download after a crash
    #[arg(long, value_name = "RFC3339", value_parser = parse_moment, conflicts_with = "resume")]
    pub(crate) since: Option<OffsetDateTime>,
    /// The format of the files: csv, sql, parquet, bson (MongoDB) or qp.xb (RDS MySQL)
    #[arg(long, default_value = "csv")]
    pub(crate) format: DownloadFormat,
    /// A bucket to write to, instead of storage of the service
    #[arg(long, value_name = "BUCKET", requires = "oss_region", requires = "path")]
    pub(crate) oss: Option<OssBucketName>,
    /// The region of the bucket
    #[arg(long, value_name = "ID", requires = "oss")]
    pub(crate) oss_region: Option<Region>,
    /// The directory in the bucket
    #[arg(long, requires = "oss")]
    pub(crate) path: Option<String>,
    /// Print the whole addresses, which are secrets until they expire
    #[arg(long)]
    pub(crate) show_urls: bool,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

fn parse_moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|error| format!("expected a time such as `2026-03-01T09:00:00Z`: {error}"))
}
