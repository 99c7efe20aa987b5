//! `Exchange`: calls an operation of STS, and returns the credentials of the session.

use std::error::Error as StdError;
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

/// The timeout of one exchange with STS, connecting included.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// The timeout of a call. The source of the key that signs has limits of its own, and may be a
/// program or another role.
const CALL_TIMEOUT: Duration = Duration::from_secs(600);

/// Calls STS for one provider.
///
/// The client is kept, and with it what it has learned about the clock of the service. It does not
/// retry: the call that needs the credentials does, by its own policy and within its own timeout.
#[derive(Clone)]
pub(super) struct Exchange {
    signer: Arc<dyn CredentialsProvider>,
    endpoint: StsEndpoint,
    io: Io,
    client: Arc<OnceLock<Client>>,
}

impl Exchange {
    /// Signs with the keys of a provider; sends to the endpoint that the variables name.
    pub(super) fn new(signer: Arc<dyn CredentialsProvider>, io: Io) -> Self {
        let endpoint = StsEndpoint::from_env(&io);
        Self { signer, endpoint, io, client: Arc::default() }
    }

    /// Sends to another endpoint.
    pub(super) fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { endpoint, client: Arc::default(), ..self }
    }

    pub(super) fn io(&self) -> &Io {
        &self.io
    }

    /// Assumes a role. Errors name the operation and the role, and repeat nothing that STS said
    /// except codes and ids: its words may contain a secret.
    pub(super) async fn credentials<O>(
        &self,
        role: &str,
        operation: O,
    ) -> Result<Credentials, CredentialsError>
    where
        O: Operation<Api = Sts20150401, Response = AssumedRole> + 'static,
    {
        let what = format!("{} of {role}", O::ACTION);
        match self.client(&what)?.send(operation).await {
            Ok(response) => {
                response.into_inner().into_credentials().ok_or_else(|| holds_none(&what))
            }
            Err(error) => Err(failure(&what, role, &error)),
        }
    }

    fn client(&self, what: &str) -> Result<Client, CredentialsError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let endpoint = self.endpoint.resolve()?;
        let transport = self.io.transport(Route::Proxied).map_err(|error| {
            CredentialsError::new(format!("{what} cannot be sent: {error}")).with_source(error)
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
            .map_err(|error| unsendable(what, &error))?;
        Ok(self.client.get_or_init(|| client).clone())
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("signer", &self.signer)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

fn holds_none(what: &str) -> CredentialsError {
    CredentialsError::new(format!("{what}: the answer holds no credentials"))
}

fn unsendable(what: &str, error: &Error) -> CredentialsError {
    CredentialsError::new(format!("{what} cannot be sent: {}", error.message()))
}

/// Why a call gave no credentials.
fn failure(what: &str, role: &str, error: &Error) -> CredentialsError {
    let no_response = |why| CredentialsError::no_response(what, why);
    match (error.kind(), error.http_status()) {
        (ErrorKind::Credentials, _) => no_signer(role, error),
        (ErrorKind::Response, Some(StatusCode::OK)) => holds_none(what),
        (_, Some(status)) => refused(what, status, error),
        (ErrorKind::Connect, None) if error.is_retryable() => no_response(NoResponse::NotConnected),
        (ErrorKind::Connect, None) => no_response(NoResponse::Unreachable),
        (ErrorKind::Timeout, None) if error.attempts() == 0 => {
            CredentialsError::transient(format!(
                "no source credentials to assume {role}: their provider took more than \
             {CALL_TIMEOUT:?}"
            ))
        }
        (ErrorKind::Interrupted, None) => no_response(NoResponse::Interrupted),
        (ErrorKind::Timeout, None) => no_response(NoResponse::TimedOut(EXCHANGE_TIMEOUT)),
        (ErrorKind::Response, None) => no_response(NoResponse::Unusable),
        (ErrorKind::Configuration | ErrorKind::Request | ErrorKind::Service, None) => {
            unsendable(what, error)
        }
    }
}

fn no_signer(role: &str, error: &Error) -> CredentialsError {
    let explain = |why: &dyn fmt::Display| format!("no source credentials to assume {role}: {why}");
    match error.source().and_then(|source| source.downcast_ref::<CredentialsError>()) {
        Some(source) => source.reworded(explain(source)),
        None => CredentialsError::new(explain(&error.message())),
    }
}

/// A refusal: its code, status and request id, where they look like ones, and what to do.
fn refused(what: &str, status: StatusCode, error: &Error) -> CredentialsError {
    let word = |text: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        !text.is_empty() && text.len() <= 64 && text.chars().all(plain)
    };
    let part = |before: &str, text: Option<&str>| {
        text.filter(word).map_or_else(String::new, |text| format!("{before}{text}"))
    };
    let hint = error.hint().map_or_else(String::new, |hint| {
        let (first, rest) = hint.split_at_checked(1).unwrap_or_default();
        format!("; {}{rest}", first.to_ascii_lowercase())
    });
    let message = format!(
        "{what} was refused{} (HTTP {}{}){hint}",
        part(": ", error.code()),
        status.as_u16(),
        part(", request id ", error.request_id())
    );
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

    /// Refuses every request with a time of its own, and keeps what it got.
    #[derive(Clone, Debug, Default)]
    struct Refusing {
        body: &'static str,
        server_time: Option<&'static str>,
        sent: Arc<Mutex<Vec<Request<Bytes>>>>,
    }

    #[async_trait]
    impl Transport for Refusing {
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
    struct At(OffsetDateTime);

    impl Clock for At {
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

    fn at(time: &str) -> Arc<At> {
        Arc::new(At(OffsetDateTime::parse(time, &Rfc3339).unwrap()))
    }

    fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
        headers[name].to_str().unwrap()
    }

    /// The vendor's vector of a signed `AssumeRole` with its parameters in the body.
    #[tokio::test]
    async fn signed_request_is_the_vendors() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/data/signing/vectors-v3.json")).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        let vector = vectors.iter().find(|vector| vector["name"] == "form-body").unwrap();
        let input = |member: &str| vector["input"][member].as_str().unwrap();

        let transport = Refusing::default();
        let io = Io::system()
            .with_env(|_| None)
            .with_clock(at(input("date")))
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
        let exchange = Exchange::new(Arc::new(key), io).endpoint(StsEndpoint::host(input("host")));
        exchange.credentials("r", request).await.unwrap_err();

        let sent = transport.sent.lock().unwrap();
        let headers = sent[0].headers();
        assert_eq!(form(sent[0].body()), parameters);
        assert!(sent[0].uri().query().is_none());
        // The vector fixes nonce and spelling of the body, and the client has its own, so both
        // signatures are made again from the headers that were sent.
        let expected = &vector["expected"];
        let names = expected["signed_headers"].as_str().unwrap().split(';');
        let signed: Vec<_> = names.map(|name| (name, text(headers, name))).collect();
        let authorization = |headers: &[(&str, &str)], hash: &str| {
            CanonicalRequest::new("POST", "", headers, hash)
                .authorization(input("access_key_id"), input("access_key_secret"))
        };
        let hash = text(headers, "x-acs-content-sha256");
        assert_eq!(text(headers, "authorization"), authorization(&signed, hash));
        let hash = expected["hashed_payload"].as_str().unwrap();
        let as_in_the_vector: Vec<_> = signed
            .iter()
            .map(|(name, value)| match *name {
                "x-acs-signature-nonce" => (*name, input("nonce")),
                "x-acs-content-sha256" => (*name, hash),
                _ => (*name, *value),
            })
            .collect();
        assert_eq!(expected["authorization"], authorization(&as_in_the_vector, hash));
    }

    #[tokio::test]
    async fn clock_is_corrected_once_for_all_calls() {
        let transport = Refusing {
            body: r#"{"Code":"InvalidTimeStamp.Expired","Message":"late","RequestId":"R"}"#,
            server_time: Some("Wed, 01 Jan 2025 01:00:00 GMT"),
            ..Refusing::default()
        };
        let io = Io::system()
            .with_env(|_| None)
            .with_clock(at("2025-01-01T00:00:00Z"))
            .with_transport(transport.clone());
        let key = Credentials::new("id", "secret");
        let provider = RamRoleProvider::new(key, RoleSession::new("acs:ram::1:role/r"), io);
        for _ in 0..2 {
            let error = provider.credentials().await.unwrap_err();
            assert!(!error.is_transient() && error.to_string().contains("clock"), "{error}");
        }
        let sent = transport.sent.lock().unwrap();
        let dates: Vec<_> = sent.iter().map(|sent| text(sent.headers(), "x-acs-date")).collect();
        let corrected = "2025-01-01T01:00:00Z";
        assert_eq!(dates, ["2025-01-01T00:00:00Z", corrected, corrected]);
    }
}
