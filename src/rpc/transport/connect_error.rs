//! Converts errors of the HTTP libraries, and says why a connection failed.

use std::error::Error as StdError;

use super::TransportError;
use super::proxy_url::ProxyUrl;

/// What hyper-util reports if a proxy responds to CONNECT with a status other than 200 and 407.
const REFUSED_TUNNEL: &str = "tunnel error: unsuccessful";
/// What hyper-util reports if a proxy responds to CONNECT with the status 407.
const REJECTED_PROXY_USER: &str = "tunnel error: proxy authorization required";

const CERTIFICATE_HINT: &str = "check the endpoint and the clock of this machine; if a private cloud or an intercepting proxy \
     has its own authority, trust it with `ClientBuilder::root_certificate_pem`";

/// Why a certificate is rejected, and what the TLS libraries report, in lower case.
///
/// They are rustls with webpki, OpenSSL, Secure Transport and `SChannel`.
const CERTIFICATE_REASONS: &[(&str, &[&str])] = &[
    (
        "the server's certificate has expired",
        &["certificate has expired", "certificate expired", "peer certificate: expired"],
    ),
    (
        "the server's certificate is not yet valid",
        &["not yet valid", "not valid yet", "notvalidyet"],
    ),
    (
        "the server's certificate is not valid for this host",
        &[
            "hostname mismatch",
            "ip address mismatch",
            "not valid for name",
            "notvalidforname",
            "host name mismatch",
            "cn name does not match",
        ],
    ),
    ("the server's certificate is revoked", &["certificate revoked", "certificate is revoked"]),
    (
        "the server's certificate is not signed by a trusted authority",
        &[
            "unknownissuer",
            "unknown issuer",
            "unable to get local issuer",
            "unable to get issuer",
            "unable to verify the first certificate",
            "self-signed certificate",
            "self signed certificate",
            "causedasendentity",
            "not trusted",
        ],
    ),
];

/// An error of the HTTP libraries, without the URL.
pub(super) struct HttpError {
    error: Box<dyn StdError + Send + Sync>,
    kind: HttpErrorKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HttpErrorKind {
    Connect,
    /// The request is invalid.
    Request,
    Timeout,
    InvalidResponse,
    Other,
}

impl HttpError {
    pub(super) fn invalid_response(why: String) -> Self {
        Self { error: why.into(), kind: HttpErrorKind::InvalidResponse }
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_connect() {
            HttpErrorKind::Connect
        } else if error.is_builder() {
            HttpErrorKind::Request
        } else if error.is_timeout() {
            HttpErrorKind::Timeout
        } else {
            HttpErrorKind::Other
        };
        Self { error: error.without_url().into(), kind }
    }
}

impl From<hyper_util::client::legacy::Error> for HttpError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Other };
        Self { error: error.into(), kind }
    }
}

/// Converts an error of the HTTP libraries.
///
/// Only a connect error, or a request that no connection had accepted (`unsent`), proves that nothing
/// was sent. A connection that closes before the response ("incomplete message") may have delivered
/// the request.
pub(super) fn classify(
    error: impl Into<HttpError>,
    proxy: Option<&ProxyUrl>,
    unsent: bool,
) -> TransportError {
    let HttpError { error, kind } = error.into();
    let why = describe(&*error);
    let classified = if kind == HttpErrorKind::Connect {
        let all = all_causes(&*error);
        match (certificate_reason(&all), proxy) {
            // A retry does not repair a certificate.
            (Some(reason), _) => TransportError::not_sent(format!("could not connect: {reason}"))
                .permanent()
                .with_hint(CERTIFICATE_HINT),
            (None, Some(proxy)) if all.contains(REJECTED_PROXY_USER) => rejected_proxy_user(proxy),
            (None, _) if all.contains("certificate") => {
                TransportError::not_sent(format!("could not connect: {why}"))
                    .permanent()
                    .with_hint(CERTIFICATE_HINT)
            }
            (None, _) => TransportError::not_sent(format!("could not connect: {why}")),
        }
    } else if kind == HttpErrorKind::Request {
        TransportError::not_sent(format!("invalid HTTP request: {why}")).permanent()
    } else if kind == HttpErrorKind::InvalidResponse {
        TransportError::invalid_response(why)
    } else if unsent {
        TransportError::not_sent(format!("could not send the request: {why}"))
    } else if kind == HttpErrorKind::Timeout {
        TransportError::timeout(format!("timed out waiting for the response: {why}"))
    } else {
        TransportError::interrupted(format!("the connection broke: {why}"))
    };
    classified.with_source(error)
}

/// Returns whether the server proved that it did not process the request.
///
/// h2 fails a stream with the server's `GOAWAY` only if the stream is above the last one that the
/// server processed. It fails the others with an I/O error when the connection ends.
pub(super) fn is_unprocessed(error: &HttpError) -> bool {
    let mut cause = error.error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (refused || error.is_go_away());
        }
        cause = error.source();
    }
    false
}

pub(super) fn not_processed(error: HttpError) -> TransportError {
    let error = error.error;
    let why = describe(&*error);
    TransportError::not_processed(format!("the server did not process the request: {why}"))
        .with_source(error)
}

/// Returns whether a proxy refused to connect to the host, for another reason than its user.
pub(super) fn is_refused_tunnel(error: &HttpError) -> bool {
    error.kind == HttpErrorKind::Connect && all_causes(&*error.error).contains(REFUSED_TUNNEL)
}

/// Returns the error of a proxy that refused to connect, with a status if it is known.
pub(super) fn refused_tunnel(
    error: HttpError,
    proxy: &ProxyUrl,
    status: Option<u16>,
) -> TransportError {
    let refused = format!("could not connect: the proxy `{proxy}` refused the connection");
    let failed = match status {
        Some(407) => return rejected_proxy_user(proxy).with_source(error.error),
        Some(status) if status != 200 => {
            TransportError::not_sent(format!("{refused} (HTTP {status})"))
        }
        _ => TransportError::not_sent(refused),
    };
    // Repeating what a proxy forbids does not help. 408, 425 and 429 are about time.
    let is_forbidden = status
        .is_some_and(|status| (400..500).contains(&status) && ![408, 425, 429].contains(&status));
    let failed = if is_forbidden { failed.permanent() } else { failed };
    failed
        .with_hint("check the rules of the proxy, or add the host to `NO_PROXY`")
        .with_source(error.error)
}

/// Returns the error of a proxy that rejects the user (status 407).
///
/// It is permanent, because repeated failures can lock the account.
pub(super) fn rejected_proxy_user(proxy: &ProxyUrl) -> TransportError {
    let why = match proxy.authorization() {
        Some(_) => "rejected the user and the password",
        None => "requires a user and a password",
    };
    TransportError::not_sent(format!("could not connect: the proxy `{proxy}` {why} (HTTP 407)"))
        .permanent()
        .with_hint(
            "correct the URL of the proxy: `http://user:password@host:port`, in \
             `ClientBuilder::proxy` or `HTTPS_PROXY`",
        )
}

/// Returns the reason in words that do not depend on the TLS library.
fn certificate_reason(causes: &str) -> Option<&'static str> {
    let causes = causes.to_lowercase();
    let mut reasons = CERTIFICATE_REASONS.iter();
    let (reason, _) =
        reasons.find(|(_, phrases)| phrases.iter().any(|phrase| causes.contains(phrase)))?;
    Some(reason)
}

fn causes(error: &(dyn StdError + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

fn all_causes(error: &(dyn StdError + 'static)) -> String {
    causes(error).join("\n")
}

/// Returns the innermost causes of an error, which are more specific than the outer ones.
pub(super) fn describe(error: &(dyn StdError + 'static)) -> String {
    let causes = causes(error);
    // An outer message often repeats the inner one.
    let mut kept: Vec<&str> = Vec::new();
    for (index, cause) in causes.iter().enumerate() {
        let repeated = causes[index + 1..].iter().any(|inner| cause.contains(inner.as_str()));
        // The step that failed, which the message of `classify` names.
        let step = cause.starts_with("client error (");
        if !repeated && !step && !kept.contains(&cause.as_str()) {
            kept.push(cause);
        }
    }
    if kept.is_empty() { error.to_string() } else { kept.join(": ") }
}
