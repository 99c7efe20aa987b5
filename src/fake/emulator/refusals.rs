//! What is refused before the gateway looks at signatures.

use super::body::Unread;
use crate::fake::refusal::Refusal;

/// A refusal, and whether the connection ends with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EarlyRefusal {
    status: u16,
    code: &'static str,
    message: &'static str,
    pub(super) closes: bool,
}

impl EarlyRefusal {
    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, closes: false }
    }

    /// The rest of the request cannot be read, so there is no next one.
    const fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(super) fn refusal(self) -> Refusal {
        Refusal::gateway(self.status, self.code, self.message)
    }
}

pub(super) const PATH: EarlyRefusal =
    EarlyRefusal::new(404, "InvalidAction.NotFound", "The path of every operation is /.").closing();
pub(super) const METHOD: EarlyRefusal =
    EarlyRefusal::new(405, "UnsupportedHTTPMethod", "This http method is not supported.").closing();
pub(super) const HEAD: EarlyRefusal =
    EarlyRefusal::new(431, "RequestTooLarge", "The head of the request is too large.").closing();
pub(super) const TYPE: EarlyRefusal = EarlyRefusal::new(
    415,
    "InvalidContentType",
    "The body must be a form, application/x-www-form-urlencoded.",
);

/// A body that did not come.
pub(super) const fn unread(unread: Unread) -> EarlyRefusal {
    let refusal = match unread {
        Unread::TooLarge => EarlyRefusal::new(413, "RequestTooLarge", "The body is too large."),
        Unread::TooSlow => {
            EarlyRefusal::new(408, "RequestTimeout", "The body did not come in time.")
        }
        Unread::Broken => EarlyRefusal::new(400, "InvalidRequest", "The body is broken."),
    };
    refusal.closing()
}
