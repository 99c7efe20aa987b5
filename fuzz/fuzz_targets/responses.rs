//! Fuzzes the responses of every operation: no body causes a panic, and decoded responses round-trip.
//!
//! The first byte selects the operation, those of 2021-01-01 after those of 2019-03-06, the second the
//! HTTP status.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use aliyun_dbs::{Client, Region, RetryPolicy};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

static REQUESTS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let read = |json| serde_json::from_str::<BTreeMap<_, _>>(json).expect("JSON");
    let mut requests = read(include_str!("../../tests/data/requests.json"));
    requests.extend(read(include_str!("../../tests/data/2021-01-01/requests.json")));
    requests
});

/// Statuses that the client treats specially. A larger byte selects any status.
const STATUSES: [u16; 12] = [200, 201, 204, 100, 302, 400, 403, 408, 429, 500, 503, 504];

fn status(byte: u8) -> u16 {
    STATUSES.get(usize::from(byte)).copied().unwrap_or(100 + u16::from(byte) * 2)
}

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime");
}

struct RawResponse<'a> {
    status: u16,
    body: &'a [u8],
}

impl OperationVisitor for RawResponse<'_> {
    type Output = ();

    fn visit<O: NamedOperation>(self) {
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(ScriptedTransport::new().respond(self.status, self.body.to_vec()))
            .retry(RetryPolicy::never())
            .build()
            .expect("a client");
        let request = O::deserialize(&REQUESTS[O::ACTION][0]).expect("a request");
        match RUNTIME.with(|runtime| runtime.block_on(client.send(request).into_future())) {
            Ok(response) => {
                let response = response.into_inner();
                let written = serde_json::to_string(&response).expect("a response serializes");
                let again: O::Response =
                    serde_json::from_str(&written).expect("it deserializes again");
                assert_eq!(again, response, "{written}");
            }
            Err(error) => {
                let line = error.to_string();
                assert!(!line.contains(char::is_control), "{line:?}");
                assert!(line.starts_with(O::ACTION), "{line}");
            }
        }
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let [operation, code, body @ ..] = data else { return Corpus::Reject };
    let all = || ALL.iter().chain(operations_2021::ALL);
    let info = all().nth(usize::from(*operation) % all().count()).expect("an operation");
    let response = || RawResponse { status: status(*code), body };
    visit(info.action, response())
        .or_else(|| operations_2021::visit(info.action, response()))
        .expect("a known operation");
    Corpus::Keep
});
