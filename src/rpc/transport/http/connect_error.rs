//! Converts errors of the HTTP libraries, and says why a connection failed.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::rpc::transport::TransportError;
use crate::rpc::transport::proxy_url::ProxyUrl;

/// What hyper-util reports if a proxy responds to CONNECT with a status other than 200 and 407.
const REFUSED_TUNNEL: &str = "tunnel error: unsuccessful";
/// What hyper-util reports if a proxy responds to CONNECT with the status 407.
const REJECTED_PROXY_USER: &str = "tunnel error: proxy authorization required";

/// How an error of hyper-util begins, whose kind the message of [`classify`] names.
const STEP: &str = "client error (";

/// The innermost cause of a connection to an address that took too long.
const ELAPSED: &str = "deadline has elapsed";

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
pub(crate) struct HttpError {
    error: Box<dyn StdError + Send + Sync>,
    kind: HttpErrorKind,
}

/// What failed, as the HTTP library says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HttpErrorKind {
    Connect,
    /// A setting prevents every connection; with what to do about it.
    Setting(Option<&'static str>),
    /// The request is invalid.
    Request,
    Timeout,
    InvalidResponse,
    Other,
}

impl HttpError {
    pub(crate) fn new(
        error: impl Into<Box<dyn StdError + Send + Sync>>,
        kind: HttpErrorKind,
    ) -> Self {
        Self { error: error.into(), kind }
    }

    /// Converts an error before the response. Its source says why connecting failed.
    pub(crate) fn of_request(
        error: impl StdError + Send + Sync + 'static,
        is_connect: bool,
    ) -> Self {
        let kind = if is_connect {
            match error.source().and_then(<dyn StdError>::downcast_ref::<SettingError>) {
                Some(setting) => HttpErrorKind::Setting(setting.hint),
                None => HttpErrorKind::Connect,
            }
        } else if is_timeout(&error) {
            HttpErrorKind::Timeout
        } else {
            HttpErrorKind::Other
        };
        Self::new(error, kind)
    }

    pub(crate) fn invalid_response(why: String) -> Self {
        Self { error: why.into(), kind: HttpErrorKind::InvalidResponse }
    }
}

impl From<hyper_util::client::legacy::Error> for HttpError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let is_connect = error.is_connect();
        Self::of_request(error, is_connect)
    }
}

impl From<hyper::Error> for HttpError {
    /// Converts an error of a body.
    fn from(error: hyper::Error) -> Self {
        let error = BodyError(error);
        let kind = if is_timeout(&error) { HttpErrorKind::Timeout } else { HttpErrorKind::Other };
        Self::new(error, kind)
    }
}

/// Returns whether a timeout caused an error, such as that of an HTTP/2 ping.
fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let is_hyper_timeout =
            error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout);
        let io_kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if is_hyper_timeout || io_kind == Some(io::ErrorKind::TimedOut) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// An error while a body is read, as a cause: [`describe`] begins below the outermost error.
#[derive(Debug)]
struct BodyError(hyper::Error);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("error reading the body")
    }
}

impl StdError for BodyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

/// Why no connection is possible until a setting of the program or the machine changes.
///
/// A connector returns it.
#[derive(Debug)]
pub(crate) struct SettingError {
    why: String,
    hint: Option<&'static str>,
}

#[cfg(feature = "hyper")]
impl SettingError {
    pub(crate) fn new(why: String) -> Self {
        Self { why, hint: None }
    }

    /// Sets what to do about the error.
    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl StdError for SettingError {}

/// Returns the error of a PEM string without a valid certificate.
pub(crate) fn invalid_pem(why: &str) -> TransportError {
    let expected = "expected a PEM string with `-----BEGIN CERTIFICATE-----`";
    TransportError::not_sent(format!("invalid `root_certificate_pem`: {expected}{why}")).permanent()
}

/// Converts an error of the HTTP libraries.
///
/// Only a connect error, or a request that no connection had accepted (`unsent`), proves that nothing
/// was sent. A connection that closes before the response ("incomplete message") may have delivered
/// the request.
pub(crate) fn classify(
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
            // A proxy of the user's own client.
            (None, None) if all.contains(REJECTED_PROXY_USER) => TransportError::not_sent(
                "could not connect: the proxy requires another user and password (HTTP 407)",
            )
            .permanent()
            .with_hint("correct the proxy of the HTTP client"),
            (None, _) if all.contains("certificate") => {
                TransportError::not_sent(format!("could not connect: {why}"))
                    .permanent()
                    .with_hint(CERTIFICATE_HINT)
            }
            (None, _) => TransportError::not_sent(format!("could not connect: {why}")),
        }
    } else if let HttpErrorKind::Setting(hint) = kind {
        let failed = TransportError::not_sent(format!("could not connect: {why}")).permanent();
        hint.into_iter().fold(failed, TransportError::with_hint)
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
pub(crate) fn is_unprocessed(error: &HttpError) -> bool {
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

pub(crate) fn not_processed(error: HttpError) -> TransportError {
    let error = error.error;
    let why = describe(&*error);
    TransportError::not_processed(format!("the server did not process the request: {why}"))
        .with_source(error)
}

/// Returns whether a proxy refused to connect to the host, for another reason than its user.
pub(crate) fn is_refused_tunnel(error: &HttpError) -> bool {
    error.kind == HttpErrorKind::Connect && all_causes(&*error.error).contains(REFUSED_TUNNEL)
}

/// Returns the error of a proxy that refused to connect, with a status if it is known.
pub(crate) fn refused_tunnel(
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
pub(crate) fn rejected_proxy_user(proxy: &ProxyUrl) -> TransportError {
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
pub(crate) fn describe(error: &(dyn StdError + 'static)) -> String {
    let causes = causes(error);
    // The timers of one address and of the whole connection end at the same time: which of them is
    // first must not decide about the words.
    if causes.last().is_some_and(|innermost| innermost == ELAPSED) {
        return "operation timed out".to_owned();
    }
    // An outer message often repeats the inner one.
    let mut kept: Vec<&str> = Vec::new();
    for (index, cause) in causes.iter().enumerate() {
        let repeated = causes[index + 1..].iter().any(|inner| cause.contains(inner.as_str()));
        // The step that failed, which the message of `classify` or another cause names.
        let step = cause.starts_with(STEP) || cause == "error resolving DNS";
        if !repeated && !step && !kept.contains(&cause.as_str()) {
            kept.push(cause);
        }
    }
    let outermost = error.to_string();
    match kept.is_empty() {
        true if outermost.starts_with(STEP) => "error sending request".to_owned(),
        true => outermost,
        false => kept.join(": "),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::io;
    use std::time::Duration;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Caused(&'static str, #[source] io::Error);

    #[tokio::test(start_paused = true)]
    async fn timeouts_of_a_connection_have_the_same_words() {
        let elapsed = tokio::time::timeout(Duration::from_secs(1), pending::<()>()).await;
        let elapsed = io::Error::new(io::ErrorKind::TimedOut, elapsed.unwrap_err());
        let address = io::Error::other(Caused("tcp connect error", elapsed));
        assert_eq!(describe(&Caused("client error (Connect)", address)), "operation timed out");
        let whole = io::Error::new(io::ErrorKind::TimedOut, "operation timed out");
        assert_eq!(describe(&Caused("client error (Connect)", whole)), "operation timed out");
    }
}
