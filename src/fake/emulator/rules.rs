//! Fault rules as JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::fake::dbs::FakeDbs;
use crate::fake::faults::{Effect, Rule};
use crate::fake::refusal::Refusal;
use crate::v2019_03_06::operations::ALL;

/// Rules that may be in force at a time.
const MAX_RULES: usize = 1000;

/// What goes wrong; the methods of `Faults` and of `FakeDbs` by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    RefuseConnection,
    DropBeforeProcessing,
    DropAfterProcessing,
    Slow,
    HttpStatus,
    Throttle,
    GatewayError,
    BusinessError,
    TruncateBody,
    ReplaceBody,
    FailPreCheck,
    FailFullBackup,
    FailRestore,
}

/// A rule that is to be added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRule {
    kind: Kind,
    operation: Option<String>,
    nth: Option<u32>,
    times: Option<u32>,
    #[serde(default)]
    always: bool,
    millis: Option<u64>,
    status: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    body: Option<String>,
    item: Option<String>,
}

impl NewRule {
    /// Adds the rule, or says what it lacks.
    pub(super) fn add(self, dbs: &FakeDbs) -> Result<(), String> {
        if dbs.faults().in_force().len() >= MAX_RULES {
            return Err(format!("there are {MAX_RULES} rules already"));
        }
        match self.kind {
            Kind::FailPreCheck => dbs.fail_next_pre_check(
                self.item.unwrap_or_else(|| "CHECK_PRIVILEGE".to_owned()),
                self.message.unwrap_or_else(|| "The check failed.".to_owned()),
            ),
            Kind::FailFullBackup => dbs.fail_next_full_backup(self.message()?),
            Kind::FailRestore => dbs.fail_next_restore(self.message()?),
            _ => return self.add_to_faults(dbs),
        }
        Ok(())
    }

    fn message(&self) -> Result<&str, String> {
        self.needed(self.message.as_deref(), "message")
    }

    fn needed<T>(&self, value: Option<T>, name: &str) -> Result<T, String> {
        value.ok_or_else(|| format!("a rule of kind {} needs {name}", name_of(self.kind)))
    }

    fn add_to_faults(&self, dbs: &FakeDbs) -> Result<(), String> {
        let faults = dbs.faults();
        let operation = self.operation.as_deref().unwrap_or("*");
        if operation != "*" && !ALL.iter().any(|info| info.action == operation) {
            return Err(format!("there is no operation {operation}; * is all"));
        }
        let millis = || self.needed(self.millis, "millis").map(Duration::from_millis);
        let code = || self.needed(self.code.as_deref(), "code");
        let status = || match self.needed(self.status, "status")? {
            status @ 200..=599 => Ok(status),
            _ => Err("status is a number from 200 to 599".to_owned()),
        };
        let rule = match self.kind {
            Kind::RefuseConnection => faults.refuse_connection(operation),
            Kind::DropBeforeProcessing => faults.drop_before_processing(operation),
            Kind::DropAfterProcessing => faults.drop_after_processing(operation),
            Kind::Slow => faults.delay(operation, millis()?),
            Kind::HttpStatus => faults.http_status(operation, status()?),
            Kind::Throttle => faults.throttle(operation, millis()?),
            Kind::GatewayError => {
                faults.gateway_error(operation, status()?, code()?, self.message()?)
            }
            Kind::BusinessError => faults.business_error(operation, code()?, self.message()?),
            Kind::TruncateBody => faults.truncate_body(operation),
            Kind::ReplaceBody => {
                let body = self.needed(self.body.clone(), "body")?;
                faults.replace_body(operation, body)
            }
            // These concern no operation; see `add`.
            Kind::FailPreCheck | Kind::FailFullBackup | Kind::FailRestore => return Ok(()),
        };
        let rule = rule.nth(self.nth.unwrap_or(1));
        if self.always {
            rule.always();
        } else {
            rule.times(self.times.unwrap_or(1));
        }
        Ok(())
    }
}

fn name_of(kind: Kind) -> String {
    json!(kind).as_str().unwrap_or_default().to_owned()
}

/// The rules that are in force.
pub(super) fn list(dbs: &FakeDbs) -> Value {
    dbs.faults().in_force().iter().map(shown).collect()
}

fn shown(rule: &Rule) -> Value {
    let (kind, details) = match &rule.effect {
        Effect::RefuseConnection => (Kind::RefuseConnection, json!({})),
        Effect::DropBeforeProcessing => (Kind::DropBeforeProcessing, json!({})),
        Effect::DropAfterProcessing => (Kind::DropAfterProcessing, json!({})),
        Effect::Slow(delay) => (Kind::Slow, json!({ "millis": millis(*delay) })),
        Effect::Truncate => (Kind::TruncateBody, json!({})),
        Effect::Replace(body) => {
            (Kind::ReplaceBody, json!({ "body": String::from_utf8_lossy(body) }))
        }
        Effect::Html(status) => (Kind::HttpStatus, json!({ "status": status })),
        Effect::Refuse(Refusal::Throttled(wait)) => {
            (Kind::Throttle, json!({ "millis": millis(*wait) }))
        }
        Effect::Refuse(Refusal::Gateway { status, code, message }) => {
            (Kind::GatewayError, json!({ "status": status, "code": code, "message": message }))
        }
        Effect::Refuse(Refusal::Business { code, message }) => {
            (Kind::BusinessError, json!({ "code": code, "message": message }))
        }
        Effect::Refuse(Refusal::OldBusiness { code, message }) => {
            (Kind::BusinessError, json!({ "code": code, "message": message }))
        }
    };
    let always = rule.left == u32::MAX;
    let mut shown = Map::new();
    shown.insert("operation".to_owned(), rule.operation.clone().into());
    shown.insert("kind".to_owned(), name_of(kind).into());
    shown.insert("nth".to_owned(), rule.skip.saturating_add(1).into());
    if always {
        shown.insert("always".to_owned(), true.into());
    } else {
        shown.insert("times".to_owned(), rule.left.into());
    }
    if let Value::Object(details) = details {
        shown.extend(details);
    }
    shown.into()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
