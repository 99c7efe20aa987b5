//! The command line.

use aliyun_dbs::operations::{self, OperationInfo};
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use clap::{Parser, ValueEnum};

use crate::support::{BoxError, ServiceArgs};
use crate::{PendingCall, PrepareCall};

const EXAMPLES: &str = "\
Examples:
  call --list
          all operations of 2019-03-06
  call --api 2021-01-01 --list
          all operations of 2021-01-01
  call DescribeBackupPlanList '{\"PageSize\":50}'
          the plans of a fake service
  call --api 2021-01-01 DescribeDownloadSupport \
       '{\"RegionCode\":\"cn-hangzhou\",\"InstanceName\":\"rm-orders\"}'
          whether the instance of the fake service can use advanced download
  call StopBackupPlan '{\"BackupPlanId\":\"dbs1\",\"StopMethod\":\"ALL\"}' --live
          a call of the real service";

/// Sends an operation by its name, with parameters as JSON, and prints the response.
///
/// The response goes to standard output as JSON, an error to standard error.
#[derive(Parser)]
#[command(name = "call", after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Options {
    /// The operation
    #[arg(required_unless_present = "list")]
    pub(crate) action: Option<String>,
    /// Its parameters, as a JSON object
    #[arg(default_value = "{}")]
    pub(crate) json: String,
    /// List all operations, and whether they change something
    #[arg(long, conflicts_with_all = ["action", "json"])]
    pub(crate) list: bool,
    /// The version of the API
    #[arg(long, value_name = "VERSION", default_value = "2019-03-06")]
    pub(crate) api: ApiVersion,
    /// Print signatures of addresses and temporary keys, which are secrets until they expire
    #[arg(long)]
    pub(crate) show_urls: bool,

    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// The versions of the API.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ApiVersion {
    #[value(name = "2019-03-06")]
    V2019,
    #[value(name = "2021-01-01")]
    V2021,
}

impl ApiVersion {
    pub(crate) fn all(self) -> &'static [OperationInfo] {
        match self {
            Self::V2019 => operations::ALL,
            Self::V2021 => operations_2021::ALL,
        }
    }

    /// Prepares a call, or returns `None` if the version does not have the operation.
    pub(crate) fn prepare(
        self,
        action: &str,
        call: PrepareCall<'_>,
    ) -> Option<Result<PendingCall, BoxError>> {
        match self {
            Self::V2019 => operations::visit(action, call),
            Self::V2021 => {
                match operations_2021::UNTYPED.iter().find(|untyped| untyped.action == action) {
                    Some(untyped) => Some(call.raw(untyped)),
                    None => operations_2021::visit(action, call),
                }
            }
        }
    }
}
