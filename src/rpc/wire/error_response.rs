//! Error responses: of the gateway, as JSON or XML, and of the service.

use super::envelope::{Envelope, EnvelopeFields, GatewayError, SuccessFlag};

/// The error of a response, from the gateway or from the service.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorResponse {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    /// The link to the gateway's troubleshooting page.
    pub(crate) recommend: Option<String>,
    /// Whether the service sent the error, with `Success: false`, and not the gateway.
    pub(crate) from_service: bool,
    /// The success flag of the response, if it has one.
    pub(crate) success: Option<SuccessFlag>,
    /// The HTTP status in the body.
    pub(crate) http_status: Option<u16>,
}

impl ErrorResponse {
    /// Returns whether the response is a failure although its HTTP status is a success.
    pub(crate) fn is_failure(&self) -> bool {
        match self.success {
            None => !is_success(&self.code),
            Some(SuccessFlag::No) => true,
            Some(SuccessFlag::Yes | SuccessFlag::Unclear) => false,
        }
    }
}

/// Returns whether a code is the one of a success.
fn is_success(code: &str) -> bool {
    ["200", "OK", "Success"].contains(&code)
}

impl Envelope {
    /// Returns the error if the response has a code of the gateway or is a failure.
    ///
    /// It is a failure if its success flag is false. Without the flag, the status in the body
    /// decides, and without that the code of a response that `has_value` is false for: it has none
    /// of the fields of a success. A `Code` is the gateway's, unless the API lists the name and the
    /// response is a failure.
    pub(crate) fn error_response(
        &self,
        fields: &EnvelopeFields,
        has_value: bool,
    ) -> Option<ErrorResponse> {
        let failed = match (self.success, self.http_status) {
            (Some(flag), _) => flag == SuccessFlag::No,
            (None, _) if self.gateway.code.is_some() => false,
            (None, Some(status)) => status >= 400,
            (None, None) => !has_value && self.code.as_ref().is_some_and(|code| !is_success(code)),
        };
        let may_be_own = fields.code.iter().any(|name| name.eq_ignore_ascii_case("Code"));
        let from_service = self.gateway.code.is_none() || (failed && may_be_own);
        if from_service && !failed {
            return None;
        }
        let (own, gateway) =
            ((&self.code, &self.message), (&self.gateway.code, &self.gateway.message));
        let (first, second) = if from_service { (own, gateway) } else { (gateway, own) };
        let either = |first: &Option<String>, second: &Option<String>| {
            first.as_ref().or(second.as_ref()).cloned().unwrap_or_default()
        };
        Some(ErrorResponse {
            code: either(first.0, second.0),
            message: either(first.1, second.1),
            request_id: self.request_id.clone(),
            recommend: self.gateway.recommend.clone(),
            from_service,
            success: self.success,
            http_status: self.http_status,
        })
    }

    /// Reads an XML error: `<Error><RequestId>…</RequestId><Code>…</Code>…</Error>`.
    pub(super) fn from_xml(text: &str) -> Option<Self> {
        text.contains("<Error").then_some(())?;
        let element = |name: &str| {
            let start = text.find(&format!("<{name}>"))? + name.len() + 2;
            let end = start + text[start..].find(&format!("</{name}>"))?;
            Some(unescape(&text[start..end]))
        };
        Some(Self {
            request_id: element("RequestId"),
            gateway: GatewayError {
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

    fn parse(body: &str) -> Option<ErrorResponse> {
        let fields = EnvelopeFields {
            success: &["Success"],
            code: &["ErrCode", "ErrorCode"],
            message: &["ErrMessage"],
            ..EnvelopeFields::GATEWAY
        };
        read_envelope(body.as_bytes(), &fields)?.error_response(&fields, false)
    }

    #[test]
    fn errors_of_every_form_are_read() {
        for (body, code, message, request_id, from_service) in [
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
            let error = parse(body).unwrap();
            assert_eq!((error.code.as_str(), error.message.as_str()), (code, message), "{body}");
            assert_eq!(error.request_id.as_deref(), request_id, "{body}");
            assert_eq!(error.from_service, from_service, "{body}");
        }
        for body in
            ["", "{}", "[]", r#"{"Success":true,"ErrCode":"C"}"#, "<html>502</html>", "\u{0}"]
        {
            assert_eq!(parse(body), None, "{body}");
        }
    }

    #[test]
    fn code_is_the_gateways_or_the_services() {
        let fields = EnvelopeFields {
            success: &["Success"],
            code: &["ErrCode", "Code"],
            message: &["ErrMessage"],
            ..EnvelopeFields::GATEWAY
        };
        for (body, code, from_service) in [
            (r#"{"Code":"Throttling.User"}"#, "Throttling.User", false),
            (
                r#"{"Success":false,"Code":"Success","ErrCode":"InvalidJobId"}"#,
                "InvalidJobId",
                true,
            ),
            (r#"{"Success":"false","Code":"InvalidJobId"}"#, "InvalidJobId", true),
        ] {
            let error = read_envelope(body.as_bytes(), &fields)
                .unwrap()
                .error_response(&fields, false)
                .unwrap();
            assert_eq!((error.code.as_str(), error.from_service), (code, from_service), "{body}");
        }
    }
}
