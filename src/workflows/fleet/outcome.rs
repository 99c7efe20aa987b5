//! `FleetOutcome`: how one plan of a fleet ended.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::rpc::error::Error;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::item::ChangeItem;
use crate::workflows::in_place::reconcile_error::ReconcileError;
use crate::workflows::journal::{JournalError, JournalErrorKind};
use crate::workflows::provision::{ProvisionCause, ProvisionError, UnresolvedPurchase};

/// How one plan of a fleet ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct FleetOutcome {
    /// The name of the plan within its fleet.
    pub name: String,
    /// The generation of the plan.
    pub generation: u32,
    /// How it ended.
    pub kind: FleetOutcomeKind,
    /// How often the fleet provisioned it, including repeated runs.
    pub runs: u32,
    /// How long it took, including pauses between runs.
    pub elapsed: Duration,
}

/// How one plan of a fleet ended; see [`FleetOutcome::kind`].
#[derive(Debug)]
#[non_exhaustive]
pub enum FleetOutcomeKind {
    /// The plan runs; this run bought it or continued an earlier one.
    Provisioned {
        /// The id of the plan.
        plan: BackupPlanId,
        /// Whether an earlier run, or another worker, had entered the name in the journal.
        resumed: bool,
    },
    /// The journal says that the plan already runs, and it matches its specification.
    ///
    /// Nothing was changed. Only a [`PlanSpec`](crate::workflows::plan_spec::PlanSpec) is compared.
    AlreadyDone {
        /// The id of the plan.
        plan: BackupPlanId,
    },
    /// The plan existed, and was compared with its specification.
    Changed {
        /// The id of the plan.
        plan: BackupPlanId,
        /// The changes that were made.
        applied: Vec<ChangeItem>,
        /// The differences that cannot be changed in place.
        impossible: Vec<ChangeItem>,
    },
    /// The plan may have been bought, and the client does not know which one it is.
    ///
    /// Continue with [`Fleet::resume`](super::Fleet::resume) or
    /// [`Fleet::buy_anyway`](super::Fleet::buy_anyway) of a later run.
    Unresolved(UnresolvedPurchase),
    /// The plan could not be provisioned. A later run continues.
    Failed(FleetError),
    /// The fleet was cancelled; a later run continues.
    Cancelled,
}

/// Why a plan of a fleet failed.
#[non_exhaustive]
pub enum FleetError {
    /// Provisioning failed. Also if the bought plan could not be recorded.
    Provision(ProvisionError),
    /// The journal failed.
    Journal(JournalError),
    /// The name of the fleet or of the plan is invalid.
    InvalidName(InvalidValue),
    /// Two plans exist for one name.
    TwoPlans {
        /// The plan that the journal has.
        recorded: BackupPlanId,
        /// The other plan.
        bought: BackupPlanId,
    },
    /// The plan could not be compared with its specification, or not be changed.
    Reconcile(ReconcileError),
}

/// The error of the hook that records a plan, if another plan is recorded.
#[derive(Debug)]
pub(super) struct OtherPlan {
    pub(super) recorded: BackupPlanId,
    pub(super) bought: BackupPlanId,
}

impl fmt::Display for OtherPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recorded, bought } = self;
        write!(
            f,
            "two plans exist for one name: the journal has `{recorded}`, and `{bought}` is another \
             one; release the one that is not needed"
        )
    }
}

impl StdError for OtherPlan {}

impl FleetError {
    /// Returns whether a later run, without a change, may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Provision(error) => {
                error.is_retryable() || recording(error).is_some_and(JournalError::is_retryable)
            }
            Self::Journal(error) => error.is_retryable(),
            Self::Reconcile(error) => error.is_retryable(),
            Self::InvalidName(_) | Self::TwoPlans { .. } => false,
        }
    }

    /// Returns the error of the failed call, if a call failed.
    pub fn call(&self) -> Option<&Error> {
        match self {
            Self::Provision(error) => error.call(),
            Self::Reconcile(error) => error.call(),
            Self::Journal(_) | Self::InvalidName(_) | Self::TwoPlans { .. } => None,
        }
    }

    /// Returns whether the service may have executed a call whose outcome is unknown.
    pub fn may_have_executed(&self) -> bool {
        match self {
            Self::Provision(error) => error.may_have_executed(),
            Self::Reconcile(error) => error.may_have_executed(),
            Self::Journal(_) | Self::InvalidName(_) | Self::TwoPlans { .. } => false,
        }
    }

    /// Returns why no further plan can be recorded, if that is why this one failed.
    pub(super) fn stops_fleet(&self) -> bool {
        let journal = match self {
            Self::Provision(error) => recording(error),
            Self::Journal(error) | Self::Reconcile(ReconcileError::Journal(error)) => Some(error),
            _ => None,
        };
        journal.is_some_and(|error| {
            !matches!(error.kind(), JournalErrorKind::Conflict | JournalErrorKind::NotEntered)
        })
    }

    /// Returns the stage and the code or kind, by which a report groups failures.
    pub(super) fn group(&self) -> String {
        match self {
            Self::Provision(error) => {
                let cause = match (error.call(), error.cause()) {
                    (Some(call), _) => match call.code() {
                        Some(code) => code.to_string(),
                        None => format!("{:?}", call.kind()),
                    },
                    (_, ProvisionCause::Wait(wait)) => format!("{:?}", wait.kind()),
                    (_, ProvisionCause::Configuration(_)) => "Configuration".to_owned(),
                    (_, ProvisionCause::Record(_)) => "Record".to_owned(),
                    _ => "State".to_owned(),
                };
                format!("{}: {cause}", error.stage())
            }
            Self::Journal(error) => format!("journal: {:?}", error.kind()),
            Self::InvalidName(_) => "name: Invalid".to_owned(),
            Self::TwoPlans { .. } => "journal: TwoPlans".to_owned(),
            Self::Reconcile(error) => format!("change: {}", error.group()),
        }
    }
}

/// Returns the error of the journal, if a bought plan could not be recorded.
fn recording(error: &ProvisionError) -> Option<&JournalError> {
    match error.cause() {
        ProvisionCause::Record(error) => error.downcast_ref(),
        _ => None,
    }
}

impl From<ProvisionError> for FleetError {
    fn from(error: ProvisionError) -> Self {
        if let ProvisionCause::Record(cause) = error.cause()
            && let Some(OtherPlan { recorded, bought }) = cause.downcast_ref()
        {
            return Self::TwoPlans { recorded: recorded.clone(), bought: bought.clone() };
        }
        Self::Provision(error)
    }
}

impl fmt::Display for FleetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provision(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::InvalidName(error) => error.fmt(f),
            Self::Reconcile(error) => error.fmt(f),
            Self::TwoPlans { recorded, bought } => {
                OtherPlan { recorded: recorded.clone(), bought: bought.clone() }.fmt(f)
            }
        }
    }
}

impl fmt::Debug for FleetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for FleetError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &dyn StdError = match self {
            Self::Provision(error) => error,
            Self::Journal(error) => error,
            Self::InvalidName(error) => error,
            Self::Reconcile(error) => error,
            Self::TwoPlans { .. } => return None,
        };
        unshown(self, Some(cause))
    }
}
