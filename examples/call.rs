//! Sends an operation by its name, with parameters as JSON, and prints the response.
//!
//! ```text
//! cargo run --example call -- --list
//! cargo run --example call -- DescribeBackupPlanList '{"PageSize":50}'
//! cargo run --example call -- StopBackupPlan '{"BackupPlanId":"dbs1","StopMethod":"ALL"}' --live
//! cargo run --example call -- --api 2021-01-01 --list
//! cargo run --example call -- --api 2021-01-01 DescribeDownloadSupport \
//!     '{"RegionCode":"cn-hangzhou","InstanceName":"rm-orders"}'
//! ```
//!
//! Without `--live` or `--endpoint URL`, it calls a fake service with three plans and the database
//! instance `rm-orders`. The response goes to standard output as JSON, an error to standard error as one
//! line. Everybody who has a signed address can download the backup, so signatures and temporary keys
//! are printed as `(secret)` unless `--show-urls` is set.

#[macro_use]
mod support;

use std::pin::Pin;
use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{self, NamedOperation, OperationInfo, OperationVisitor, from_json};
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use aliyun_dbs::v2021_01_01::operations::UNTYPED;
use aliyun_dbs::{ApiRequest, Client, Dbs20210101, RawRequest, RawResponse, Safety};
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use serde_json::{Map, Value};
use support::{BoxError, ServiceArgs};

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
struct Options {
    /// The operation
    #[arg(required_unless_present = "list")]
    action: Option<String>,
    /// Its parameters, as a JSON object
    #[arg(default_value = "{}")]
    json: String,
    /// List all operations, and whether they change something
    #[arg(long, conflicts_with_all = ["action", "json"])]
    list: bool,
    /// The version of the API
    #[arg(long, value_name = "VERSION", default_value = "2019-03-06")]
    api: ApiVersion,
    /// Print signatures of addresses and temporary keys, which are secrets until they expire
    #[arg(long)]
    show_urls: bool,

    #[command(flatten)]
    service: ServiceArgs,
}

/// The versions of the API.
#[derive(Clone, Copy, ValueEnum)]
enum ApiVersion {
    #[value(name = "2019-03-06")]
    V2019,
    #[value(name = "2021-01-01")]
    V2021,
}

impl ApiVersion {
    fn all(self) -> &'static [OperationInfo] {
        match self {
            Self::V2019 => operations::ALL,
            Self::V2021 => operations_2021::ALL,
        }
    }

    /// Prepares a call, or returns `None` if the version does not have the operation.
    fn prepare(self, action: &str, call: PrepareCall<'_>) -> Option<Result<PendingCall, BoxError>> {
        match self {
            Self::V2019 => operations::visit(action, call),
            Self::V2021 => match UNTYPED.iter().find(|untyped| untyped.action == action) {
                Some(untyped) => Some(call.raw(untyped)),
                None => operations_2021::visit(action, call),
            },
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(Options::parse()).await)
}

async fn run(options: Options) -> Result<(), BoxError> {
    let Options { action, json, api, show_urls, service, .. } = options;
    let Some(action) = action else {
        list(api);
        return Ok(());
    };
    let dbs = FakeDbs::with_seed(1);
    let client = service.client(&dbs)?;
    let Some(call) = api.prepare(&action, PrepareCall { client: &client, json: &json }) else {
        return Err(format!("unknown operation `{action}`: list all with `--list`").into());
    };
    // An invalid request fails here, before the fake creates its plans.
    let call = call?;
    if !service.is_remote() {
        support::fill(&dbs).await?;
    }
    let response = call.await?;
    if show_urls {
        println!("{response:#}");
    } else {
        // Its output hides signatures and temporary keys.
        println!("{:#}", RawResponse::deserialize(response)?);
    }
    Ok(())
}

fn list(api: ApiVersion) {
    let typed = api.all().iter().map(|info| (info.action, info.safety, ""));
    let untyped = UNTYPED.iter().map(|one| (one.action, one.safety, " (no type: RawRequest)"));
    let untyped = untyped.filter(|_| matches!(api, ApiVersion::V2021));
    let mut lines: Vec<_> = typed.chain(untyped).collect();
    lines.sort_unstable_by_key(|(action, ..)| *action);
    for (action, safety, note) in lines {
        let safety = match safety {
            Safety::ReadOnly => "read",
            Safety::IdempotentByToken => "write, idempotent by token",
            _ => "write",
        };
        println!("{action:40} {safety}{note}");
    }
}

/// Reads the parameters as the request type of an operation, and prepares the call.
struct PrepareCall<'c> {
    client: &'c Client,
    json: &'c str,
}

impl PrepareCall<'_> {
    /// Prepares a call of an operation that has no type.
    fn raw(self, operation: &operations_2021::UntypedOperation) -> Result<PendingCall, BoxError> {
        let parameters: Map<String, Value> = serde_json::from_str(self.json)?;
        let request = RawRequest::for_api::<Dbs20210101>(operation.action).safety(operation.safety);
        let request = parameters.iter().try_fold(request, |request, (name, value)| match value {
            Value::String(text) => Ok(request.parameter(name, text)),
            Value::Number(number) => Ok(request.parameter(name, number)),
            _ => Err(format!("invalid parameter `{name}`: expected a string or a number")),
        });
        Ok(pending(self.client, request?))
    }
}

/// Returns a call that is sent when it is awaited, whose response is JSON.
fn pending<R>(client: &Client, request: R) -> PendingCall
where
    R: ApiRequest<Response: serde::Serialize> + 'static,
{
    let call = client.send(request);
    Box::pin(async move { Ok(serde_json::to_value(call.await?.into_inner())?) })
}

type PendingCall = Pin<Box<dyn Future<Output = Result<Value, BoxError>> + Send>>;

impl OperationVisitor for PrepareCall<'_> {
    type Output = Result<PendingCall, BoxError>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        Ok(pending(self.client, from_json::<O>(self.json)?))
    }
}
