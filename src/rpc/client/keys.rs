//! The credentials of an attempt: fetching, validation, and rejection by the server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::failure::AttemptError;
use super::inner::ClientInner;
use crate::rpc::clock::within;
use crate::rpc::credentials::{Credentials, CredentialsError};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::outcome::{FailedAttempt, FailureCause};

/// The message of an attempt whose provider returned nothing in time.
pub(super) const TIMED_OUT: &str = "timed out waiting for credentials";

/// Gets credentials from the provider, within the time that is left of the call.
pub(super) async fn fetch(
    client: &ClientInner,
    left: Duration,
) -> Result<Credentials, AttemptError> {
    let mut pending = client.credentials.credentials();
    // An early refresh of credentials that are still valid must not use up a short call's time.
    let first = left / 2;
    let result = match within(&*client.clock, first, &mut pending).await {
        Some(result) => result,
        None => match client.credentials.cached() {
            Some(valid) => return Ok(valid),
            None => within(&*client.clock, left.saturating_sub(first), pending)
                .await
                .ok_or_else(timed_out)?,
        },
    };
    result.or_else(|error| match error.expired_key() {
        // The key may be valid and this machine's clock wrong, which the response will tell.
        Some(key) if !client.knows_server_time.load(Ordering::Relaxed) => Ok(key.clone()),
        _ => Err(not_provided(error)),
    })
}

/// Gets the replacement of rejected credentials, within the time that is left of the call.
///
/// A provider without others returns the rejected ones.
pub(super) async fn replace(
    client: &ClientInner,
    rejected: &Credentials,
    left: Duration,
) -> Result<Credentials, AttemptError> {
    match within(&*client.clock, left, client.credentials.refresh(rejected)).await {
        Some(result) => result.map_err(not_provided),
        None => Err(timed_out()),
    }
}

fn timed_out() -> AttemptError {
    let attempt = FailedAttempt::new(FailureCause::DeadlineExceeded);
    AttemptError::classified(&attempt, TIMED_OUT)
}

fn not_provided(error: CredentialsError) -> AttemptError {
    let attempt = FailedAttempt::new(FailureCause::NoCredentials).permanent(!error.is_transient());
    AttemptError::classified(&attempt, no_credentials_message(&error))
        .map(|failed| failed.with_source(error))
}

/// Returns whether an error code rejects the credentials, so that others may succeed.
pub(super) fn are_rejected_by(code: &str) -> bool {
    [
        "InvalidSecurityToken.Expired",
        "InvalidSecurityToken.Malformed",
        "InvalidSecurityToken.MismatchWithAccessKey",
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(code))
}

pub(super) fn no_credentials(error: CredentialsError) -> Error {
    Error::new(ErrorKind::Credentials, no_credentials_message(&error)).with_source(error)
}

fn no_credentials_message(error: &CredentialsError) -> String {
    format!("no credentials: {error}")
}

/// Rejects credentials that the server would reject, with a clearer reason.
pub(crate) fn check(credentials: &Credentials) -> Result<(), Error> {
    match credentials.defect() {
        Some(why) => Err(Error::new(ErrorKind::Credentials, format!("invalid credentials: {why}"))),
        None => Ok(()),
    }
}
