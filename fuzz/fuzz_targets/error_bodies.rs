//! Fuzzes error responses with any headers: no panic, one line per error, and no secret in it.
//!
//! Each line is a header, selected from [`HEADERS`] by its first byte; the body follows an empty line.
//! Bytes 1 to 8 are replaced by spellings of secrets, see [`echoes`].
#![no_main]

use std::error::Error as StdError;
use std::sync::LazyLock;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::ConfigureBackupPlan;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::unversioned::wire::percent_encode;
use aliyun_dbs::{Client, Error, RawRequest, Region, RetryPolicy};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde::Deserialize;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

const SECRET: &str = "Tr0ub4dor/&3+x";
const TOKEN: &str = "sts\"tok\\en=";
const PASSWORD: &str = "corr<ct h0rse'%";

const HEADERS: [&str; 9] = [
    "x-acs-request-id",
    "date",
    "retry-after",
    "x-acs-retry-after",
    "content-type",
    "location",
    "server",
    "x-acs-trace-id",
    "content-length",
];

static REQUEST: LazyLock<Value> = LazyLock::new(|| {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/data/requests.json")).expect("JSON");
    let mut request = all["ConfigureBackupPlan"][0].clone();
    request["SourceEndpointPassword"] = PASSWORD.into();
    request
});

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime");
}

/// Spellings in which a server may echo a secret.
static ECHOES: LazyLock<[String; 8]> = LazyLock::new(|| {
    let json = |text: &str| {
        let json = serde_json::to_string(text).expect("a string serializes");
        json[1..json.len() - 1].to_owned()
    };
    let xml = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    };
    [
        SECRET.to_owned(),
        PASSWORD.to_owned(),
        json(TOKEN),
        json(&json(TOKEN)),
        percent_encode(SECRET),
        percent_encode(&percent_encode(PASSWORD)),
        xml(SECRET),
        xml(PASSWORD),
    ]
});

fn echoes(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 64);
    for byte in data {
        match usize::from(*byte) {
            marker @ 1..=8 => out.extend_from_slice(ECHOES[marker - 1].as_bytes()),
            _ => out.push(*byte),
        }
    }
    out
}

/// Checks that an error is one line, and that its chain contains no secret.
fn check(error: &Error) {
    let line = error.to_string();
    assert!(!line.contains(char::is_control), "{line:?}");
    let mut shown = format!("{line}\n{error:?}\n{error:#?}\n{:?}", error.message());
    shown += &format!("{:?} {:?} {:?}", error.code(), error.request_id(), error.hint());
    let mut cause = error.source();
    while let Some(inner) = cause {
        shown += &format!("\n{inner}\n{inner:?}");
        cause = inner.source();
    }
    let shown = shown.to_lowercase();
    for secret in [SECRET, TOKEN, PASSWORD] {
        // `Debug` escapes strings, so search for the escaped spelling, too.
        let debug = format!("{secret:?}");
        for spelling in [secret, &debug[1..debug.len() - 1]] {
            assert!(!shown.contains(&spelling.to_lowercase()), "found {spelling} in {shown}");
        }
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let [flags, code, rest @ ..] = data else { return Corpus::Reject };
    let mut response = Response::new(Vec::new());
    // Mostly error statuses; the service may also reject a request with status 200.
    *response.status_mut() = match code {
        0 => StatusCode::OK,
        code => StatusCode::from_u16(300 + u16::from(*code)).expect("a status"),
    };
    let mut rest = rest;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, tail) = (&rest[..end], &rest[end + 1..]);
        rest = tail;
        let [which, value @ ..] = line else { break };
        let name = HEADERS[usize::from(*which) % HEADERS.len()];
        if let Ok(value) = HeaderValue::from_bytes(&echoes(value)) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    *response.body_mut() = echoes(rest);

    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("key-id", SECRET).with_security_token(TOKEN))
        .transport(ScriptedTransport::new().respond_with(response.map(Into::into)))
        .retry(RetryPolicy::never())
        .build()
        .expect("a client");
    let result = RUNTIME.with(|runtime| {
        if flags & 1 == 0 {
            let request = ConfigureBackupPlan::deserialize(&*REQUEST).expect("a request");
            runtime.block_on(client.send(request).into_future()).map(drop)
        } else {
            let request = RawRequest::new("ConfigureBackupPlan")
                .parameter("BackupPlanId", "dbs1")
                .secret_parameter("SourceEndpointPassword", PASSWORD);
            runtime.block_on(client.send(request).into_future()).map(drop)
        }
    });
    if let Err(error) = result {
        check(&error);
    }
    Corpus::Keep
});
