//! Backup gateways, and the tasks that list their databases.

use std::time::Duration;

use time::OffsetDateTime;

use super::times::after;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, BackupGatewayIdentifier};

/// How long a gateway takes to list its databases.
const LISTING_TIME: Duration = Duration::from_secs(3);

/// A backup gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub(crate) id: BackupGatewayId,
    pub(crate) identifier: Option<BackupGatewayIdentifier>,
    pub(crate) name: String,
    pub(crate) region: Region,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) databases: Vec<String>,
}

/// A task that lists the databases of a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DatabaseListing {
    pub(crate) id: AgentTaskId,
    pub(crate) gateway: BackupGatewayId,
    pub(crate) created_at: OffsetDateTime,
}

impl DatabaseListing {
    pub(crate) fn is_done(&self, now: OffsetDateTime) -> bool {
        now >= after(self.created_at, LISTING_TIME)
    }
}
