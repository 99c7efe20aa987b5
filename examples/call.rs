//! Sends an operation by its name, with parameters as JSON, and prints the response.
//!
//! ```text
//! cargo run --example call -- --list
//! cargo run --example call -- DescribeBackupPlanList '{"PageSize":50}'
//! cargo run --example call -- StopBackupPlan '{"BackupPlanId":"dbs1","StopMethod":"ALL"}' --live
//! ```
//!
//! Without `--live` or `--endpoint URL`, it calls a fake service with three plans. The response goes to
//! standard output as JSON, an error to standard error as one line.

#[macro_use]
mod support;

use std::pin::Pin;
use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, from_json, visit};
use aliyun_dbs::{Client, Safety};
use clap::Parser;
use serde_json::Value;
use support::{BoxError, ServiceArgs};

const EXAMPLES: &str = "\
Examples:
  call --list
          all operations
  call DescribeBackupPlanList '{\"PageSize\":50}'
          the plans of a fake service
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
    #[arg(long, exclusive = true)]
    list: bool,

    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(Options::parse()).await)
}

async fn run(options: Options) -> Result<(), BoxError> {
    let Options { action, json, service, .. } = options;
    let Some(action) = action else {
        list();
        return Ok(());
    };
    let dbs = FakeDbs::with_seed(1);
    let client = service.client(&dbs)?;
    let Some(call) = visit(&action, PrepareCall { client: &client, json: &json }) else {
        return Err(format!("unknown operation `{action}`: list all with `--list`").into());
    };
    // An invalid request fails here, before the fake creates its plans.
    let call = call?;
    if !service.is_remote() {
        support::fill(&dbs).await?;
    }
    println!("{}", serde_json::to_string_pretty(&call.await?)?);
    Ok(())
}

fn list() {
    for info in ALL {
        let safety = match info.safety {
            Safety::ReadOnly => "read",
            Safety::IdempotentByToken => "write, idempotent by token",
            _ => "write",
        };
        println!("{:36} {safety}", info.action);
    }
}

/// Reads the parameters as the request type of an operation, and prepares the call.
struct PrepareCall<'c> {
    client: &'c Client,
    json: &'c str,
}

type PendingCall = Pin<Box<dyn Future<Output = Result<Value, BoxError>> + Send>>;

impl OperationVisitor for PrepareCall<'_> {
    type Output = Result<PendingCall, BoxError>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let call = self.client.send(from_json::<O>(self.json)?);
        Ok(Box::pin(async move { Ok(serde_json::to_value(call.await?.into_inner())?) }))
    }
}
