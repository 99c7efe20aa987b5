//! The gateway in front of the fake service: keys, signatures, nonces and time.

use std::collections::{HashSet, VecDeque};

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::refusal::Refusal;
use crate::rpc::api::Api;
use crate::rpc::credentials::Credentials;
use crate::rpc::sign::{SignatureVersion, acs3, rpc_v1};
use crate::rpc::transport::{RecordedRequest, is_common};
use crate::rpc::value::Secret;
use crate::rpc::wire::{Parameters, canonical_query};
use crate::v2019_03_06::api::Dbs20190306;

/// How far a request's time may be off.
const WINDOW: Duration = Duration::minutes(15);

/// What the gateway remembers.
#[derive(Default)]
pub(super) struct Gate {
    keys: Vec<Credentials>,
    nonces: Nonces,
}

/// The nonces that were used.
#[derive(Default)]
struct Nonces {
    known: HashSet<String>,
    /// With the time they may be forgotten at, oldest first.
    order: VecDeque<(OffsetDateTime, String)>,
}

impl Nonces {
    /// Returns whether a nonce is new, and remembers it as long as its request can be repeated.
    fn take(&mut self, nonce: &str, now: OffsetDateTime) -> bool {
        while self.order.front().is_some_and(|(forget, _)| *forget < now) {
            if let Some((_, old)) = self.order.pop_front() {
                self.known.remove(&old);
            }
        }
        let is_new = self.known.insert(nonce.to_owned());
        if is_new {
            self.order.push_back((now + 2 * WINDOW, nonce.to_owned()));
        }
        is_new
    }
}

/// A request that passed the gateway.
pub(super) struct Passed {
    pub(super) access_key_id: String,
    pub(super) operation: String,
    pub(super) parameters: Parameters,
}

/// What both signature methods carry.
struct Claims<'r> {
    access_key_id: &'r str,
    token: Option<&'r str>,
    date: &'r str,
    nonce: &'r str,
    version: &'r str,
}

impl Gate {
    pub(super) fn add_key(&mut self, credentials: Credentials) {
        self.keys.retain(|key| key.access_key_id() != credentials.access_key_id());
        self.keys.push(credentials);
    }

    /// Checks a request, and hands its parameters on.
    pub(super) fn pass(
        &mut self,
        request: &RecordedRequest,
        now: OffsetDateTime,
    ) -> Result<Passed, Refusal> {
        if request.operation().is_empty() {
            return Err(Refusal::gateway(400, "MissingAction", "Action is mandatory."));
        }
        let acs3 = request.signature_version() == Some(SignatureVersion::Acs3);
        let claims = if acs3 { acs3_claims(request)? } else { v1_claims(request)? };
        if claims.version != Dbs20190306::VERSION {
            let message = "Specified parameter Version is not valid.";
            return Err(Refusal::gateway(400, "InvalidVersion", message));
        }
        let key = self.key(&claims, now)?;
        check_time(claims.date, now)?;
        let secret = key.access_key_secret().expose();
        if acs3 {
            check_acs3(request, secret)?;
        } else {
            check_v1(request, secret)?;
        }
        let access_key_id = claims.access_key_id.to_owned();
        if !self.nonces.take(claims.nonce, now) {
            let message = "Specified signature nonce was used already.";
            return Err(Refusal::gateway(400, "SignatureNonceUsed", message));
        }
        let operation = request.operation().to_owned();
        Ok(Passed { access_key_id, operation, parameters: parameters(request, acs3) })
    }

    fn key(&self, claims: &Claims<'_>, now: OffsetDateTime) -> Result<&Credentials, Refusal> {
        let key =
            self.keys.iter().find(|key| key.access_key_id() == claims.access_key_id).ok_or_else(
                || {
                    let message = "Specified access key is not found.";
                    Refusal::gateway(404, "InvalidAccessKeyId.NotFound", message)
                },
            )?;
        match (key.security_token().map(Secret::expose), claims.token) {
            (None, None) => {}
            (Some(known), Some(given)) if known == given => {}
            (Some(_), None) => {
                let message = "SecurityToken is mandatory for this action.";
                return Err(Refusal::gateway(400, "MissingSecurityToken", message));
            }
            _ => {
                let message = "Specified SecurityToken is malformed.";
                return Err(Refusal::gateway(400, "InvalidSecurityToken.Malformed", message));
            }
        }
        if key.expiration().is_some_and(|expiration| expiration <= now) {
            let message = "Specified SecurityToken is expired.";
            return Err(Refusal::gateway(400, "InvalidSecurityToken.Expired", message));
        }
        Ok(key)
    }
}

fn incomplete(what: &str) -> Refusal {
    let message = format!("The request signature does not conform to standards: {what}.");
    Refusal::gateway(400, "IncompleteSignature", message)
}

fn acs3_claims(request: &RecordedRequest) -> Result<Claims<'_>, Refusal> {
    let header = |name: &'static str| request.header(name).ok_or_else(|| incomplete(name));
    let authorization = header("authorization")?;
    let access_key_id = authorization_part(authorization, "Credential")?;
    Ok(Claims {
        access_key_id,
        token: request.header("x-acs-security-token"),
        date: header("x-acs-date")?,
        nonce: header("x-acs-signature-nonce")?,
        version: header("x-acs-version")?,
    })
}

fn authorization_part<'a>(authorization: &'a str, name: &'static str) -> Result<&'a str, Refusal> {
    authorization
        .strip_prefix(acs3::ALGORITHM)
        .and_then(|rest| {
            rest.trim_start().split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        })
        .ok_or_else(|| incomplete(name))
}

fn v1_claims(request: &RecordedRequest) -> Result<Claims<'_>, Refusal> {
    let parameter = |name: &'static str| request.parameter(name).ok_or_else(|| incomplete(name));
    Ok(Claims {
        access_key_id: parameter("AccessKeyId")?,
        token: request.parameter("SecurityToken"),
        date: parameter("Timestamp")?,
        nonce: parameter("SignatureNonce")?,
        version: parameter("Version")?,
    })
}

fn check_time(date: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let at = OffsetDateTime::parse(date, &Rfc3339).map_err(|_| {
        let message = "Specified time stamp or date value is not well formatted.";
        Refusal::gateway(400, "InvalidTimeStamp.Format", message)
    })?;
    if (at - now).abs() > WINDOW {
        let message = "Specified time stamp or date value is expired.";
        return Err(Refusal::gateway(400, "InvalidTimeStamp.Expired", message));
    }
    Ok(())
}

fn check_acs3(request: &RecordedRequest, secret: &str) -> Result<(), Refusal> {
    let authorization = request.header("authorization").unwrap_or_default();
    let names = authorization_part(authorization, "SignedHeaders")?;
    let given = authorization_part(authorization, "Signature")?;
    let signed = |name: &str| names.split(';').any(|known| known == name);
    for name in request.headers().keys().map(http::HeaderName::as_str) {
        // Some HTTP libraries add the type of a body that is not there, after the signature.
        let typed = name == "content-type" && !request.body().is_empty();
        let must = name.starts_with("x-acs-") || name == "host" || typed;
        if must && !signed(name) {
            return Err(incomplete(&format!("{name} is not signed")));
        }
    }
    let headers = names
        .split(';')
        .map(|name| request.header(name).map(|value| (name, value)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| incomplete("a signed header is missing"))?;
    let hash = acs3::payload_hash(request.body());
    if request.header("x-acs-content-sha256") != Some(&hash) {
        return Err(incomplete("x-acs-content-sha256 is not the hash of the body"));
    }
    let query: Vec<_> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let query = canonical_query(query.iter().map(|(name, value)| (&**name, &**value)));
    let canonical = acs3::CanonicalRequest::new(request.method().as_str(), &query, &headers, &hash);
    if canonical.signature(secret) != given {
        return Err(mismatch(&format!(
            "Specified signature does not match our calculation. server StringToSign is [{}] \
             server CanonicalRequest is [{}]",
            canonical.string_to_sign(),
            canonical.as_str()
        )));
    }
    Ok(())
}

fn check_v1(request: &RecordedRequest, secret: &str) -> Result<(), Refusal> {
    let given = request.parameter("Signature").ok_or_else(|| incomplete("Signature"))?;
    let query = canonical_query(request.all_parameters().filter(|(name, _)| *name != "Signature"));
    let string_to_sign = rpc_v1::string_to_sign(request.method().as_str(), &query);
    if rpc_v1::signature(secret, &string_to_sign) != given {
        return Err(mismatch(&format!(
            "Specified signature is not matched with our calculation. server string to sign \
             is:{string_to_sign}"
        )));
    }
    Ok(())
}

fn mismatch(message: &str) -> Refusal {
    Refusal::gateway(400, "SignatureDoesNotMatch", message)
}

/// The operation's own parameters.
fn parameters(request: &RecordedRequest, acs3: bool) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, value) in request.all_parameters() {
        if !acs3 && is_common(name) {
            continue;
        }
        if request.is_in_body(name) {
            parameters.set_secret(name, value.into());
        } else {
            parameters.set(name, value);
        }
    }
    parameters
}
