//! Tests that every spelling of a sample decodes to the same response.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::samples::*;

#[test]
fn optional_fields_may_be_missing_null_or_empty() {
    for (action, sample) in samples() {
        let places = &optional()[action];
        assert!(!has_rows(sample) || !places.is_empty(), "{action} has nothing optional");
        for place in places {
            let [missing, null, empty] = OMISSIONS.map(|nothing| {
                let body = nothing.of(sample, place);
                expect(action, &body, &format!("{action}: {place} is {nothing:?}"))
            });
            assert_eq!(null, missing, "{action}: {place}");
            assert_eq!(empty, missing, "{action}: {place}");
        }
    }
    // The required fields of an item are few and known.
    let plan = &samples()["DescribeBackupPlanList"];
    let required: Vec<_> = places(plan)
        .into_iter()
        .filter(|place| place.starts_with("/Items/BackupPlanDetail/0/"))
        .filter(|place| !optional()["DescribeBackupPlanList"].contains(place))
        .map(|place| name_of(&place).to_owned())
        .collect();
    assert_eq!(required, ["BackupPlanId"]);
}

#[test]
fn scalars_are_read_as_strings_and_numbers() {
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
fn lists_are_read_in_every_form() {
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
fn strings_of_a_list_may_be_numbers() {
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

/// Returns the response fields of each operation that have a published set of values.
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
            match decode(action, &body) {
                Ok(written) => match written.pointer(&place).filter(|value| !value.is_null()) {
                    Some(kept) => assert_eq!(kept, "brand-new-value", "{place}"),
                    // Only a field that holds a number or a flag in a string may reject words.
                    None => assert!(
                        old.parse::<u64>().is_ok() || old.parse::<bool>().is_ok(),
                        "{action}: {place}"
                    ),
                },
                // A required identifier that is a number.
                Err(error) => assert!(old.parse::<u64>().is_ok(), "{action}: {place}: {error}"),
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
                    let written = decode(action, &replaced(sample, &place, spelling));
                    if counts && number.is_u64() {
                        assert!(written.is_ok(), "{action}: {place} of {number}: {written:?}");
                        whole += 1;
                    }
                    let Ok(written) = written else { continue };
                    let kept = written.pointer(&place).filter(|value| !value.is_null());
                    let Some(kept) = kept else {
                        assert!(!counts || !number.is_u64(), "{action}: {place} of {number}");
                        continue;
                    };
                    let text = kept.as_str().map_or_else(|| kept.to_string(), str::to_owned);
                    assert_eq!(text, number.to_string(), "{action}: {place}");
                }
            }
            for number in [json!(1e300), json!(0.5), json!(-1e-300)] {
                let _ = decode(action, &replaced(sample, &place, number));
            }
        }
    }
    // 16 fields, 5 numbers, 2 spellings.
    assert_eq!(whole, 16 * 5 * 2);
}

#[test]
fn json_strings_may_be_escaped_once_more() {
    let mut found = 0;
    for (action, sample) in samples() {
        for place in places(sample).iter().filter(|place| name_of(place).ends_with("Objects")) {
            let text = sample.pointer(place).unwrap().as_str().unwrap();
            let body = replaced(sample, place, escaped(text).into());
            assert_eq!(expect(action, &body, place), decoded()[action], "{action}: {place}");
            // An unparsed string would survive as well, so the escapes must be gone.
            assert_eq!(decoded()[action].pointer(place).unwrap(), text);
            found += 1;
        }
    }
    assert_eq!(found, 3);
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn unknown_fields_and_other_spellings_are_ignored(
        changes in prop::collection::vec(harmless(), 1..8),
    ) {
        for (action, sample) in samples() {
            let mut body = sample.clone();
            for change in &changes {
                change.apply(&mut body);
            }
            let got = decode(action, &body);
            prop_assert!(got.is_ok(), "{action}: {got:?}\n{body}");
            prop_assert_eq!(&got.unwrap(), &decoded()[action], "{}\n{}", action, body);
        }
    }

    #[test]
    fn optional_fields_may_be_omitted_together(
        leavings in prop::collection::vec((any::<Index>(), 0..OMISSIONS.len()), 1..12),
    ) {
        for (action, places) in optional().iter().filter(|(_, places)| !places.is_empty()) {
            let mut body = samples()[action].clone();
            let mut without = samples()[action].clone();
            for (which, nothing) in &leavings {
                let place = &places[which.index(places.len())];
                OMISSIONS[*nothing].apply(&mut body, place);
                Omission::Missing.apply(&mut without, place);
            }
            let got = decode(action, &body);
            prop_assert!(got.is_ok(), "{action}: {got:?}\n{body}");
            prop_assert_eq!(got.unwrap(), expect(action, &without, action), "{}\n{}", action, body);
        }
    }
}
