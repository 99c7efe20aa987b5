//! Tests that values and parameters survive a round trip through strings.

use std::collections::BTreeMap;

use aliyun_dbs::operations::{NamedOperation, OperationVisitor, visit};
use aliyun_dbs::types::{BackupObject, BackupObjects, PeriodUnit, RestoreObject, RestoreObjects};
use aliyun_dbs::unversioned::wire::canonical_query;
use aliyun_dbs::{Parameters, Period};
use proptest::prelude::*;
use serde_json::Value;

use super::samples::*;

/// Generates names with every character that a JSON string must escape.
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

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn periods_round_trip_without_panic(
        text in prop_oneof![any::<String>(), "\\s?[0-9]{0,4}\\s?([yY]ears?|[mM]onths?)?\\s?"],
    ) {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            let max = if period.unit() == PeriodUnit::Year { 9 } else { 11 };
            prop_assert!((1..=max).contains(&period.used_time().get()));
        }
    }

    #[test]
    fn accepts_only_periods_that_are_sold(number in 0_u64..300, years in any::<bool>()) {
        let (noun, max) = if years { ("years", 9) } else { ("months", 11) };
        let read = format!("{number} {noun}").parse::<Period>();
        prop_assert_eq!(read.is_ok(), (1..=max).contains(&number), "{:?}", read);
    }

    #[test]
    fn backup_objects_round_trip_plain_and_escaped(objects in any_backup_objects()) {
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
    fn restore_objects_round_trip_plain_and_escaped(objects in any_restore_objects()) {
        let plain = objects.to_string();
        prop_assert_eq!(escaped(&plain).parse(), Ok(objects.clone()));
        prop_assert_eq!(plain.parse(), Ok(objects));
    }

    #[test]
    fn objects_parse_or_fail_without_panic(
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
    fn canonical_query_is_encoded_sorted_and_complete(
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
        // Sorted by the unencoded bytes, with nothing lost, added or merged.
        let mut sorted = pairs;
        sorted.sort();
        prop_assert_eq!(back, sorted);
    }
}

/// Reads a request from strings, and returns its parameters without the secrets.
struct RequestParameters<'a>(&'a Value);

impl OperationVisitor for RequestParameters<'_> {
    type Output = Parameters;

    fn visit<O: NamedOperation>(self) -> Parameters {
        let request: O = serde_json::from_value(self.0.clone()).unwrap();
        Parameters::from_serialize(&request).unwrap()
    }
}

#[test]
fn requests_round_trip_through_parameters() {
    let pairs = |parameters: &Parameters| -> BTreeMap<String, String> {
        parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    for (action, sets) in requests().as_object().unwrap() {
        for set in sets.as_array().unwrap() {
            let fields = set.as_object().unwrap();
            let mut expected: BTreeMap<_, _> = fields
                .iter()
                .map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned()))
                .collect();
            let untyped = Parameters::from_serialize(set).unwrap();
            assert_eq!(untyped.iter().count(), expected.len(), "{action}");
            assert_eq!(pairs(&untyped), expected, "{action}");

            // The types do not serialize secrets.
            expected.retain(|name, _| !name.ends_with("Password"));
            assert_eq!(
                pairs(&visit(action, RequestParameters(set)).unwrap()),
                expected,
                "{action}"
            );
        }
    }
}
