//! Samples of all responses, ways to change them, and decoding through a client.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, Error, Region, RetryPolicy};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};

use crate::support::published::Version;

/// Fields of every response that the client reads instead of the operation.
pub(crate) const ENVELOPE: [&str; 3] = ["RequestId", "HttpStatusCode", "Success"];

pub(crate) fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Returns the parameter sets of each operation.
pub(crate) fn requests() -> &'static Value {
    static REQUESTS: OnceLock<Value> = OnceLock::new();
    REQUESTS.get_or_init(|| read("requests.json"))
}

/// Returns one response body of each operation.
pub(crate) fn samples() -> &'static BTreeMap<&'static str, Value> {
    static SAMPLES: OnceLock<BTreeMap<&'static str, Value>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let sample = |action: &str| Version::of(action).sample(action);
        ALL.iter().map(|info| (info.action, sample(info.action))).collect()
    })
}

/// Sends a body through a client; returns the re-encoded response or the error.
pub(crate) struct DecodeBody<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl OperationVisitor for DecodeBody<'_> {
    type Output = Result<Value, Error>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        thread_local! {
            static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
        }
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(ScriptedTransport::new().respond(self.status, self.body.to_vec()))
            .retry(RetryPolicy::never())
            .build()?;
        let request: O = serde_json::from_value(requests()[O::ACTION][0].clone()).unwrap();
        let response = RUNTIME.with(|runtime| runtime.block_on(client.send(request).into_future()));
        let response = response?.into_inner();
        let written = serde_json::to_value(&response).unwrap();
        let again: O::Response = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(again, response, "{} survives a round trip", O::ACTION);
        Ok(written)
    }
}

pub(crate) fn decode(action: &str, body: &Value) -> Result<Value, Error> {
    visit(action, DecodeBody { status: 200, body: body.to_string().as_bytes() }).unwrap()
}

/// Decodes a body that must be valid; panics with `why` otherwise.
pub(crate) fn expect(action: &str, body: &Value, why: &str) -> Value {
    decode(action, body).unwrap_or_else(|error| panic!("{why}: {error}\n{body}"))
}

/// Returns every decoded sample.
pub(crate) fn decoded() -> &'static BTreeMap<&'static str, Value> {
    static DECODED: OnceLock<BTreeMap<&'static str, Value>> = OnceLock::new();
    DECODED.get_or_init(|| {
        samples().iter().map(|(action, sample)| (*action, expect(action, sample, action))).collect()
    })
}

/// Returns the JSON pointers of a value and of all values in it.
pub(crate) fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    walk(value, &format!("{at}/{name}"), found);
                }
            }
            Value::Array(values) => {
                let values = values.iter().enumerate();
                values.for_each(|(index, value)| walk(value, &format!("{at}/{index}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// Returns the JSON pointers of the wanted values.
pub(crate) fn places_of(value: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    places(value).into_iter().filter(|at| wanted(value.pointer(at).unwrap())).collect()
}

pub(crate) fn name_of(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

pub(crate) fn is_envelope(place: &str) -> bool {
    ENVELOPE.iter().any(|name| place.strip_prefix('/') == Some(name))
}

pub(crate) fn replaced(body: &Value, place: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(place).unwrap() = value;
    body
}

/// Returns the other spelling of a scalar: a number or flag as a string, or the reverse.
pub(crate) fn respelled(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::String(text) => {
            let number: u64 = text.parse().ok()?;
            // A number has no leading zeros, so a string with some has no other spelling.
            (number.to_string() == *text).then(|| number.into())
        }
        _ => None,
    }
}

pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A change of a body that must not change the decoded response.
#[derive(Clone, Debug)]
pub(crate) enum Harmless {
    /// Adds a field that no type has to an object.
    Add(Index, String, Value),
    /// Writes a scalar in its other spelling.
    Respell(Index),
}

impl Harmless {
    pub(crate) fn apply(&self, body: &mut Value) {
        match self {
            Self::Add(which, name, value) => {
                let objects = places_of(body, Value::is_object);
                let object = body.pointer_mut(&objects[which.index(objects.len())]).unwrap();
                object[format!("New{name}")] = value.clone();
            }
            Self::Respell(which) => {
                let scalars = places_of(body, |value| respelled(value).is_some());
                if let Some(place) = scalars.get(which.index(scalars.len().max(1))) {
                    let scalar = body.pointer_mut(place).unwrap();
                    *scalar = respelled(scalar).unwrap();
                }
            }
        }
    }
}

pub(crate) fn harmless() -> impl Strategy<Value = Harmless> {
    prop_oneof![
        (any::<Index>(), any::<String>(), any_json())
            .prop_map(|(which, name, value)| Harmless::Add(which, name, value)),
        any::<Index>().prop_map(Harmless::Respell),
    ]
}

/// The ways in which a response omits a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Omission {
    Missing,
    Null,
    Empty,
}

pub(crate) const OMISSIONS: [Omission; 3] = [Omission::Missing, Omission::Null, Omission::Empty];

impl Omission {
    /// Omits a field; does nothing if its parent object is already omitted.
    pub(crate) fn apply(self, body: &mut Value, place: &str) {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let Some(Value::Object(fields)) = body.pointer_mut(parent) else { return };
        match self {
            Self::Missing => drop(fields.remove(name)),
            Self::Null => drop(fields.insert(name.to_owned(), Value::Null)),
            Self::Empty => drop(fields.insert(name.to_owned(), "".into())),
        }
    }

    pub(crate) fn of(self, body: &Value, place: &str) -> Value {
        let mut body = body.clone();
        self.apply(&mut body, place);
        body
    }
}

/// Returns the fields of each sample, except the envelope, that decoding does not need.
pub(crate) fn optional() -> &'static BTreeMap<&'static str, Vec<String>> {
    static OPTIONAL: OnceLock<BTreeMap<&'static str, Vec<String>>> = OnceLock::new();
    OPTIONAL.get_or_init(|| {
        let optional = |(action, sample): (&&'static str, &Value)| {
            let fields = places(sample).into_iter().filter(|place| {
                let parent = place.rsplit_once('/').and_then(|(at, _)| sample.pointer(at));
                parent.is_some_and(Value::is_object) && !is_envelope(place)
            });
            let found =
                fields.filter(|place| decode(action, &Omission::Missing.of(sample, place)).is_ok());
            (*action, found.collect())
        };
        samples().iter().map(optional).collect()
    })
}

pub(crate) fn has_rows(sample: &Value) -> bool {
    places_of(sample, |value| value.is_array() && value[0].is_object()).len() == 1
        || sample.get("Item").is_some()
}

/// Returns a configuration that saves no failures: each becomes a named test instead.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Returns a string with its quotes and backslashes escaped once more.
pub(crate) fn escaped(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    json[1..json.len() - 1].to_owned()
}
