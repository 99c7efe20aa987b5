//! `Orders`: places the order of one plan.

use std::time::Duration;

use time::OffsetDateTime;

use super::due::{DueRules, Dueness};
use super::renewal::{RenewalOutcome, RenewalRefusal};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribeBackupPlanList, RenewBackupPlan};
use crate::v2019_03_06::types::{BackupPlanId, OrderId, Period};
use crate::workflows::in_place::money_token::renewal_token;
use crate::workflows::pacer::Pacer;

/// How old a row may be when its plan is ordered.
///
/// Another process may have renewed the plan since, and the service publishes no time for which it
/// remembers that process's client token. A fleet relies on 10 minutes.
const MAX_ROW_AGE: Duration = Duration::from_secs(5 * 60);

/// A plan that is due.
pub(super) struct DuePlan {
    pub(super) plan: BackupPlanId,
    pub(super) end: OffsetDateTime,
    /// The clock's time before the row was requested.
    pub(super) read_at: Duration,
}

/// Places orders.
pub(super) struct Orders {
    pub(super) client: Client,
    pub(super) pacer: Pacer,
    pub(super) rules: DueRules,
    pub(super) term: Period,
}

impl Orders {
    /// Orders the renewal of a plan. Returns `None` if it is not due any more.
    pub(super) async fn place(&self, mut due: DuePlan) -> Option<RenewalOutcome> {
        loop {
            self.pacer.admit(RenewBackupPlan::ACTION, RenewBackupPlan::RATE_LIMIT).await;
            if self.client.clock().elapsed().saturating_sub(due.read_at) <= MAX_ROW_AGE {
                break;
            }
            match self.read_again(&mut due).await {
                Ok(Dueness::Due(_)) => {}
                Ok(Dueness::Later) => return None,
                Ok(Dueness::Refused(reason)) => return Some(RenewalOutcome::Refused { reason }),
                Err(error) => return Some(RenewalOutcome::Failed { error }),
            }
        }
        Some(match self.order(due).await {
            Ok(order) => RenewalOutcome::Renewed { order },
            Err(error) => RenewalOutcome::Failed { error },
        })
    }

    async fn read_again(&self, due: &mut DuePlan) -> Result<Dueness, Error> {
        type List = DescribeBackupPlanList;
        self.pacer.admit(List::ACTION, List::RATE_LIMIT).await;
        due.read_at = self.client.clock().elapsed();
        let list = List::builder().backup_plan_ids([due.plan.clone()]).build();
        let page = self.client.send(list).await?.into_inner();
        let is_same = |row: &&BackupPlanDetail| row.backup_plan_id == due.plan;
        let dueness = match page.items.iter().find(is_same) {
            Some(row) => self.rules.dueness(row, self.client.server_time()),
            None => Dueness::Refused(RenewalRefusal::NotFound),
        };
        if let Dueness::Due(end) = dueness {
            due.end = end;
        }
        Ok(dueness)
    }

    async fn order(&self, due: DuePlan) -> Result<Option<OrderId>, Error> {
        let request = RenewBackupPlan {
            client_token: Some(renewal_token(&due.plan, due.end)?),
            backup_plan_id: due.plan,
            period: self.term,
        };
        match self.client.send(request).await {
            Ok(response) => Ok(response.into_inner().order_id),
            Err(error) if error.may_have_executed() => {
                let hint = "renew again, for the same term: the client token is the same until \
                            the end of the subscription changes";
                Err(error.of_derived_token().and_hint(hint))
            }
            Err(error) => Err(error),
        }
    }
}
