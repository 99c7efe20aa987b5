//! Tests of client settings: proxy, certificates, user agent, limits and `Config`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::create;
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeBackupPlanList, DescribeRegions};
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::{
    ApiRequest, Client, ClientBuilder, Clock, Config, ErrorKind, Network, Operation, RawRequest,
    Region, RetryPolicy, SignatureVersion,
};
use async_trait::async_trait;
use bytes::Bytes;

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .environment(|_| None)
}

fn list() -> DescribeBackupPlanList {
    DescribeBackupPlanList::builder().build()
}

#[tokio::test]
async fn user_agent_lists_crate_environment_and_suffix() {
    let dbs = FakeDbs::new();
    let client = on(&dbs)
        .environment(|name| (name == "ALIBABA_CLOUD_USER_AGENT").then(|| " tool/7 ".to_owned()))
        .user_agent_suffix("orders/1.4")
        .build()
        .unwrap();
    client.send(list()).await.unwrap();
    let sent = dbs.requests().pop().unwrap();
    let agent = sent.header("user-agent").unwrap();
    assert!(agent.starts_with("aliyun-dbs-rust/"), "{agent}");
    assert!(agent.ends_with(") tool/7 orders/1.4"), "{agent}");

    on(&dbs).build().unwrap().send(list()).await.unwrap();
    let plain = dbs.requests().pop().unwrap();
    assert!(plain.header("user-agent").unwrap().ends_with(')'));

    let error = on(&dbs).environment(|_| Some("a\nb".to_owned())).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("ALIBABA_CLOUD_USER_AGENT"), "{error}");
}

#[test]
fn builder_rejects_conflicting_settings() {
    let dbs = FakeDbs::new();
    let pem = "-----BEGIN CERTIFICATE-----";
    for (builder, names) in [
        (on(&dbs).proxy("http://proxy:3128"), "ClientBuilder::proxy"),
        (on(&dbs).no_proxy(), "ClientBuilder::no_proxy"),
        (on(&dbs).root_certificate_pem(pem), "ClientBuilder::root_certificate_pem"),
        (on(&dbs).max_concurrent_calls(0), "max_concurrent_calls"),
        (on(&dbs).timeout(Duration::ZERO), "invalid timeout `0s`"),
        (on(&dbs).attempt_timeout(Duration::ZERO), "invalid attempt_timeout `0s`"),
        (on(&dbs).connect_timeout(Duration::ZERO), "invalid connect_timeout `0s`"),
        (
            Client::builder()
                .endpoint("http://127.0.0.1:1")
                .credentials(Credentials::new("id", "secret"))
                .proxy("http://proxy:3128"),
            "the proxy could read requests",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(names), "{error}");
    }
}

/// A transport that counts concurrent requests and delays each by one second.
#[derive(Clone, Debug)]
struct ConcurrencyProbe {
    dbs: FakeDbs,
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for ConcurrencyProbe {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.dbs.clock().sleep(Duration::from_secs(1)).await;
        let response = self.dbs.send(request).await;
        self.inside.fetch_sub(1, Ordering::SeqCst);
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.dbs)
    }
}

impl ConcurrencyProbe {
    fn of(dbs: &FakeDbs) -> Self {
        Self { dbs: dbs.clone(), inside: Arc::default(), most: Arc::default() }
    }

    /// Sends nine calls at once; returns the peak concurrency, the duration and the failures.
    async fn nine_calls(&self, client: &Client, timeout: u64) -> (usize, Duration, usize) {
        let started = self.dbs.clock().elapsed();
        let calls: Vec<_> = (0..9)
            .map(|_| {
                let call = client.send(list()).timeout(Duration::from_secs(timeout));
                tokio::spawn(call.into_future())
            })
            .collect();
        let mut failed = 0;
        for call in calls {
            if let Err(error) = call.await.unwrap() {
                assert!(error.is_timeout() && !error.may_have_executed(), "{error}");
                assert!(error.to_string().contains("max_concurrent_calls"), "{error}");
                assert_eq!(error.attempts(), 0);
                failed += 1;
            }
        }
        let took = self.dbs.clock().elapsed().checked_sub(started).unwrap();
        (self.most.load(Ordering::SeqCst), took, failed)
    }
}

#[tokio::test]
async fn limits_concurrent_calls() {
    for (limit, most, seconds) in [(None, 9, 1), (Some(3), 3, 3), (Some(1), 1, 9)] {
        let dbs = FakeDbs::new();
        let probe = ConcurrencyProbe::of(&dbs);
        let mut builder = on(&dbs).transport(probe.clone());
        if let Some(limit) = limit {
            builder = builder.max_concurrent_calls(limit);
        }
        let seen = probe.nine_calls(&builder.build().unwrap(), 60).await;
        assert_eq!(seen, (most, Duration::from_secs(seconds), 0), "{limit:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrency_slots_pass_between_threads() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).max_concurrent_calls(1).build().unwrap();
    let calls: Vec<_> =
        (0..200).map(|_| tokio::spawn(client.send(create()).into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(dbs.plans().len(), 200);
}

#[tokio::test]
async fn waiting_for_a_slot_uses_up_the_call_timeout() {
    let dbs = FakeDbs::new();
    let probe = ConcurrencyProbe::of(&dbs);
    let client = on(&dbs).transport(probe.clone()).max_concurrent_calls(2).build().unwrap();
    let (most, _, failed) = probe.nine_calls(&client, 2).await;
    assert_eq!(most, 2);
    assert_eq!(failed, 5, "two calls at a time, for two seconds");
}

#[tokio::test]
async fn call_releases_its_slot_during_backoff() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(30)).times(1);
    let client = on(&dbs).max_concurrent_calls(1).build().unwrap();
    let first = tokio::spawn(client.send(create()).into_future());
    while dbs.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    client.send(list()).timeout(Duration::from_secs(5)).await.unwrap();
    assert_eq!(first.await.unwrap().unwrap().attempts(), 2);
}

#[tokio::test]
async fn rate_limiting_waits_for_the_published_limits() {
    let dbs = FakeDbs::new();
    dbs.enforce_rate_limits(true);
    let limit = DescribeBackupPlanList::RATE_LIMIT.unwrap();
    let client = on(&dbs).rate_limiting(true).timeout(Duration::from_secs(600)).build().unwrap();
    let started = dbs.clock().elapsed();
    for _ in 0..=2 * limit.calls {
        let response = client.send(list()).retry(RetryPolicy::never()).await.unwrap();
        assert_eq!(response.attempts(), 1);
    }
    let took = dbs.clock().elapsed().checked_sub(started).unwrap();
    assert_eq!(took, Duration::from_secs((2 * limit.seconds).into()));

    let without = on(&dbs).build().unwrap();
    let error = without.send(list()).retry(RetryPolicy::never());
    let mut error = error.await;
    for _ in 0..limit.calls {
        error = without.send(list()).retry(RetryPolicy::never()).await;
    }
    assert!(
        error.unwrap_err().is_throttling(),
        "without a client-side limit the service throttles"
    );
}

#[tokio::test]
async fn fails_at_once_if_rate_limit_exceeds_the_timeout() {
    let dbs = FakeDbs::new();
    let limit = DescribeBackupPlanList::RATE_LIMIT.unwrap();
    let client = on(&dbs).rate_limiting(true).timeout(Duration::from_secs(5)).build().unwrap();
    for _ in 0..limit.calls {
        client.send(list()).await.unwrap();
    }
    let started = dbs.clock().elapsed();
    let error = client.send(list()).await.unwrap_err();
    assert_eq!(dbs.clock().elapsed(), started, "it fails at once");
    assert!(error.is_timeout() && error.is_retryable() && !error.may_have_executed(), "{error}");
    assert!(
        error.to_string().contains("DescribeBackupPlanList failed: the published rate limit"),
        "{error}"
    );
    assert!(error.to_string().contains("longer timeout"), "{error}");
    assert_eq!((error.attempts(), client.retry_budget().available()), (0, 100));

    // Other operations have their own limits, and raw requests have none.
    client.send(DescribeRegions::builder().build()).await.unwrap();
    let raw = RawRequest::new("DescribeBackupPlanList");
    assert_eq!(ApiRequest::rate_limit(&raw), None);
    client.send(raw).await.unwrap();
}

const EVERY_SETTING: &str = r#"{
    "region": "cn-shanghai",
    "endpoint": "https://dbs.example:8443",
    "network": "vpc",
    "signature_version": "rpc-v1",
    "timeout": "90s",
    "attempt_timeout": "1500ms",
    "connect_timeout": "2s",
    "max_attempts": 7,
    "retry_base_delay": "100ms",
    "retry_max_delay": "5s",
    "max_concurrent_calls": 16,
    "rate_limiting": true,
    "proxy": "http://proxy:3128",
    "user_agent_suffix": "orders/1.4",
    "allow_plain_http": false
}"#;

#[test]
fn config_round_trips_and_matches_the_environment() {
    let config: Config = serde_json::from_str(EVERY_SETTING).unwrap();
    assert_eq!(config.timeout, Some(Duration::from_secs(90)));
    assert_eq!(config.attempt_timeout, Some(Duration::from_millis(1500)));
    assert_eq!(config.network, Some(Network::Vpc));
    assert_eq!(config.signature_version, Some(SignatureVersion::RpcV1));
    let written = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<Config>(&written).unwrap(), config);
    let value: serde_json::Value = serde_json::from_str(EVERY_SETTING).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);

    let settings = value.as_object().unwrap().clone();
    assert!(!format!("{config:?}").contains("None"), "the file sets every field: {config:?}");
    let from_env = Config::from_env_with(move |name| {
        let setting = name.strip_prefix("ALIYUN_DBS_")?.to_ascii_lowercase();
        Some(settings.get(&setting)?.to_string().trim_matches('"').to_owned())
    })
    .unwrap();
    assert_eq!(from_env, config);

    let empty: Config = serde_json::from_str("{}").unwrap();
    assert_eq!(empty, Config::default());
    assert_eq!(serde_json::to_string(&empty).unwrap(), "{}");
    assert_eq!(Config::from_env_with(|_| Some(String::new())).unwrap(), empty);
    let kebab: Config =
        serde_json::from_str(r#"{"max-attempts": "3", "timeout": 1.5, "proxy": null}"#).unwrap();
    assert_eq!((kebab.max_attempts, kebab.timeout), (Some(3), Some(Duration::from_millis(1500))));
}

#[test]
fn config_errors_name_the_setting_and_the_fix() {
    for (setting, text, says) in [
        ("region", "hang zhou", "joined by hyphens"),
        ("endpoint", "ftp://h", "`https` or `http`"),
        ("network", "inner", "expected `public` or `vpc`"),
        ("signature_version", "v4", "expected `acs3` or `rpc-v1`"),
        ("timeout", "soon", "500ms"),
        ("max_attempts", "0", "a positive integer"),
        ("max_concurrent_calls", "many", "a positive integer"),
        ("rate_limiting", "yes", "expected `true` or `false`"),
        ("proxy", "proxy:3128", "http://host:port"),
        ("proxy", "http://me:hunter2@proxy", "ClientBuilder::proxy"),
    ] {
        let json = serde_json::json!({ setting: text }).to_string();
        let in_file = serde_json::from_str::<Config>(&json).unwrap_err().to_string();
        assert!(
            in_file.starts_with(&format!("{setting}: ")) && in_file.contains(says),
            "{in_file}"
        );
        let variable = format!("ALIYUN_DBS_{}", setting.to_ascii_uppercase());
        let read = {
            let variable = variable.clone();
            move |name: &str| (name == variable).then(|| text.to_owned())
        };
        let error = Config::from_env_with(read).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let in_env = error.to_string();
        assert!(in_env.starts_with(&format!("{variable}: ")) && in_env.contains(says), "{in_env}");
        assert!(!(in_file + &in_env).contains("hunter2"));
    }
    for (json, says) in [
        (r#"{"timout": 1}"#, "timout: unknown setting: did you mean `timeout`?"),
        (r#"{"access_key_secret": {"a": 1}}"#, "access_key_secret: unknown setting"),
        (r#"{"timeout": [1]}"#, "timeout: "),
        (r#"{"max-attempts": 1, "max_attempts": 2}"#, "max_attempts: duplicate setting"),
        ("[]", "by name"),
    ] {
        let error = serde_json::from_str::<Config>(json).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn later_builder_calls_override_the_config() {
    let dbs = FakeDbs::new();
    let config: Config = serde_json::from_str(
        r#"{"endpoint": "https://first.example", "max_attempts": 2, "signature_version": "rpc-v1",
            "user_agent_suffix": "from-the-file"}"#,
    )
    .unwrap();
    dbs.faults().refuse_connection("*").always();
    let client = on(&dbs).retry(RetryPolicy::never()).config(config.clone()).build().unwrap();
    assert_eq!(client.endpoint().authority(), "first.example");
    let error = client.send(list()).await.unwrap_err();
    assert_eq!(error.attempts(), 2, "the config overrides the earlier policy");
    let sent = dbs.requests().pop().unwrap();
    assert_eq!(sent.parameter("SignatureVersion"), Some("1.0"));
    assert!(sent.header("user-agent").unwrap().ends_with("from-the-file"));

    let later = on(&dbs).config(config).endpoint("second.example").retry(RetryPolicy::never());
    let client = later.build().unwrap();
    assert_eq!(client.endpoint().authority(), "second.example");
    assert_eq!(client.send(list()).await.unwrap_err().attempts(), 1);
}

#[cfg(feature = "_http")]
mod real_http {
    use std::net::SocketAddr;

    use aliyun_dbs::credentials::Credentials;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Serves one request, and returns its first line.
    async fn serve_once() -> (SocketAddr, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let line = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 64 * 1024];
            let read = stream.read(&mut buffer).await.unwrap();
            let body = r#"{"RequestId":"R","Success":true}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            String::from_utf8_lossy(&buffer[..read]).lines().next().unwrap().to_owned()
        });
        (address, line)
    }

    fn plain(endpoint: &str) -> ClientBuilder {
        Client::builder()
            .endpoint(endpoint)
            .allow_plain_http()
            .credentials(Credentials::new("id", "secret"))
            .environment(|_| None)
            .retry(RetryPolicy::never())
    }

    #[tokio::test]
    async fn sends_requests_through_the_proxy() {
        let (proxy, line) = serve_once().await;
        let client = plain("http://dbs.invalid").proxy(format!("http://{proxy}")).build().unwrap();
        client.send(RawRequest::new("DescribeRegions")).await.unwrap();
        let line = line.await.unwrap();
        assert!(line.starts_with("POST http://dbs.invalid/"), "{line}");
    }

    #[tokio::test]
    async fn no_proxy_connects_directly() {
        let (server, line) = serve_once().await;
        let client = plain(&format!("http://{server}"))
            .proxy("http://127.0.0.1:1")
            .no_proxy()
            .build()
            .unwrap();
        client.send(RawRequest::new("DescribeRegions")).await.unwrap();
        assert!(line.await.unwrap().starts_with("POST /"));
    }

    #[test]
    fn builder_rejects_invalid_proxies_and_certificates() {
        let begun = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (builder, says) in [
            (plain("http://h").proxy("proxy:3128"), "http://host:port"),
            (plain("http://h").proxy("me:hunter2@proxy"), "http://host:port"),
            (plain("http://h").root_certificate_pem("not a certificate"), "BEGIN CERTIFICATE"),
            (plain("http://h").root_certificate_pem(begun), "invalid `root_certificate_pem`"),
        ] {
            assert!(!format!("{builder:?}").contains("hunter2"));
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(says), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn builder_accepts_a_valid_certificate() {
        let pem = include_str!("../data/root.pem");
        plain("http://h").root_certificate_pem(pem).root_certificate_pem(pem).build().unwrap();
    }
}
