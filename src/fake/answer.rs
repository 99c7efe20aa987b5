//! Answers in the shapes of the service and of the gateway before it.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::v2019_03_06::types::{BackupPlanStatus, RestoreStatus};

/// Why a request is refused.
#[derive(Clone, Debug)]
pub(super) enum Refused {
    /// By the gateway: an HTTP status of its own.
    Gateway { status: u16, code: String, message: String },
    /// By the gateway, for too many requests: how long to wait.
    Throttled(Duration),
    /// By the service: inside HTTP 200.
    Business { code: String, message: String },
    /// By the service, in the envelope that one old operation has.
    OldBusiness { code: &'static str, message: &'static str },
}

impl Refused {
    pub(super) fn gateway(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Gateway { status, code: code.into(), message: message.into() }
    }

    pub(super) fn business(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Business { code: code.into(), message: message.into() }
    }

    /// A parameter does not suit what it is about.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::business("InvalidParameter", message)
    }

    /// There is no such plan or job.
    pub(super) fn unknown(what: &str) -> Self {
        Self::business("InvalidJobId", format!("The {what} does not exist."))
    }

    /// Not in the present state.
    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::business("OperationDenied.JobStatus", message)
    }

    pub(super) fn plan_is(status: BackupPlanStatus, what: &str) -> Self {
        Self::denied(format!("A backup plan in state {status} cannot {what}."))
    }

    pub(super) fn task_is(status: RestoreStatus, what: &str) -> Self {
        Self::denied(format!("A restore task in state {status} cannot {what}."))
    }

    /// The answer that says so, with a request id.
    pub(super) fn response(&self, id: &str) -> Response<Bytes> {
        match self {
            Self::Gateway { status, code, message } => gateway_error(id, *status, code, message),
            Self::Throttled(wait) => throttled(id, *wait),
            Self::Business { code, message } => {
                let body = json!({
                    "RequestId": id, "HttpStatusCode": 400, "Success": false,
                    "ErrCode": code, "ErrMessage": message,
                });
                json(200, id, &body)
            }
            Self::OldBusiness { code, message } => {
                let body = json!({
                    "RequestId": id, "Success": "false",
                    "ErrorCode": code, "ErrMessage": message,
                });
                json(200, id, &body)
            }
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

fn object(members: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(members) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// A success: the operation's members and the envelope.
pub(super) fn success(id: &str, members: &impl Serialize) -> Response<Bytes> {
    let mut body = object(members);
    body.insert("RequestId".to_owned(), id.into());
    body.insert("HttpStatusCode".to_owned(), 200.into());
    body.insert("Success".to_owned(), true.into());
    json(200, id, &Value::Object(body))
}

/// A success in the envelope that one old operation has: `Success` is a text.
pub(super) fn old_success(id: &str, members: &impl Serialize) -> Response<Bytes> {
    let mut body = object(members);
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

/// The gateway's word for too many requests.
fn throttled(id: &str, wait: Duration) -> Response<Bytes> {
    let message = "Request was denied due to user flow control.";
    let mut response = gateway_error(id, 400, "Throttling.User", message);
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
