//! Every operation, parameter and member of the service's own table is there, under its name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{ApiRequest, Client, RateLimit, Region, Safety};
use serde_json::{Map, Value, json};

/// Parameters without a published description, which no type has: `Call::parameter` sends them.
const WITHOUT_TYPE: [&str; 10] = [
    "AutoOpenDatabase",
    "AutoShutdownDatabase",
    "DestDatabaseInstanceClass",
    "DestDatabaseInstanceDatabaseVersion",
    "DestDatabaseInstanceRegion",
    "DestDatabaseInstanceStorageSize",
    "DestDatabaseInstanceType",
    "DestDatabaseInstanceVSwitch",
    "DestDatabaseInstanceVpc",
    "OwnerId",
];

/// Members of every answer, which the client reads and not the operation.
const ENVELOPE: [&str; 5] = ["ErrCode", "ErrMessage", "HttpStatusCode", "RequestId", "Success"];

fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn table() -> BTreeMap<String, Value> {
    let operations = read("operations.json")["operations"].as_array().unwrap().clone();
    operations.into_iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row)).collect()
}

/// The source of an operation, with its path below `src/v2019_03_06/operations/`.
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

type Texts = BTreeMap<String, String>;

/// What a request type makes of parameters that arrive as texts: the parameters it sends itself.
struct Through<'a>(&'a Map<String, Value>);

impl OperationVisitor for Through<'_> {
    type Output = Result<Texts, String>;

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

fn texts(set: &Map<String, Value>) -> Texts {
    set.iter().map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned())).collect()
}

#[test]
fn names_safety_permissions_and_limits_are_the_published_ones() {
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
fn every_parameter_goes_out_under_its_name() {
    let requests = read("requests.json");
    let table = table();
    assert_eq!(requests.as_object().unwrap().len(), table.len());
    for (action, row) in &table {
        let mut covered = BTreeSet::new();
        for set in requests[action].as_array().unwrap() {
            let set = set.as_object().unwrap();
            assert_eq!(visit(action, Through(set)).unwrap(), Ok(texts(set)), "{action}");
            covered.extend(set.keys().cloned());

            let required = row["parameters"].as_array().unwrap().iter();
            for parameter in required.filter(|parameter| parameter["required"] == true) {
                let name = parameter["name"].as_str().unwrap();
                let mut without = set.clone();
                without.remove(name);
                let outcome = visit(action, Through(&without)).unwrap();
                assert!(outcome.is_err(), "{action} goes out without {name}");
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

/// The type's own words for an answer, and what the client read of the envelope.
struct Answer<'a> {
    request: &'a Map<String, Value>,
    body: &'a Value,
}

struct Outcome {
    answer: Result<Value, aliyun_dbs::Error>,
    request_id: String,
    http_status_code: Option<u16>,
}

impl OperationVisitor for Answer<'_> {
    type Output = Outcome;

    fn visit<O: NamedOperation>(self) -> Outcome {
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(ScriptedTransport::new().respond(200, self.body.to_string()))
            .build()
            .unwrap();
        let request: O = serde_json::from_value(self.request.clone().into()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        match runtime.block_on(client.send(request).into_future()) {
            Err(error) => Outcome {
                request_id: error.request_id().unwrap_or_default().to_owned(),
                answer: Err(error),
                http_status_code: None,
            },
            Ok(response) => {
                let request_id = response.request_id().to_owned();
                let http_status_code = response.http_status_code();
                let answer = response.into_inner();
                let written = serde_json::to_value(&answer).unwrap();
                let again: O::Response = serde_json::from_value(written.clone()).unwrap();
                assert_eq!(again, answer, "{} survives a round trip", O::ACTION);
                Outcome { answer: Ok(written), request_id, http_status_code }
            }
        }
    }
}

fn answer(action: &str, body: &Value) -> Outcome {
    let requests = read("requests.json");
    let request = requests[action][0].as_object().unwrap();
    visit(action, Answer { request, body }).unwrap()
}

/// What must come back of an answer: all but the envelope and what is empty; numbers and texts,
/// upper and lower case are not told apart.
fn essence(value: &Value, top: bool) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| !(top && ENVELOPE.contains(&name.as_str())) && **value != "")
            .map(|(name, value)| (name.clone(), essence(value, false)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(|value| essence(value, false)).collect(),
        Value::String(text) => text.to_lowercase().into(),
        other => other.to_string().into(),
    }
}

#[test]
fn every_sample_comes_in_and_survives() {
    for info in ALL {
        let sample = read(&format!("samples/{}.json", info.action));
        let outcome = answer(info.action, &sample);
        let written = outcome.answer.unwrap();
        assert_eq!(essence(&written, true), essence(&sample, true), "{}", info.action);
        assert_eq!(sample["RequestId"], outcome.request_id);
        let status = sample["HttpStatusCode"].as_u64();
        assert_eq!(outcome.http_status_code.map(u64::from), status, "{}", info.action);
    }
}

/// A value that a member of the table could have.
fn invented(field: &Value) -> Value {
    let number = || match field["range"].as_str() {
        Some("0..=100") => 50,
        _ => 77,
    };
    let format = field["format"].as_str().unwrap_or_default();
    match field["type"].as_str().unwrap() {
        "Object" => members(&field["fields"]),
        "List<Object>" => json!([members(&field["fields"]), members(&field["fields"])]),
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
            // A text that is a number, too, for the members that are numbers in a text.
            _ => json!("78"),
        },
        other => panic!("no value for the type {other}"),
    }
}

fn members(fields: &Value) -> Value {
    let fields = fields.as_array().unwrap().iter();
    fields
        .map(|field| (field["name"].as_str().unwrap().to_owned(), invented(field)))
        .collect::<Map<_, _>>()
        .into()
}

#[test]
fn every_member_of_an_answer_is_read_by_a_named_member() {
    for (action, row) in table() {
        let mut body = members(&row["response"]);
        body["Success"] = if body["Success"].is_string() { "true".into() } else { true.into() };
        if body.get("HttpStatusCode").is_some() {
            body["HttpStatusCode"] = 200.into();
        }
        let outcome = answer(&action, &body);
        let written = outcome.answer.unwrap();
        let mut expected = essence(&body, true);
        // The one operation that calls the envelope's code by another name.
        expected.as_object_mut().unwrap().remove("ErrorCode");
        assert_eq!(essence(&written, true), expected, "{action}");
        assert_eq!(body["RequestId"], outcome.request_id, "{action}");
        let status = body["HttpStatusCode"].as_u64();
        assert_eq!(outcome.http_status_code.map(u64::from), status, "{action}");

        // The members of the envelope that only a failure shows.
        body["Success"] = if body["Success"].is_string() { "false".into() } else { false.into() };
        for code in ["ErrCode", "ErrorCode"] {
            if body.get(code).is_some() {
                body[code] = "InvalidParameter".into();
            }
        }
        body["ErrMessage"] = "it does not suit".into();
        let error = answer(&action, &body).answer.unwrap_err();
        assert_eq!(error.code().unwrap(), "InvalidParameter", "{action}");
        assert_eq!(error.message(), "it does not suit", "{action}");
        assert_eq!(body["RequestId"], error.request_id().unwrap_or_default(), "{action}");
    }
}

#[test]
fn the_coverage_page_is_up_to_date() {
    let path = format!("{}/docs/coverage.md", env!("CARGO_MANIFEST_DIR"));
    let mut page = String::from(
        "# Coverage\n\n\
         All 36 operations of DBS, API version 2019-03-06. This page is written by \
         `tests/it/coverage.rs` from\nthe code; `UPDATE_DOCS=1 cargo test --test it coverage` \
         writes it anew. The test also proves that every\ndocumented parameter and every member \
         of an answer has its place in a type.\n\n\
         | operation | file | RAM action | RAM resource | safety | calls |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for info in ALL {
        let safety = match info.safety {
            Safety::ReadOnly => "read-only",
            Safety::IdempotentByToken => "idempotent by token",
            _ => "mutating",
        };
        let limit = match info.rate_limit {
            Some(RateLimit { calls, seconds: 1 }) => format!("{calls} a second"),
            Some(RateLimit { calls, seconds }) => format!("{calls} in {seconds} s"),
            None => "not published".to_owned(),
        };
        let resource = if info.ram.resource == "*" { "`*`" } else { "the plan" };
        let (file, source) = source_of(info.action);
        writeln!(
            page,
            "| `{}` | [`{file}`](../src/v2019_03_06/operations/{file}) | `{}` | {resource} | {safety} | {limit} |",
            info.action, info.ram,
        )
        .unwrap();
        // The docs of the type say the same as its constants.
        assert!(source.contains(&format!("`{}` on {resource}", info.ram)), "{file}");
        if let Some(RateLimit { calls, seconds }) = info.rate_limit {
            let says = match seconds {
                1 => format!("{calls} calls a second"),
                _ => format!("{calls} calls in {seconds} seconds"),
            };
            let words: Vec<_> = source.split_whitespace().filter(|word| *word != "///").collect();
            assert!(words.join(" ").contains(&says), "{file}");
        }
    }
    let without = WITHOUT_TYPE.map(|name| format!("`{name}`")).join(", ");
    writeln!(
        page,
        "\nOf the parameters that the vendor's SDK has and no page describes, the types have all but \
         these, which\n`Call::parameter` sends: {without}. All but `OwnerId` are of \
         `CreateRestoreTask`."
    )
    .unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, page, "run UPDATE_DOCS=1 cargo test --test it coverage");
}
