//! `ProvisionError`: why provisioning failed, and how to continue.

use std::error::Error as StdError;
use std::fmt;

use super::progress::ProvisionStage;
use super::unresolved::UnresolvedPurchase;
use crate::rpc::error::Error;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::ClientToken;
use crate::rpc::wait::run_handle::LateOption;
use crate::rpc::wait::{WaitError, WaitErrorKind};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::types::BackupPlanId;

/// Why provisioning failed: the stage, its cause, and the plan, if one was bought.
///
/// The message says how to continue: with the plan ([`resume`](super::Provision::resume)), or if its
/// id is not known, with the same [client token](Self::client_token) and the same purchase.
pub struct ProvisionError(Box<ProvisionErrorInner>);

struct ProvisionErrorInner {
    stage: ProvisionStage,
    plan: Option<BackupPlanId>,
    token: Option<ClientToken>,
    cause: ProvisionCause,
}

/// Why a stage of provisioning failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProvisionCause {
    /// The closure that builds the configuration failed. Nothing was sent.
    Configuration(Box<dyn StdError + Send + Sync>),
    /// A call failed.
    Call(Error),
    /// A wait failed, or the timeout expired.
    Wait(WaitError),
    /// Provisioning cannot continue, for example because of the plan's state; the string says why.
    State(String),
    /// An option was set after the first step, which stopped the run.
    LateOption,
    /// The purchase may have been executed earlier, and the service may have forgotten its token.
    Unresolved(UnresolvedPurchase),
    /// The hook of [`Provision::record`](super::Provision::record) failed. The plan is bought, and
    /// its id is in the error.
    Record(Box<dyn StdError + Send + Sync>),
}

impl From<Error> for ProvisionCause {
    fn from(error: Error) -> Self {
        // The message names the token of the provisioning, not the one derived from it.
        Self::Call(error.of_derived_token())
    }
}

impl From<WaitError> for ProvisionCause {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}

/// Returns whether the service has seen the client token with another request.
fn is_token_mismatch(error: &Error) -> bool {
    error.is(ErrorCode::IdempotentParameterMismatch)
}

impl ProvisionError {
    pub(crate) fn new(
        stage: ProvisionStage,
        plan: Option<BackupPlanId>,
        token: Option<ClientToken>,
        cause: ProvisionCause,
    ) -> Self {
        Self(Box::new(ProvisionErrorInner { stage, plan, token, cause }))
    }

    /// Returns the error of a provisioning that is awaited after its last step.
    pub(crate) fn ended() -> Self {
        let reason =
            "the provisioning has already ended; create a new one with `Client::provision`"
                .to_owned();
        Self::new(ProvisionStage::Run, None, None, ProvisionCause::State(reason))
    }

    /// Returns the error of a provisioning that could not begin.
    pub(crate) fn not_started(error: Error) -> Self {
        Self::new(ProvisionStage::Create, None, None, error.into())
    }

    /// Returns the stage that failed.
    pub fn stage(&self) -> ProvisionStage {
        self.0.stage
    }

    /// Returns the id of the plan, if one was bought and its id is known.
    ///
    /// If it is `None`, [`may_have_bought`](Self::may_have_bought) returns whether a plan with an
    /// unknown id may exist.
    pub fn backup_plan_id(&self) -> Option<&BackupPlanId> {
        self.0.plan.as_ref()
    }

    /// Returns whether a plan may have been bought with the client token.
    ///
    /// Another run with the same token and the same purchase does not buy a second plan, as long as
    /// the service remembers the token; set [`token_since`](super::Provision::token_since) for it.
    /// `false` covers this run only: if an earlier run used the same token, keep the token.
    pub fn may_have_bought(&self) -> bool {
        self.0.plan.is_some()
            || match &self.0.cause {
                ProvisionCause::Call(error) => {
                    error.may_have_executed() || is_token_mismatch(error)
                }
                ProvisionCause::Unresolved(_) => true,
                // The run may have been stopped while its purchase was in flight.
                ProvisionCause::LateOption => self.0.stage > ProvisionStage::Prepare,
                _ => false,
            }
    }

    /// Returns the unresolved purchase, if that is why provisioning failed.
    pub fn unresolved(&self) -> Option<&UnresolvedPurchase> {
        match &self.0.cause {
            ProvisionCause::Unresolved(purchase) => Some(purchase),
            _ => None,
        }
    }

    /// Converts the error into the unresolved purchase, to continue from it.
    ///
    /// # Errors
    ///
    /// Returns the error unchanged if provisioning failed for another reason.
    pub fn into_unresolved(self) -> Result<UnresolvedPurchase, Self> {
        let ProvisionErrorInner { stage, plan, token, cause } = *self.0;
        match cause {
            ProvisionCause::Unresolved(purchase) => Ok(purchase),
            cause => Err(Self::new(stage, plan, token, cause)),
        }
    }

    /// Returns the client token of the provisioning. Provision again with it to continue.
    ///
    /// `None` if the provisioning [resumed](super::Provision::resume) a plan without a token,
    /// because no purchase has the token of its steps.
    pub fn client_token(&self) -> Option<&ClientToken> {
        self.0.token.as_ref()
    }

    /// Returns why the stage failed.
    pub fn cause(&self) -> &ProvisionCause {
        &self.0.cause
    }

    /// Returns the error of the failed call, if a call failed.
    ///
    /// It is the call of the stage, or the last poll of its wait. `None` if no call failed, for
    /// example because the plan is locked.
    pub fn call(&self) -> Option<&Error> {
        match &self.0.cause {
            ProvisionCause::Call(error) => Some(error),
            ProvisionCause::Wait(error) => error.call(),
            ProvisionCause::Configuration(error) | ProvisionCause::Record(error) => {
                error.downcast_ref()
            }
            ProvisionCause::State(_)
            | ProvisionCause::LateOption
            | ProvisionCause::Unresolved(_) => None,
        }
    }

    /// Returns whether the service may have executed a call whose outcome is unknown.
    ///
    /// It covers the calls of all stages; [`may_have_bought`](Self::may_have_bought) is about the
    /// purchase, also one that succeeded.
    pub fn may_have_executed(&self) -> bool {
        match &self.0.cause {
            ProvisionCause::Unresolved(_) => true,
            // The run may have been stopped while its call was in flight.
            ProvisionCause::LateOption => self.0.stage > ProvisionStage::Prepare,
            _ => self.call().is_some_and(Error::may_have_executed),
        }
    }

    /// Returns whether provisioning again later, without a change, may succeed.
    ///
    /// `true` after a timeout, if the failed [call](Self::call) is
    /// [retryable](Error::is_retryable), or if the service still refuses a request because of the
    /// state of the plan. [Resume](super::Provision::resume) the plan, or if its id is not known, use
    /// the same [client token](Self::client_token) and the same purchase, so that the service does
    /// not sell a second plan.
    pub fn is_retryable(&self) -> bool {
        match &self.0.cause {
            ProvisionCause::Call(error) => {
                error.is_retryable() || error.is(ErrorCode::OperationDeniedJobStatus)
            }
            ProvisionCause::Wait(error) => error.is_retryable(),
            ProvisionCause::Configuration(_) | ProvisionCause::Record(_) => {
                self.call().is_some_and(Error::is_retryable)
            }
            ProvisionCause::State(_)
            | ProvisionCause::LateOption
            | ProvisionCause::Unresolved(_) => false,
        }
    }
}

impl fmt::Display for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProvisionErrorInner { stage, plan, token, cause } = &*self.0;
        f.write_str("provisioning")?;
        if let Some(plan) = plan {
            write!(f, " backup plan `{plan}`")?;
        }
        write!(f, " failed in stage `{stage}`: ")?;
        match cause {
            ProvisionCause::Configuration(error) => write!(f, "{error}")?,
            ProvisionCause::Call(error) => write!(f, "{error}")?,
            ProvisionCause::Wait(error) => write!(f, "{error}")?,
            ProvisionCause::State(reason) => f.write_str(reason)?,
            ProvisionCause::LateOption => write!(f, "{}", LateOption("provisioning"))?,
            ProvisionCause::Unresolved(purchase) => return write!(f, "{purchase}"),
            ProvisionCause::Record(error) => write!(f, "recording the plan failed: {error}")?,
        }
        if plan.is_some() {
            // A plan to resume may not exist.
            let is_missing = matches!(cause, ProvisionCause::Wait(error)
                if *stage == ProvisionStage::Settle && error.kind() == WaitErrorKind::Failed);
            let bought = if is_missing { "if it was bought," } else { "the plan is bought:" };
            return write!(
                f,
                "; {bought} provision again with `resume` to continue without buying twice"
            );
        }
        let Some(token) = token else { return Ok(()) };
        if matches!(cause, ProvisionCause::Call(error) if is_token_mismatch(error)) {
            write!(
                f,
                "; client token `{token}` was already used for another purchase: repeat that \
                 purchase, or use a new token to buy another plan"
            )
        } else if self.may_have_bought() {
            write!(
                f,
                "; a plan may have been bought: provision again with client token `{token}` and \
                 the same purchase to continue without buying twice"
            )
        } else {
            write!(
                f,
                "; this run bought nothing; if an earlier run used client token `{token}`, it may \
                 have bought a plan, so use the token again"
            )
        }
    }
}

impl fmt::Debug for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        f.debug_struct("ProvisionError")
            .field("stage", &self.0.stage)
            .field("backup_plan_id", &self.0.plan)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl StdError for ProvisionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &dyn StdError = match &self.0.cause {
            ProvisionCause::Configuration(error) | ProvisionCause::Record(error) => &**error,
            ProvisionCause::Call(error) => error,
            ProvisionCause::Wait(error) => error,
            ProvisionCause::State(_)
            | ProvisionCause::LateOption
            | ProvisionCause::Unresolved(_) => return None,
        };
        unshown(self, Some(cause))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rpc::error::ErrorKind;

    fn error(stage: ProvisionStage, cause: impl Into<ProvisionCause>) -> ProvisionError {
        let plan = (stage > ProvisionStage::Create).then(|| "p1".parse().unwrap());
        ProvisionError::new(stage, plan, Some("t-1".parse().unwrap()), cause.into())
    }

    fn call(retryable: bool) -> Error {
        Error::new(ErrorKind::Connect, "refused").retryable(retryable)
    }

    fn with_code(code: ErrorCode) -> Error {
        Error::new(ErrorKind::Service, "").with_code(code.as_ref())
    }

    fn timeout() -> WaitError {
        WaitError::timed_out("backup plan `p1` to run".to_owned(), Duration::from_secs(1800), 9)
    }

    #[test]
    fn message_says_what_failed_why_and_how_to_continue() {
        for (error, message) in [
            (
                error(ProvisionStage::Create, call(false)),
                "provisioning failed in stage `create`: refused; this run bought nothing; if \
                 an earlier run used client token `t-1`, it may have bought a plan, so use the \
                 token again",
            ),
            (
                error(ProvisionStage::Run, timeout()),
                "provisioning backup plan `p1` failed in stage `run`: waiting for backup plan \
                 `p1` to run: timed out after 30m and 9 polls; the plan is bought: provision \
                 again with `resume` to continue without buying twice",
            ),
            (
                ProvisionError::ended(),
                "provisioning failed in stage `run`: the provisioning has already ended; create a new \
                 one with `Client::provision`",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn call_is_the_failed_call_of_any_cause() {
        assert!(error(ProvisionStage::Create, call(true)).call().is_some());
        assert!(error(ProvisionStage::Run, timeout()).call().is_none());
        assert!(ProvisionError::ended().call().is_none());
    }

    #[test]
    fn timeouts_and_retryable_calls_are_retryable() {
        for (error, retryable) in [
            (error(ProvisionStage::Create, call(true)), true),
            (error(ProvisionStage::Create, call(false)), false),
            (error(ProvisionStage::Start, with_code(ErrorCode::OperationDeniedJobStatus)), true),
            (
                error(ProvisionStage::Create, with_code(ErrorCode::IdempotentParameterMismatch)),
                false,
            ),
            (error(ProvisionStage::Run, timeout()), true),
            (ProvisionError::ended(), false),
        ] {
            assert_eq!(error.is_retryable(), retryable, "{error}");
        }
    }
}
