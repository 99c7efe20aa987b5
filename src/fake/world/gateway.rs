//! Backup gateways, and the databases they see.

use std::time::Duration;

use time::OffsetDateTime;

use super::times::after;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, BackupGatewayIdentifier};

/// How long a gateway takes to list its databases.
const LISTING_TIME: Duration = Duration::from_secs(3);

/// A gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub(crate) id: BackupGatewayId,
    pub(crate) identifier: Option<BackupGatewayIdentifier>,
    pub(crate) name: String,
    pub(crate) region: Region,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) databases: Vec<String>,
}

/// A question to a gateway: which databases it sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    pub(crate) id: AgentTaskId,
    pub(crate) gateway: BackupGatewayId,
    pub(crate) created_at: OffsetDateTime,
}

impl Listing {
    pub(crate) fn is_done(&self, now: OffsetDateTime) -> bool {
        now >= after(self.created_at, LISTING_TIME)
    }
}
