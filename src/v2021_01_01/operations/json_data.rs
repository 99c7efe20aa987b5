//! `JsonData`: a response whose field `Data` is JSON in a string.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rpc::value::informational;
use crate::rpc::wire::decode_value;

/// The wire form of a response whose field `Data` is JSON in a string.
#[serde_with::skip_serializing_none]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct JsonData {
    #[serde(default, deserialize_with = "informational::field")]
    data: Option<Value>,
}

impl JsonData {
    /// Returns the wire form of a value, or of a string that could not be read.
    pub(super) fn write<T: Serialize>(value: &T, unparsed: Option<String>) -> Self {
        let text = unparsed.or_else(|| serde_json::to_string(value).ok());
        Self { data: text.map(Value::String) }
    }

    /// Reads the value, as leniently as other responses. `None` if the response has no value.
    ///
    /// Returns the string if it is not JSON of the type. Also reads JSON that is not in a string.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<Option<T>, String> {
        self.read_with(|value| decode_value(value).ok())
    }

    /// Reads a list, or one object instead of a list of one.
    pub(super) fn read_list<T: DeserializeOwned>(self) -> Result<Vec<T>, String> {
        let list = self.read_with(|value| match value {
            Value::Array(_) => decode_value(value).ok(),
            one => decode_value(one).ok().map(|one| vec![one]),
        });
        list.map(Option::unwrap_or_default)
    }

    fn read_with<T>(self, decode: impl Fn(Value) -> Option<T>) -> Result<Option<T>, String> {
        let parse = |text: &str| decode(serde_json::from_str(text).ok()?);
        match self.data {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => {
                parse(&text).or_else(|| parse(without_name(&text))).map(Some).ok_or(text)
            }
            Some(value) => {
                let text = value.to_string();
                decode(value).map(Some).ok_or(text)
            }
        }
    }
}

/// Returns the value of `"name": value,`, as a published demo of the vendor has it.
fn without_name(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_suffix(',').unwrap_or(text);
    let value = text
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'))
        .and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
    value.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Size {
        size: u64,
    }

    fn read(data: Value) -> Result<Option<Size>, String> {
        JsonData { data: Some(data) }.read()
    }

    #[test]
    fn reads_text_and_plain_json() {
        for text in
            [r#"{"size":2}"#, r#"{"size":"2"}"#, r#""Data" : {"size": 2},"#, r#"{"size":2},"#]
        {
            assert_eq!(read(text.into()), Ok(Some(Size { size: 2 })), "{text}");
        }
        assert_eq!(read(serde_json::json!({ "size": "2" })), Ok(Some(Size { size: 2 })));
        for empty in [Value::Null, "".into(), " ".into()] {
            assert_eq!(read(empty), Ok(None));
        }
    }

    #[test]
    fn keeps_what_it_cannot_read() {
        for text in ["garbage", r#"{"size":"many"}"#, "5", r#""name": ,"#] {
            assert_eq!(read(text.into()), Err(text.to_owned()));
        }
    }
}
