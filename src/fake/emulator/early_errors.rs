//! Error responses that the HTTP server gives before the API gateway reads a request.

use super::body::BodyError;
use crate::fake::error_response::ErrorResponse;

/// An error response, and whether the server closes the connection after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EarlyError {
    status: u16,
    code: &'static str,
    message: &'static str,
    pub(super) closes: bool,
}

impl EarlyError {
    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, closes: false }
    }

    /// Closes the connection, because the rest of the request was not read.
    const fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(super) fn response(self) -> ErrorResponse {
        ErrorResponse::gateway(self.status, self.code, self.message)
    }
}

pub(super) const PATH: EarlyError = EarlyError::new(
    404,
    "InvalidAction.NotFound",
    "path not found: every operation has the path `/`; use the endpoint without a path",
)
.closing();
pub(super) const METHOD: EarlyError =
    EarlyError::new(405, "UnsupportedHTTPMethod", "This http method is not supported.").closing();
pub(super) const HEAD: EarlyError = EarlyError::new(
    431,
    "RequestTooLarge",
    "URL and headers are too large: at most 64 KiB are allowed; send parameters in the body",
)
.closing();
pub(super) const CONTENT_TYPE: EarlyError = EarlyError::new(
    415,
    "InvalidContentType",
    "unsupported content type: expected `application/x-www-form-urlencoded`",
);

/// Returns the error response for a body that could not be read.
pub(super) const fn unreadable_body(error: BodyError) -> EarlyError {
    let (status, code) = match error {
        BodyError::TooLarge => (413, "RequestTooLarge"),
        BodyError::TooSlow => (408, "RequestTimeout"),
        BodyError::Interrupted => (400, "InvalidRequest"),
    };
    EarlyError::new(status, code, error.message()).closing()
}
