//! Checks that the crate has every published operation, parameter and response field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{ApiRequest, Client, RateLimit, Region, Safety};
use serde_json::{Map, Value, json};

use crate::support::published::{ENVELOPE, WITHOUT_TYPE, operations as table, read};

/// Returns the source of an operation, with its path below `src/v2019_03_06/operations/`.
fn source_of(action: &str) -> (String, String) {
    let root = format!("{}/src/v2019_03_06/operations", env!("CARGO_MANIFEST_DIR"));
    let declaration = format!("pub struct {action} {{");
    let folders = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let files = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let found = files.filter_map(|path| {
        let source = std::fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        source.contains(&declaration).then_some((file, source))
    });
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), 1, "{action} has one file");
    found.into_iter().next().unwrap()
}

type Pairs = BTreeMap<String, String>;

/// Reads a request from strings, and returns the parameters that it sends.
struct RoundTrip<'a>(&'a Map<String, Value>);

impl OperationVisitor for RoundTrip<'_> {
    type Output = Result<Pairs, String>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let request: O =
            serde_json::from_value(self.0.clone().into()).map_err(|error| error.to_string())?;
        let parameters = request.parameters().map_err(|error| error.to_string())?;
        let plain = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secret = parameters
            .secrets()
            .map(|(name, secret)| (name.to_owned(), secret.expose().to_owned()));
        Ok(plain.chain(secret).collect())
    }
}

fn pairs(set: &Map<String, Value>) -> Pairs {
    set.iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect()
}

#[test]
fn operation_table_matches_the_published_facts() {
    let table = table();
    let names: Vec<_> = ALL.iter().map(|info| info.action.to_owned()).collect();
    assert_eq!(names, table.keys().cloned().collect::<Vec<_>>());
    for info in ALL {
        let row = &table[info.action];
        let safety = match (row["kind"].as_str().unwrap(), row["idempotent_token"] == true) {
            ("read", _) => Safety::ReadOnly,
            (_, true) => Safety::IdempotentByToken,
            (_, false) => Safety::Mutating,
        };
        assert_eq!(info.safety, safety, "{}", info.action);
        assert_eq!(row["ram_action"], info.ram.to_string());
        assert_eq!(row["ram_resource"], info.ram.resource, "{}", info.action);
        let limit =
            info.rate_limit.map(|RateLimit { calls, seconds }| format!("{calls}/{seconds}s"));
        assert_eq!(row["rate_limit"].as_str(), limit.as_deref(), "{}", info.action);
    }
}

#[test]
fn sends_every_parameter_under_its_wire_name() {
    let requests = read("requests.json");
    let table = table();
    assert_eq!(requests.as_object().unwrap().len(), table.len());
    for (action, row) in &table {
        let mut covered = BTreeSet::new();
        for set in requests[action].as_array().unwrap() {
            let set = set.as_object().unwrap();
            assert_eq!(visit(action, RoundTrip(set)).unwrap(), Ok(pairs(set)), "{action}");
            covered.extend(set.keys().cloned());

            let required = row["parameters"].as_array().unwrap().iter();
            for parameter in required.filter(|parameter| parameter["required"] == true) {
                let name = parameter["name"].as_str().unwrap();
                let mut without = set.clone();
                without.remove(name);
                let outcome = visit(action, RoundTrip(&without)).unwrap();
                assert!(outcome.is_err(), "{action} can be sent without the required {name}");
            }
        }
        let published: BTreeSet<_> = row["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| {
                let name = parameter["name"].as_str().unwrap();
                !(parameter["documented"] == false && WITHOUT_TYPE.contains(&name))
            })
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(covered, published, "{action}");
    }
}

/// Decodes a response body as the response type of an operation.
struct Decode<'a> {
    request: &'a Map<String, Value>,
    body: &'a Value,
}

struct Decoded {
    response: Result<Value, aliyun_dbs::Error>,
    request_id: String,
    http_status_code: Option<u16>,
}

impl OperationVisitor for Decode<'_> {
    type Output = Decoded;

    fn visit<O: NamedOperation>(self) -> Decoded {
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(ScriptedTransport::new().respond(200, self.body.to_string()))
            .build()
            .unwrap();
        let request: O = serde_json::from_value(self.request.clone().into()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        match runtime.block_on(client.send(request).into_future()) {
            Err(error) => Decoded {
                request_id: error.request_id().unwrap_or_default().to_owned(),
                response: Err(error),
                http_status_code: None,
            },
            Ok(response) => {
                let request_id = response.request_id().to_owned();
                let http_status_code = response.http_status_code();
                let response = response.into_inner();
                let written = serde_json::to_value(&response).unwrap();
                let again: O::Response = serde_json::from_value(written.clone()).unwrap();
                assert_eq!(again, response, "{} survives a round trip", O::ACTION);
                Decoded { response: Ok(written), request_id, http_status_code }
            }
        }
    }
}

fn decode(action: &str, body: &Value) -> Decoded {
    let requests = read("requests.json");
    let request = requests[action][0].as_object().unwrap();
    visit(action, Decode { request, body }).unwrap()
}

/// Returns the part of a response that decoding must preserve, in a normal form.
///
/// Drops the envelope and empty values; ignores case, and whether a number is a string.
fn normalized(value: &Value, top: bool) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| !(top && ENVELOPE.contains(&name.as_str())) && **value != "")
            // The service sends it for "no gateway".
            .filter(|(name, value)| !(*name == "BackupGatewayId" && **value == 0))
            .map(|(name, value)| (name.clone(), normalized(value, false)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(|value| normalized(value, false)).collect(),
        Value::String(text) => text.to_lowercase().into(),
        other => other.to_string().into(),
    }
}

#[test]
fn decodes_and_re_encodes_every_sample() {
    for info in ALL {
        let sample = read(&format!("samples/{}.json", info.action));
        let outcome = decode(info.action, &sample);
        let written = outcome.response.unwrap();
        assert_eq!(normalized(&written, true), normalized(&sample, true), "{}", info.action);
        assert_eq!(sample["RequestId"], outcome.request_id);
        let status = sample["HttpStatusCode"].as_u64();
        assert_eq!(outcome.http_status_code.map(u64::from), status, "{}", info.action);
    }
}

/// Returns a plausible value for a field of the table.
fn sample_value(field: &Value) -> Value {
    let number = || match field["range"].as_str() {
        Some("0..=100") => 50,
        _ => 77,
    };
    let format = field["format"].as_str().unwrap_or_default();
    match field["type"].as_str().unwrap() {
        "Object" => sample_fields(&field["fields"]),
        "List<Object>" => json!([sample_fields(&field["fields"]), sample_fields(&field["fields"])]),
        "List<String>" => json!(["a", "b"]),
        "Boolean" => json!(true),
        "Integer" => json!(number()),
        "Long" if format == "unix-ms" => json!(1_676_886_947_123_u64),
        "Long" => json!(5_000_000_000_u64),
        "String" => match (format, field["values"][0].as_str()) {
            ("json", _) => json!(r#"[{"DBName":"orders"}]"#),
            ("HH:mm", _) => json!("14:22"),
            (_, Some(value)) => json!(value),
            _ if field["note"].as_str().is_some_and(|note| note.contains("Boolean text")) => {
                json!("true")
            }
            // A string that is also a number, for fields that hold a number in a string.
            _ => json!("78"),
        },
        other => panic!("unknown type {other} of a field"),
    }
}

/// Returns a body with a plausible value for each field of the table.
pub(crate) fn sample_fields(fields: &Value) -> Value {
    let fields = fields.as_array().unwrap().iter();
    fields
        .map(|field| (field["name"].as_str().unwrap().to_owned(), sample_value(field)))
        .collect::<Map<_, _>>()
        .into()
}

#[test]
fn reads_every_published_response_field() {
    for (action, row) in table() {
        let mut body = sample_fields(&row["response"]);
        body["Success"] = if body["Success"].is_string() { "true".into() } else { true.into() };
        if body.get("HttpStatusCode").is_some() {
            body["HttpStatusCode"] = 200.into();
        }
        let outcome = decode(&action, &body);
        let written = outcome.response.unwrap();
        let mut expected = normalized(&body, true);
        // One operation has another name for the code of the envelope.
        expected.as_object_mut().unwrap().remove("ErrorCode");
        assert_eq!(normalized(&written, true), expected, "{action}");
        assert_eq!(body["RequestId"], outcome.request_id, "{action}");
        let status = body["HttpStatusCode"].as_u64();
        assert_eq!(outcome.http_status_code.map(u64::from), status, "{action}");

        // The fields of the envelope that only a failure fills.
        body["Success"] = if body["Success"].is_string() { "false".into() } else { false.into() };
        for code in ["ErrCode", "ErrorCode"] {
            if body.get(code).is_some() {
                body[code] = "InvalidParameter".into();
            }
        }
        body["ErrMessage"] = "it does not suit".into();
        let error = decode(&action, &body).response.unwrap_err();
        assert_eq!(error.code().unwrap(), "InvalidParameter", "{action}");
        assert_eq!(error.message(), "it does not suit", "{action}");
        assert_eq!(body["RequestId"], error.request_id().unwrap_or_default(), "{action}");
    }
}

#[test]
fn coverage_page_is_current() {
    let path = format!("{}/docs/coverage.md", env!("CARGO_MANIFEST_DIR"));
    let mut page = String::from(
        "# Coverage\n\n\
         All 36 operations of DBS, API version 2019-03-06. `tests/it/coverage.rs` writes this \
         page from the code:\n`UPDATE_DOCS=1 cargo test --test it coverage` updates it. The test \
         also checks that the types have every\ndocumented parameter and response field.\n\n\
         | operation | file | RAM action | RAM resource | safety | rate limit |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for info in ALL {
        let safety = match info.safety {
            Safety::ReadOnly => "read-only",
            Safety::IdempotentByToken => "idempotent by token",
            _ => "mutating",
        };
        let limit = match info.rate_limit {
            Some(RateLimit { calls, seconds: 1 }) => format!("{calls} per second"),
            Some(RateLimit { calls, seconds }) => format!("{calls} per {seconds} s"),
            None => "not published".to_owned(),
        };
        let resource = if info.ram.resource == "*" { "`*`" } else { "the plan" };
        let (file, _) = source_of(info.action);
        writeln!(
            page,
            "| `{}` | [`{file}`](../src/v2019_03_06/operations/{file}) | `{}` | {resource} | {safety} | {limit} |",
            info.action, info.ram,
        )
        .unwrap();
    }
    let without = WITHOUT_TYPE.map(|name| format!("`{name}`")).join(", ");
    writeln!(
        page,
        "\nThe vendor's SDK has parameters that no page describes. The types omit these of them; send \
         them with\n`Call::parameter`: {without}. All except `OwnerId` belong to \
         `CreateRestoreTask`."
    )
    .unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        recorded, page,
        "docs/coverage.md is stale: run `UPDATE_DOCS=1 cargo test --test it coverage`"
    );
}
