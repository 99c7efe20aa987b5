use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::unread::Notes;
use super::*;
use crate::rpc::value::Open;
use crate::rpc::value::lenient::{as_text, optional, required};

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let notes = Notes::default();
    let path = Path::Root(&notes);
    let text = T::deserialize(Lenient::new(&mut serde_json::Deserializer::from_str(json), &path));
    let value: Value = serde_json::from_str(json).unwrap();
    // The result does not depend on the inner deserializer.
    let value = T::deserialize(Lenient::new(value, &path));
    assert_eq!(text.is_ok(), value.is_ok(), "{json}");
    text.map_err(|error| error.to_string())
}

#[derive(Debug, PartialEq, Deserialize)]
struct Days(u32);

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Row {
    text: String,
    small: u8,
    signed: i64,
    float: f64,
    flag: bool,
    days: Option<Days>,
    name: Option<String>,
    nested: Option<Box<Row>>,
    list: Vec<String>,
    lists: Option<Vec<u8>>,
    map: BTreeMap<String, u8>,
    pair: Option<(u8, String)>,
}

#[test]
fn scalars_are_read_from_strings() {
    let row: Row = read(
        r#"{"text":7,"small":"7","signed":"-7","float":" 0.5","flag":"True","days":"30",
            "name":true,"nested":{"small":"8","nested":{"flag":"false","text":-1}},
            "map":{"a":"1"},"pair":["2",3]}"#,
    )
    .unwrap();
    assert_eq!((row.text.as_str(), row.small, row.signed, row.float), ("7", 7, -7, 0.5));
    assert_eq!((row.flag, row.days, row.name.as_deref()), (true, Some(Days(30)), Some("true")));
    let nested = row.nested.unwrap();
    assert_eq!(nested.small, 8);
    assert_eq!(nested.nested.unwrap().text, "-1");
    assert_eq!(row.map["a"], 1);
    assert_eq!(row.pair, Some((2, "3".to_owned())));
}

#[test]
fn missing_null_and_empty_options_are_none() {
    for json in [
        r"{}",
        r#"{"days":null,"name":null,"nested":null,"lists":null}"#,
        r#"{"days":"","name":"","nested":"","lists":""}"#,
    ] {
        assert_eq!(read::<Row>(json).unwrap(), Row::default(), "{json}");
    }
    assert_eq!(read::<Option<Option<u8>>>(r#""""#).unwrap(), None);
}

#[test]
fn lists_are_read_from_scalars_and_null() {
    for (json, rows) in [
        (r#"["a",1]"#, vec!["a", "1"]),
        (r#""a""#, vec!["a"]),
        ("1", vec!["1"]),
        ("true", vec!["true"]),
        ("[]", vec![]),
        (r#""""#, vec![]),
        ("null", vec![]),
    ] {
        assert_eq!(read::<Vec<String>>(json).unwrap(), rows, "{json}");
    }
    let rows: Vec<Row> = read(r#"{"small":"1"}"#).unwrap();
    assert_eq!(rows, [Row { small: 1, ..Row::default() }]);
    assert!(read::<Vec<Row>>(r#""a""#).is_err());
}

#[test]
fn invalid_scalars_are_rejected_with_the_reason() {
    for (json, why) in [
        (r#"{"small":256}"#, "expected an integer from 0 to 255, got `256`"),
        (r#"{"small":"-1"}"#, "expected an integer from 0 to 255, got `-1`"),
        (r#"{"small":30.5}"#, "expected an integer from 0 to 255, got `30.5`"),
        (r#"{"small":""}"#, "expected an integer from 0 to 255, got ``"),
        (r#"{"days":"many"}"#, "expected an integer from 0 to 4294967295, got `many`"),
        (r#"{"flag":"yes"}"#, "expected `true` or `false`, got `yes`"),
        (r#"{"small":null}"#, "invalid type: null, expected u8"),
        (r#"{"text":[1]}"#, "invalid type: sequence, expected a string"),
        (r#"{"name":{"a":1}}"#, "invalid type: map, expected a string"),
    ] {
        let error = read::<Row>(json).unwrap_err();
        assert!(error.starts_with(why), "{json}: {error}");
    }
}

#[test]
fn custom_scalar_readers_are_supported() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Own {
        #[serde(default, with = "as_text")]
        port: Option<u16>,
        #[serde(default, deserialize_with = "optional")]
        days: Option<u32>,
        #[serde(deserialize_with = "required")]
        name: String,
        open: Open<u8>,
        maybe: Option<Open<u8>>,
    }
    for (json, port, days, maybe) in [
        (r#"{"port":"1","days":2,"name":3,"open":"4","maybe":5}"#, Some(1), Some(2), Some(5)),
        (r#"{"port":"","days":"","name":"3","open":4,"maybe":""}"#, None, None, None),
        (r#"{"port":null,"name":"3","open":4,"maybe":null}"#, None, None, None),
    ] {
        let own: Own = read(json).unwrap();
        let maybe = maybe.map(Open::Known);
        let expected = Own { port, days, name: "3".into(), open: Open::Known(4), maybe };
        assert_eq!(own, expected, "{json}");
    }
}

#[test]
fn untyped_values_are_not_converted() {
    let json = r#"{"a":["1",2,-3,4.5,true,null,""],"b":{"c":""}}"#;
    assert_eq!(read::<Value>(json).unwrap(), serde_json::from_str::<Value>(json).unwrap());
}

#[test]
fn enums_and_optional_enums_are_read() {
    #[derive(Debug, PartialEq, Deserialize)]
    enum Colour {
        Red,
    }
    assert_eq!(read::<Colour>(r#""Red""#).unwrap(), Colour::Red);
    assert_eq!(read::<Option<Colour>>(r#""Red""#).unwrap(), Some(Colour::Red));
    assert_eq!(read::<Option<Colour>>(r#""""#).unwrap(), None);
    assert!(read::<Option<Colour>>(r#""Blue""#).is_err());
}
