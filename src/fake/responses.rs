//! HTTP responses in the formats of the service.

use bytes::Bytes;
use http::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::error_response::ErrorResponse;
use crate::rpc::transport::faults::render::{self, Gateway};

/// The gateway of the fake, as its errors name it.
const GATEWAY: Gateway<'static> =
    Gateway { host: "dbs-api.cn-hangzhou.aliyuncs.com", product: Some("Dbs") };

/// Returns an error response.
pub(super) fn error(id: &str, error: &ErrorResponse) -> Response<Bytes> {
    match error {
        ErrorResponse::Common(error) => render::error(id, GATEWAY, error),
        ErrorResponse::LegacyBusiness { code, message } => {
            let body = json!({
                "RequestId": id, "Success": "false",
                "ErrorCode": code, "ErrMessage": message,
            });
            render::json(200, id, &body)
        }
    }
}

fn object(fields: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(fields) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Returns the response of an executed request: its fields, in the envelope.
pub(super) fn success(id: &str, fields: &impl Serialize) -> Response<Bytes> {
    let mut body = object(fields);
    body.insert("RequestId".to_owned(), id.into());
    body.insert("HttpStatusCode".to_owned(), 200.into());
    body.insert("Success".to_owned(), true.into());
    render::json(200, id, &Value::Object(body))
}

/// Returns the response of an executed request in the legacy envelope: `Success` is a string.
pub(super) fn legacy_success(id: &str, fields: &impl Serialize) -> Response<Bytes> {
    let mut body = object(fields);
    body.insert("RequestId".to_owned(), id.into());
    body.insert("Success".to_owned(), "true".into());
    render::json(200, id, &Value::Object(body))
}
