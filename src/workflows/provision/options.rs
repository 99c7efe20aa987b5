//! `ProvisionOptions`: what a provisioning buys, and what it knows of earlier purchases.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::decision::{SentPurchase, TOKEN_MEMORY};
use super::existing::ExistingPlans;
use super::record::RecordHook;
use crate::rpc::client::Client;
use crate::rpc::sign::acs3;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

/// The default timeout of a provisioning.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// The options of a provisioning. Its configuration is not among them.
#[derive(Clone)]
pub(super) struct ProvisionOptions {
    pub(super) client: Client,
    pub(super) create: CreateBackupPlan,
    pub(super) token: ProvisionToken,
    pub(super) timeout: Duration,
    pub(super) origin: PlanOrigin,
    /// `None` if this run is the first with the token.
    pub(super) token_since: Option<OffsetDateTime>,
    pub(super) token_memory: Duration,
    pub(super) record: Option<RecordHook>,
    pub(super) history: Option<PurchaseHistory>,
}

/// Where the plan comes from.
#[derive(Clone)]
pub(super) enum PlanOrigin {
    /// It is bought, if no earlier purchase may have been forgotten.
    Purchase,
    /// It is bought in any case.
    PurchaseAnyway,
    /// It was bought earlier.
    Earlier(BackupPlanId),
}

/// The client token of a provisioning.
#[derive(Clone)]
pub(super) enum ProvisionToken {
    /// The caller set it.
    Set(ClientToken),
    /// The client drew it. `None` if it could not.
    Drawn(Option<ClientToken>),
}

/// What a caller with a journal knows of the purchases with a token.
#[derive(Clone, Debug)]
pub(crate) struct PurchaseHistory {
    /// Whether no other process can have used the token before this one.
    pub(crate) first_writer: bool,
    /// The outcome of the purchases that this process has sent, since `buy_anyway` if it was set.
    pub(crate) sent: SentPurchase,
    /// When this process first sent a purchase that `buy_anyway` allowed.
    pub(crate) anyway_since: Option<OffsetDateTime>,
    /// The purchase as the journal has it, with which the search compares plans.
    pub(crate) purchase: CreateBackupPlan,
    /// The plans whose names a new plan must not have.
    pub(crate) existing: Option<Arc<ExistingPlans>>,
    /// Whether to continue with the only plan of that name.
    pub(crate) adopt_existing: bool,
}

impl ProvisionOptions {
    pub(super) fn new(client: Client, create: CreateBackupPlan, token: ProvisionToken) -> Self {
        Self {
            client,
            create,
            token,
            timeout: TIMEOUT,
            origin: PlanOrigin::Purchase,
            token_since: None,
            token_memory: TOKEN_MEMORY,
            record: None,
            history: None,
        }
    }

    /// Returns the token that the tokens of all requests derive from.
    pub(super) fn token(&self) -> Option<ClientToken> {
        match (&self.token, &self.origin) {
            (ProvisionToken::Set(token), _) => Some(token.clone()),
            (ProvisionToken::Drawn(_), PlanOrigin::Earlier(plan)) => {
                let hash = acs3::payload_hash(format!("resume\n{plan}").as_bytes());
                ClientToken::new(&hash[..32]).ok()
            }
            (ProvisionToken::Drawn(token), _) => token.clone(),
        }
    }

    /// Returns the token, unless no plan can be found with it.
    pub(super) fn purchase_token(&self) -> Option<ClientToken> {
        let is_drawn = matches!(self.token, ProvisionToken::Drawn(_));
        let is_resumed = matches!(self.origin, PlanOrigin::Earlier(_));
        if is_drawn && is_resumed { None } else { self.token() }
    }
}
