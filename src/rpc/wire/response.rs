//! Decoding of a response body: the envelope and the operation's own fields, in one pass.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;

use super::envelope::{Envelope, EnvelopeDeserializer, EnvelopeFields, EnvelopeNames};
use super::lenient::Lenient;
use super::repair::repair;
use super::unread::{Notes, Path, UnreadField};

/// A decoded response: the envelope and the response type.
#[derive(Debug)]
pub(crate) struct Decoded<T> {
    pub(crate) envelope: Envelope,
    pub(crate) value: T,
    /// The fields that could not be read, as they were sent.
    pub(crate) unread: Vec<UnreadField>,
    /// The number of rows that could not be read. `unread` may have fewer, because it is limited.
    pub(crate) unread_rows: u64,
}

impl<T> Decoded<T> {
    fn with_unread(self, notes: Notes) -> Self {
        Self { unread_rows: notes.unread_rows(), unread: notes.into_unread(), ..self }
    }

    /// Returns whether the body has one of the fields of the response type.
    ///
    /// It parses the body again, so it is for bodies without a success flag.
    pub(crate) fn has_own_field(&self, body: &[u8]) -> bool {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}');
        #[expect(clippy::zero_sized_map_values, reason = "serde skips the values")]
        let fields: BTreeMap<Cow<'_, str>, IgnoredAny> =
            serde_json::from_str(text).unwrap_or_default();
        self.envelope.own_fields.iter().any(|known| fields.contains_key(*known))
    }
}

/// The error of a body that cannot be decoded as the response type.
#[derive(Debug)]
pub(crate) struct ResponseDecodeError {
    /// The envelope, if the body is JSON or XML that has one.
    pub(crate) envelope: Option<Envelope>,
    json: Option<Value>,
}

/// Decodes a response in one pass.
///
/// Decodes it a second time, from a [repaired](repair) body, if that fails or loses digits.
pub(crate) fn decode_response<T: DeserializeOwned>(
    body: &[u8],
    fields: &EnvelopeFields,
) -> Result<Decoded<T>, Box<ResponseDecodeError>> {
    let notes = Notes::default();
    let names = EnvelopeNames::Api(fields);
    let decoded = match to_str(body) {
        // One check of the UTF-8 is faster than one for each string.
        Some(text) => decode(serde_json::Deserializer::from_str(text), names, &notes),
        // Fields that the response type does not have may contain invalid UTF-8.
        None => decode(serde_json::Deserializer::from_slice(body), names, &notes),
    };
    match decoded {
        Ok(decoded) if !notes.needs_repair.get() => Ok(decoded.with_unread(notes)),
        first => {
            let text = repair(body);
            let notes_again = Notes::of_repaired();
            match decode(serde_json::Deserializer::from_str(&text), names, &notes_again) {
                Ok(decoded) => Ok(decoded.with_unread(notes_again)),
                Err(_) => first
                    .map(|decoded| decoded.with_unread(notes))
                    .map_err(|_| Box::new(ResponseDecodeError::new(body, &text, fields))),
            }
        }
    }
}

/// Decodes a value leniently. The error begins with the path of the value that it is about.
pub(crate) fn decode_value<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    let notes = Notes::default();
    T::deserialize(Lenient::new(value, &Path::Root(&notes))).map_err(|error| {
        match notes.failed_at().filter(|path| !path.is_empty()) {
            Some(path) => format!("{path}: {error}"),
            None => error.to_string(),
        }
    })
}

/// Reads the envelope of a body, which is a JSON object or XML of the gateway.
pub(crate) fn read_envelope(body: &[u8], fields: &EnvelopeFields) -> Option<Envelope> {
    let text = to_str(body)?;
    read_xml(text).or_else(|| {
        let decoded = decode::<_, IgnoredAny>(
            serde_json::Deserializer::from_str(text),
            EnvelopeNames::ApiAndGateway(fields),
            &Notes::default(),
        );
        Some(decoded.ok()?.envelope)
    })
}

fn read_xml(text: &str) -> Option<Envelope> {
    let text = text.trim_start();
    text.starts_with('<').then(|| Envelope::from_xml(text))?
}

/// Returns the body as a string without the byte order mark, or `None` if it is not UTF-8.
fn to_str(body: &[u8]) -> Option<&str> {
    Some(std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}'))
}

fn decode<'de, R: serde_json::de::Read<'de>, T: Deserialize<'de>>(
    mut json: serde_json::Deserializer<R>,
    names: EnvelopeNames<'_>,
    notes: &Notes,
) -> Result<Decoded<T>, serde_json::Error> {
    let decoded = decode_envelope(&mut json, names, notes)?;
    json.end()?;
    Ok(decoded)
}

fn decode_envelope<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    names: EnvelopeNames<'_>,
    notes: &Notes,
) -> Result<Decoded<T>, D::Error> {
    let mut envelope = Envelope::default();
    let path = Path::Root(notes);
    let response = Lenient::new(deserializer, &path);
    let value = T::deserialize(EnvelopeDeserializer::new(response, names, &mut envelope))?;
    Ok(Decoded { envelope, value, unread: Vec::new(), unread_rows: 0 })
}

impl ResponseDecodeError {
    /// Reads the envelope and the JSON of a body that could not be decoded, and was repaired to `text`.
    ///
    /// Only JSON is repaired: in XML, quotes around what looks like a number would split a secret.
    fn new(body: &[u8], text: &str, fields: &EnvelopeFields) -> Self {
        let json = serde_json::from_str(text).ok().filter(Value::is_object);
        let envelope = match &json {
            Some(json) => {
                let names = EnvelopeNames::ApiAndGateway(fields);
                decode_envelope::<_, IgnoredAny>(json, names, &Notes::default())
                    .ok()
                    .map(|decoded| decoded.envelope)
            }
            None => read_xml(String::from_utf8_lossy(body).trim_start_matches('\u{feff}')),
        };
        Self { envelope, json }
    }

    /// Returns which field of a JSON object cannot be decoded and, if `may_quote` is set, why.
    ///
    /// The reason quotes the value, so `scrub` removes the secrets of each string first.
    pub(crate) fn describe<T: DeserializeOwned>(
        self,
        may_quote: bool,
        mut scrub: impl FnMut(&mut String),
    ) -> Option<String> {
        let mut json = self.json?;
        for_each_string(&mut json, &mut scrub);
        let notes = Notes::default();
        let error = T::deserialize(Lenient::new(json, &Path::Root(&notes))).err()?;
        let path = match notes.failed_at() {
            Some(path) if !path.is_empty() => format!("`{path}`"),
            _ => "its top level".to_owned(),
        };
        Some(if may_quote {
            format!("it differs from the documentation at {path}: {error}")
        } else {
            format!("it differs from the documentation at {path}")
        })
    }
}

fn for_each_string(json: &mut Value, change: &mut impl FnMut(&mut String)) {
    match json {
        Value::String(text) => change(text),
        Value::Array(values) => values.iter_mut().for_each(|value| for_each_string(value, change)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| for_each_string(value, change));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::envelope::SuccessFlag;
    use super::*;

    const FIELDS: EnvelopeFields = EnvelopeFields {
        http_status: &["HttpStatusCode"],
        success: &["Success"],
        code: &["ErrCode", "ErrorCode"],
        message: &["ErrMessage"],
        ..EnvelopeFields::GATEWAY
    };

    fn decode_created(body: &[u8]) -> Result<Decoded<Created>, Box<ResponseDecodeError>> {
        decode_response(body, &FIELDS)
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Created {
        backup_plan_id: String,
        order_id: Option<u64>,
    }

    #[test]
    fn envelope_is_removed_wherever_it_is() {
        let body = br#"{"Success":"true","BackupPlanId":"a","HttpStatusCode":"200","New":{"x":[1]},
            "ErrCode":"Param.NotFound","OrderId":7,"RequestId":"r","ErrMessage":null}"#;
        let Decoded { envelope, value, .. } = decode_created(body).unwrap();
        assert_eq!(value, Created { backup_plan_id: "a".into(), order_id: Some(7) });
        assert_eq!(envelope.request_id.as_deref(), Some("r"));
        assert_eq!(envelope.http_status, Some(200));
        assert_eq!(envelope.success, Some(SuccessFlag::Yes));
        assert_eq!(envelope.code.as_deref(), Some("Param.NotFound"));
        assert_eq!(envelope.message, None);
    }

    #[test]
    fn invalid_envelope_does_not_fail_the_response() {
        let body = br#"{"Success":[],"RequestId":{"a":1},"HttpStatusCode":1e9,"BackupPlanId":"a"}"#;
        let decoded = decode_created(body).unwrap();
        assert_eq!(decoded.envelope.success, None);
        assert_eq!(decoded.envelope.request_id, None);
    }

    #[test]
    fn api_names_the_envelope_fields() {
        let body = br#"{"Success":true,"ErrCode":"C","RequestId":"r"}"#;
        let envelope = read_envelope(body, &EnvelopeFields::GATEWAY).unwrap();
        assert_eq!((envelope.success, envelope.code), (None, None));
        assert_eq!(envelope.request_id.as_deref(), Some("r"));
        for (body, code) in [
            (r#"{"ErrorCode":"second"}"#, "second"),
            (r#"{"ErrorCode":"second","ErrCode":"first"}"#, "first"),
            (r#"{"ErrCode":"first","ErrorCode":"second"}"#, "first"),
            (r#"{"ErrCode":"","ErrorCode":"second"}"#, "second"),
        ] {
            let envelope = read_envelope(body.as_bytes(), &FIELDS).unwrap();
            assert_eq!(envelope.code.as_deref(), Some(code), "{body}");
        }
    }

    #[test]
    fn gateway_names_are_only_read_from_errors() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Coded {
            code: Option<u32>,
            message: Vec<String>,
        }
        let body = br#"{"Code":"404","Message":["a",1],"code":5}"#;
        let Decoded { envelope, value, .. } = decode_response::<Coded>(body, &FIELDS).unwrap();
        assert_eq!(value, Coded { code: Some(404), message: vec!["a".into(), "1".into()] });
        assert_eq!(envelope.gateway.code, None);
        let envelope = read_envelope(body, &FIELDS).unwrap();
        assert_eq!(envelope.gateway.code.as_deref(), Some("404"));
        assert_eq!(envelope.gateway.message, None);
        let value: Value = decode_response(body, &FIELDS).unwrap().value;
        assert_eq!(value, serde_json::from_slice::<Value>(body).unwrap());
    }

    #[test]
    fn unknown_fields_may_have_any_encoding() {
        for field in [
            &b"\"Message\":\"\xd6\xd0\""[..],
            br#""Message":"\ud83d""#,
            br#""Code":1e400"#,
            br#""requestId":"\ud83d""#,
        ] {
            let body = [b"{\"Success\":true,", field, b",\"BackupPlanId\":\"a\"}"].concat();
            let decoded = decode_created(&body).unwrap();
            assert_eq!(decoded.value.backup_plan_id, "a", "{}", body.escape_ascii());
        }
        let body = b"{\"Success\":true,\"Note\":\"\xd6\xd0\",\"BackupPlanId\":\"a\"}";
        assert_eq!(decode_created(body).unwrap().value.backup_plan_id, "a");
        let body = "\u{feff}{\"Success\":true,\"BackupPlanId\":\"a\"}";
        let value = decode_created(body.as_bytes()).unwrap().value;
        assert_eq!(value.backup_plan_id, "a", "after a byte order mark");
        let body = b"{\"Success\":true,\"BackupPlanId\":\"\xd6\xd0\"}";
        assert!(decode_created(body).is_err());
    }

    #[test]
    fn non_objects_and_trailing_data_are_rejected() {
        for body in ["", "[]", "1", "null", r#"{"BackupPlanId":"a""#, r#"{"BackupPlanId":"a"} x"#] {
            let error = decode_created(body.as_bytes()).unwrap_err();
            assert!(error.envelope.is_none(), "{body}");
            assert_eq!(error.describe::<Created>(true, |_| ()), None, "{body}");
        }
    }

    #[test]
    fn xml_is_not_repaired() {
        let code = "4772c3bc636f72723e6563742027";
        let body = format!("<Error><Code>{code}</Code></Error>");
        let error = decode_created(body.as_bytes()).unwrap_err();
        assert_eq!(error.envelope.unwrap().gateway.code.as_deref(), Some(code));
    }

    #[test]
    fn decode_error_has_the_envelope_and_the_field() {
        let body = br#"{"Success":false,"BackupPlanId":"a","OrderId":"hunter2","ErrCode":"C"}"#;
        let error = decode_created(body).unwrap_err();
        let envelope = error.envelope.as_ref().unwrap();
        assert_eq!(
            (envelope.success, envelope.code.as_deref()),
            (Some(SuccessFlag::No), Some("C"))
        );
        let why = error.describe::<Created>(true, |text| *text = text.replace("hunter2", "***"));
        let expected = "it differs from the documentation at `OrderId`: expected a non-negative integer, got `***`";
        assert_eq!(why.as_deref(), Some(expected));
    }
}
