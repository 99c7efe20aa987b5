//! Checks that the crate has every published operation, parameter and response field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{NamedOperation, OperationInfo, OperationVisitor};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::v2021_01_01::operations::UNTYPED;
use aliyun_dbs::{ApiRequest, Client, RateLimit, Region, Safety};
use serde_json::{Map, Value, json};

use crate::support::published::{VERSIONS, Version, read, requests, visit};

/// Returns the file of an operation, below the folder `operations` of its version.
fn file_of(version: &Version, action: &str) -> String {
    let root = format!("{}/src/{}/operations", env!("CARGO_MANIFEST_DIR"), version.folder);
    let declaration = format!("pub struct {action} {{");
    let folders = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let files = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let found = files.filter_map(|path| {
        let source = std::fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        source.contains(&declaration).then_some(file)
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

/// Returns the safety of an operation by its published facts.
fn published_safety(row: &Value) -> Safety {
    match (row["kind"].as_str().unwrap(), row["idempotent_token"] == true) {
        ("read", _) => Safety::ReadOnly,
        (_, true) => Safety::IdempotentByToken,
        (_, false) => Safety::Mutating,
    }
}

#[test]
fn walks_both_versions() {
    let counts = VERSIONS.each_ref().map(|version| (version.name, version.all.len()));
    assert_eq!(
        counts,
        [("2019-03-06", 36), ("2021-01-01", 11)],
        "an operation was added or removed: change the number here and in CHANGELOG.md",
    );
}

#[test]
fn operation_table_matches_the_published_facts() {
    for version in &VERSIONS {
        let table = version.operations();
        let names: Vec<_> = version.all.iter().map(|info| info.action.to_owned()).collect();
        assert_eq!(names, table.keys().cloned().collect::<Vec<_>>());
        for info in version.all {
            let row = &table[info.action];
            assert_eq!(info.safety, published_safety(row), "{}", info.action);
            assert_eq!(row["ram_action"], info.ram.to_string());
            assert_eq!(row["ram_resource"], info.ram.resource, "{}", info.action);
            let limit =
                info.rate_limit.map(|RateLimit { calls, seconds }| format!("{calls}/{seconds}s"));
            assert_eq!(row["rate_limit"].as_str(), limit.as_deref(), "{}", info.action);
        }
    }
}

#[test]
fn every_published_operation_is_listed() {
    let [v2019, v2021] = &VERSIONS;
    assert_eq!(v2019.published().len(), 36);
    let published = v2021.published();
    assert_eq!(published.len(), 22);
    // The file also has the operation that the vendor removed.
    assert_eq!(v2021.read("operations.json")["operations"].as_array().unwrap().len(), 23);
    let typed = v2021.all.iter().map(|info| (info.action.to_owned(), info.safety));
    let untyped = UNTYPED.iter().map(|untyped| (untyped.action.to_owned(), untyped.safety));
    let listed: BTreeMap<_, _> = typed.chain(untyped).collect();
    let expected = published.iter().map(|(action, row)| (action.clone(), published_safety(row)));
    assert_eq!(listed, expected.collect::<BTreeMap<_, _>>());
    assert_eq!(v2021.all.len() + UNTYPED.len(), 22);
}

/// Returns whether the vendor requires a parameter, by its flag or its text.
fn is_required(parameter: &Value) -> bool {
    let when = parameter["required_when"].as_str().unwrap_or_default();
    parameter["required"] == true || when.starts_with("always")
}

/// Returns what is wrong with the parameters of an operation, for these requests.
fn parameter_faults(version: &Version, row: &Value, sets: &[Value]) -> Vec<String> {
    let action = row["name"].as_str().unwrap();
    let (mut covered, mut faults) = (BTreeSet::new(), Vec::new());
    let parameters = row["parameters"].as_array().unwrap().iter();
    let parameters: Vec<_> =
        parameters.map(|facts| (facts["name"].as_str().unwrap(), facts)).collect();
    for set in sets {
        let set = set.as_object().unwrap();
        let result = visit(action, RoundTrip(set));
        if result != Ok(pairs(set)) {
            faults.push(format!("{set:?} is sent as {result:?}"));
        }
        covered.extend(set.keys().cloned());
        for (name, _) in parameters.iter().filter(|(_, facts)| is_required(facts)) {
            let mut without = set.clone();
            without.remove(*name);
            // A type may have a default for it, which it sends.
            if visit(action, RoundTrip(&without)).is_ok_and(|sent| !sent.contains_key(*name)) {
                faults.push(format!("can be sent without the required {name}"));
            }
        }
    }
    let published = parameters.iter().filter(|(name, facts)| {
        !(facts["documented"] == false && version.without_type.contains(name))
    });
    let published: BTreeSet<_> = published.map(|(name, _)| (*name).to_owned()).collect();
    let differences = covered.symmetric_difference(&published);
    faults.extend(differences.map(|name| format!("{name} is on one side only")));
    faults
}

#[test]
fn sends_every_parameter_under_its_wire_name() {
    for version in &VERSIONS {
        let table = version.operations();
        assert_eq!(version.read("requests.json").as_object().unwrap().len(), table.len());
        for (action, row) in &table {
            let faults = parameter_faults(version, row, &requests(action));
            assert!(faults.is_empty(), "{action}: {faults:#?}");
        }
    }
}

#[test]
fn faults_of_parameters_are_found() {
    let version = Version::of("CreateDownload");
    let row = &version.operations()["CreateDownload"];
    let mut missing = row.clone();
    missing["parameters"].as_array_mut().unwrap().retain(|facts| facts["name"] != "UseZstd");
    let faults = parameter_faults(version, &missing, &requests("CreateDownload"));
    assert_eq!(faults, ["UseZstd is on one side only"]);
    let mut other = row.clone();
    other["parameters"][0]["required"] = true.into();
    let faults = parameter_faults(version, &other, &requests("CreateDownload"));
    let name = &row["parameters"][0]["name"].as_str().unwrap();
    let expected = format!("can be sent without the required {name}");
    assert!(!faults.is_empty() && faults.iter().all(|fault| *fault == expected), "{faults:?}");
    let mut sets = requests("CreateDownload");
    sets[0]["Unknown"] = "1".into();
    let faults = parameter_faults(version, row, &sets);
    assert!(faults.iter().any(|fault| fault.contains("Unknown is on one side")), "{faults:?}");
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
    let request = &requests(action)[0];
    visit(action, Decode { request: request.as_object().unwrap(), body })
}

/// Returns the part of a response that decoding must preserve, in a normal form.
///
/// Drops the envelope and empty values; ignores case, whether a number is a string, and, in version
/// 2021-01-01, the notation of JSON in a string.
fn normalized(version: &Version, value: &Value, top: bool) -> Value {
    let inner = |value: &Value| normalized(version, value, false);
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| {
                !(top && version.envelope.contains(&name.as_str())) && **value != ""
            })
            // The service sends it for "no gateway".
            .filter(|(name, value)| !(*name == "BackupGatewayId" && **value == 0))
            .map(|(name, value)| (name.clone(), inner(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(inner).collect(),
        Value::String(text) if version.name == "2021-01-01" && text.starts_with(['{', '[']) => {
            serde_json::from_str(text).map_or_else(|_| text.to_lowercase().into(), |v| inner(&v))
        }
        Value::String(text) => text.to_lowercase().into(),
        other => other.to_string().into(),
    }
}

#[test]
fn decodes_and_re_encodes_every_sample() {
    for version in &VERSIONS {
        for info in version.all {
            let sample = version.sample(info.action);
            let outcome = decode(info.action, &sample);
            let written = normalized(version, &outcome.response.unwrap(), true);
            assert_eq!(written, normalized(version, &sample, true), "{}", info.action);
            assert_eq!(sample["RequestId"], outcome.request_id);
            let status = sample["HttpStatusCode"].as_u64();
            assert_eq!(outcome.http_status_code.map(u64::from), status, "{}", info.action);
        }
    }
}

/// Returns a plausible value for JSON in a string, by its published shape.
fn sample_shape(shape: &Value) -> Value {
    match shape {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, shape)| (name.clone(), sample_shape(shape)));
            fields.collect::<Map<_, _>>().into()
        }
        Value::Array(rows) => rows.iter().map(sample_shape).collect(),
        Value::String(kind) => match kind.as_str() {
            "String" => json!("78"),
            "Integer" => json!(77),
            "iso8601-utc" => json!("2021-08-01T12:01:01Z"),
            values => json!(values.split(" | ").next().unwrap()),
        },
        other => panic!("unknown shape {other}"),
    }
}

/// Returns a plausible value for a string that holds JSON.
fn sample_json(field: &Value) -> Value {
    let note = field["note"].as_str().unwrap_or_default();
    let Some((_, name)) = note.split_once("json_strings.") else {
        return json!(r#"[{"DBName":"orders"}]"#);
    };
    let name = name.split('.').next().unwrap();
    let shape = &read("2021-01-01/operations.json")["json_strings"][name]["shape"];
    sample_shape(shape).to_string().into()
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
        "Long" if field["name"].as_str().unwrap().contains("Page") => json!(number()),
        "Long" => json!(5_000_000_000_u64),
        "String" => match (format, field["values"][0].as_str()) {
            ("json", _) => sample_json(field),
            ("HH:mm", _) => json!("14:22"),
            ("iso8601-utc", _) => json!("2021-08-01T12:01:01Z"),
            ("unix-ms", _) => json!("1676886947123"),
            _ if field["name"] == "RegionCode" => json!("cn-hangzhou"),
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

/// Returns the body of a successful response with every published field.
pub(crate) fn published_body(response: &Value) -> Value {
    let mut body = sample_fields(response);
    body["Success"] = if body["Success"].is_string() { "true".into() } else { true.into() };
    if body.get("HttpStatusCode").is_some() {
        body["HttpStatusCode"] = 200.into();
    }
    body
}

/// Returns whether a response keeps every published field of an operation.
fn keeps_every_field(version: &Version, row: &Value) -> Result<(), (Value, Value)> {
    let action = row["name"].as_str().unwrap();
    let body = published_body(&row["response"]);
    let outcome = decode(action, &body);
    let written = normalized(version, &outcome.response.unwrap(), true);
    let mut expected = normalized(version, &body, true);
    // One operation has another name for the code of the envelope.
    expected.as_object_mut().unwrap().remove("ErrorCode");
    assert_eq!(body["RequestId"], outcome.request_id, "{action}");
    let status = body["HttpStatusCode"].as_u64();
    assert_eq!(outcome.http_status_code.map(u64::from), status, "{action}");
    if written == expected { Ok(()) } else { Err((written, expected)) }
}

#[test]
fn reads_every_published_response_field() {
    for version in &VERSIONS {
        for (action, row) in version.operations() {
            assert_eq!(
                keeps_every_field(version, &row),
                Ok(()),
                "{action} (left: what the type kept, what was sent): its response lacks a field, or \
                 cannot hold the value that `sample_value` makes from the field's `type`, `values`, \
                 `format` and `note` in operations.json",
            );

            // The fields of the envelope that only a failure fills.
            let mut body = published_body(&row["response"]);
            let failed = if body["Success"].is_string() { "false".into() } else { false.into() };
            body["Success"] = failed;
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
}

#[test]
fn missing_response_fields_are_found() {
    for action in ["CreateDownload", "DescribeSandboxInstances"] {
        let version = Version::of(action);
        let mut row = version.operations().remove(action).unwrap();
        let fields = row["response"].as_array_mut().unwrap();
        let data = fields.iter_mut().find(|field| field["name"] == "Data").unwrap();
        match data["fields"].as_array_mut() {
            Some(fields) => fields.push(json!({ "name": "Other", "type": "String" })),
            None => fields.push(json!({ "name": "Other", "type": "String" })),
        }
        assert!(keeps_every_field(version, &row).is_err(), "{action}");
    }
}

/// Returns the row of an operation in the table of docs/coverage.md.
fn coverage_row(version: &Version, info: &OperationInfo) -> String {
    let safety = safety_name(info.safety);
    let limit = match info.rate_limit {
        Some(RateLimit { calls, seconds: 1 }) => format!("{calls} per second"),
        Some(RateLimit { calls, seconds }) => format!("{calls} per {seconds} s"),
        None => "not published".to_owned(),
    };
    let resource = match info.ram.resource {
        "*" => "`*`",
        instance if instance.contains("{#DbInstanceId}") => "the instance",
        _ => "the plan",
    };
    let (action, folder) = (info.action, version.folder);
    let file = file_of(version, action);
    format!(
        "| `{action}` | [`{file}`](../src/{folder}/operations/{file}) | `{}` | {resource} | {safety} \
         | {limit} |\n",
        info.ram,
    )
}

fn safety_name(safety: Safety) -> &'static str {
    match safety {
        Safety::ReadOnly => "read-only",
        Safety::IdempotentByToken => "idempotent by token",
        _ => "mutating",
    }
}

#[test]
fn coverage_page_is_current() {
    const TABLE: &str = "| operation | file | RAM action | RAM resource | safety | rate limit |\n\
                         | --- | --- | --- | --- | --- | --- |\n";
    let path = format!("{}/docs/coverage.md", env!("CARGO_MANIFEST_DIR"));
    let [v2019, v2021] = &VERSIONS;
    let mut page = String::from(
        "# Coverage\n\n\
         The operations of DBS in both versions of its API. `tests/it/coverage.rs` writes this page \
         from the code:\n`UPDATE_DOCS=1 cargo test --test it coverage` updates it. The test also \
         checks that the types have every\ndocumented parameter and response field.\n\n",
    );
    writeln!(page, "## Version 2019-03-06\n\nAll {} operations.\n", v2019.all.len()).unwrap();
    page += TABLE;
    page.extend(v2019.all.iter().map(|info| coverage_row(v2019, info)));
    let without: Vec<_> = v2019.without_type.iter().map(|name| format!("`{name}`")).collect();
    writeln!(
        page,
        "\nThe vendor's SDK has parameters that no page describes. The types omit these of them; send \
         them with\n`Call::parameter`: {}. All except `OwnerId` belong to `CreateRestoreTask`.",
        without.join(", "),
    )
    .unwrap();
    writeln!(
        page,
        "\n## Version 2021-01-01\n\n{} of {} operations have a type.\n",
        v2021.all.len(),
        v2021.published().len(),
    )
    .unwrap();
    page += TABLE;
    page.extend(v2021.all.iter().map(|info| coverage_row(v2021, info)));
    page += "\n`RawRequest::for_api::<Dbs20210101>` sends the others, which `UNTYPED` lists. The vendor \
             offers them by\ninvitation, or does not document them:\n\n\
             | operation | safety |\n| --- | --- |\n";
    for untyped in UNTYPED {
        let safety = safety_name(untyped.safety);
        writeln!(page, "| `{}` | {safety} |", untyped.action).unwrap();
    }
    page += "\nThe vendor removed `CreateSandboxInstance` in 2024.\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        recorded, page,
        "docs/coverage.md is stale: run `UPDATE_DOCS=1 cargo test --test it coverage`"
    );
}

/// Plants a password in a request, and returns in how many parameters; `Err` says where it is shown.
struct SecretsOfRequest<'a>(&'a Map<String, Value>);

impl OperationVisitor for SecretsOfRequest<'_> {
    type Output = Result<usize, String>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let mut set = self.0.clone();
        let names: Vec<_> = set.keys().filter(|name| name.contains("Password")).cloned().collect();
        for name in &names {
            set.insert(name.clone(), "planted-password".into());
        }
        let request: O = serde_json::from_value(set.into()).map_err(|error| error.to_string())?;
        let parameters = request.parameters().map_err(|error| error.to_string())?;
        let secrets: Vec<_> = parameters.secrets().map(|(name, _)| name.to_owned()).collect();
        if secrets != names {
            return Err(format!("{names:?} are passwords, but the secrets are {secrets:?}"));
        }
        let json = serde_json::to_string(&request).unwrap();
        if json.contains("planted-password") {
            return Err(format!("its JSON has a password: {json}"));
        }
        let query = parameters.iter().find(|(_, value)| value.contains("planted-password"));
        query.map_or(Ok(names.len()), |(name, _)| Err(format!("{name} is not a secret")))
    }
}

#[test]
fn passwords_are_secrets_and_in_no_json() {
    let mut passwords = BTreeMap::new();
    for info in VERSIONS.iter().flat_map(|version| version.all) {
        for set in requests(info.action) {
            let found = visit(info.action, SecretsOfRequest(set.as_object().unwrap()));
            let found = found.unwrap_or_else(|why| panic!("{}: {why}", info.action));
            *passwords.entry(info.action).or_default() += found;
        }
    }
    passwords.retain(|_, found: &mut usize| *found > 0);
    let operations: Vec<_> = passwords.into_keys().collect();
    assert_eq!(
        operations,
        [
            "ConfigureBackupPlan",
            "CreateAndStartBackupPlan",
            "CreateRestoreTask",
            "ModifyBackupSourceEndpoint"
        ]
    );
}
