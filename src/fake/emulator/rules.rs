//! Fault rules as JSON, for the control API.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::fake::dbs::FakeDbs;
use crate::fake::edits::Edit;
use crate::fake::rule_effect::FakeRuleEffect;
use crate::fake::served_api::ServedApi;
use crate::rpc::transport::faults::effect::{Effect, InjectedError};
use crate::rpc::transport::faults::rule_list::Rule;

/// The most rules that may be active, and the most failures that may be planned.
const MAX_RULES: usize = 1000;
/// The most bytes of both, each.
const MAX_RULE_BYTES: usize = 16 << 20;

/// The kind of fault: a method of `Faults` or `Responses`, or of `FakeDbs` for the last four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    RefuseConnection,
    DropBeforeProcessing,
    DropAfterProcessing,
    DeliverTwice,
    Slow,
    HttpStatus,
    Throttle,
    GatewayError,
    BusinessError,
    TruncateBody,
    ReplaceBody,
    SetField,
    RemoveField,
    BodyStatus,
    RefuseUnknownIds,
    FailPreCheck,
    FailFullBackup,
    FailRestore,
    FailDownload,
}

/// The body of `POST /_emulator/faults`.
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
    path: Option<String>,
    json: Option<String>,
    item: Option<String>,
}

impl NewRule {
    /// Adds the rule.
    ///
    /// # Errors
    ///
    /// When a field is missing or invalid, or there are too many rules.
    pub(super) fn add(self, dbs: &FakeDbs) -> Result<(), String> {
        let rules = dbs.rules().active();
        if rules.len() >= MAX_RULES || rules.iter().map(bytes).sum::<usize>() >= MAX_RULE_BYTES {
            return Err(format!(
                "too many fault rules: at most {MAX_RULES} with 16 MiB can be active; remove them \
                 with `DELETE /_emulator/faults`"
            ));
        }
        let (planned, bytes) = dbs.planned_failure_sizes();
        if planned >= MAX_RULES || bytes >= MAX_RULE_BYTES {
            return Err(format!(
                "too many planned failures: at most {MAX_RULES} with 16 MiB are kept; remove them \
                 with `POST /_emulator/reset`"
            ));
        }
        match self.kind {
            Kind::FailPreCheck => dbs.fail_next_pre_check(
                self.item.unwrap_or_else(|| "CHECK_PRIVILEGE".to_owned()),
                self.message.unwrap_or_else(|| "the check failed".to_owned()),
            ),
            Kind::FailFullBackup => dbs.fail_next_full_backup(self.message()?),
            Kind::FailRestore => dbs.fail_next_restore(self.message()?),
            Kind::FailDownload => dbs.fail_next_download(),
            _ => return self.add_to_faults(dbs),
        }
        Ok(())
    }

    fn message(&self) -> Result<&str, String> {
        self.required(self.message.as_deref(), "message")
    }

    fn required<T>(&self, value: Option<T>, name: &str) -> Result<T, String> {
        value.ok_or_else(|| {
            format!("missing field `{name}`: rules of kind `{}` require it", name_of(self.kind))
        })
    }

    fn add_to_faults(&self, dbs: &FakeDbs) -> Result<(), String> {
        let (faults, responses) = (dbs.faults(), dbs.responses());
        let operation = self.operation.as_deref().unwrap_or("*");
        let is_known = ServedApi::ALL
            .iter()
            .any(|api| api.info(operation).is_some() || api.refuses(operation));
        if operation != "*" && !is_known {
            return Err(format!(
                "unknown operation `{operation}`: expected the name of an operation, or `*` for all"
            ));
        }
        let millis = || self.required(self.millis, "millis").map(Duration::from_millis);
        let code = || self.required(self.code.as_deref(), "code");
        let path = || self.required(self.path.as_deref(), "path");
        let status = || match self.required(self.status, "status")? {
            status @ 200..=599 => Ok(status),
            status => Err(format!("invalid `status` {status}: expected 200 to 599")),
        };
        let rule = match self.kind {
            Kind::RefuseConnection => faults.refuse_connection(operation),
            Kind::DropBeforeProcessing => faults.drop_before_processing(operation),
            Kind::DropAfterProcessing => faults.drop_after_processing(operation),
            Kind::DeliverTwice => faults.deliver_twice(operation),
            Kind::Slow => faults.delay(operation, millis()?),
            Kind::HttpStatus => faults.http_status(operation, status()?),
            Kind::Throttle => faults.throttle(operation, millis()?),
            Kind::GatewayError => {
                faults.gateway_error(operation, status()?, code()?, self.message()?)
            }
            Kind::BusinessError => faults.business_error(operation, code()?, self.message()?),
            Kind::TruncateBody => faults.truncate_body(operation),
            Kind::ReplaceBody => {
                let body = self.required(self.body.clone(), "body")?;
                faults.replace_body(operation, body)
            }
            Kind::SetField => {
                let json = self.required(self.json.as_deref(), "json")?;
                responses.set(operation, path()?, json)
            }
            Kind::RemoveField => responses.remove(operation, path()?),
            Kind::BodyStatus => responses.body_status(operation, status()?),
            Kind::RefuseUnknownIds => responses.refuse_unknown_ids(operation, status()?, code()?),
            // `add` handles these.
            Kind::FailPreCheck | Kind::FailFullBackup | Kind::FailRestore | Kind::FailDownload => {
                return Ok(());
            }
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

/// Returns the active rules, in the form that `NewRule` reads.
pub(super) fn list(dbs: &FakeDbs) -> Value {
    dbs.rules().active().iter().map(rule_to_json).collect()
}

/// Returns about how many bytes a rule takes.
fn bytes(rule: &Rule<FakeRuleEffect>) -> usize {
    size_of_val(rule) + rule.operation.len() + rule.effect.bytes()
}

fn rule_to_json(rule: &Rule<FakeRuleEffect>) -> Value {
    let (kind, details) = match &rule.effect {
        FakeRuleEffect::Fault(effect) => fault_to_json(effect),
        FakeRuleEffect::Edit(edit) => edit_to_json(edit),
    };
    let always = rule.remaining == u32::MAX;
    let mut json = Map::new();
    json.insert("operation".to_owned(), rule.operation.clone().into());
    json.insert("kind".to_owned(), name_of(kind).into());
    json.insert("nth".to_owned(), rule.skip.saturating_add(1).into());
    if always {
        json.insert("always".to_owned(), true.into());
    } else {
        json.insert("times".to_owned(), rule.remaining.into());
    }
    if let Value::Object(details) = details {
        json.extend(details);
    }
    json.into()
}

fn fault_to_json(effect: &Effect) -> (Kind, Value) {
    match effect {
        Effect::RefuseConnection => (Kind::RefuseConnection, json!({})),
        Effect::DropBeforeProcessing => (Kind::DropBeforeProcessing, json!({})),
        Effect::DropAfterProcessing => (Kind::DropAfterProcessing, json!({})),
        Effect::DeliverTwice => (Kind::DeliverTwice, json!({})),
        Effect::Delay(delay) => (Kind::Slow, json!({ "millis": millis(*delay) })),
        Effect::TruncateBody => (Kind::TruncateBody, json!({})),
        Effect::ReplaceBody(body) => {
            (Kind::ReplaceBody, json!({ "body": String::from_utf8_lossy(body) }))
        }
        Effect::HttpStatus(status) => (Kind::HttpStatus, json!({ "status": status })),
        Effect::Error(InjectedError::Throttled(wait)) => {
            (Kind::Throttle, json!({ "millis": millis(*wait) }))
        }
        Effect::Error(InjectedError::Gateway { status, code, message }) => {
            (Kind::GatewayError, json!({ "status": status, "code": code, "message": message }))
        }
        Effect::Error(InjectedError::Business { code, message }) => {
            (Kind::BusinessError, json!({ "code": code, "message": message }))
        }
    }
}

fn edit_to_json(edit: &Edit) -> (Kind, Value) {
    match edit {
        Edit::Set { path, json } => (Kind::SetField, json!({ "path": path, "json": json })),
        Edit::Remove { path } => (Kind::RemoveField, json!({ "path": path })),
        Edit::BodyStatus(status) => (Kind::BodyStatus, json!({ "status": status })),
        Edit::RefuseUnknownId { status, code } => {
            (Kind::RefuseUnknownIds, json!({ "status": status, "code": code }))
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
