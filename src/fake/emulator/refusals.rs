//! What is refused before the gateway looks at signatures.

use super::body::Unread;
use crate::fake::answer::Refused;

/// A refusal, and whether the connection ends with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
    pub(super) closes: bool,
}

impl Refusal {
    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, closes: false }
    }

    /// The rest of the request cannot be read, so there is no next one.
    const fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(super) fn refused(self) -> Refused {
        Refused::gateway(self.status, self.code, self.message)
    }
}

pub(super) const PATH: Refusal =
    Refusal::new(404, "InvalidAction.NotFound", "The path of every operation is /.").closing();
pub(super) const METHOD: Refusal =
    Refusal::new(405, "UnsupportedHTTPMethod", "This http method is not supported.").closing();
pub(super) const HEAD: Refusal =
    Refusal::new(431, "RequestTooLarge", "The head of the request is too large.").closing();
pub(super) const TYPE: Refusal = Refusal::new(
    415,
    "InvalidContentType",
    "The body must be a form, application/x-www-form-urlencoded.",
);

/// A body that did not come.
pub(super) const fn unread(unread: Unread) -> Refusal {
    let refusal = match unread {
        Unread::TooLarge => Refusal::new(413, "RequestTooLarge", "The body is too large."),
        Unread::TooSlow => Refusal::new(408, "RequestTimeout", "The body did not come in time."),
        Unread::Broken => Refusal::new(400, "InvalidRequest", "The body is broken."),
    };
    refusal.closing()
}
