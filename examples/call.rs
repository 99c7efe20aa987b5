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
use serde_json::Value;
use support::{BoxError, ServiceArgs};

const USAGE: &str = "usage: call (--list | ACTION ['{\"Parameter\":\"value\"}'])";

fn usage() -> String {
    format!("{USAGE} {}", ServiceArgs::USAGE)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run().await)
}

/// Reads the service and the positional arguments; returns `None` after `--list` or `--help`.
fn options() -> Result<Option<(ServiceArgs, Vec<String>)>, BoxError> {
    let mut service = ServiceArgs::new();
    let mut positional = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--list" {
            list();
            return Ok(None);
        }
        if argument == "--help" {
            println!("{}", usage());
            return Ok(None);
        }
        if service.read_option(&argument, &mut arguments)? {
            continue;
        }
        if argument.starts_with("--") {
            return Err(support::unexpected(&argument, &usage()));
        }
        positional.push(argument);
    }
    Ok(Some((service, positional)))
}

async fn run() -> Result<(), BoxError> {
    let Some((service, positional)) = options()? else { return Ok(()) };
    let (action, json) = match positional.as_slice() {
        [action] => (action, "{}"),
        [action, json] => (action, json.as_str()),
        _ => {
            let given = positional.len();
            let usage = usage();
            return Err(format!(
                "expected an operation and optional JSON, got {given} arguments; {usage}"
            )
            .into());
        }
    };

    let dbs = FakeDbs::with_seed(1);
    let client = service.client(&dbs)?;
    let Some(call) = visit(action, PrepareCall { client: &client, json }) else {
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
