//! `ApiGateway`: verifies the access key, signature, time and nonce of requests.
//!
//! Codes and messages imitate the real gateway; the messages of `IncompleteSignature` are the fake's.

use std::collections::{HashSet, VecDeque};

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::error_response::ErrorResponse;
use super::served_api::ServedApi;
use crate::rpc::credentials::Credentials;
use crate::rpc::sign::{SignatureVersion, acs3, rpc_v1};
use crate::rpc::transport::{RecordedRequest, is_common_parameter};
use crate::rpc::value::Secret;
use crate::rpc::wire::{Parameters, canonical_query};

/// The largest difference between a request's time and the gateway's.
const MAX_CLOCK_SKEW: Duration = Duration::minutes(15);

/// The most nonces that the gateway remembers.
const MAX_NONCES: usize = 200_000;

/// The gateway in front of the fake service, with its access keys and used nonces.
#[derive(Default)]
pub(super) struct ApiGateway {
    keys: Vec<AccountKey>,
    nonces: UsedNonces,
}

/// An access key, and the account that it belongs to.
struct AccountKey {
    credentials: Credentials,
    account: usize,
}

/// The nonces of requests that are recent enough to be replayed.
#[derive(Default)]
struct UsedNonces {
    nonces: HashSet<String>,
    /// Nonces with their expiry, oldest first.
    expiries: VecDeque<(OffsetDateTime, String)>,
}

impl UsedNonces {
    /// Records a nonce. Returns `false` if it was used before.
    fn insert(&mut self, nonce: &str, now: OffsetDateTime) -> bool {
        // A hash, because a nonce can be as long as a request.
        let hash =
            if nonce.len() > 64 { acs3::payload_hash(nonce.as_bytes()) } else { nonce.to_owned() };
        let nonce = hash.as_str();
        let is_full = self.expiries.len() >= MAX_NONCES;
        while self.expiries.front().is_some_and(|(expiry, _)| *expiry < now)
            || (is_full && self.expiries.len() >= MAX_NONCES)
        {
            if let Some((_, old)) = self.expiries.pop_front() {
                self.nonces.remove(&old);
            }
        }
        let is_new = self.nonces.insert(nonce.to_owned());
        if is_new {
            self.expiries.push_back((now + 2 * MAX_CLOCK_SKEW, nonce.to_owned()));
        }
        is_new
    }
}

/// A request that the gateway verified.
pub(super) struct VerifiedRequest {
    /// The account that the access key belongs to.
    pub(super) account: usize,
    pub(super) api: ServedApi,
    pub(super) operation: String,
    pub(super) parameters: Parameters,
}

/// How the gateway reads and verifies a signature version.
pub(super) struct Scheme {
    pub(super) version: SignatureVersion,
    fields: for<'r> fn(&'r RecordedRequest) -> Result<SignedFields<'r>, ErrorResponse>,
    verify: fn(&RecordedRequest, &str) -> Result<(), ErrorResponse>,
}

/// The signature versions that the gateway accepts.
///
/// The last one reads requests that are not signed, and reports what is missing.
pub(super) static SCHEMES: [Scheme; 2] = [
    Scheme { version: SignatureVersion::Acs3, fields: acs3_fields, verify: verify_acs3 },
    Scheme { version: SignatureVersion::RpcV1, fields: v1_fields, verify: verify_v1 },
];

impl Scheme {
    fn of(request: &RecordedRequest) -> &'static Self {
        let [schemes @ .., last] = &SCHEMES;
        let version = request.signature_version();
        schemes.iter().find(|scheme| version == Some(scheme.version)).unwrap_or(last)
    }
}

/// The authentication fields that both signature versions carry.
struct SignedFields<'r> {
    access_key_id: &'r str,
    security_token: Option<&'r str>,
    date: &'r str,
    nonce: &'r str,
    version: &'r str,
}

impl ApiGateway {
    pub(super) fn add_key(&mut self, credentials: Credentials, account: usize) {
        let id = credentials.access_key_id();
        self.keys.retain(|key| key.credentials.access_key_id() != id);
        self.keys.push(AccountKey { credentials, account });
    }

    /// Returns the number of access keys, without one with this id.
    #[cfg(feature = "emulator")]
    pub(super) fn keys_besides(&self, id: &str) -> usize {
        self.keys.iter().filter(|key| key.credentials.access_key_id() != id).count()
    }

    /// Verifies a request, and returns it with its parameters.
    pub(super) fn verify(
        &mut self,
        request: &RecordedRequest,
        now: OffsetDateTime,
    ) -> Result<VerifiedRequest, ErrorResponse> {
        if request.operation().is_empty() {
            return Err(ErrorResponse::gateway(400, "MissingAction", "Action is mandatory."));
        }
        let scheme = Scheme::of(request);
        let signed = (scheme.fields)(request)?;
        let api = ServedApi::of(signed.version).ok_or_else(|| {
            let message = "Specified parameter Version is not valid.";
            ErrorResponse::gateway(400, "InvalidVersion", message)
        })?;
        let &AccountKey { ref credentials, account } = self.key(&signed, now)?;
        verify_time(signed.date, now)?;
        (scheme.verify)(request, credentials.access_key_secret().expose())?;
        if !self.nonces.insert(signed.nonce, now) {
            let message = "Specified signature nonce was used already.";
            return Err(ErrorResponse::gateway(400, "SignatureNonceUsed", message));
        }
        let acs3 = scheme.version == SignatureVersion::Acs3;
        Ok(VerifiedRequest {
            account,
            api,
            operation: request.operation().to_owned(),
            parameters: parameters(request, acs3),
        })
    }

    fn key(
        &self,
        signed: &SignedFields<'_>,
        now: OffsetDateTime,
    ) -> Result<&AccountKey, ErrorResponse> {
        let key = self
            .keys
            .iter()
            .find(|key| key.credentials.access_key_id() == signed.access_key_id)
            .ok_or_else(|| {
                let message = "Specified access key is not found.";
                ErrorResponse::gateway(404, "InvalidAccessKeyId.NotFound", message)
            })?;
        match (key.credentials.security_token().map(Secret::expose), signed.security_token) {
            (None, None) => {}
            (Some(expected), Some(sent)) if expected == sent => {}
            (Some(_), None) => {
                let message = "SecurityToken is mandatory for this action.";
                return Err(ErrorResponse::gateway(400, "MissingSecurityToken", message));
            }
            _ => {
                let message = "Specified SecurityToken is malformed.";
                return Err(ErrorResponse::gateway(400, "InvalidSecurityToken.Malformed", message));
            }
        }
        if key.credentials.expiration().is_some_and(|expiration| expiration <= now) {
            let message = "Specified SecurityToken is expired.";
            return Err(ErrorResponse::gateway(400, "InvalidSecurityToken.Expired", message));
        }
        Ok(key)
    }
}

fn incomplete(reason: &str) -> ErrorResponse {
    let message = format!("incomplete signature: {reason}");
    ErrorResponse::gateway(400, "IncompleteSignature", message)
}

fn missing(kind: &str, name: &str) -> ErrorResponse {
    incomplete(&format!("{kind} `{name}` is missing; sign the request with version 3 (ACS3) or 1"))
}

fn acs3_fields(request: &RecordedRequest) -> Result<SignedFields<'_>, ErrorResponse> {
    let header = |name: &'static str| request.header(name).ok_or_else(|| missing("header", name));
    let authorization = header("authorization")?;
    let access_key_id = authorization_part(authorization, "Credential")?;
    Ok(SignedFields {
        access_key_id,
        security_token: request.header("x-acs-security-token"),
        date: header("x-acs-date")?,
        nonce: header("x-acs-signature-nonce")?,
        version: header("x-acs-version")?,
    })
}

fn authorization_part<'a>(
    authorization: &'a str,
    name: &'static str,
) -> Result<&'a str, ErrorResponse> {
    authorization
        .strip_prefix(acs3::ALGORITHM)
        .and_then(|rest| {
            rest.trim_start().split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        })
        .ok_or_else(|| missing("the part of the `authorization` header", name))
}

fn v1_fields(request: &RecordedRequest) -> Result<SignedFields<'_>, ErrorResponse> {
    let parameter =
        |name: &'static str| request.parameter(name).ok_or_else(|| missing("parameter", name));
    Ok(SignedFields {
        access_key_id: parameter("AccessKeyId")?,
        security_token: request.parameter("SecurityToken"),
        date: parameter("Timestamp")?,
        nonce: parameter("SignatureNonce")?,
        version: parameter("Version")?,
    })
}

fn verify_time(date: &str, now: OffsetDateTime) -> Result<(), ErrorResponse> {
    let at = OffsetDateTime::parse(date, &Rfc3339).map_err(|_| {
        let message = "Specified time stamp or date value is not well formatted.";
        ErrorResponse::gateway(400, "InvalidTimeStamp.Format", message)
    })?;
    if (at - now).abs() > MAX_CLOCK_SKEW {
        let message = "Specified time stamp or date value is expired.";
        return Err(ErrorResponse::gateway(400, "InvalidTimeStamp.Expired", message));
    }
    Ok(())
}

fn verify_acs3(request: &RecordedRequest, secret: &str) -> Result<(), ErrorResponse> {
    let authorization = request.header("authorization").unwrap_or_default();
    let names = authorization_part(authorization, "SignedHeaders")?;
    let signature = authorization_part(authorization, "Signature")?;
    let is_signed = |name: &str| names.split(';').any(|signed| signed == name);
    for name in request.headers().keys().map(http::HeaderName::as_str) {
        // Some HTTP libraries add a content type to an empty body after signing.
        let is_type_of_body = name == "content-type" && !request.body().is_empty();
        let is_required = name.starts_with("x-acs-") || name == "host" || is_type_of_body;
        if is_required && !is_signed(name) {
            return Err(incomplete(&format!(
                "header `{name}` is not in `SignedHeaders`; sign every `x-acs-*` header, `host` and \
                 `content-type`"
            )));
        }
    }
    let headers = names
        .split(';')
        .map(|name| request.header(name).map(|value| (name, value)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            incomplete("a header in `SignedHeaders` is missing; send every header that is signed")
        })?;
    let hash = acs3::payload_hash(request.body());
    if request.header("x-acs-content-sha256") != Some(&hash) {
        return Err(incomplete(
            "header `x-acs-content-sha256` does not match the body; send the body's SHA-256 hash in \
             lower-case hexadecimal",
        ));
    }
    let query: Vec<_> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let query = canonical_query(query.iter().map(|(name, value)| (&**name, &**value)));
    let canonical = acs3::CanonicalRequest::new(request.method().as_str(), &query, &headers, &hash);
    if canonical.signature(secret) != signature {
        return Err(mismatch(&format!(
            "Specified signature does not match our calculation. server StringToSign is [{}] \
             server CanonicalRequest is [{}]",
            canonical.string_to_sign(),
            canonical.as_str()
        )));
    }
    Ok(())
}

fn verify_v1(request: &RecordedRequest, secret: &str) -> Result<(), ErrorResponse> {
    let signature =
        request.parameter("Signature").ok_or_else(|| missing("parameter", "Signature"))?;
    let query = canonical_query(request.all_parameters().filter(|(name, _)| *name != "Signature"));
    let string_to_sign = rpc_v1::string_to_sign(request.method().as_str(), &query);
    if rpc_v1::signature(secret, &string_to_sign) != signature {
        return Err(mismatch(&format!(
            "Specified signature is not matched with our calculation. server string to sign \
             is:{string_to_sign}"
        )));
    }
    Ok(())
}

fn mismatch(message: &str) -> ErrorResponse {
    ErrorResponse::gateway(400, "SignatureDoesNotMatch", message)
}

/// Returns the parameters of the operation, without those of the signature.
fn parameters(request: &RecordedRequest, acs3: bool) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, value) in request.all_parameters() {
        if !acs3 && is_common_parameter(name) {
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
