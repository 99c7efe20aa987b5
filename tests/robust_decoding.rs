//! Answers are read however the service spells them, and nothing that it says makes a panic.
//!
//! The samples of all operations are changed at random places, and sent through a client.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::types::{BackupObject, BackupObjects, RestoreObject, RestoreObjects};
use aliyun_dbs::wire::{Parameters, canonical_query};
use aliyun_dbs::{Client, Error, Period, Region, RetryPolicy};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};

/// Members of every answer, which the client reads and not the operation.
const ENVELOPE: [&str; 3] = ["RequestId", "HttpStatusCode", "Success"];

fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The sets of parameters of each operation.
fn requests() -> &'static Value {
    static REQUESTS: OnceLock<Value> = OnceLock::new();
    REQUESTS.get_or_init(|| read("requests.json"))
}

/// One answer of each operation.
fn samples() -> &'static BTreeMap<&'static str, Value> {
    static SAMPLES: OnceLock<BTreeMap<&'static str, Value>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let sample = |action: &str| read(&format!("samples/{action}.json"));
        ALL.iter().map(|info| (info.action, sample(info.action))).collect()
    })
}

/// An answer on its way through a client: what its type writes down again, or the error.
struct Answer<'a> {
    status: u16,
    body: &'a [u8],
}

impl OperationVisitor for Answer<'_> {
    type Output = Result<Value, Error>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        thread_local! {
            static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
        }
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(ScriptedTransport::new().answer(self.status, self.body.to_vec()))
            .retry(RetryPolicy::never())
            .build()?;
        let request: O = serde_json::from_value(requests()[O::ACTION][0].clone()).unwrap();
        let response = RUNTIME.with(|runtime| runtime.block_on(client.send(request).into_future()));
        let answer = response?.into_inner();
        let written = serde_json::to_value(&answer).unwrap();
        let again: O::Response = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(again, answer, "{} survives a round trip", O::ACTION);
        Ok(written)
    }
}

fn answer(action: &str, body: &Value) -> Result<Value, Error> {
    visit(action, Answer { status: 200, body: body.to_string().as_bytes() }).unwrap()
}

/// What an answer must be decoded to, whose body is described by the last argument.
fn expect(action: &str, body: &Value, why: &str) -> Value {
    answer(action, body).unwrap_or_else(|error| panic!("{why}: {error}\n{body}"))
}

/// What every sample is decoded to.
fn decoded() -> &'static BTreeMap<&'static str, Value> {
    static DECODED: OnceLock<BTreeMap<&'static str, Value>> = OnceLock::new();
    DECODED.get_or_init(|| {
        samples().iter().map(|(action, sample)| (*action, expect(action, sample, action))).collect()
    })
}

/// The JSON pointers of all values in a value, itself included.
fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(members) => {
                for (name, value) in members {
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

/// The places that hold such a value.
fn places_of(value: &Value, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    places(value).into_iter().filter(|at| wanted(value.pointer(at).unwrap())).collect()
}

fn name_of(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

fn is_envelope(place: &str) -> bool {
    ENVELOPE.iter().any(|name| place.strip_prefix('/') == Some(name))
}

fn replaced(body: &Value, place: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(place).unwrap() = value;
    body
}

/// The other spelling of a scalar: numbers and flags as texts, texts of numbers as numbers.
fn respelled(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::String(text) => {
            let number: u64 = text.parse().ok()?;
            // A number has no leading zeros, so a text with some has no other spelling.
            (number.to_string() == *text).then(|| number.into())
        }
        _ => None,
    }
}

fn any_json() -> impl Strategy<Value = Value> {
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
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A change that must not change what is decoded.
#[derive(Clone, Debug)]
enum Harmless {
    /// A member that no type has, in some object.
    Add(Index, String, Value),
    /// The other spelling of some scalar.
    Respell(Index),
}

impl Harmless {
    fn apply(&self, body: &mut Value) {
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

fn harmless() -> impl Strategy<Value = Harmless> {
    prop_oneof![
        (any::<Index>(), any::<String>(), any_json())
            .prop_map(|(which, name, value)| Harmless::Add(which, name, value)),
        any::<Index>().prop_map(Harmless::Respell),
    ]
}

/// The ways in which an answer leaves a member out.
#[derive(Clone, Copy, Debug)]
enum Nothing {
    Missing,
    Null,
    Empty,
}

const NOTHING: [Nothing; 3] = [Nothing::Missing, Nothing::Null, Nothing::Empty];

impl Nothing {
    /// Leaves a member out; does nothing if it went with the object around it.
    fn apply(self, body: &mut Value, place: &str) {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let Some(Value::Object(members)) = body.pointer_mut(parent) else { return };
        match self {
            Self::Missing => drop(members.remove(name)),
            Self::Null => drop(members.insert(name.to_owned(), Value::Null)),
            Self::Empty => drop(members.insert(name.to_owned(), "".into())),
        }
    }

    fn of(self, body: &Value, place: &str) -> Value {
        let mut body = body.clone();
        self.apply(&mut body, place);
        body
    }
}

/// The members of each sample, beside the envelope, without which it is decoded all the same.
fn optional() -> &'static BTreeMap<&'static str, Vec<String>> {
    static OPTIONAL: OnceLock<BTreeMap<&'static str, Vec<String>>> = OnceLock::new();
    OPTIONAL.get_or_init(|| {
        let optional = |(action, sample): (&&'static str, &Value)| {
            let members = places(sample).into_iter().filter(|place| {
                let parent = place.rsplit_once('/').and_then(|(at, _)| sample.pointer(at));
                parent.is_some_and(Value::is_object) && !is_envelope(place)
            });
            let found =
                members.filter(|place| answer(action, &Nothing::Missing.of(sample, place)).is_ok());
            (*action, found.collect())
        };
        samples().iter().map(optional).collect()
    })
}

fn has_rows(sample: &Value) -> bool {
    places_of(sample, |value| value.is_array() && value[0].is_object()).len() == 1
        || sample.get("Item").is_some()
}

#[test]
fn what_may_be_missing_may_be_null_or_empty() {
    for (action, sample) in samples() {
        let places = &optional()[action];
        assert!(!has_rows(sample) || !places.is_empty(), "{action} has nothing optional");
        for place in places {
            let [missing, null, empty] = NOTHING.map(|nothing| {
                let body = nothing.of(sample, place);
                expect(action, &body, &format!("{action}: {place} is {nothing:?}"))
            });
            assert_eq!(null, missing, "{action}: {place}");
            assert_eq!(empty, missing, "{action}: {place}");
        }
    }
    // What a row cannot do without is little, and known.
    let plan = &samples()["DescribeBackupPlanList"];
    let required: Vec<_> = places(plan)
        .into_iter()
        .filter(|place| place.starts_with("/Items/BackupPlanDetail/0/"))
        .filter(|place| !optional()["DescribeBackupPlanList"].contains(place))
        .map(|place| name_of(&place).to_owned())
        .collect();
    let expected = [
        "BackupMethod",
        "BackupPlanCreateTime",
        "BackupPlanId",
        "BackupPlanName",
        "BackupPlanStatus",
        "DatabaseType",
        "InstanceClass",
    ];
    assert_eq!(required, expected);
}

#[test]
fn every_scalar_is_read_in_its_other_spelling() {
    let mut respellings = 0;
    for (action, sample) in samples() {
        for place in places_of(sample, |value| respelled(value).is_some()) {
            let body =
                replaced(sample, &place, respelled(sample.pointer(&place).unwrap()).unwrap());
            let got = expect(action, &body, &format!("{action}: {place} respelled"));
            assert_eq!(got, decoded()[action], "{action}: {place}");
            respellings += 1;
        }
    }
    assert!(respellings > 200, "only {respellings} scalars");
}

#[test]
fn a_list_is_read_in_every_form() {
    let mut lists = BTreeSet::new();
    for (action, sample) in samples() {
        for place in places_of(sample, Value::is_array) {
            let (wrapper, _) = place.rsplit_once('/').unwrap();
            let check = |at: &str, value: Value, rows: &Value| {
                let body = replaced(sample, at, value);
                let why = format!("{action}: {place}");
                let got = expect(action, &body, &why);
                let got = got.pointer(&place).cloned().unwrap_or(json!([]));
                assert_eq!(&got, rows, "{why}\n{body}");
            };
            let full = sample.pointer(&place).unwrap();
            let all = decoded()[action].pointer(&place).unwrap();
            let one = json!([all[0]]);
            check(&place, full[0].clone(), &one);
            check(&place, json!([full[0]]), &one);
            check(wrapper, full.clone(), all);
            for nothing in [json!([]), json!(null), json!("")] {
                check(&place, nothing.clone(), &json!([]));
                check(wrapper, nothing, &json!([]));
            }
            check(wrapper, json!({}), &json!([]));
            lists.insert(format!("{action}{place}"));
        }
    }
    assert_eq!(lists.len(), 13, "{lists:?}");
}

#[test]
fn texts_of_a_list_may_be_numbers() {
    for (action, sample) in samples() {
        for place in places_of(sample, |value| value.is_array() && value[0].is_string()) {
            for numbers in [json!([2024, 7]), json!(2024)] {
                let texts = if numbers.is_array() { json!(["2024", "7"]) } else { json!(["2024"]) };
                let got = expect(action, &replaced(sample, &place, numbers), action);
                assert_eq!(got.pointer(&place), Some(&texts), "{action}");
            }
        }
    }
}

/// Names of the members of an operation's answer that have a published set of values.
fn value_sets() -> BTreeMap<String, BTreeSet<String>> {
    fn walk(fields: &Value, found: &mut BTreeSet<String>) {
        for field in fields.as_array().into_iter().flatten() {
            if field["values"].is_array() {
                found.insert(field["name"].as_str().unwrap().to_owned());
            }
            walk(&field["fields"], found);
        }
    }
    let operations = read("operations.json")["operations"].as_array().unwrap().clone();
    let sets = operations.iter().map(|operation| {
        let mut found = BTreeSet::new();
        walk(&operation["response"], &mut found);
        (operation["name"].as_str().unwrap().to_owned(), found)
    });
    sets.collect()
}

#[test]
fn unknown_values_of_known_sets_survive() {
    let sets = value_sets();
    let mut tried = BTreeSet::new();
    for (action, sample) in samples() {
        for place in places_of(sample, Value::is_string) {
            if is_envelope(&place) {
                continue;
            }
            let old = sample.pointer(&place).unwrap().as_str().unwrap();
            let body = replaced(sample, &place, "brand-new-value".into());
            match answer(action, &body) {
                Ok(written) => {
                    assert_eq!(written.pointer(&place).unwrap(), "brand-new-value", "{place}");
                }
                // Only what is a number or a flag in a text may refuse words.
                Err(error) => assert!(
                    old.parse::<u32>().is_ok() || old.parse::<bool>().is_ok(),
                    "{action}: {place}: {error}"
                ),
            }
            if sets[*action].contains(name_of(&place)) {
                tried.insert(format!("{action} {}", name_of(&place)));
                let shouted = replaced(sample, &place, old.to_uppercase().into());
                let got = expect(action, &shouted, "upper case");
                assert_eq!(got, decoded()[action], "{action}: {place} in upper case");
                let body = replaced(sample, &place, "brand-new-value".into());
                expect(action, &body, &place);
            }
        }
    }
    assert_eq!(tried.len(), sets.values().map(BTreeSet::len).sum::<usize>(), "{tried:?}");
}

#[test]
fn numbers_at_the_limits_survive_or_are_refused() {
    let numbers = [
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(-1),
        json!(u64::from(u32::MAX) + 1),
        json!(u32::MAX),
        json!(0),
    ];
    let mut whole = 0;
    for (action, sample) in samples() {
        for place in places_of(sample, Value::is_number) {
            if is_envelope(&place) {
                continue;
            }
            let name = name_of(&place);
            let counts = name == "TotalElements"
                || name.ends_with("Bytes")
                || (name.ends_with("Size") && name != "PageSize");
            for number in &numbers {
                for spelling in [number.clone(), number.to_string().into()] {
                    let written = answer(action, &replaced(sample, &place, spelling));
                    if counts && number.is_u64() {
                        assert!(written.is_ok(), "{action}: {place} of {number}: {written:?}");
                        whole += 1;
                    }
                    let Ok(written) = written else { continue };
                    let kept = written.pointer(&place).unwrap();
                    let text = kept.as_str().map_or_else(|| kept.to_string(), str::to_owned);
                    assert_eq!(text, number.to_string(), "{action}: {place}");
                }
            }
            for number in [json!(1e300), json!(0.5), json!(-1e-300)] {
                let _ = answer(action, &replaced(sample, &place, number));
            }
        }
    }
    // Sixteen members, five numbers, two spellings.
    assert_eq!(whole, 16 * 5 * 2);
}

/// A text with its quotes and backslashes escaped once more.
fn escaped(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    json[1..json.len() - 1].to_owned()
}

#[test]
fn json_in_a_text_is_read_with_one_more_layer_of_backslashes() {
    let mut found = 0;
    for (action, sample) in samples() {
        for place in places(sample).iter().filter(|place| name_of(place).ends_with("Objects")) {
            let text = sample.pointer(place).unwrap().as_str().unwrap();
            let body = replaced(sample, place, escaped(text).into());
            assert_eq!(expect(action, &body, place), decoded()[action], "{action}: {place}");
            // An unknown text would survive as well, so the escapes must be gone.
            assert_eq!(decoded()[action].pointer(place).unwrap(), text);
            found += 1;
        }
    }
    assert_eq!(found, 3);
}

#[test]
fn deep_nesting_is_refused_without_a_panic() {
    for (action, sample) in samples() {
        let member = sample
            .as_object()
            .unwrap()
            .keys()
            .find(|name| !ENVELOPE.contains(&name.as_str()))
            .unwrap();
        for (open, close) in [("[", "]"), (r#"{"Items":"#, "}")] {
            // Within and beyond what the JSON parser follows.
            for depth in [100, 2_000] {
                for close in ["", close] {
                    let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                    for body in [deep.clone(), format!(r#"{{"{member}":{deep}}}"#)] {
                        check_outcome(action, 200, body.as_bytes());
                    }
                }
            }
        }
    }
    let deep = "[".repeat(200_000);
    for status in [200, 400] {
        check_outcome("DescribeRegions", status, deep.as_bytes());
    }
}

/// Whatever comes, it is an answer or an error that is shown in one line.
fn check_outcome(action: &str, status: u16, body: &[u8]) {
    if let Err(error) = visit(action, Answer { status, body }).unwrap() {
        let line = error.to_string();
        assert!(!line.contains(char::is_control), "{action} {status}: {line:?}");
        assert!(line.starts_with(action), "{line}");
        let has_code = error.code().is_some_and(|code| !code.as_str().is_empty());
        let says_why = !error.message().is_empty() || has_code;
        assert!(says_why, "{error:?}\n{}", String::from_utf8_lossy(body));
    }
}

/// Bodies from plain rubbish to an answer with one wrong value.
fn any_body(sample: &'static Value) -> impl Strategy<Value = Vec<u8>> {
    let places = places(sample);
    let text = sample.to_string();
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        any::<Index>().prop_map(move |end| text.as_bytes()[..end.index(text.len())].to_vec()),
        (any::<Index>(), any_json()).prop_map(move |(which, json)| {
            replaced(sample, &places[which.index(places.len())], json).to_string().into_bytes()
        }),
        (any::<String>(), any::<String>()).prop_map(|(code, message)| {
            format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>").into_bytes()
        }),
        (any_json(), any_json(), any_json()).prop_map(|(success, code, message)| {
            json!({"Success": success, "ErrCode": code, "ErrMessage": message, "Code": code})
                .to_string()
                .into_bytes()
        }),
    ]
}

fn any_answer() -> impl Strategy<Value = (&'static str, u16, Vec<u8>)> {
    // Successes are a fifth of the statuses that there are, and the most is read of them.
    let status = prop_oneof![Just(200), 100_u16..600];
    (0..ALL.len(), status).prop_flat_map(|(index, status)| {
        let action = ALL[index].action;
        (Just(action), Just(status), any_body(&samples()[action]))
    })
}

/// Names with everything that a JSON text must escape.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\"\\\\\\x00-\\x1f\u{7f}\u{2028}/é😀u0a]{0,8}"]
}

fn any_backup_objects() -> impl Strategy<Value = BackupObjects> {
    let names = || prop::collection::vec(any_name(), 0..3);
    let object = (any_name(), prop::option::of(any_name()), names(), names()).prop_map(
        |(name, schema, included, excluded)| {
            let mut object = BackupObject::database(name);
            object.schema_name = schema;
            let object = included.into_iter().fold(object, BackupObject::include_table);
            excluded.into_iter().fold(object, BackupObject::exclude_table)
        },
    );
    prop::collection::vec(object, 1..4).prop_map(|objects| BackupObjects::new(objects).unwrap())
}

fn any_restore_objects() -> impl Strategy<Value = RestoreObjects> {
    let other = || prop::option::of(any_name());
    let object =
        (any_name(), other(), other(), other()).prop_map(|(name, new, schema, renamed)| {
            let mut object = RestoreObject::database(name);
            object.new_db_name = new;
            object.schema_name = schema;
            object.new_schema_name = renamed;
            object
        });
    prop::collection::vec(object, 1..4).prop_map(|objects| RestoreObjects::new(objects).unwrap())
}

/// Failures are not written down beside the test: they become tests with a name.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn unknown_members_and_other_spellings_change_nothing(
        changes in prop::collection::vec(harmless(), 1..8),
    ) {
        for (action, sample) in samples() {
            let mut body = sample.clone();
            for change in &changes {
                change.apply(&mut body);
            }
            let got = answer(action, &body);
            prop_assert!(got.is_ok(), "{action}: {got:?}\n{body}");
            prop_assert_eq!(&got.unwrap(), &decoded()[action], "{}\n{}", action, body);
        }
    }

    #[test]
    fn any_optional_members_may_be_left_out_together(
        leavings in prop::collection::vec((any::<Index>(), 0..NOTHING.len()), 1..12),
    ) {
        for (action, places) in optional().iter().filter(|(_, places)| !places.is_empty()) {
            let mut body = samples()[action].clone();
            let mut without = samples()[action].clone();
            for (which, nothing) in &leavings {
                let place = &places[which.index(places.len())];
                NOTHING[*nothing].apply(&mut body, place);
                Nothing::Missing.apply(&mut without, place);
            }
            let got = answer(action, &body);
            prop_assert!(got.is_ok(), "{action}: {got:?}\n{body}");
            prop_assert_eq!(got.unwrap(), expect(action, &without, action), "{}\n{}", action, body);
        }
    }
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn whatever_comes_is_an_answer_or_an_error_of_one_line(
        (action, status, body) in any_answer(),
    ) {
        check_outcome(action, status, &body);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn periods_come_back_and_no_text_makes_a_panic(
        text in prop_oneof![any::<String>(), "\\s?[0-9]{0,4}\\s?([yY]ears?|[mM]onths?)?\\s?"],
    ) {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert!((1..=period.unit().max()).contains(&period.used_time().get()));
        }
    }

    #[test]
    fn backup_objects_come_back_plain_and_escaped(objects in any_backup_objects()) {
        let plain = objects.to_string();
        prop_assert_eq!(escaped(&plain).parse(), Ok(objects.clone()));
        prop_assert_eq!(plain.parse(), Ok(objects));

        let action = "DescribeFullBackupList";
        let place = "/Items/FullBackupFile/0/BackupObjects";
        for text in [plain.clone(), escaped(&plain)] {
            let body = replaced(&samples()[action], place, text.into());
            let written = expect(action, &body, action);
            prop_assert_eq!(written.pointer(place).unwrap(), &plain);
        }
    }

    #[test]
    fn restore_objects_come_back_plain_and_escaped(objects in any_restore_objects()) {
        let plain = objects.to_string();
        prop_assert_eq!(escaped(&plain).parse(), Ok(objects.clone()));
        prop_assert_eq!(plain.parse(), Ok(objects));
    }

    #[test]
    fn objects_are_read_or_refused_whatever_the_text_is(
        text in prop_oneof![any::<String>(), "[\\[\\]{}\"\\\\:,DBName]{0,24}"],
    ) {
        if let Ok(objects) = text.parse::<BackupObjects>() {
            prop_assert_eq!(objects.to_string().parse(), Ok(objects));
        }
        if let Ok(objects) = text.parse::<RestoreObjects>() {
            prop_assert_eq!(objects.to_string().parse(), Ok(objects));
        }
    }

    #[test]
    fn a_query_is_plain_sorted_and_complete(
        pairs in prop::collection::vec((any_name(), any_name()), 0..8),
    ) {
        let query = canonical_query(pairs.iter().map(|(name, value)| (&**name, &**value)));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte);
        prop_assert!(query.bytes().all(plain), "{query}");

        let decode = |text: &str| {
            let bytes = percent_encoding::percent_decode_str(text);
            bytes.decode_utf8().unwrap().into_owned()
        };
        let parts = query.split('&').filter(|_| !pairs.is_empty());
        let back: Vec<_> = parts
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        // Sorted by the bytes before they are encoded, and nothing lost, added or merged.
        let mut sorted = pairs;
        sorted.sort();
        prop_assert_eq!(back, sorted);
    }
}

/// The parameters of a request that is read from texts, secrets apart.
struct Written<'a>(&'a Value);

impl OperationVisitor for Written<'_> {
    type Output = Parameters;

    fn visit<O: NamedOperation>(self) -> Parameters {
        let request: O = serde_json::from_value(self.0.clone()).unwrap();
        Parameters::from_serialize(&request).unwrap()
    }
}

#[test]
fn every_request_is_written_as_the_pairs_it_was_read_from() {
    let pairs = |parameters: &Parameters| -> BTreeMap<String, String> {
        parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    for (action, sets) in requests().as_object().unwrap() {
        for set in sets.as_array().unwrap() {
            let members = set.as_object().unwrap();
            let mut expected: BTreeMap<_, _> = members
                .iter()
                .map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned()))
                .collect();
            let untyped = Parameters::from_serialize(set).unwrap();
            assert_eq!(untyped.iter().count(), expected.len(), "{action}");
            assert_eq!(pairs(&untyped), expected, "{action}");

            // The types keep secrets out of serde's sight.
            expected.retain(|name, _| !name.ends_with("Password"));
            assert_eq!(pairs(&visit(action, Written(set)).unwrap()), expected, "{action}");
        }
    }
}

#[test]
fn errors_say_where_an_answer_is_not_as_documented() {
    let mut lines = String::new();
    for (action, sample) in samples().iter().filter(|(_, sample)| sample.get("Items").is_some()) {
        let body = replaced(sample, "/Items", json!([1]));
        writeln!(lines, "{}", answer(action, &body).unwrap_err()).unwrap();
    }
    assert_eq!(lines.lines().count(), 8, "{lines}");
    assert!(lines.lines().all(|line| line.contains("Items")), "{lines}");
}
