//! The envelope of an answer: what every answer carries besides the operation's members.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde_json::Value;

use crate::rpc::value::lenient::{FromScalar, Scalar};

/// A decoded answer: the envelope, and the operation's own members.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) envelope: Envelope,
    pub(crate) value: T,
}

/// What every answer of DBS carries.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) request_id: Option<String>,
    pub(crate) http_status_code: Option<u16>,
    /// Decides success; `ErrCode` does not.
    pub(crate) success: Option<Success>,
    pub(crate) err_code: Option<String>,
    pub(crate) err_message: Option<String>,
}

/// What an answer says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Success {
    Yes,
    No,
    /// Something is said, and it is neither.
    Unclear,
}

impl FromScalar for Success {
    const EXPECTED: &'static str = "true or false, or its text";

    fn from_scalar(scalar: Scalar<'_>) -> Result<Self, String> {
        Ok(match (bool::from_scalar(scalar), scalar) {
            (Ok(true), _) | (Err(_), Scalar::Unsigned(1)) => Self::Yes,
            (Ok(false), _) | (Err(_), Scalar::Unsigned(0)) => Self::No,
            (Err(_), _) => Self::Unclear,
        })
    }
}

/// Members of the envelope; `ErrorCode` is what one operation calls `ErrCode`.
#[derive(Clone, Copy)]
enum EnvelopeMember {
    RequestId,
    HttpStatusCode,
    Success,
    ErrCode,
    ErrMessage,
}

impl EnvelopeMember {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RequestId" => Self::RequestId,
            "HttpStatusCode" => Self::HttpStatusCode,
            "Success" => Self::Success,
            "ErrCode" | "ErrorCode" => Self::ErrCode,
            "ErrMessage" => Self::ErrMessage,
            _ => return None,
        })
    }
}

/// Decodes an answer in one pass: members of the envelope are taken out on the way, all others
/// go to the operation's type.
pub(crate) fn decode_answer<T: DeserializeOwned>(
    body: &[u8],
) -> Result<Answer<T>, serde_json::Error> {
    match std::str::from_utf8(body) {
        // Looked at once, and not text by text.
        Ok(text) => decode(serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'))),
        // Members that nobody reads may hold anything.
        Err(_) => decode(serde_json::Deserializer::from_slice(body)),
    }
}

fn decode<'de, R: serde_json::de::Read<'de>, T: DeserializeOwned>(
    mut json: serde_json::Deserializer<R>,
) -> Result<Answer<T>, serde_json::Error> {
    let mut envelope = Envelope::default();
    let value = T::deserialize(Peeled { inner: &mut json, envelope: &mut envelope })?;
    json.end()?;
    Ok(Answer { envelope, value })
}

/// A deserializer of an object that keeps the envelope's members for itself.
struct Peeled<'e, D> {
    inner: D,
    envelope: &'e mut Envelope,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Peeled<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(PeeledVisitor { visitor, envelope: self.envelope })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

struct PeeledVisitor<'e, V> {
    visitor: V,
    envelope: &'e mut Envelope,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for PeeledVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(PeeledMap { map, envelope: self.envelope })
    }
}

struct PeeledMap<'e, A> {
    map: A,
    envelope: &'e mut Envelope,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for PeeledMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            match self.map.next_key_seed(KeySeed(&mut seed))? {
                None => return Ok(None),
                Some(Key::Own(key)) => return Ok(Some(key)),
                Some(Key::Envelope(member)) => self.take(member)?,
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

impl<'de, A: MapAccess<'de>> PeeledMap<'_, A> {
    fn take(&mut self, member: EnvelopeMember) -> Result<(), A::Error> {
        let envelope = &mut *self.envelope;
        match member {
            EnvelopeMember::RequestId => envelope.request_id = self.map.next_value_seed(scalar())?,
            EnvelopeMember::HttpStatusCode => {
                envelope.http_status_code = self.map.next_value_seed(scalar())?;
            }
            EnvelopeMember::Success => envelope.success = self.map.next_value_seed(scalar())?,
            EnvelopeMember::ErrCode => envelope.err_code = self.map.next_value_seed(scalar())?,
            EnvelopeMember::ErrMessage => {
                envelope.err_message = self.map.next_value_seed(scalar())?;
            }
        }
        Ok(())
    }
}

enum Key<K> {
    Envelope(EnvelopeMember),
    Own(K),
}

/// Looks at a key before the operation's type does; the seed is used for the first key of its own.
struct KeySeed<'s, K>(&'s mut Option<K>);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<'_, K> {
    type Value = Key<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeySeed<'_, K> {
    type Value = Key<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        match (EnvelopeMember::named(name), self.0.take()) {
            (Some(member), seed) => {
                *self.0 = seed;
                Ok(Key::Envelope(member))
            }
            (None, Some(seed)) => seed.deserialize(name.into_deserializer()).map(Key::Own),
            (None, None) => Err(E::custom("a key was asked for twice")),
        }
    }
}

/// A scalar of the envelope; what cannot be read as one counts as absent, because it must not
/// cost the answer.
struct ScalarSeed<T>(std::marker::PhantomData<T>);

fn scalar<T>() -> ScalarSeed<T> {
    ScalarSeed(std::marker::PhantomData)
}

impl<'de, T: FromScalar> DeserializeSeed<'de> for ScalarSeed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! visit_scalars {
    ($($method:ident($type:ty) => $scalar:ident),+ $(,)?) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<Option<T>, E> {
            Ok(present(Scalar::$scalar(value)))
        }
    )+};
}

fn present<T: FromScalar>(scalar: Scalar<'_>) -> Option<T> {
    match scalar {
        Scalar::Text("") => None,
        scalar => T::from_scalar(scalar).ok(),
    }
}

impl<'de, T: FromScalar> Visitor<'de> for ScalarSeed<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    visit_scalars! {
        visit_str(&str) => Text,
        visit_u64(u64) => Unsigned,
        visit_i64(i64) => Signed,
        visit_f64(f64) => Float,
        visit_bool(bool) => Bool,
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
        while seq.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// What an answer says when it refuses: the gateway's `Code` or the service's `ErrCode`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    /// The gateway's pointer to its troubleshooting page.
    pub(crate) recommend: Option<String>,
    /// Whether it is the service's own `Success: false`, not the gateway's refusal.
    pub(crate) business: bool,
    /// What it says of itself all the same.
    pub(crate) success: Option<Success>,
    /// The status that the body names.
    pub(crate) http_status: Option<u16>,
}

impl Refusal {
    /// Whether an answer with a status of success is a refusal: it must not say that it is none.
    pub(crate) fn is_one(&self) -> bool {
        let says_that_all_is_well = ["200", "OK", "Success"].contains(&self.code.as_str());
        match self.success {
            None => !says_that_all_is_well,
            Some(Success::No) => true,
            Some(Success::Yes | Success::Unclear) => false,
        }
    }

    /// Reads a refusal in any of its shapes: JSON of the gateway (either case), JSON of DBS, XML.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') { Self::parse_xml(text) } else { Self::parse_json(text) }
    }

    fn parse_json(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let members = json.as_object()?;
        let member = |names: &[&str]| {
            names.iter().find_map(|name| match members.get(*name)? {
                Value::String(text) if !text.is_empty() => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let success = members.get("Success").and_then(said);
        let gateway = member(&["Code", "code"]);
        if gateway.is_none() && success != Some(Success::No) {
            return None;
        }
        let business = gateway.is_none();
        Some(Self {
            code: gateway.or_else(|| member(&["ErrCode", "ErrorCode"])).unwrap_or_default(),
            message: member(&["Message", "message", "ErrMessage"]).unwrap_or_default(),
            request_id: member(&["RequestId", "requestId"]),
            recommend: member(&["Recommend"]),
            business,
            success,
            http_status: member(&["HttpStatusCode"]).and_then(|status| status.parse().ok()),
        })
    }

    /// Some gateways answer `<Error><RequestId>…</RequestId><Code>…</Code>…</Error>`.
    fn parse_xml(text: &str) -> Option<Self> {
        text.contains("<Error").then_some(())?;
        let element = |name: &str| {
            let start = text.find(&format!("<{name}>"))? + name.len() + 2;
            let end = start + text[start..].find(&format!("</{name}>"))?;
            Some(unescape_xml(&text[start..end]))
        };
        Some(Self {
            code: element("Code")?,
            message: element("Message").unwrap_or_default(),
            request_id: element("RequestId"),
            recommend: element("Recommend"),
            business: false,
            success: None,
            http_status: None,
        })
    }
}

/// What the member `Success` says, if it is a scalar.
fn said(value: &Value) -> Option<Success> {
    present(match value {
        Value::Bool(flag) => Scalar::Bool(*flag),
        Value::String(text) => Scalar::Text(text),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Scalar::Unsigned(number),
            (_, Some(number)) => Scalar::Signed(number),
            _ => Scalar::Float(number.as_f64()?),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

fn unescape_xml(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Created {
        backup_plan_id: String,
        order_id: Option<u64>,
    }

    #[test]
    fn the_envelope_is_taken_out_wherever_it_stands() {
        let body = br#"{"Success":"true","BackupPlanId":"a","HttpStatusCode":"200","New":{"x":[1]},
            "ErrCode":"Param.NotFound","OrderId":7,"RequestId":"r","ErrMessage":null}"#;
        let answer: Answer<Created> = decode_answer(body).unwrap();
        assert_eq!(answer.value, Created { backup_plan_id: "a".into(), order_id: Some(7) });
        let envelope = answer.envelope;
        assert_eq!(envelope.request_id.as_deref(), Some("r"));
        assert_eq!(envelope.http_status_code, Some(200));
        assert_eq!(envelope.success, Some(Success::Yes));
        assert_eq!(envelope.err_code.as_deref(), Some("Param.NotFound"));
        assert_eq!(envelope.err_message, None);
    }

    #[test]
    fn an_odd_envelope_does_not_cost_the_answer() {
        let body = br#"{"Success":[],"RequestId":{"a":1},"HttpStatusCode":1e9,"BackupPlanId":"a"}"#;
        let answer: Answer<Created> = decode_answer(body).unwrap();
        assert_eq!(answer.envelope.success, None);
        assert_eq!(answer.envelope.request_id, None);
    }

    #[test]
    fn a_member_that_nobody_reads_may_be_in_any_encoding() {
        let body = b"{\"Success\":true,\"Note\":\"\xd6\xd0\",\"BackupPlanId\":\"a\"}";
        let answer: Answer<Created> = decode_answer(body).unwrap();
        assert_eq!(answer.value.backup_plan_id, "a");
        let body = "\u{feff}{\"Success\":true,\"BackupPlanId\":\"a\"}";
        let answer: Answer<Created> = decode_answer(body.as_bytes()).unwrap();
        assert_eq!(answer.value.backup_plan_id, "a", "behind a byte order mark");
        let body = b"{\"Success\":true,\"BackupPlanId\":\"\xd6\xd0\"}";
        assert!(decode_answer::<Created>(body).is_err());
    }

    #[test]
    fn what_is_no_object_or_has_a_tail_is_refused() {
        for body in ["", "[]", "1", "null", r#"{"BackupPlanId":"a""#, r#"{"BackupPlanId":"a"} x"#] {
            assert!(decode_answer::<Created>(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn refusals_of_every_shape() {
        for (body, code, message, request_id, business) in [
            (
                r#"{"RequestId":"R","Message":"m","Code":"C","HostId":"h"}"#,
                "C",
                "m",
                Some("R"),
                false,
            ),
            (r#"{"requestId":"R","message":"m","code":"C"}"#, "C", "m", Some("R"), false),
            (
                r#"{"RequestId":"R","Success":false,"HttpStatusCode":403,"ErrCode":"C","ErrMessage":"m"}"#,
                "C",
                "m",
                Some("R"),
                true,
            ),
            (r#"{"Success":"false","ErrorCode":"C"}"#, "C", "", None, true),
            (r#"{"Success":0,"ErrCode":"C"}"#, "C", "", None, true),
            (
                "<?xml version='1.0'?><Error><RequestId>R</RequestId><Code>C</Code><Message>a &lt; b</Message></Error>",
                "C",
                "a < b",
                Some("R"),
                false,
            ),
        ] {
            let refusal = Refusal::parse(body.as_bytes()).unwrap();
            assert_eq!(
                (refusal.code.as_str(), refusal.message.as_str()),
                (code, message),
                "{body}"
            );
            assert_eq!(refusal.request_id.as_deref(), request_id, "{body}");
            assert_eq!(refusal.business, business, "{body}");
        }
        for body in
            ["", "{}", "[]", r#"{"Success":true,"ErrCode":"C"}"#, "<html>502</html>", "\u{0}"]
        {
            assert_eq!(Refusal::parse(body.as_bytes()), None, "{body}");
        }
    }
}
