//! `ClientBuilder`: the configuration of a client.

use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;

use super::admission::Admission;
use super::configuration_error::configuration;
use super::handle::Client;
use super::inner::ClientInner;
use super::nonce::Nonces;
use super::target::Target;
use super::user_agent::user_agent;
use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::clock::{Clock, SystemClock};
use crate::rpc::config::{Config, for_each_setting};
use crate::rpc::credentials::CredentialsProvider;
use crate::rpc::endpoint::{Endpoint, Network, UnparsedEndpoint};
use crate::rpc::error::Error;
use crate::rpc::observe::Observer;
use crate::rpc::outside::Io;
use crate::rpc::retry::{RetryBudget, RetryPolicy};
use crate::rpc::sign::{SignatureVersion, TimestampCache};
use crate::rpc::transport::{HttpOptions, ProxyChoice, Transport, default_transport};
use crate::rpc::value::{InvalidValue, RegionId};

/// Builds a [`Client`].
///
/// Credentials and a region (or an endpoint) are required; everything else has a default.
/// [`build`](Self::build) neither blocks nor uses the network.
///
/// The docs of a method link the [`Config`] field with the same effect. Such a field can be read
/// from a file or from an environment variable; see [`Config::from_env`].
///
/// # Examples
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
    api: ApiInfo,
    region: Option<RegionId>,
    network: Network,
    endpoint: Option<UnparsedEndpoint>,
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
    http: HttpOptions,
    max_concurrent_calls: Option<usize>,
    rate_limiting: bool,
    observer: Option<Arc<dyn Observer>>,
    io: Io,
}

impl Client {
    /// Returns a builder of a client for an API.
    ///
    /// The API determines the endpoints and the user agent.
    pub fn builder_for<A: Api>() -> ClientBuilder {
        ClientBuilder::new(ApiInfo::of::<A>())
    }
}

impl ClientBuilder {
    fn new(api: ApiInfo) -> Self {
        Self {
            api,
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
            http: HttpOptions::default(),
            max_concurrent_calls: None,
            rate_limiting: false,
            observer: None,
            io: Io::system(),
        }
    }

    /// Applies settings that were read from a file or the environment.
    ///
    /// A setting that is present overrides earlier calls on the builder; later calls override it.
    pub fn config(self, config: Config) -> Self {
        fn apply<T>(
            builder: ClientBuilder,
            setting: Option<T>,
            step: impl FnOnce(ClientBuilder, T) -> ClientBuilder,
        ) -> ClientBuilder {
            match setting {
                Some(value) => step(builder, value),
                None => builder,
            }
        }
        macro_rules! apply_all {
            ($(
                $(#[$_doc:meta])+
                $name:ident: $_type:ty as $_format:ty, $_file:literal, $step:expr;
            )*) => {{
                let builder = self;
                $(let builder = apply(builder, config.$name, $step);)*
                builder
            }};
        }
        for_each_setting!(apply_all)
    }

    /// Sets the region. The client sends requests to its endpoint.
    ///
    /// Required, unless an [`endpoint`](Self::endpoint) is set.
    ///
    /// The client rejects an id that differs from a known one by one letter, unless an endpoint is
    /// set.
    ///
    /// `Config` field: [`region`](Config::region).
    pub fn region(mut self, region: impl Into<RegionId>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the network through which the client reaches the region's endpoint.
    ///
    /// Defaults to [`Network::Public`].
    ///
    /// `Config` field: [`network`](Config::network).
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Sets the endpoint: `https://host` or `host:port`. Defaults to the endpoint of the region.
    ///
    /// The endpoint must use `https`, unless it is on this machine or
    /// [`allow_plain_http`](Self::allow_plain_http) is set.
    ///
    /// `Config` field: [`endpoint`](Config::endpoint).
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(UnparsedEndpoint(endpoint.into()));
        self
    }

    /// Allows unencrypted requests to other machines. Not allowed by default.
    ///
    /// Such requests expose signatures and database passwords to the network.
    ///
    /// `Config` field: [`allow_plain_http`](Config::allow_plain_http).
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Sets the credentials, or the provider that returns them. Required.
    pub fn credentials(mut self, provider: impl CredentialsProvider + 'static) -> Self {
        self.credentials = Some(Arc::new(provider));
        self
    }

    /// Sets the transport, which replaces the default HTTP transport.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the clock. Defaults to the clock of the transport if it has one, or [`SystemClock`].
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the signature version. Defaults to [`SignatureVersion::Acs3`].
    ///
    /// [`SignatureVersion::RpcV1`] is for private clouds that do not support the newer version.
    ///
    /// `Config` field: [`signature_version`](Config::signature_version).
    pub fn signature_version(mut self, version: SignatureVersion) -> Self {
        self.signature = version;
        self
    }

    /// Sends secret parameters, such as database passwords, in the query. Defaults to the body.
    ///
    /// Access logs keep URLs, so use it only for gateways that do not read the body. The vendor's
    /// SDKs always send secrets in the query.
    pub fn secrets_in_query(mut self) -> Self {
        self.secrets_in_query = true;
        self
    }

    /// Appends an application identifier to the user agent, such as `orders-service/1.4`.
    ///
    /// The value of the environment variable `ALIBABA_CLOUD_USER_AGENT` precedes it.
    ///
    /// `Config` field: [`user_agent_suffix`](Config::user_agent_suffix).
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sets the function that reads environment variables. Defaults to the process environment.
    ///
    /// The client reads `ALIBABA_CLOUD_USER_AGENT` and the proxy variables with it.
    pub fn environment(
        mut self,
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.io = self.io.with_env(read);
        self
    }

    /// Sets the retry policy. Defaults to [`RetryPolicy::standard`].
    ///
    /// `Config` fields: [`max_attempts`](Config::max_attempts),
    /// [`retry_base_delay`](Config::retry_base_delay),
    /// [`retry_max_delay`](Config::retry_max_delay).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the limit on the retries of all calls together. Defaults to 100 retries.
    ///
    /// Several clients can share a budget.
    pub fn retry_budget(mut self, budget: Arc<RetryBudget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets the timeout of a call with all its attempts and delays. Defaults to 60 seconds.
    ///
    /// It must be above zero. `Config` field: [`timeout`](Config::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Sets the timeout of one attempt, connecting included. Defaults to 10 seconds.
    ///
    /// It must be above zero. `Config` field: [`attempt_timeout`](Config::attempt_timeout).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the timeout of connecting. Defaults to 5 seconds.
    ///
    /// It must be above zero. A custom [`transport`](Self::transport) has its own timeout.
    ///
    /// `Config` field: [`connect_timeout`](Config::connect_timeout).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = timeout;
        self
    }

    /// Sets the library of the default transport, for tests of both.
    #[cfg(feature = "_http")]
    #[doc(hidden)]
    pub fn http_library(mut self, library: crate::rpc::transport::HttpLibrary) -> Self {
        self.http.library = Some(library);
        self
    }

    /// Sets the proxy for all requests, as `http://host:port` or `http://user:password@host:port`.
    ///
    /// The last `@` separates user and password from the host. Errors and `Debug` do not show them.
    /// Defaults to the environment variables `HTTPS_PROXY` or `HTTP_PROXY`, by the scheme of the
    /// endpoint, and otherwise `ALL_PROXY`. Hosts that `NO_PROXY` lists are reached directly, as by
    /// curl and Go: a domain with its subdomains, an address, a network, or `*`. Names may be in lower
    /// case. A value that applies and is not an HTTP proxy is an error.
    ///
    /// The client connects to an unencrypted endpoint on this machine directly, whatever the
    /// variables say. Setting a proxy for such an endpoint is an error, unless
    /// [`allow_plain_http`](Self::allow_plain_http) is set.
    ///
    /// For the default transport only, like [`no_proxy`](Self::no_proxy) and
    /// [`root_certificate_pem`](Self::root_certificate_pem).
    ///
    /// `Config` field: [`proxy`](Config::proxy), without user and password.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = ProxyChoice::Url(url.into().into());
        self
    }

    /// Disables the proxy, whatever the environment variables say.
    ///
    /// `Config` field: [`proxy`](Config::proxy) with the value `none`.
    pub fn no_proxy(mut self) -> Self {
        self.http.proxy = ProxyChoice::None;
        self
    }

    /// Adds trusted root certificates in PEM format to those of the system.
    ///
    /// A private cloud or an intercepting proxy needs them. Each call adds to the earlier ones.
    pub fn root_certificate_pem(mut self, pem: impl Into<Bytes>) -> Self {
        self.http.root_certificates.push(pem.into());
        self
    }

    /// Sets whether each write uses a new connection. Defaults to `false`.
    ///
    /// HTTP/1.1 matches responses to requests only by their order. If a proxy sends a second response
    /// to one request, a kept connection delivers it as the response to the next one, and a write
    /// seems to succeed that never ran. A new connection has no such response, and costs a handshake.
    /// It applies to every operation that is not [read-only](crate::Safety::ReadOnly).
    ///
    /// For the default transport only.
    pub fn fresh_connections_for_writes(mut self, enabled: bool) -> Self {
        self.http.fresh_for_writes = enabled;
        self
    }

    /// Sets how many requests may be in flight at once. Defaults to no limit.
    ///
    /// An attempt that exceeds the limit waits, within the timeout of its call. A call that waits
    /// for its next attempt does not count, so that calls in backoff do not block others.
    ///
    /// `Config` field: [`max_concurrent_calls`](Config::max_concurrent_calls).
    pub fn max_concurrent_calls(mut self, calls: usize) -> Self {
        self.max_concurrent_calls = Some(calls);
        self
    }

    /// Sets whether the client enforces the published rate limits. Defaults to `false`.
    ///
    /// The limit of an operation is its [`RATE_LIMIT`](crate::Operation::RATE_LIMIT); a
    /// [`RawRequest`](crate::RawRequest) has none. An attempt above the limit waits, and a call
    /// fails at once if its timeout would expire first. The client counts its own calls only, while
    /// the service counts those of the whole account.
    ///
    /// With [`max_concurrent_calls`](Self::max_concurrent_calls), attempts that the rate limit
    /// allows may still wait for a free slot, and then several may be sent together.
    ///
    /// `Config` field: [`rate_limiting`](Config::rate_limiting).
    pub fn rate_limiting(mut self, enabled: bool) -> Self {
        self.rate_limiting = enabled;
        self
    }

    /// Sets the observer of calls; see [`observe`](crate::observe). Defaults to none.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if credentials or region are missing,
    /// a setting is invalid, or the HTTP transport cannot be created.
    pub fn build(self) -> Result<Client, Error> {
        let endpoint = self.resolve_endpoint()?;
        let credentials = self.credentials.clone().ok_or_else(|| {
            configuration("no credentials")
                .with_hint("set `ClientBuilder::credentials`, or use `Client::from_env`")
        })?;
        let target = Target::new(
            &endpoint,
            user_agent(self.api.user_agent, &self.io, self.user_agent_suffix.as_deref())?,
        )?;
        if self.max_concurrent_calls == Some(0) {
            return Err(configuration(
                "invalid max_concurrent_calls `0`: expected a positive integer",
            ));
        }
        for (name, time) in [
            ("timeout", self.call_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("connect_timeout", self.http.connect_timeout),
        ] {
            if time.is_zero() {
                return Err(configuration(format!(
                    "invalid {name} `0s`: expected a duration above zero"
                )));
            }
        }
        let transport = match (self.transport, self.http.first_custom_setting()) {
            (Some(transport), None) => transport,
            (Some(_), Some(setting)) => {
                return Err(configuration(format!(
                    "`ClientBuilder::{setting}` has no effect on a custom transport"
                ))
                .with_hint("configure the transport, or remove one of the two settings"));
            }
            (None, _) => {
                let variable = |name: &str| self.io.variable(name);
                default_transport(&self.http, &variable, &endpoint).map_err(|error| {
                    let failed = configuration(&error);
                    match error.hint() {
                        Some(hint) => failed.with_hint(hint),
                        None => failed.with_source(error),
                    }
                })?
            }
        };
        let clock = self
            .clock
            .or_else(|| transport.clock())
            .unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(Client {
            inner: Arc::new(ClientInner {
                region: self.region.filter(|_| self.endpoint.is_none()),
                endpoint,
                credentials,
                transport,
                clock,
                signature: self.signature,
                secrets_in_query: self.secrets_in_query,
                fresh_for_writes: self.http.fresh_for_writes,
                target,
                retry: self.retry,
                budget: self.budget.unwrap_or_default(),
                call_timeout: self.call_timeout,
                attempt_timeout: self.attempt_timeout,
                admission: Admission::new(self.max_concurrent_calls, self.rate_limiting),
                observer: self.observer,
                last_key: Mutex::new(None),
                clock_offset: AtomicI64::new(0),
                knows_server_time: AtomicBool::new(false),
                timestamps: TimestampCache::default(),
                nonces: Nonces::default(),
            }),
        })
    }

    fn resolve_endpoint(&self) -> Result<Endpoint, Error> {
        let endpoint = match (&self.endpoint, &self.region) {
            (Some(UnparsedEndpoint(endpoint)), _) => endpoint
                .parse::<Endpoint>()
                .map_err(|error| configuration(&error).with_source(error))?,
            (None, Some(region)) => match (self.api.misspelled_region)(region) {
                Some(near) => {
                    let expected = format!("did you mean `{near}`?");
                    let error = InvalidValue::new("Region", region, expected);
                    return Err(configuration(&error).with_source(error));
                }
                None => (self.api.endpoint)(region, self.network),
            },
            (None, None) => {
                return Err(configuration("no region").with_hint(format!(
                    "call `ClientBuilder::region`, or set `{}REGION` and use `Config::from_env`",
                    self.api.env_prefix
                )));
            }
        };
        let proxied = matches!(self.http.proxy, ProxyChoice::Url(_));
        match endpoint.why_readable(proxied).filter(|_| !self.allow_plain_http) {
            Some((why, hint)) => Err(configuration(why).with_hint(hint)),
            None => Ok(endpoint),
        }
    }
}
