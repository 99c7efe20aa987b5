//! Tests of an API that another crate declares with its own `Api` implementation.

use std::borrow::Cow;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::transport::ScriptedTransport;

use aliyun_dbs::{
    Api, Client, Endpoint, EnvelopeFields, ErrorKind, Network, Operation, PagedOperation,
    RateLimit, RawRequest, Region, RegionId, Safety,
};
use serde::{Deserialize, Serialize};

/// An API with the success field `Ok`, parameters in the URL only, and pages from 1.
enum Weather {}

impl Api for Weather {
    const PRODUCT: &'static str = "Weather";
    const VERSION: &'static str = "2030-01-01";
    const FIRST_PAGE: u32 = 1;
    const RAM_PREFIX: &'static str = "weather";
    const USER_AGENT: &'static str = "weather-rust/1.0";
    const ENV_PREFIX: &'static str = "WEATHER_";
    const BODY_PARAMETERS: bool = false;
    const ENVELOPE: EnvelopeFields = EnvelopeFields {
        success: &["Ok"],
        code: &["Reason"],
        message: &["Words"],
        ..EnvelopeFields::GATEWAY
    };

    fn endpoint(region: &RegionId, network: Network) -> Endpoint {
        let inner = if network == Network::Vpc { "-vpc" } else { "" };
        format!("https://weather{inner}.{region}.example").parse().unwrap()
    }

    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        (code == "Fog").then(|| format!("call {operation} again when the fog lifts").into())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeSky {
    place: String,
    #[serde(skip)]
    password: Option<aliyun_dbs::types::Secret>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sky {
    colour: String,
    success: Option<bool>,
}

impl Operation for DescribeSky {
    type Api = Weather;
    type Response = Sky;

    const ACTION: &'static str = "DescribeSky";
    const SAFETY: Safety = Safety::ReadOnly;
    const RAM_RESOURCE: &'static str = "*";
    const RATE_LIMIT: Option<RateLimit> = None;

    fn secrets(&self) -> Vec<(&'static str, &aliyun_dbs::types::Secret)> {
        self.password.iter().map(|password| ("Password", password)).collect()
    }
}

fn sky(place: impl Into<String>) -> DescribeSky {
    DescribeSky { place: place.into(), password: None }
}

fn client(transport: &ScriptedTransport) -> Client {
    Client::builder_for::<Weather>()
        .region(Region::Hangzhou)
        .network(Network::Vpc)
        .credentials(Credentials::new("id", "secret"))
        .transport(transport.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn uses_the_version_and_endpoint_of_the_api() {
    let transport = ScriptedTransport::new()
        .respond(200, r#"{"RequestId":"R","Ok":"true","Success":false,"Colour":"blue"}"#);
    let client = client(&transport);
    let response = client.send(sky("here")).await.unwrap();
    assert_eq!((response.colour.as_str(), response.request_id()), ("blue", "R"));
    assert_eq!(response.success, Some(false), "a field of the response, not of this envelope");

    let request = &transport.requests()[0];
    assert_eq!(request.header("x-acs-version"), Some("2030-01-01"));
    assert_eq!(request.header("host"), Some("weather-vpc.cn-hangzhou.example"));
    assert!(request.header("user-agent").unwrap().starts_with("weather-rust/1.0 ("));
    assert_eq!(DescribeSky::RAM.to_string(), "weather:DescribeSky");
}

#[tokio::test]
async fn reads_errors_by_the_envelope_of_the_api() {
    let transport =
        ScriptedTransport::new().respond(200, r#"{"Ok":false,"Reason":"Fog","Words":"dim"}"#);
    let error = client(&transport).send(sky("here")).await.unwrap_err();
    assert!(error.is("Fog") && error.message() == "dim", "{error}");
    assert_eq!(error.hint(), Some("call DescribeSky again when the fog lifts"));
    let forbidden =
        ScriptedTransport::new().respond(403, r#"{"RequestId":"R","Code":"Forbidden.RAM"}"#);
    let error = client(&forbidden).send(sky("here")).await.unwrap_err();
    assert!(error.hint().unwrap().contains("weather:DescribeSky"), "{error}");
}

#[tokio::test]
async fn keeps_parameters_in_url_if_body_is_not_supported() {
    let transport = ScriptedTransport::new().respond(200, r#"{"Ok":true,"Colour":"blue"}"#);
    let client = client(&transport);
    client.send(sky("x".repeat(10_000))).await.unwrap();
    assert!(transport.requests()[0].body().is_empty());

    let secret = DescribeSky { password: Some("hunter2".into()), ..sky("here") };
    let error = client.send(secret).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.to_string().contains("Password") && !error.may_have_executed(), "{error}");
    assert_eq!(transport.requests().len(), 1, "the request was not sent");
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeClouds {
    page_num: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Clouds {
    total: u64,
    names: Vec<String>,
}

impl Operation for DescribeClouds {
    type Api = Weather;
    type Response = Clouds;

    const ACTION: &'static str = "DescribeClouds";
    const SAFETY: Safety = Safety::ReadOnly;
    const RAM_RESOURCE: &'static str = "*";
    const RATE_LIMIT: Option<RateLimit> = None;
}

impl PagedOperation for DescribeClouds {
    type Item = String;

    fn item_id(name: &String) -> Cow<'_, str> {
        name.into()
    }

    fn page_num(&self) -> u32 {
        self.page_num.unwrap_or(Weather::FIRST_PAGE)
    }

    fn set_page_num(&mut self, page_num: u32) {
        self.page_num = Some(page_num);
    }

    fn page_size(&self) -> u32 {
        2
    }

    fn items(response: &Clouds) -> &[String] {
        &response.names
    }

    fn into_items(response: Clouds) -> Vec<String> {
        response.names
    }

    fn total_elements(response: &Clouds) -> u64 {
        response.total
    }
}

#[tokio::test]
async fn pages_start_at_the_first_page_of_the_api() {
    for (start, numbers, names) in
        [(None, vec!["1", "2"], vec!["a", "b", "c", "d"]), (Some(2), vec!["2"], vec!["c", "d"])]
    {
        let transport = ScriptedTransport::new();
        let transport = match start {
            None => transport.respond(200, r#"{"Ok":true,"Total":4,"Names":["a","b"]}"#),
            Some(_) => transport,
        }
        .respond(200, r#"{"Ok":true,"Total":4,"Names":["c","d"]}"#);
        let mut clouds = client(&transport).items(DescribeClouds { page_num: start });
        let mut walked = Vec::new();
        while let Some(cloud) = clouds.next().await {
            walked.push(cloud.unwrap());
        }
        assert_eq!(walked, names);
        let requests = transport.requests();
        let requested: Vec<_> =
            requests.iter().map(|request| request.parameter("PageNum").unwrap()).collect();
        assert_eq!(requested, numbers);
    }
}

#[tokio::test]
async fn error_codes_ignore_case() {
    let transport = ScriptedTransport::new().respond(
        400,
        r#"{"RequestId":"R","Code":"signatureDoesNotMatch","Message":"No match. server string to sign is:POST&AccessKeyId=id"}"#,
    );
    let error = client(&transport).send(sky("here")).await.unwrap_err();
    assert!(error.is("SignatureDoesNotMatch") && error.hint().is_some(), "{error}");
    assert!(!error.to_string().contains("POST"), "{error}");
}

#[tokio::test]
async fn raw_request_overrides_version_and_api() {
    let transport = ScriptedTransport::new()
        .respond(200, r#"{"RequestId":"R","Success":true}"#)
        .respond(200, r#"{"RequestId":"R","Ok":true,"Colour":"blue"}"#);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(transport.clone())
        .build()
        .unwrap();
    client.send(RawRequest::new("DescribeX").version(" 2021-01-01")).await.unwrap();
    let none = client.send(RawRequest::new("DescribeX").version(" ")).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Request);
    let raw = client.send(RawRequest::for_api::<Weather>("DescribeSky")).await.unwrap();
    assert_eq!(raw.get("Colour").as_deref(), Some("blue"));
    assert_eq!(raw.get("Ok"), None, "belongs to the envelope");
    let versions: Vec<_> = transport
        .requests()
        .iter()
        .map(|request| request.header("x-acs-version").unwrap().to_owned())
        .collect();
    assert_eq!(versions, ["2021-01-01", "2030-01-01"]);
}
