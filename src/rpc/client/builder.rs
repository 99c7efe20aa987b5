//! `ClientBuilder`: everything that can be said about a client.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;

use super::admission::Admission;
use super::handle::Client;
use super::inner::ClientInner;
use super::nonce::Nonces;
use super::target::Target;
use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::clock::{Clock, SystemClock};
use crate::rpc::config::{Config, for_each_setting};
use crate::rpc::credentials::CredentialsProvider;
use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::observe::Observer;
use crate::rpc::outside::Io;
use crate::rpc::retry::{RetryBudget, RetryPolicy};
use crate::rpc::sign::{SignatureVersion, Timestamps};
use crate::rpc::transport::{HttpOptions, ProxyChoice, Transport};
use crate::rpc::value::RegionId;

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
    api: ApiInfo,
    region: Option<RegionId>,
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
    http: HttpOptions,
    max_concurrent_calls: Option<usize>,
    rate_limiting: bool,
    observer: Option<Arc<dyn Observer>>,
    io: Io,
}

/// A word or more at the end of the user agent, as the vendor's SDKs read it.
const USER_AGENT_VARIABLE: &str = "ALIBABA_CLOUD_USER_AGENT";

impl Client {
    /// A builder of a client for an API: its endpoints, its words in the user agent and in
    /// variables.
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

    /// Applies the settings of a file or the environment.
    ///
    /// A setting that is present overrides what was set before; later calls override it.
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

    /// The region whose endpoint requests go to.
    pub fn region(mut self, region: impl Into<RegionId>) -> Self {
        self.region = Some(region.into());
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

    /// A word of yours at the end of the user agent, such as `orders-service/1.4`. What the
    /// variable `ALIBABA_CLOUD_USER_AGENT` holds comes before it.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Reads variables (`ALIBABA_CLOUD_USER_AGENT`) by a function of yours instead of from the
    /// process, for tests or another store of settings.
    pub fn environment(
        mut self,
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.io = self.io.with_env(read);
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

    /// How long a call may take with all its attempts and waits; 60 seconds if nothing is said,
    /// and more than 0.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// How long one attempt may take, connecting included; 10 seconds if nothing is said, and more
    /// than 0.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long connecting may take; 5 seconds if nothing is said, and more than 0. A
    /// [`transport`](Self::transport) of your own has its own limit.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = timeout;
        self
    }

    /// The proxy that every request goes through, `http://host:port`; user and password may stand
    /// before the host, and are not shown. If nothing is said, the variables `HTTPS_PROXY`,
    /// `HTTP_PROXY` and `NO_PROXY` decide, but for an endpoint on this machine without encryption:
    /// it is asked directly, and a proxy named here for it is refused, unless
    /// [`allow_plain_http`](Self::allow_plain_http) is said.
    ///
    /// For the built-in transport only, as [`no_proxy`](Self::no_proxy) and
    /// [`root_certificate_pem`](Self::root_certificate_pem) are.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = ProxyChoice::Url(url.into().into());
        self
    }

    /// No proxy, whatever the variables say.
    pub fn no_proxy(mut self) -> Self {
        self.http.proxy = ProxyChoice::None;
        self
    }

    /// Trusts the certificates of a PEM text next to those of the system, for a private cloud or
    /// a proxy that inspects. Each call adds to what was said before.
    pub fn root_certificate_pem(mut self, pem: impl Into<Bytes>) -> Self {
        self.http.roots.push(pem.into());
        self
    }

    /// How many requests may be on their way at once; no limit if nothing is said.
    ///
    /// An attempt that finds no room waits, within its call's time. A call that waits before it
    /// tries again takes no room, so that a few calls in trouble do not hold up the others.
    pub fn max_concurrent_calls(mut self, calls: usize) -> Self {
        self.max_concurrent_calls = Some(calls);
        self
    }

    /// Whether the client keeps the published limit of each operation
    /// ([`RATE_LIMIT`](crate::Operation::RATE_LIMIT)); no, if nothing is said.
    ///
    /// An attempt above it waits for its turn, and a call whose turn comes after its time limit
    /// fails at once. The client knows of its own calls only: the service counts those of the
    /// whole account. A [`RawRequest`](crate::RawRequest) has no published limit. With
    /// [`max_concurrent_calls`](Self::max_concurrent_calls), attempts whose turn has come may still
    /// wait for room, and several may then go together.
    pub fn rate_limiting(mut self, keep: bool) -> Self {
        self.rate_limiting = keep;
        self
    }

    /// Tells an observer what calls do; see [`observe`](crate::observe).
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// When the region or the credentials are missing, a setting cannot be used, or the HTTP
    /// stack cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let endpoint = self.resolve_endpoint()?;
        let credentials = self.credentials.clone().ok_or_else(|| {
            configuration(
                "no credentials: give ClientBuilder::credentials an access key or a provider, \
                 or use Client::from_env",
            )
        })?;
        let target = Target::new(&endpoint, self.user_agent()?)?;
        if self.max_concurrent_calls == Some(0) {
            return Err(configuration(
                "max_concurrent_calls of 0 lets no call go: give it 1 or more, or leave it out",
            ));
        }
        for (name, time) in [
            ("timeout", self.call_timeout),
            ("attempt_timeout", self.attempt_timeout),
            ("connect_timeout", self.http.connect_timeout),
        ] {
            if time.is_zero() {
                return Err(configuration(format!(
                    "{name} of 0 lets no call end: give it a time, such as 10 seconds, or leave it \
                     out"
                )));
            }
        }
        let transport = match (self.transport, self.http.only_built_in()) {
            (Some(transport), None) => transport,
            (Some(_), Some(setting)) => {
                return Err(configuration(format!(
                    "ClientBuilder::{setting} is for the built-in transport, and \
                     ClientBuilder::transport gives another: set it up there, or leave one out"
                )));
            }
            (None, _) => default_transport(&self.http)?,
        };
        let clock = self
            .clock
            .or_else(|| transport.clock())
            .unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(Client {
            inner: Arc::new(ClientInner {
                endpoint,
                credentials,
                transport,
                clock,
                signature: self.signature,
                secrets_in_query: self.secrets_in_query,
                target,
                retry: self.retry,
                budget: self.budget.unwrap_or_default(),
                call_timeout: self.call_timeout,
                attempt_timeout: self.attempt_timeout,
                admission: Admission::new(self.max_concurrent_calls, self.rate_limiting),
                observer: self.observer,
                last_key: Mutex::new(None),
                clock_offset: AtomicI64::new(0),
                timestamps: Timestamps::default(),
                nonces: Nonces::default(),
            }),
        })
    }

    fn resolve_endpoint(&self) -> Result<Endpoint, Error> {
        let endpoint = match (&self.endpoint, &self.region) {
            (Some(text), _) => text
                .parse::<Endpoint>()
                .map_err(|error| configuration(error.to_string()).with_source(error))?,
            (None, Some(region)) => (self.api.endpoint)(region, self.network),
            (None, None) => {
                return Err(configuration(format!(
                    "no region: give ClientBuilder::region one, or set {}REGION",
                    self.api.env_prefix
                )));
            }
        };
        if !endpoint.is_https() && !endpoint.is_loopback() && !self.allow_plain_http {
            return Err(configuration(format!(
                "{endpoint} is not encrypted: use https, or say ClientBuilder::allow_plain_http"
            )));
        }
        // On the way to the proxy and back, all would be readable.
        let proxied = matches!(self.http.proxy, ProxyChoice::Url(_));
        if !endpoint.is_https() && proxied && !self.allow_plain_http {
            return Err(configuration(format!(
                "{endpoint} is not encrypted, and the proxy would read it: leave the proxy out, or \
                 say ClientBuilder::allow_plain_http"
            )));
        }
        Ok(endpoint)
    }

    fn user_agent(&self) -> Result<HeaderValue, Error> {
        let mut text = format!(
            "{} ({}; {})",
            self.api.user_agent,
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        let variable = self.io.variable(USER_AGENT_VARIABLE);
        for (part, of) in
            [(&variable, USER_AGENT_VARIABLE), (&self.user_agent_suffix, "the user agent suffix")]
        {
            let Some(part) = part else { continue };
            text.push(' ');
            text.push_str(part.trim());
            if HeaderValue::from_str(&text).is_err() {
                return Err(configuration(format!(
                    "{of} has characters that a header cannot carry: leave out line breaks and \
                     the like"
                )));
            }
        }
        HeaderValue::from_str(&text).map_err(|error| {
            configuration("the user agent cannot be written as a header").with_source(error)
        })
    }
}

fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn default_transport(options: &HttpOptions) -> Result<Arc<dyn Transport>, Error> {
    let transport = crate::rpc::transport::ReqwestTransport::with_options(options)
        .map_err(|error| configuration(error.to_string()).with_source(error))?;
    Ok(Arc::new(transport))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn default_transport(_: &HttpOptions) -> Result<Arc<dyn Transport>, Error> {
    Err(configuration(
        "no transport: enable the feature rustls or native-tls of aliyun-dbs, or give \
         ClientBuilder::transport one of your own",
    ))
}
