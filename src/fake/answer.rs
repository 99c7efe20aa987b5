//! Answers in the shapes of the service and of the gateway before it.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::{SystemClock, random_hex};

/// Why a request is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// By the gateway: an HTTP status of its own.
    Gateway { status: u16, code: String, message: String },
    /// By the service: inside HTTP 200.
    Business { code: &'static str, message: String },
}

impl Refused {
    pub(super) fn gateway(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Gateway { status, code: code.into(), message: message.into() }
    }

    pub(super) fn business(code: &'static str, message: impl Into<String>) -> Self {
        Self::Business { code, message: message.into() }
    }

    pub(super) fn response(&self) -> Response<Bytes> {
        match self {
            Self::Gateway { status, code, message } => gateway_error(*status, code, message),
            Self::Business { code, message } => business_error(400, code, message),
        }
    }
}

/// A request id in the service's form.
fn request_id() -> String {
    let hex = random_hex(&SystemClock::new()).to_ascii_uppercase();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
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

/// A success: the operation's members and the envelope.
pub(super) fn success(members: &impl Serialize) -> Response<Bytes> {
    let id = request_id();
    let mut body = match serde_json::to_value(members) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    body.insert("RequestId".to_owned(), id.clone().into());
    body.insert("HttpStatusCode".to_owned(), 200.into());
    body.insert("Success".to_owned(), true.into());
    json(200, &id, &Value::Object(body))
}

/// A refusal of the service, inside HTTP 200.
pub(super) fn business_error(status: u16, code: &str, message: &str) -> Response<Bytes> {
    let id = request_id();
    let body = json!({
        "RequestId": id, "HttpStatusCode": status, "Success": false,
        "ErrCode": code, "ErrMessage": message,
    });
    json(200, &id, &body)
}

/// A refusal of the gateway.
pub(super) fn gateway_error(status: u16, code: &str, message: &str) -> Response<Bytes> {
    let id = request_id();
    let body = json!({
        "RequestId": id, "Code": code, "Message": message,
        "HostId": "dbs-api.cn-hangzhou.aliyuncs.com",
        "Recommend": format!("https://api.aliyun.com/troubleshoot?q={code}&product=Dbs"),
    });
    json(status, &id, &body)
}

/// The gateway's word for too many requests.
pub(super) fn throttled(wait: Duration) -> Response<Bytes> {
    let mut response =
        gateway_error(400, "Throttling.User", "Request was denied due to user flow control.");
    let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(millis));
    response
}

/// What a load balancer says.
pub(super) fn html(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = Response::new(Bytes::from(format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    )));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
