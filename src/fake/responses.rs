//! HTTP responses in the formats of the service.

use bytes::Bytes;
use http::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::error_response::ErrorResponse;
use super::served_api::ServedApi;
use crate::rpc::transport::faults::effect::InjectedError;
use crate::rpc::transport::faults::render::{self, Gateway};

/// The gateway of the fake, as its errors name it.
const GATEWAY: Gateway<'static> =
    Gateway { host: "dbs-api.cn-hangzhou.aliyuncs.com", product: Some("Dbs") };

/// The fields that a response has besides its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// That of version 2019-03-06.
    Standard,
    /// That of `InitializeDbsServiceLinkedRole`: `Success` is a string.
    Legacy,
    /// That of version 2021-01-01: `Success` is a string, next to empty codes and messages.
    V2021,
    /// That of `RetryDownloadTask`: `Success` is capitalized, next to the code `Success`.
    V2021Capital,
}

/// Returns an error response of an API version.
pub(super) fn error(api: ServedApi, id: &str, error: &ErrorResponse) -> Response<Bytes> {
    match (api, error) {
        (ServedApi::V2021, ErrorResponse::Common(InjectedError::Business { code, message })) => {
            failure(200, id, code, message)
        }
        (_, ErrorResponse::Common(error)) => render::error(id, GATEWAY, error),
        (_, ErrorResponse::Forbidden { message }) => failure(403, id, "Request.Forbidden", message),
        (_, ErrorResponse::LegacyBusiness { code, message }) => {
            let body = json!({
                "RequestId": id, "Success": "false",
                "ErrorCode": code, "ErrMessage": message,
            });
            render::json(200, id, &body)
        }
    }
}

/// Returns an error of the service in the envelope of version 2021-01-01.
fn failure(status: u16, id: &str, code: &str, message: &str) -> Response<Bytes> {
    let body = json!({
        "RequestId": id, "Success": "false",
        "Code": code, "ErrCode": code, "Message": message, "ErrMessage": message,
    });
    render::json(status, id, &body)
}

fn object(fields: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(fields) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Returns the response of an executed request: its fields, in the envelope.
///
/// The fields of `Data` in `numbers` become numbers.
pub(super) fn success(
    envelope: Envelope,
    numbers: &[&str],
    id: &str,
    fields: &impl Serialize,
) -> Response<Bytes> {
    let mut body = object(fields);
    for name in numbers {
        let field = body.get_mut("Data").and_then(|data| data.get_mut(name));
        if let Some(field) = field
            && let Some(number) = field.as_str().and_then(|text| text.parse::<i64>().ok())
        {
            *field = number.into();
        }
    }
    body.insert("RequestId".to_owned(), id.into());
    let (success, code) = match envelope {
        Envelope::Standard => {
            body.insert("HttpStatusCode".to_owned(), 200.into());
            (true.into(), None)
        }
        Envelope::Legacy => ("true".into(), None),
        Envelope::V2021 => ("true".into(), Some("")),
        Envelope::V2021Capital => ("True".into(), Some("Success")),
    };
    body.insert("Success".to_owned(), success);
    if let Some(code) = code {
        for (name, value) in
            [("Code", code), ("ErrCode", code), ("Message", ""), ("ErrMessage", "")]
        {
            body.insert(name.to_owned(), value.into());
        }
    }
    render::json(200, id, &Value::Object(body))
}
