//! Error responses in the formats of the service, the gateway and a load balancer.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::effect::InjectedError;

/// The gateway that an error names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gateway<'a> {
    pub(crate) host: &'a str,
    /// The product, for the link to a page about the error. Without it, the error has no link.
    pub(crate) product: Option<&'a str>,
}

/// Returns an error response.
pub(crate) fn error(id: &str, gateway: Gateway<'_>, error: &InjectedError) -> Response<Bytes> {
    match error {
        InjectedError::Gateway { status, code, message } => {
            gateway_error(id, gateway, *status, code, message)
        }
        InjectedError::Throttled(wait) => {
            let message = "Request was denied due to user flow control.";
            let mut response = gateway_error(id, gateway, 400, "Throttling.User", message);
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(millis));
            response
        }
        InjectedError::Business { code, message } => {
            let body = json!({
                "RequestId": id, "HttpStatusCode": 400, "Success": false,
                "ErrCode": code, "ErrMessage": message,
            });
            json(200, id, &body)
        }
    }
}

fn gateway_error(
    id: &str,
    gateway: Gateway<'_>,
    status: u16,
    code: &str,
    message: &str,
) -> Response<Bytes> {
    let mut body = json!({
        "RequestId": id, "Code": code, "Message": message, "HostId": gateway.host,
    });
    if let Some(product) = gateway.product {
        let link = format!("https://api.aliyun.com/troubleshoot?q={code}&product={product}");
        body["Recommend"] = link.into();
    }
    json(status, id, &body)
}

/// Returns a response with a JSON body. A number that is not a valid HTTP status becomes 200.
pub(crate) fn json(status: u16, id: &str, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-acs-request-id", id);
    }
    response
}

/// Returns an HTML page, as a load balancer responds with.
pub(crate) fn html(status: u16) -> Response<Bytes> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = Response::new(Bytes::from(format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    )));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// Formats a number as a request id.
pub(crate) fn request_id(number: u128) -> String {
    let hex = format!("{number:032X}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
