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
#[path = "../support/mod.rs"]
mod support;
mod options;

use std::pin::Pin;
use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{NamedOperation, OperationVisitor, from_json};
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use aliyun_dbs::v2021_01_01::operations::UNTYPED;
use aliyun_dbs::{ApiRequest, Client, Dbs20210101, RawRequest, RawResponse, Safety};
use clap::Parser;
use options::{ApiVersion, Options};
use serde::Deserialize;
use serde_json::{Map, Value};
use support::BoxError;

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
