//! `RenewalReport`: the plans that are due, and the outcome of each.

use std::fmt;

use serde::Serialize;
use serde_with::{As, DisplayFromStr};
use time::OffsetDateTime;

use crate::rpc::error::Error;
use crate::v2019_03_06::types::{BackupPlanId, OrderId};
use crate::workflows::serde_time;

/// The plans that are due or cannot be renewed: the result of awaiting a
/// [`RenewExpiring`](super::RenewExpiring).
///
/// `Display` writes a table. In serde, times are RFC 3339, and errors are strings.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct RenewalReport {
    /// The plans, in the order in which their subscriptions end. Those without an end are last.
    pub renewals: Vec<Renewal>,
    /// Whether orders were left out.
    pub dry_run: bool,
    /// The number of rows of the list that could not be read.
    ///
    /// Their plans are not in the report, so they were not renewed.
    pub unread_rows: u64,
}

impl RenewalReport {
    /// Returns whether every plan was renewed, or in a dry run can be.
    ///
    /// It is false if a renewal failed or was refused, or a row could not be read.
    pub fn is_complete(&self) -> bool {
        self.unread_rows == 0
            && self.renewals.iter().all(|renewal| {
                matches!(renewal.outcome, RenewalOutcome::Due | RenewalOutcome::Renewed { .. })
            })
    }
}

/// A plan that is due, or that cannot be renewed.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Renewal {
    /// The id of the plan.
    pub plan: BackupPlanId,
    /// The name of the plan. `None` if the plan was not found.
    pub name: Option<String>,
    /// When the subscription ends or ended, before the renewal.
    #[serde(serialize_with = "serde_time::optional_time")]
    pub expires_at: Option<OffsetDateTime>,
    /// The outcome of the renewal. In serde, its fields are fields of the renewal.
    #[serde(flatten)]
    pub outcome: RenewalOutcome,
}

/// The outcome of a renewal.
///
/// In serde, the field `outcome` has the name of the variant in snake case.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RenewalOutcome {
    /// The plan is due, and the dry run ordered nothing.
    Due,
    /// The plan was renewed.
    #[non_exhaustive]
    Renewed {
        /// The order. `None` if the response did not name one.
        ///
        /// Another process that renewed the plan at the same time has the same order.
        order: Option<OrderId>,
    },
    /// The plan cannot be renewed. Nothing was ordered.
    #[non_exhaustive]
    Refused {
        /// Why not.
        reason: RenewalRefusal,
    },
    /// The renewal failed. Run it again.
    #[non_exhaustive]
    Failed {
        /// Why it failed.
        ///
        /// If it [may have been executed](Error::may_have_executed), a repetition before the end
        /// of the subscription changes has the same client token, and places no second order.
        #[serde(serialize_with = "As::<DisplayFromStr>::serialize")]
        error: Error,
    },
}

/// Why a plan cannot be renewed.
///
/// `Display` writes the same as [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RenewalRefusal {
    /// The plan is pay-as-you-go, and has no subscription.
    PayAsYouGo,
    /// The service does not report when the subscription ends.
    NoExpiry,
    /// The subscription ended more than 7 days ago, so the backups are probably deleted.
    ///
    /// [`include_overdue`](super::RenewExpiring::include_overdue) renews it.
    Overdue,
    /// The subscription has ended, and the term may not last beyond the time.
    ///
    /// The service may count the term from the old end. Renew for a longer term.
    TermTooShort,
    /// The list of plans does not contain the plan.
    NotFound,
}

impl RenewalRefusal {
    /// Returns the name of the reason in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PayAsYouGo => "pay_as_you_go",
            Self::NoExpiry => "no_expiry",
            Self::Overdue => "overdue",
            Self::TermTooShort => "term_too_short",
            Self::NotFound => "not_found",
        }
    }

    /// Returns the reason in words.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::PayAsYouGo => "the plan is pay-as-you-go, and has no subscription",
            Self::NoExpiry => "the service does not report when the subscription ends",
            Self::Overdue => "it ended more than 7 days ago, so the backups are probably deleted",
            Self::TermTooShort => "the term may be over when it begins; renew for a longer term",
            Self::NotFound => "the list of plans does not contain it",
        }
    }
}

impl fmt::Display for RenewalRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
