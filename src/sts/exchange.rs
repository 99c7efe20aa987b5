//! `StsExchange`: calls an operation of STS and returns the credentials of the session.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::StatusCode;

use super::api::Sts20150401;
use super::assume_role::AssumedRole;
use super::endpoint::StsEndpoint;
use crate::rpc::client::Client;
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider, NoResponse};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::Operation;
use crate::rpc::outside::{Io, Route};
use crate::rpc::retry::RetryPolicy;

/// The timeout of one request to STS, including connecting.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// The timeout of a call. Longer, because the provider of the source credentials has its own
/// timeouts, and may run a program or assume another role.
const CALL_TIMEOUT: Duration = Duration::from_secs(600);

/// Calls STS for one provider.
///
/// The client is kept, so that it corrects the clock once. It does not retry, because the call
/// that needs the credentials retries within its own policy and timeout.
#[derive(Clone)]
pub(super) struct StsExchange {
    signer: Arc<dyn CredentialsProvider>,
    endpoint: StsEndpoint,
    io: Io,
    client: Arc<OnceLock<Client>>,
}

impl StsExchange {
    /// Signs with the credentials of a provider, and calls the endpoint that the environment names.
    pub(super) fn new(signer: Arc<dyn CredentialsProvider>, io: Io) -> Self {
        let endpoint = StsEndpoint::from_env(&io);
        Self { signer, endpoint, io, client: Arc::default() }
    }

    /// Overrides the endpoint.
    pub(super) fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { endpoint, client: Arc::default(), ..self }
    }

    pub(super) fn io(&self) -> &Io {
        &self.io
    }

    /// Assumes a role.
    ///
    /// Errors name the operation and the role. They repeat only the code and the request id of a
    /// response, because its message may contain a secret.
    pub(super) async fn credentials<O>(
        &self,
        role: &str,
        operation: O,
    ) -> Result<Credentials, CredentialsError>
    where
        O: Operation<Api = Sts20150401, Response = AssumedRole> + 'static,
    {
        let call = format!("{} of `{role}`", O::ACTION);
        let client = self.client(&call)?;
        match client.send(operation).await {
            Ok(response) => {
                let session = response.into_inner().into_credentials();
                // The expiration is a time of the server, which may differ from this machine's.
                let ahead = client.server_time() - self.io.clock().now();
                session
                    .map(|session| session.with_server_ahead(Some(ahead)))
                    .ok_or_else(|| no_credentials(&call))
            }
            Err(error) => Err(credentials_error(&call, role, &error)),
        }
    }

    fn client(&self, call: &str) -> Result<Client, CredentialsError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let endpoint = self.endpoint.resolve()?;
        let transport = self.io.transport(Route::Proxied).map_err(|error| {
            CredentialsError::new(format!("{call} failed: {error}")).with_source(error)
        })?;
        let variables = self.io.clone();
        let client = Client::builder_for::<Sts20150401>()
            .endpoint(endpoint.to_string())
            .credentials(self.signer.clone())
            .transport(transport)
            .clock(self.io.clock().clone())
            .environment(move |name| variables.variable(name))
            .retry(RetryPolicy::never())
            .attempt_timeout(EXCHANGE_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .build()
            .map_err(|error| not_sent(call, &error))?;
        Ok(self.client.get_or_init(|| client).clone())
    }
}

impl fmt::Debug for StsExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsExchange")
            .field("signer", &self.signer)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

fn no_credentials(call: &str) -> CredentialsError {
    CredentialsError::new(format!("{call} failed: the response contains no credentials"))
}

fn not_sent(call: &str, error: &Error) -> CredentialsError {
    CredentialsError::new(format!("{call} failed: {}", error.message()))
}

/// Converts the error of a call to STS.
fn credentials_error(call: &str, role: &str, error: &Error) -> CredentialsError {
    let no_response = |reason| CredentialsError::no_response(call, reason);
    match (error.kind(), error.http_status()) {
        (ErrorKind::Credentials, _) => no_source_credentials(role, error),
        (ErrorKind::Response, Some(StatusCode::OK)) => no_credentials(call),
        (_, Some(status)) => service_error(call, status, error),
        (ErrorKind::Connect, None) if error.is_retryable() => no_response(NoResponse::NotConnected),
        (ErrorKind::Connect, None) => no_response(NoResponse::Unreachable),
        (ErrorKind::Timeout, None) if error.attempts() == 0 => {
            CredentialsError::transient(format!(
                "no source credentials to assume `{role}`: their provider timed out after \
                 {CALL_TIMEOUT:?}"
            ))
        }
        (ErrorKind::Interrupted, None) => no_response(NoResponse::Interrupted),
        (ErrorKind::Timeout, None) => no_response(NoResponse::TimedOut(EXCHANGE_TIMEOUT)),
        (ErrorKind::Response, None) => no_response(NoResponse::Unusable),
        (ErrorKind::Configuration | ErrorKind::Request | ErrorKind::Service, None) => {
            not_sent(call, error)
        }
    }
}

fn no_source_credentials(role: &str, error: &Error) -> CredentialsError {
    let message =
        |reason: &dyn fmt::Display| format!("no source credentials to assume `{role}`: {reason}");
    match error.get_ref().and_then(|source| source.downcast_ref::<CredentialsError>()) {
        Some(source) => source.with_message(message(source)),
        None => CredentialsError::new(message(&error.message())),
    }
}

/// Converts an error response. The client has removed a code and a request id that do not have the
/// usual form.
fn service_error(call: &str, status: StatusCode, error: &Error) -> CredentialsError {
    let code = error.code().unwrap_or("the service returned an error");
    let request_id = error.request_id().map_or_else(String::new, |id| format!(", request id {id}"));
    let hint = error.hint().map_or_else(String::new, |hint| {
        let (first, rest) = hint.split_at_checked(1).unwrap_or_default();
        format!("; {}{rest}", first.to_ascii_lowercase())
    });
    let message = format!("{call} failed: {code} (HTTP {}{request_id}){hint}", status.as_u16());
    if error.is_retryable() {
        CredentialsError::transient(message)
    } else {
        CredentialsError::new(message)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use async_trait::async_trait;
    use bytes::Bytes;
    use http::{HeaderMap, Request, Response};
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    use super::*;
    use crate::rpc::clock::{Clock, Sleep};
    use crate::rpc::sign::acs3::CanonicalRequest;
    use crate::rpc::transport::{Transport, TransportError};
    use crate::sts::RamRoleProvider;
    use crate::sts::assume_role::AssumeRole;
    use crate::sts::session::{RoleSession, SessionParameters};

    /// Rejects every request, and records it.
    #[derive(Clone, Debug, Default)]
    struct RejectingTransport {
        body: &'static str,
        server_time: Option<&'static str>,
        sent: Arc<Mutex<Vec<Request<Bytes>>>>,
    }

    #[async_trait]
    impl Transport for RejectingTransport {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            self.sent.lock().unwrap().push(request);
            let mut response = Response::builder().status(400);
            if let Some(time) = self.server_time {
                response = response.header("date", time);
            }
            Ok(response.body(Bytes::from(self.body)).unwrap())
        }
    }

    #[derive(Debug)]
    struct FixedClock(OffsetDateTime);

    impl Clock for FixedClock {
        fn now(&self) -> OffsetDateTime {
            self.0
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::pending())
        }
    }

    fn clock_at(time: &str) -> Arc<FixedClock> {
        Arc::new(FixedClock(OffsetDateTime::parse(time, &Rfc3339).unwrap()))
    }

    fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
        headers[name].to_str().unwrap()
    }

    /// The vendor's test vector of a signed `AssumeRole` with its parameters in the body.
    #[tokio::test]
    async fn signed_request_equals_the_vendors_vector() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/signing/vectors-v3.json")).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        let vector = vectors.iter().find(|vector| vector["name"] == "form-body").unwrap();
        let input = |field: &str| vector["input"][field].as_str().unwrap();

        let transport = RejectingTransport::default();
        let io = Io::system()
            .with_env(|_| None)
            .with_clock(clock_at(input("date")))
            .with_transport(transport.clone());
        let key = Credentials::new(input("access_key_id"), input("access_key_secret"));
        let form = |body: &[u8]| -> BTreeMap<String, String> {
            url::form_urlencoded::parse(body).into_owned().collect()
        };
        let parameters = form(input("body").as_bytes());
        let request = AssumeRole {
            session: SessionParameters {
                duration_seconds: parameters["DurationSeconds"].parse().unwrap(),
                role_arn: parameters["RoleArn"].clone(),
                role_session_name: parameters["RoleSessionName"].clone(),
                policy: Some(parameters["Policy"].clone()),
            },
            external_id: None,
        };
        let exchange =
            StsExchange::new(Arc::new(key), io).endpoint(StsEndpoint::host(input("host")));
        exchange.credentials("r", request).await.unwrap_err();

        let sent = transport.sent.lock().unwrap();
        let headers = sent[0].headers();
        assert_eq!(form(sent[0].body()), parameters);
        assert!(sent[0].uri().query().is_none());
        // The nonce and the encoding of the body differ from those of the vector, so both
        // signatures are computed from the headers that were sent.
        let expected = &vector["expected"];
        let names = expected["signed_headers"].as_str().unwrap().split(';');
        let signed: Vec<_> = names.map(|name| (name, header(headers, name))).collect();
        let authorization = |headers: &[(&str, &str)], hash: &str| {
            CanonicalRequest::new("POST", "", headers, hash)
                .authorization(input("access_key_id"), input("access_key_secret"))
        };
        let hash = header(headers, "x-acs-content-sha256");
        assert_eq!(header(headers, "authorization"), authorization(&signed, hash));
        let hash = expected["hashed_payload"].as_str().unwrap();
        let vector_headers: Vec<_> = signed
            .iter()
            .map(|(name, value)| match *name {
                "x-acs-signature-nonce" => (*name, input("nonce")),
                "x-acs-content-sha256" => (*name, hash),
                _ => (*name, *value),
            })
            .collect();
        assert_eq!(expected["authorization"], authorization(&vector_headers, hash));
    }

    #[tokio::test]
    async fn clock_is_corrected_once_for_all_calls() {
        let transport = RejectingTransport {
            body: r#"{"Code":"InvalidTimeStamp.Expired","Message":"late","RequestId":"R"}"#,
            server_time: Some("Wed, 01 Jan 2025 01:00:00 GMT"),
            ..RejectingTransport::default()
        };
        let io = Io::system()
            .with_env(|_| None)
            .with_clock(clock_at("2025-01-01T00:00:00Z"))
            .with_transport(transport.clone());
        let key = Credentials::new("id", "secret");
        let provider = RamRoleProvider::new(key, RoleSession::new("acs:ram::1:role/r"), io);
        for _ in 0..2 {
            let error = provider.credentials().await.unwrap_err();
            assert!(!error.is_transient() && error.to_string().contains("clock"), "{error}");
        }
        let sent = transport.sent.lock().unwrap();
        let dates: Vec<_> = sent.iter().map(|sent| header(sent.headers(), "x-acs-date")).collect();
        let corrected = "2025-01-01T01:00:00Z";
        assert_eq!(dates, ["2025-01-01T00:00:00Z", corrected, corrected]);
    }
}
