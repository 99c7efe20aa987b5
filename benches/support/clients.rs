//! The clients that the benchmarks compare: bare HTTP clients, and this crate on each transport.

use aliyun_dbs::transport::{HttpLibrary, ReqwestTransport};
use aliyun_dbs::{Client, ClientBuilder, RetryPolicy};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as PooledClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::loopback::{AUTHORITY, Counts};
use super::subject::{builder, captured, client, purchase};

/// A client that makes the same call as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// reqwest sends a request that was built beforehand, with its URL: the floor.
    ReadyUrl,
    /// The same, but the URL is a string, because each signed request has a new URL.
    TextUrl,
    /// hyper-util's client, which both transports and reqwest use, sends the ready request. HTTP only.
    HyperUtil,
    /// This crate on `ReqwestTransport::from_client`, with the client of the floor.
    FromClient,
    /// This crate on `ReqwestTransport`.
    Reqwest,
    /// This crate on `HyperTransport`.
    Hyper,
}

impl Subject {
    pub(crate) const ALL: [Self; 6] = [
        Self::ReadyUrl,
        Self::TextUrl,
        Self::HyperUtil,
        Self::FromClient,
        Self::Reqwest,
        Self::Hyper,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ReadyUrl => "reqwest, URL parsed beforehand",
            Self::TextUrl => "reqwest, URL as a string",
            Self::HyperUtil => "hyper-util",
            Self::FromClient => "ReqwestTransport::from_client",
            Self::Reqwest => "ReqwestTransport",
            Self::Hyper => "HyperTransport",
        }
    }

    pub(crate) fn client(self, http: &reqwest::Client, url: &str) -> Caller {
        let request = captured();
        let query = request.uri().query().expect("a query");
        let url_with_query = format!("{url}/?{query}");
        let mut headers = request.headers().clone();
        headers.remove("host");
        let typed = |builder: ClientBuilder| {
            let builder = builder.endpoint(url).retry(RetryPolicy::never());
            Caller::Typed(builder.build().expect("a client"))
        };
        match self {
            Self::ReadyUrl => {
                let url = url_with_query.parse().expect("a URL");
                let mut ready = reqwest::Request::new(reqwest::Method::POST, url);
                *ready.headers_mut() = headers;
                Caller::ReadyUrl(http.clone(), ready)
            }
            Self::TextUrl => Caller::TextUrl(http.clone(), url_with_query, headers),
            Self::HyperUtil => {
                let mut ready = http::Request::post(url_with_query);
                *ready.headers_mut().expect("valid parts") = headers;
                let ready = ready.body(Full::default()).expect("a request");
                Caller::HyperUtil(
                    Box::new(PooledClient::builder(TokioExecutor::new()).build_http()),
                    ready,
                )
            }
            Self::FromClient => typed(client(ReqwestTransport::from_client(http.clone()))),
            Self::Reqwest => typed(with_library(HttpLibrary::Reqwest)),
            Self::Hyper => typed(with_library(HttpLibrary::Hyper)),
        }
    }
}

/// The transports that are built in, by the name of their subject.
pub(crate) fn library(name: &str) -> HttpLibrary {
    if name == Subject::Hyper.name() { HttpLibrary::Hyper } else { HttpLibrary::Reqwest }
}

/// Returns the builder of a client on a built-in transport that trusts the server of the benchmarks.
pub(crate) fn with_library(library: HttpLibrary) -> ClientBuilder {
    builder().http_library(library).no_proxy().root_certificate_pem(AUTHORITY)
}

/// Returns the bare client that trusts the server of the benchmarks.
pub(crate) fn http_client() -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(AUTHORITY.as_bytes()).expect("a certificate");
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .tls_certs_merge([authority])
        .build()
        .expect("a client")
}

/// Returns what the server has counted.
pub(crate) async fn counts(http: &reqwest::Client, url: &str) -> Counts {
    let response = http.get(format!("{url}/counts")).send().await.expect("a response");
    serde_json::from_slice(&response.bytes().await.expect("a body")).expect("counts")
}

/// A client that is ready to call.
pub(crate) enum Caller {
    ReadyUrl(reqwest::Client, reqwest::Request),
    TextUrl(reqwest::Client, String, http::HeaderMap),
    HyperUtil(Box<PooledClient<HttpConnector, Full<Bytes>>>, http::Request<Full<Bytes>>),
    Typed(Client),
}

impl Caller {
    /// Makes a call, and reads its response.
    pub(crate) async fn call(&self) {
        match self {
            Self::ReadyUrl(client, ready) => {
                let mut request = reqwest::Request::new(reqwest::Method::POST, ready.url().clone());
                *request.headers_mut() = ready.headers().clone();
                *request.body_mut() = Some(Bytes::new().into());
                read(client.execute(request).await.expect("a response")).await;
            }
            Self::TextUrl(client, url, headers) => {
                let request = client.post(url).headers(headers.clone()).body(Bytes::new());
                read(request.send().await.expect("a response")).await;
            }
            Self::HyperUtil(client, ready) => {
                let response = client.request(ready.clone()).await.expect("a response");
                assert!(response.status().is_success());
                let body = response.into_body().collect().await.expect("a body");
                assert!(!body.to_bytes().is_empty());
            }
            Self::Typed(client) => {
                let created = client.send(purchase()).await.expect("a response");
                assert_eq!(created.backup_plan_id.as_str(), "dbstooi01exmp");
            }
        }
    }
}

async fn read(response: reqwest::Response) {
    assert!(response.status().is_success());
    assert!(!response.bytes().await.expect("a body").is_empty());
}
