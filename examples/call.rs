//! Sends any operation, by name, with its parameters as JSON, and prints the typed answer.
//!
//! ```text
//! cargo run --example call -- --list
//! cargo run --example call -- DescribeBackupPlanList '{"PageSize":50}'
//! cargo run --example call -- StopBackupPlan '{"BackupPlanId":"dbs1","StopMethod":"ALL"}' --live
//! ```
//!
//! Without `--endpoint` or `--live` it talks to a fake with some plans in it. Answers go to
//! standard output, as JSON; an error is one line on standard error.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

mod support;

use std::pin::Pin;
use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, from_json, visit};
use aliyun_dbs::{Client, Safety};
use serde_json::Value;
use support::{Failure, Place};

const USAGE: &str = "usage: call (--list | ACTION ['{\"Parameter\":\"value\"}'])";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The place, and the words that are no options; `None` when all is said already.
fn options() -> Result<Option<(Place, Vec<String>)>, Failure> {
    let mut place = Place::new();
    let mut words = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--list" {
            list();
            return Ok(None);
        }
        if argument == "--help" {
            println!("{USAGE} {}", Place::OPTIONS);
            return Ok(None);
        }
        if place.take(&argument, &mut arguments)? {
            continue;
        }
        if argument.starts_with("--") {
            return Err(format!("unknown option {argument}; {USAGE} {}", Place::OPTIONS).into());
        }
        words.push(argument);
    }
    Ok(Some((place, words)))
}

async fn run() -> Result<(), Failure> {
    let Some((place, words)) = options()? else { return Ok(()) };
    let (action, json) = match words.as_slice() {
        [action] => (action, "{}"),
        [action, json] => (action, json.as_str()),
        _ => return Err(format!("{USAGE} {}", Place::OPTIONS).into()),
    };

    let dbs = FakeDbs::with_seed(1);
    let client = place.client(&dbs)?;
    let Some(answer) = visit(action, Prepare { client: &client, json }) else {
        return Err(format!("there is no operation {action}; call --list shows all").into());
    };
    // The request is read before the fake is filled, so a wrong one fails at once.
    let answer = answer?;
    if !place.is_real() {
        support::fill(&dbs).await?;
    }
    println!("{}", serde_json::to_string_pretty(&answer.await?)?);
    Ok(())
}

fn list() {
    for info in ALL {
        let safety = match info.safety {
            Safety::ReadOnly => "reads",
            Safety::IdempotentByToken => "changes, once per token",
            _ => "changes",
        };
        println!("{:36} {safety}", info.action);
    }
}

/// Reads the parameters as the operation's type, and prepares the call.
struct Prepare<'c> {
    client: &'c Client,
    json: &'c str,
}

type Answer = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

impl OperationVisitor for Prepare<'_> {
    type Output = Result<Answer, Failure>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let call = self.client.send(from_json::<O>(self.json)?);
        Ok(Box::pin(async move { Ok(serde_json::to_value(call.await?.into_inner())?) }))
    }
}
