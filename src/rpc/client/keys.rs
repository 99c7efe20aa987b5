//! Credentials of an attempt: fetched in time, looked at, and known when they are refused.

use std::time::Duration;

use super::Inner;
use super::answer::Failure;
use crate::rpc::clock::within;
use crate::rpc::credentials::{Credentials, CredentialsError};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::retry::Disposition;
use crate::v2019_03_06::error_code::ErrorCode;

/// Asks the provider, for as long as is left of the call.
pub(super) async fn fetch(client: &Inner, left: Duration) -> Result<Credentials, Failure> {
    let mut asked = client.credentials.credentials();
    // One that only renews valid credentials in good time must not cost a short call its time.
    let first = left / 2;
    let answer = match within(&*client.clock, first, &mut asked).await {
        Some(answer) => answer,
        None => match client.credentials.at_hand() {
            Some(valid) => return Ok(valid),
            None => within(&*client.clock, left.saturating_sub(first), asked).await.ok_or_else(
                || {
                    let message = "the credentials provider took the whole time of the call";
                    Failure::new(Error::new(ErrorKind::Timeout, message), Disposition::NotExecuted)
                },
            )?,
        },
    };
    answer.map_err(|error| {
        let passing = error.is_transient();
        let disposition = if passing { Disposition::NotExecuted } else { Disposition::Final };
        Failure::new(no_credentials(error), disposition)
    })
}

/// Whether a refusal is about the credentials, so that others may help.
pub(super) fn are_refused_by(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidSecurityTokenExpired
            | ErrorCode::InvalidSecurityTokenMalformed
            | ErrorCode::InvalidSecurityTokenMismatch
            | ErrorCode::InvalidAccessKeyIdNotFound
            | ErrorCode::InvalidAccessKeyIdInactive
    )
}

pub(super) fn no_credentials(error: CredentialsError) -> Error {
    Error::new(ErrorKind::Credentials, format!("no credentials: {error}")).with_source(error)
}

/// What would be refused anyway, with a better reason.
pub(super) fn check(credentials: &Credentials) -> Result<(), Error> {
    let token = credentials.security_token();
    let missing = if credentials.access_key_id().is_empty() {
        "the access key id is empty"
    } else if credentials.access_key_secret().is_empty() {
        "the access key secret is empty"
    } else if token.is_some_and(|token| token.expose().trim().is_empty()) {
        "the security token is empty; leave it out for a permanent key"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Credentials, missing))
}
