//! `ClientBuilder`: everything that can be said about a client.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use http::HeaderValue;

use super::{Client, Inner};
use crate::clock::{Clock, SystemClock};
use crate::credentials::CredentialsProvider;
use crate::endpoint::{Endpoint, Network};
use crate::error::{Error, ErrorKind};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::sign::SignatureVersion;
use crate::transport::Transport;
use crate::types::Region;

/// Builds a [`Client`]. A region (or an endpoint) and credentials are needed, the rest has
/// defaults. Building neither blocks nor touches the network.
///
/// ```
/// use std::time::Duration;
/// use aliyun_dbs::{Client, Network, Region, RetryPolicy};
/// use aliyun_dbs::credentials::Credentials;
///
/// let client = Client::builder()
///     .region(Region::Shanghai)
///     .network(Network::Vpc)
///     .credentials(Credentials::new("id", "secret"))
///     .timeout(Duration::from_secs(30))
///     .retry(RetryPolicy::standard().max_attempts(3))
///     .build()?;
/// assert_eq!(client.endpoint().authority(), "dbs-api-vpc.cn-shanghai.aliyuncs.com");
/// # Ok::<(), aliyun_dbs::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    region: Option<Region>,
    network: Network,
    endpoint: Option<String>,
    allow_plain_http: bool,
    credentials: Option<Arc<dyn CredentialsProvider>>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    signature: SignatureVersion,
    secrets_in_query: bool,
    user_agent_suffix: Option<String>,
    retry: RetryPolicy,
    budget: Option<Arc<RetryBudget>>,
    call_timeout: Duration,
    attempt_timeout: Duration,
    connect_timeout: Duration,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            region: None,
            network: Network::default(),
            endpoint: None,
            allow_plain_http: false,
            credentials: None,
            transport: None,
            clock: None,
            signature: SignatureVersion::default(),
            secrets_in_query: false,
            user_agent_suffix: None,
            retry: RetryPolicy::standard(),
            budget: None,
            call_timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
        }
    }

    /// The region whose endpoint requests go to.
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// The network to reach the region's endpoint by; the Internet if nothing is said.
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// An endpoint instead of the region's: `https://host` or `host:port`.
    ///
    /// Plain `http://` is for this machine only, unless
    /// [`allow_plain_http`](Self::allow_plain_http) is said.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Lets requests, with keys' signatures and database passwords, travel unencrypted to hosts
    /// other than this machine.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// The credentials, or the provider that they come from.
    pub fn credentials(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.credentials = Some(Arc::new(provider));
        self
    }

    /// A transport instead of real HTTP.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// A clock instead of the transport's, or the system's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The signature version; [`SignatureVersion::RpcV1`] is for private clouds that know no
    /// other.
    pub fn signature_version(mut self, version: SignatureVersion) -> Self {
        self.signature = version;
        self
    }

    /// Sends database passwords in the query, as the vendor's SDKs do, instead of in the body.
    /// URLs end up in access logs, so this is for gateways that read nothing else.
    pub fn secrets_in_query(mut self) -> Self {
        self.secrets_in_query = true;
        self
    }

    /// A word of yours at the end of the user agent, such as `orders-service/1.4`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// How often and how patiently calls are tried again; [`RetryPolicy::standard`] if nothing
    /// is said.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// A limit on the retries of all calls together; 100 if nothing is said. Several clients may
    /// share one.
    pub fn retry_budget(mut self, budget: Arc<RetryBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// How long a call may take with all its attempts and waits; 60 seconds if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// How long one attempt may take, connecting included; 10 seconds if nothing is said.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long connecting may take; 5 seconds if nothing is said. A
    /// [`transport`](Self::transport) of your own has its own limit.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// When the region or the credentials are missing, the endpoint cannot be used, or the HTTP
    /// stack cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let endpoint = self.resolve_endpoint()?;
        let credentials = self.credentials.clone().ok_or_else(|| {
            configuration(
                "no credentials: give ClientBuilder::credentials an access key or a provider, \
                 or use Client::from_env",
            )
        })?;
        let user_agent = user_agent(self.user_agent_suffix.as_deref())?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(self.connect_timeout)?,
        };
        let clock = self
            .clock
            .or_else(|| transport.clock())
            .unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(Client {
            inner: Arc::new(Inner {
                endpoint,
                credentials,
                transport,
                clock,
                signature: self.signature,
                secrets_in_query: self.secrets_in_query,
                user_agent,
                retry: self.retry,
                budget: self.budget.unwrap_or_default(),
                call_timeout: self.call_timeout,
                attempt_timeout: self.attempt_timeout,
                clock_offset: AtomicI64::new(0),
            }),
        })
    }

    fn resolve_endpoint(&self) -> Result<Endpoint, Error> {
        let endpoint = match (&self.endpoint, self.region) {
            (Some(text), _) => text
                .parse::<Endpoint>()
                .map_err(|error| configuration(error.to_string()).with_source(error))?,
            (None, Some(region)) => Endpoint::for_region(region, self.network),
            (None, None) => {
                return Err(configuration(
                    "no region: give ClientBuilder::region one, such as Region::Hangzhou",
                ));
            }
        };
        if !endpoint.is_https() && !endpoint.is_loopback() && !self.allow_plain_http {
            return Err(configuration(format!(
                "{endpoint} is not encrypted: use https, or say ClientBuilder::allow_plain_http"
            )));
        }
        Ok(endpoint)
    }
}

fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let mut text = format!(
        "aliyun-dbs-rust/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    if let Some(suffix) = suffix {
        text.push(' ');
        text.push_str(suffix);
    }
    HeaderValue::from_str(&text).map_err(|error| {
        configuration("the user agent suffix has characters that a header cannot carry")
            .with_source(error)
    })
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn default_transport(connect_timeout: Duration) -> Result<Arc<dyn Transport>, Error> {
    let transport = crate::transport::ReqwestTransport::with_connect_timeout(connect_timeout)
        .map_err(|error| configuration(error.to_string()).with_source(error))?;
    Ok(Arc::new(transport))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn default_transport(_: Duration) -> Result<Arc<dyn Transport>, Error> {
    Err(configuration(
        "no transport: enable the feature rustls or native-tls of aliyun-dbs, or give \
         ClientBuilder::transport one of your own",
    ))
}
