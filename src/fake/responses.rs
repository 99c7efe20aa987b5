//! HTTP responses in the formats of the service, the gateway and a load balancer.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::error_response::ErrorResponse;

/// Returns an error response.
pub(super) fn error(id: &str, error: &ErrorResponse) -> Response<Bytes> {
    match error {
        ErrorResponse::Gateway { status, code, message } => {
            gateway_error(id, *status, code, message)
        }
        ErrorResponse::Throttled(wait) => throttled(id, *wait),
        ErrorResponse::Business { code, message } => {
            let body = json!({
                "RequestId": id, "HttpStatusCode": 400, "Success": false,
                "ErrCode": code, "ErrMessage": message,
            });
            json(200, id, &body)
        }
        ErrorResponse::LegacyBusiness { code, message } => {
            let body = json!({
                "RequestId": id, "Success": "false",
                "ErrorCode": code, "ErrMessage": message,
            });
            json(200, id, &body)
        }
    }
}

fn json(status: u16, id: &str, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-acs-request-id", id);
    }
    response
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
    json(200, id, &Value::Object(body))
}

/// Returns the response of an executed request in the legacy envelope: `Success` is a string.
pub(super) fn legacy_success(id: &str, fields: &impl Serialize) -> Response<Bytes> {
    let mut body = object(fields);
    body.insert("RequestId".to_owned(), id.into());
    body.insert("Success".to_owned(), "true".into());
    json(200, id, &Value::Object(body))
}

fn gateway_error(id: &str, status: u16, code: &str, message: &str) -> Response<Bytes> {
    let body = json!({
        "RequestId": id, "Code": code, "Message": message,
        "HostId": "dbs-api.cn-hangzhou.aliyuncs.com",
        "Recommend": format!("https://api.aliyun.com/troubleshoot?q={code}&product=Dbs"),
    });
    json(status, id, &body)
}

/// Returns the gateway's error for too many requests.
fn throttled(id: &str, wait: Duration) -> Response<Bytes> {
    let message = "Request was denied due to user flow control.";
    let mut response = gateway_error(id, 400, "Throttling.User", message);
    let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(millis));
    response
}

/// Returns an HTML page, as a load balancer responds with.
pub(super) fn html(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = Response::new(Bytes::from(format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    )));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// Formats a number as a request id.
pub(super) fn request_id(number: u128) -> String {
    let hex = format!("{number:032X}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
