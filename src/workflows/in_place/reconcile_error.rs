//! `ReconcileError`: why a comparison or a change failed.

use std::error::Error as StdError;
use std::fmt;

use crate::rpc::error::Error;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::InvalidValue;
use crate::rpc::wait::WaitError;
use crate::rpc::wait::run_handle::LateOption;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::journal::JournalError;
use crate::workflows::plan_spec::SecretError;
use crate::workflows::provision::{ProvisionError, UnresolvedPurchase};

/// Why a comparison or a change failed.
///
/// Changes that were made before it stay, and the next run continues.
#[non_exhaustive]
pub enum ReconcileError {
    /// A specification is invalid, or two of them are for one plan. Nothing was sent.
    Spec(InvalidValue),
    /// A secret could not be read. Nothing was sent.
    Secret(SecretError),
    /// A call failed.
    Call(Error),
    /// The journal failed.
    Journal(JournalError),
    /// A purchase, or the restart of a plan, failed.
    Provision(Box<ProvisionError>),
    /// The pre-check after a change failed, or the timeout expired.
    Wait(WaitError),
    /// Several plans have the name.
    AmbiguousName {
        /// The name.
        name: String,
        /// The plans.
        plans: Vec<BackupPlanId>,
    },
    /// Two plans exist for one name.
    TwoPlans {
        /// The plan that the journal has.
        recorded: BackupPlanId,
        /// The other plan.
        other: BackupPlanId,
    },
    /// The plan is not listed.
    NotListed(BackupPlanId),
    /// The service accepted a change, and still returns the earlier value.
    NotEffective {
        /// The plan.
        plan: BackupPlanId,
        /// The operation that the service accepted.
        operation: &'static str,
        /// The field of the specification.
        field: &'static str,
    },
    /// An option of [`ApplyChange`](crate::workflows::reconcile::ApplyChange) was set after the
    /// first step, which stopped it.
    LateOption,
    /// A plan may have been bought, and the client does not know which one it is.
    Unresolved(UnresolvedPurchase),
}

impl ReconcileError {
    /// Returns whether a later run, without a change, may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call(error) => error.is_retryable(),
            Self::Journal(error) => error.is_retryable(),
            Self::Provision(error) => error.is_retryable(),
            Self::Wait(error) => error.is_retryable(),
            Self::NotListed(_) | Self::NotEffective { .. } => true,
            Self::Spec(_)
            | Self::Secret(_)
            | Self::AmbiguousName { .. }
            | Self::TwoPlans { .. }
            | Self::LateOption
            | Self::Unresolved(_) => false,
        }
    }

    /// Returns the error of the failed call, if a call failed.
    pub fn call(&self) -> Option<&Error> {
        match self {
            Self::Call(error) => Some(error),
            Self::Provision(error) => error.call(),
            Self::Wait(error) => error.call(),
            _ => None,
        }
    }

    /// Returns whether the service may have executed a call whose outcome is unknown.
    pub fn may_have_executed(&self) -> bool {
        match self {
            Self::Provision(error) => error.may_have_executed(),
            // The change may have been stopped while its call was in flight.
            Self::Unresolved(_) | Self::LateOption => true,
            _ => self.call().is_some_and(Error::may_have_executed),
        }
    }

    /// Returns the cause, by which a report groups failures.
    pub(in crate::workflows) fn group(&self) -> String {
        match (self, self.call()) {
            (_, Some(call)) => {
                call.code().map_or_else(|| format!("{:?}", call.kind()), ToString::to_string)
            }
            (Self::Spec(_), _) => "Spec".to_owned(),
            (Self::Secret(_), _) => "Secret".to_owned(),
            (Self::Journal(error), _) => format!("{:?}", error.kind()),
            (Self::Provision(error), _) => error.stage().to_string(),
            (Self::Wait(error), _) => format!("{:?}", error.kind()),
            (Self::AmbiguousName { .. }, _) => "AmbiguousName".to_owned(),
            (Self::TwoPlans { .. }, _) => "TwoPlans".to_owned(),
            (Self::LateOption, _) => "LateOption".to_owned(),
            (Self::NotListed(_), _) => "NotListed".to_owned(),
            (Self::NotEffective { .. }, _) => "NotEffective".to_owned(),
            (Self::Unresolved(_) | Self::Call(_), _) => "Unresolved".to_owned(),
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident;)+) => {
        $(impl From<$source> for ReconcileError {
            fn from(error: $source) -> Self {
                Self::$variant(error.into())
            }
        })+
    };
}

from! {
    InvalidValue => Spec;
    SecretError => Secret;
    Error => Call;
    JournalError => Journal;
    ProvisionError => Provision;
    WaitError => Wait;
    UnresolvedPurchase => Unresolved;
}

impl fmt::Display for ReconcileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(error) => write!(f, "invalid plan: {error}"),
            Self::Secret(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::Provision(error) => error.fmt(f),
            Self::Wait(error) => error.fmt(f),
            Self::AmbiguousName { name, plans } => {
                let plans: Vec<_> = plans.iter().map(|plan| format!("`{plan}`")).collect();
                let plans = plans.join(", ");
                write!(
                    f,
                    "several plans have the name `{name}`: {plans}; rename all but one, or select \
                     one with `Reconcile::plan`"
                )
            }
            Self::TwoPlans { recorded, other } => write!(
                f,
                "two plans exist for one name: the journal has `{recorded}`, and `{other}` is \
                 another one; release the one that is not needed"
            ),
            Self::NotListed(plan) => write!(
                f,
                "the service does not list backup plan `{plan}`: it may lag behind, or the plan was \
                 released; compare again"
            ),
            Self::NotEffective { plan, operation, field } => write!(
                f,
                "the service accepted {operation} for backup plan `{plan}`, and still returns the \
                 earlier `{field}`; compare again later"
            ),
            Self::LateOption => {
                write!(f, "{}; compare and apply again to continue", LateOption("change"))
            }
            Self::Unresolved(purchase) => purchase.fmt(f),
        }
    }
}

impl fmt::Debug for ReconcileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for ReconcileError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &dyn StdError = match self {
            Self::Spec(error) => error,
            Self::Secret(error) => error,
            Self::Call(error) => error,
            Self::Journal(error) => error,
            Self::Provision(error) => &**error,
            Self::Wait(error) => error,
            _ => return None,
        };
        unshown(self, Some(cause))
    }
}
