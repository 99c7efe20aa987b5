//! The body of a response: the envelope and the operation's own fields, in one pass.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;

use super::envelope::{Envelope, EnvelopeFields, Names, Peeled};
use super::lenient::Lenient;

/// A decoded response: the envelope, and the operation's own fields.
#[derive(Debug)]
pub(crate) struct Decoded<T> {
    pub(crate) envelope: Envelope,
    pub(crate) value: T,
}

/// A body that does not fit the type that it was to be read into.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// The envelope, where the body is JSON or XML that has one.
    pub(crate) envelope: Option<Envelope>,
    json: Option<Value>,
}

/// Decodes a response in one pass; the body is parsed again only if it does not fit the type.
pub(crate) fn decode_response<T: DeserializeOwned>(
    body: &[u8],
    fields: &EnvelopeFields,
) -> Result<Decoded<T>, Box<Misfit>> {
    match text(body) {
        // Checked at once, and not string by string.
        Some(text) => decode(serde_json::Deserializer::from_str(text), Names::Api(fields)),
        // Fields that the type does not have may hold anything.
        None => decode(serde_json::Deserializer::from_slice(body), Names::Api(fields)),
    }
    .map_err(|_| Box::new(Misfit::find(body, fields)))
}

/// Reads the envelope of a body that is a JSON object, or XML of the gateway.
pub(crate) fn read_envelope(body: &[u8], fields: &EnvelopeFields) -> Option<Envelope> {
    let text = text(body)?;
    xml(text).or_else(|| {
        let decoded = decode::<_, IgnoredAny>(
            serde_json::Deserializer::from_str(text),
            Names::ApiAndGateway(fields),
        );
        Some(decoded.ok()?.envelope)
    })
}

fn xml(text: &str) -> Option<Envelope> {
    let text = text.trim_start();
    text.starts_with('<').then(|| Envelope::from_xml(text))?
}

/// A body as text, without the byte order mark.
fn text(body: &[u8]) -> Option<&str> {
    Some(std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}'))
}

fn decode<'de, R: serde_json::de::Read<'de>, T: Deserialize<'de>>(
    mut json: serde_json::Deserializer<R>,
    names: Names<'_>,
) -> Result<Decoded<T>, serde_json::Error> {
    let decoded = peel(&mut json, names)?;
    json.end()?;
    Ok(decoded)
}

fn peel<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    names: Names<'_>,
) -> Result<Decoded<T>, D::Error> {
    let mut envelope = Envelope::default();
    let value = T::deserialize(Peeled::new(deserializer, names, &mut envelope))?;
    Ok(Decoded { envelope, value })
}

impl Misfit {
    /// Reads a body that did not fit, for its envelope and for the place where it did not.
    fn find(body: &[u8], fields: &EnvelopeFields) -> Self {
        let Some(text) = text(body) else { return Self { envelope: None, json: None } };
        let json = serde_json::from_str(text).ok().filter(Value::is_object);
        let envelope = match &json {
            Some(json) => peel::<_, IgnoredAny>(json, Names::ApiAndGateway(fields))
                .ok()
                .map(|peeled| peeled.envelope),
            None => xml(text),
        };
        Self { envelope, json }
    }

    /// Says which field of a well-formed response does not fit and, if it may be quoted, why.
    ///
    /// The reason quotes the value, so each string goes through `scrub` before the type sees it.
    pub(crate) fn describe<T: DeserializeOwned>(
        self,
        may_quote: bool,
        mut scrub: impl FnMut(&mut String),
    ) -> Option<String> {
        let mut json = self.json?;
        for_each_string(&mut json, &mut scrub);
        let error = serde_path_to_error::deserialize::<_, T>(Lenient::new(json)).err()?;
        let path = error.path();
        Some(if may_quote {
            format!("not as documented at {path}: {}", error.inner())
        } else {
            format!("not as documented at {path}")
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
    use super::super::envelope::Success;
    use super::*;

    const FIELDS: EnvelopeFields = EnvelopeFields {
        http_status: &["HttpStatusCode"],
        success: &["Success"],
        code: &["ErrCode", "ErrorCode"],
        message: &["ErrMessage"],
        ..EnvelopeFields::GATEWAY
    };

    fn decode_created(body: &[u8]) -> Result<Decoded<Created>, Box<Misfit>> {
        decode_response(body, &FIELDS)
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Created {
        backup_plan_id: String,
        order_id: Option<u64>,
    }

    #[test]
    fn envelope_is_taken_out_wherever_it_stands() {
        let body = br#"{"Success":"true","BackupPlanId":"a","HttpStatusCode":"200","New":{"x":[1]},
            "ErrCode":"Param.NotFound","OrderId":7,"RequestId":"r","ErrMessage":null}"#;
        let Decoded { envelope, value } = decode_created(body).unwrap();
        assert_eq!(value, Created { backup_plan_id: "a".into(), order_id: Some(7) });
        assert_eq!(envelope.request_id.as_deref(), Some("r"));
        assert_eq!(envelope.http_status, Some(200));
        assert_eq!(envelope.success, Some(Success::Yes));
        assert_eq!(envelope.code.as_deref(), Some("Param.NotFound"));
        assert_eq!(envelope.message, None);
    }

    #[test]
    fn odd_envelope_does_not_cost_the_response() {
        let body = br#"{"Success":[],"RequestId":{"a":1},"HttpStatusCode":1e9,"BackupPlanId":"a"}"#;
        let decoded = decode_created(body).unwrap();
        assert_eq!(decoded.envelope.success, None);
        assert_eq!(decoded.envelope.request_id, None);
    }

    #[test]
    fn fields_have_the_names_of_the_api() {
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
    fn gateways_fields_are_the_types_unless_it_may_be_a_refusal() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Coded {
            code: Option<u32>,
            message: Vec<String>,
        }
        let body = br#"{"Code":"404","Message":["a",1],"code":5}"#;
        let Decoded { envelope, value } = decode_response::<Coded>(body, &FIELDS).unwrap();
        assert_eq!(value, Coded { code: Some(404), message: vec!["a".into(), "1".into()] });
        assert_eq!(envelope.gateway.code, None);
        let envelope = read_envelope(body, &FIELDS).unwrap();
        assert_eq!(envelope.gateway.code.as_deref(), Some("404"));
        assert_eq!(envelope.gateway.message, None);
        let value: Value = decode_response(body, &FIELDS).unwrap().value;
        assert_eq!(value, serde_json::from_slice::<Value>(body).unwrap());
    }

    #[test]
    fn unread_field_may_be_in_any_encoding() {
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
        assert_eq!(value.backup_plan_id, "a", "behind a byte order mark");
        let body = b"{\"Success\":true,\"BackupPlanId\":\"\xd6\xd0\"}";
        assert!(decode_created(body).is_err());
    }

    #[test]
    fn no_object_or_a_tail_is_refused() {
        for body in ["", "[]", "1", "null", r#"{"BackupPlanId":"a""#, r#"{"BackupPlanId":"a"} x"#] {
            let misfit = decode_created(body.as_bytes()).unwrap_err();
            assert!(misfit.envelope.is_none(), "{body}");
            assert_eq!(misfit.describe::<Created>(true, |_| ()), None, "{body}");
        }
    }

    #[test]
    fn misfit_has_the_envelope_and_says_where() {
        let body = br#"{"Success":false,"BackupPlanId":"a","OrderId":"hunter2","ErrCode":"C"}"#;
        let misfit = decode_created(body).unwrap_err();
        let envelope = misfit.envelope.as_ref().unwrap();
        assert_eq!((envelope.success, envelope.code.as_deref()), (Some(Success::No), Some("C")));
        let why = misfit.describe::<Created>(true, |text| *text = text.replace("hunter2", "***"));
        let expected = "not as documented at OrderId: *** is not a whole number from 0 to \
                        18446744073709551615";
        assert_eq!(why.as_deref(), Some(expected));
    }
}
