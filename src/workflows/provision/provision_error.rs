//! `ProvisionError`: which stage failed, what exists by now, and what to do.

use std::error::Error as StdError;
use std::fmt;

use super::progress::ProvisionStage;
use crate::rpc::error::Error;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::WaitError;
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::types::BackupPlanId;

/// Why a plan does not run: which stage failed, which plan exists by now, and what to do.
pub struct ProvisionError(Box<ProvisionErrorInner>);

struct ProvisionErrorInner {
    stage: ProvisionStage,
    plan: Option<BackupPlanId>,
    token: Option<ClientToken>,
    cause: ProvisionCause,
}

/// What a stage failed with.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProvisionCause {
    /// A call failed.
    Call(Error),
    /// Waiting failed or timed out.
    Wait(WaitError),
    /// The plan is in a state that provisioning does not touch; the text says which, and why.
    State(String),
}

impl From<Error> for ProvisionCause {
    fn from(error: Error) -> Self {
        // The token to say is that of the provisioning.
        Self::Call(error.of_derived_token())
    }
}

impl From<WaitError> for ProvisionCause {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}

/// Whether the service knows the token from another request.
fn is_token_of_another(error: &Error) -> bool {
    error.is(ErrorCode::IdempotentParameterMismatch)
}

impl ProvisionError {
    pub(super) fn new(
        stage: ProvisionStage,
        plan: Option<BackupPlanId>,
        token: Option<ClientToken>,
        cause: ProvisionCause,
    ) -> Self {
        Self(Box::new(ProvisionErrorInner { stage, plan, token, cause }))
    }

    /// For one that is awaited after it has given its last step.
    pub(crate) fn ended() -> Self {
        let why = "it has ended already; make a new one".to_owned();
        Self::new(ProvisionStage::Run, None, None, ProvisionCause::State(why))
    }

    /// For one that a blocking client could not run.
    #[cfg(feature = "blocking")]
    pub(crate) fn not_begun(error: Error) -> Self {
        Self::new(ProvisionStage::Create, None, None, error.into())
    }

    /// The stage that failed.
    pub fn stage(&self) -> ProvisionStage {
        self.0.stage
    }

    /// The plan that exists by now. `None` means that none is known: ask
    /// [`may_have_bought`](Self::may_have_bought) whether one may exist all the same.
    pub fn backup_plan_id(&self) -> Option<&BackupPlanId> {
        self.0.plan.as_ref()
    }

    /// Whether this run, or the earlier one that its token is known from, may have bought a plan.
    /// With the same token and the same purchase it is not bought again.
    ///
    /// `false` is about this run: where an earlier run had the same token, keep the token.
    pub fn may_have_bought(&self) -> bool {
        self.0.plan.is_some()
            || matches!(&self.0.cause, ProvisionCause::Call(error)
                if error.may_have_executed() || is_token_of_another(error))
    }

    /// The first token: provision again with it to go on from here.
    pub fn client_token(&self) -> Option<&ClientToken> {
        self.0.token.as_ref()
    }

    /// What the stage failed with.
    pub fn cause(&self) -> &ProvisionCause {
        &self.0.cause
    }
}

impl fmt::Display for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProvisionErrorInner { stage, plan, token, cause } = &*self.0;
        write!(f, "provisioning failed at {stage}")?;
        if let Some(plan) = plan {
            write!(f, " of backup plan {plan}, which is bought")?;
        }
        match cause {
            ProvisionCause::Call(error) => write!(f, ": {error}")?,
            ProvisionCause::Wait(error) => write!(f, ": {error}")?,
            ProvisionCause::State(why) => write!(f, ": {why}")?,
        }
        let Some(token) = token else { return Ok(()) };
        if matches!(cause, ProvisionCause::Call(error)
            if plan.is_none() && is_token_of_another(error))
        {
            write!(
                f,
                ". The client token {token} has bought something else already: provision with the \
                 purchase it was first used for, or with a new token to buy another plan"
            )
        } else if self.may_have_bought() {
            write!(
                f,
                ". Provision again with the client token {token} and the same purchase to go on; \
                 nothing is bought twice"
            )
        } else {
            write!(
                f,
                ". This run bought nothing; keep the client token {token} if an earlier run had it"
            )
        }
    }
}

impl fmt::Debug for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvisionError")
            .field("stage", &self.0.stage)
            .field("backup_plan_id", &self.0.plan)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl StdError for ProvisionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            ProvisionCause::Call(error) => Some(error),
            ProvisionCause::Wait(error) => Some(error),
            ProvisionCause::State(_) => None,
        }
    }
}
