//! `Entry`: what a journal knows about a key.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

use super::worker::WorkerId;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

/// What a journal knows about a key.
///
/// Implements serde, so that a journal can store it as JSON. Reading ignores unknown fields, which a
/// later version may write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The client token of the purchase.
    pub token: ClientToken,
    /// The purchase as it was first intended, without token.
    ///
    /// Searches for a plan of unknown id compare with it.
    pub purchase: CreateBackupPlan,
    /// When the key was entered, in whole milliseconds. RFC 3339 in serde.
    #[serde(with = "rfc3339")]
    pub entered_at: OffsetDateTime,
    /// The worker whose entry this is.
    pub entered_by: WorkerId,
    /// The plan, once it is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<BackupPlanId>,
    /// Whether the plan runs.
    #[serde(default)]
    pub done: bool,
}

impl Entry {
    /// Creates an entry without a plan.
    ///
    /// Removes the token of the purchase, and rounds the time down to milliseconds in UTC.
    pub fn new(
        token: ClientToken,
        mut purchase: CreateBackupPlan,
        entered_at: OffsetDateTime,
        entered_by: WorkerId,
    ) -> Self {
        purchase.client_token = None;
        let entered_at = entered_at.to_offset(UtcOffset::UTC).truncate_to_millisecond();
        Self { token, purchase, entered_at, entered_by, plan: None, done: false }
    }
}

/// Times in RFC 3339.
mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    pub(super) fn serialize<S: Serializer>(
        at: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&at.format(&Rfc3339).map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OffsetDateTime, D::Error> {
        let at = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&at, &Rfc3339).map_err(de::Error::custom)
    }
}
