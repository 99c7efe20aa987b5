//! Refusals: the gateway's, as JSON or XML, and the service's own.

use super::envelope::{Envelope, EnvelopeFields, Gateway, Success};

/// What a response says when it refuses: the gateway's code or the service's own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    /// The gateway's pointer to its troubleshooting page.
    pub(crate) recommend: Option<String>,
    /// Whether it is the service's own `Success: false`, not the gateway's refusal.
    pub(crate) business: bool,
    /// The `Success` of the response, if it has one.
    pub(crate) success: Option<Success>,
    /// The status that the body names.
    pub(crate) http_status: Option<u16>,
}

impl Refusal {
    /// Whether a response with a status of success is a refusal: it must not claim success.
    pub(crate) fn is_one(&self) -> bool {
        let says_that_all_is_well = ["200", "OK", "Success"].contains(&self.code.as_str());
        match self.success {
            None => !says_that_all_is_well,
            Some(Success::No) => true,
            Some(Success::Yes | Success::Unclear) => false,
        }
    }
}

impl Envelope {
    /// The refusal that it is, if it has the gateway's code or no success.
    ///
    /// A `Code` is the gateway's, unless the API lists it among its own and says that it failed.
    pub(crate) fn refusal(&self, fields: &EnvelopeFields) -> Option<Refusal> {
        let failed = self.success == Some(Success::No);
        let is_own = fields.code.iter().any(|name| name.eq_ignore_ascii_case("Code"));
        let business = self.gateway.code.is_none() || (failed && is_own);
        if business && !failed {
            return None;
        }
        let (own, gateway) =
            ((&self.code, &self.message), (&self.gateway.code, &self.gateway.message));
        let (first, second) = if business { (own, gateway) } else { (gateway, own) };
        let either = |first: &Option<String>, second: &Option<String>| {
            first.as_ref().or(second.as_ref()).cloned().unwrap_or_default()
        };
        Some(Refusal {
            code: either(first.0, second.0),
            message: either(first.1, second.1),
            request_id: self.request_id.clone(),
            recommend: self.gateway.recommend.clone(),
            business,
            success: self.success,
            http_status: self.http_status,
        })
    }

    /// Some gateways answer `<Error><RequestId>…</RequestId><Code>…</Code>…</Error>`.
    pub(super) fn from_xml(text: &str) -> Option<Self> {
        text.contains("<Error").then_some(())?;
        let element = |name: &str| {
            let start = text.find(&format!("<{name}>"))? + name.len() + 2;
            let end = start + text[start..].find(&format!("</{name}>"))?;
            Some(unescape(&text[start..end]))
        };
        Some(Self {
            request_id: element("RequestId"),
            gateway: Gateway {
                code: Some(element("Code")?),
                message: element("Message"),
                recommend: element("Recommend"),
            },
            ..Self::default()
        })
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::super::response::read_envelope;
    use super::*;

    fn parse(body: &str) -> Option<Refusal> {
        let fields = EnvelopeFields {
            success: &["Success"],
            code: &["ErrCode", "ErrorCode"],
            message: &["ErrMessage"],
            ..EnvelopeFields::GATEWAY
        };
        read_envelope(body.as_bytes(), &fields)?.refusal(&fields)
    }

    #[test]
    fn refusals_of_every_shape_are_read() {
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
            let refusal = parse(body).unwrap();
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
            assert_eq!(parse(body), None, "{body}");
        }
    }

    #[test]
    fn code_may_be_the_gateways_and_the_services() {
        let fields = EnvelopeFields {
            success: &["Success"],
            code: &["ErrCode", "Code"],
            message: &["ErrMessage"],
            ..EnvelopeFields::GATEWAY
        };
        for (body, code, business) in [
            (r#"{"Code":"Throttling.User"}"#, "Throttling.User", false),
            (
                r#"{"Success":false,"Code":"Success","ErrCode":"InvalidJobId"}"#,
                "InvalidJobId",
                true,
            ),
            (r#"{"Success":"false","Code":"InvalidJobId"}"#, "InvalidJobId", true),
        ] {
            let refusal =
                read_envelope(body.as_bytes(), &fields).unwrap().refusal(&fields).unwrap();
            assert_eq!((refusal.code.as_str(), refusal.business), (code, business), "{body}");
        }
    }
}
