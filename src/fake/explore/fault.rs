//! `Fault`: what the explorer does to one exchange.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::rpc::transport::faults::effect::{Effect, InjectedError};
use crate::rpc::value::InvalidValue;

/// What [`explore`](super::explore) does to one exchange or journal request.
///
/// | fault | in a schedule | executed? | what the workflow sees |
/// | --- | --- | --- | --- |
/// | `DropBefore` | `drop-before` | no | a broken connection |
/// | `DropAfter` | `drop-after` | yes | a broken connection |
/// | `Unavailable` | `unavailable` | no | HTTP status 503, `ServiceUnavailable` |
/// | `Throttle` | `throttle` | no | `Throttling.User`, and a delay of 2 seconds |
/// | `Truncate` | `truncate` | yes | half of the response body |
/// | `Duplicate` | `duplicate` | received twice | the second response |
/// | `CrashBefore` | `crash-before` | no | it ends, and starts again |
/// | `CrashAfter` | `crash-after` | yes | it ends, and starts again |
/// | `CrashLate` | `crash-late` | yes | it ends, and starts again a day later, when the service has forgotten all client tokens |
///
/// Requests to a journal have the drops and the crashes only. They see a drop as
/// [`JournalErrorKind::Unavailable`](crate::workflows::fleet::JournalErrorKind::Unavailable).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the table describes the variants")]
pub enum Fault {
    DropBefore,
    DropAfter,
    Unavailable,
    Throttle,
    Truncate,
    Duplicate,
    CrashBefore,
    CrashAfter,
    CrashLate,
}

impl Fault {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::DropBefore, "drop-before"),
        (Self::DropAfter, "drop-after"),
        (Self::Unavailable, "unavailable"),
        (Self::Throttle, "throttle"),
        (Self::Truncate, "truncate"),
        (Self::Duplicate, "duplicate"),
        (Self::CrashBefore, "crash-before"),
        (Self::CrashAfter, "crash-after"),
        (Self::CrashLate, "crash-late"),
    ];

    /// Returns the faults of an exchange, or of a request to a journal.
    pub(super) fn all(of_journal: bool) -> impl Iterator<Item = Self> {
        let all = Self::NAMES.iter().map(|(fault, _)| *fault);
        all.filter(move |fault| !of_journal || fault.is_of_journal())
    }

    /// Returns whether the fault can happen to a request to a journal.
    pub(super) fn is_of_journal(self) -> bool {
        use Fault::{CrashAfter, CrashBefore, CrashLate, DropAfter, DropBefore};
        matches!(self, DropBefore | DropAfter | CrashBefore | CrashAfter | CrashLate)
    }

    /// Returns the effect on an exchange, or `None` if the workflow crashes.
    pub(super) fn effect(self) -> Option<Effect> {
        let code = "ServiceUnavailable".to_owned();
        let message = "The request has failed due to a temporary failure of the server.".to_owned();
        Some(match self {
            Self::DropBefore => Effect::DropBeforeProcessing,
            Self::DropAfter => Effect::DropAfterProcessing,
            Self::Unavailable => {
                Effect::Error(InjectedError::Gateway { status: 503, code, message })
            }
            Self::Throttle => Effect::Error(InjectedError::Throttled(Duration::from_secs(2))),
            Self::Truncate => Effect::TruncateBody,
            Self::Duplicate => Effect::DeliverTwice,
            Self::CrashBefore | Self::CrashAfter | Self::CrashLate => return None,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(fault, _)| fault == self);
        f.pad(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Fault {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        let known = Self::NAMES.iter().find(|(_, name)| *name == value);
        known.map(|(fault, _)| *fault).ok_or_else(|| {
            let names = Self::NAMES.map(|(_, name)| format!("`{name}`"));
            InvalidValue::new("Fault", value, format!("expected one of {}", names.join(", ")))
        })
    }
}
