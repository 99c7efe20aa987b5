//! Credentials of an attempt: fetched in time, looked at, and known when they are refused.

use std::time::Duration;

use super::failure::Failure;
use super::inner::ClientInner;
use crate::rpc::clock::within;
use crate::rpc::credentials::{Credentials, CredentialsError};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::outcome::{Event, Facts};

/// Asks the provider, for as long as is left of the call.
pub(super) async fn fetch(client: &ClientInner, left: Duration) -> Result<Credentials, Failure> {
    let mut asked = client.credentials.credentials();
    // One that only renews valid credentials in good time must not cost a short call its time.
    let first = left / 2;
    let answer = match within(&*client.clock, first, &mut asked).await {
        Some(answer) => answer,
        None => match client.credentials.cached() {
            Some(valid) => return Ok(valid),
            None => within(&*client.clock, left.saturating_sub(first), asked).await.ok_or_else(
                || {
                    let message = "the credentials provider took the whole time of the call";
                    Failure::judged(&Facts::new(Event::NoTime), message)
                },
            )?,
        },
    };
    answer.map_err(|error| {
        let facts = Facts::new(Event::NoCredentials).permanent(!error.is_transient());
        Failure::judged(&facts, no_credentials_message(&error))
            .map(|failed| failed.with_source(error))
    })
}

/// Whether a refusal is about the credentials, so that others may help.
pub(super) fn are_refused_by(code: &str) -> bool {
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

/// What would be refused anyway, with a better reason.
pub(super) fn check(credentials: &Credentials) -> Result<(), Error> {
    if credentials.is_anonymous() {
        return Ok(());
    }
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
