//! Tests that signatures of addresses and temporary keys are in no log, span, event, error or `Debug`
//! output.

use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
use aliyun_dbs::observe::{
    AttemptEnded, AttemptStarted, CallEnded, CredentialRefreshed, Observer, Retried, Throttled,
};
use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
use aliyun_dbs::v2021_01_01::operations::{CreateDownload, DescribeDownloadBackupSetStorageInfo};
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadTarget, DownloadTaskId};
use aliyun_dbs::workflows::DownloadError;
use aliyun_dbs::{
    Client, ClientBuilder, Dbs20210101, RawRequest, Region, RetryPolicy, Safety, SignatureVersion,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;

use crate::support::log::Log;
use crate::support::process::is_alone;

const ADDRESSES: &str = "DescribeDownloadBackupSetStorageInfo";
const URL: &str = "https://dbs.example/dt-1/set.csv?Expires=1&Signature=hunter2%2Fsigned";

/// Serves the fake's responses with the signature `hunter2`.
#[derive(Debug)]
struct Planted(FakeDbs);

#[async_trait]
impl Transport for Planted {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let response = self.0.send(request).await?;
        Ok(response.map(|body| {
            let text = String::from_utf8(body.to_vec()).unwrap();
            let mut parts = text.split("&Signature=");
            let mut planted = parts.next().unwrap().to_owned();
            for part in parts {
                let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
                planted.push_str("&Signature=hunter2");
                planted.push_str(rest);
            }
            planted.into()
        }))
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.0)
    }
}

/// All output that the test has collected.
#[derive(Clone, Debug, Default)]
struct Shown(Arc<Mutex<String>>);

impl Shown {
    fn text(&self, text: &str) {
        let mut shown = self.0.lock().unwrap();
        shown.push_str(text);
        shown.push('\n');
    }

    fn debug(&self, value: &impl Debug) {
        self.text(&format!("{value:?}\n{value:#?}"));
    }

    fn error(&self, error: &(impl Error + 'static)) {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            self.text(&format!("{error}\n{error:?}\n{error:#?}"));
            cause = error.source();
        }
    }
}

impl Observer for Shown {
    fn attempt_started(&self, event: &AttemptStarted<'_>) {
        self.debug(event);
    }

    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        self.debug(event);
    }

    fn retried(&self, event: &Retried<'_>) {
        self.debug(event);
    }

    fn throttled(&self, event: &Throttled<'_>) {
        self.debug(event);
    }

    fn credential_refreshed(&self, event: &CredentialRefreshed<'_>) {
        self.debug(event);
    }

    fn call_ended(&self, event: &CallEnded<'_>) {
        self.debug(event);
    }
}

fn raw() -> RawRequest {
    RawRequest::for_api::<Dbs20210101>(ADDRESSES).safety(Safety::ReadOnly)
}

fn typed() -> DescribeDownloadBackupSetStorageInfo {
    DescribeDownloadBackupSetStorageInfo::builder()
        .region_code(Region::Hangzhou)
        .selection(DownloadTaskId::new("dt-1").unwrap())
        .build()
}

/// Runs a whole download and a raw call, and returns how many signatures they received.
async fn run_download(builder: ClientBuilder, dbs: &FakeDbs, shown: &Shown) -> usize {
    let client = builder.transport(Planted(dbs.clone())).build().unwrap();
    let mut download = client.download(request(dbs));
    while let Some(step) = download.next().await {
        shown.debug(&step.unwrap());
    }
    let done = download.await.unwrap();
    shown.debug(&done);
    let addresses = done.addresses.as_ref().unwrap();
    let mut received = addresses.public_url.as_ref().unwrap().expose().matches("hunter2").count();

    let by_name = raw()
        .parameter("RegionCode", "cn-hangzhou")
        .parameter("TaskId", &done.task.task_id)
        .parameter("Duration", 300);
    let response = client.send(by_name).await.unwrap();
    shown.text(&format!("{response}\n{response:#}"));
    shown.debug(&response);
    let value: serde_json::Value = response.decode().unwrap();
    received += value.to_string().matches("hunter2").count();

    dbs.faults().business_error(ADDRESSES, "DBS.InternalError", &format!("cannot sign {URL}"));
    let resumed = client.download(request(dbs)).resume(done.task.task_id);
    let error: DownloadError = resumed.await.unwrap_err();
    shown.error(&error);
    shown.debug(dbs);
    shown.debug(&dbs.requests());
    received
}

fn request(dbs: &FakeDbs) -> CreateDownload {
    let instance = dbs.instances().remove(0);
    CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name(instance.instance_name)
        .source(instance.backup_sets[0].id.clone())
        .format(DownloadFormat::Csv)
        .target(DownloadTarget::Url)
        .build()
}

/// Returns bodies with the address in each place that the client reads.
fn bodies() -> Vec<String> {
    let success = |data: serde_json::Value| {
        json!({ "RequestId": "R", "Success": "true", "Data": data }).to_string()
    };
    let whole = success(json!({ "PublicUrl": URL }));
    // As `DescribeBakDataSourceStorageAccessInfo` returns them.
    let keys = success(json!({
        "OssAccessInfo": { "AccessKeySecret": "hunter2", "SecurityToken": "hunter2+/=" },
    }));
    vec![
        whole[..whole.len() - 2].to_owned(),
        format!("{whole}{whole}"),
        success(json!({ "PublicUrl": { "Url": URL }, "ExpirationTime": URL })),
        success(json!({ "PublicUrl": URL, URL: [URL] })),
        success(json!(URL)),
        keys[..keys.len() - 2].to_owned(),
        keys,
        success(json!(r#"{"AccessKeySecret":"hunter2","SecurityToken":"hunter2"}"#)),
        success(json!(format!("{URL}&security-token=hunter2"))),
        json!({ "RequestId": URL, "Success": "true", "Data": {} }).to_string(),
        json!({ "RequestId": "R", "Success": URL }).to_string(),
        json!({ "RequestId": URL, "Success": "false", "ErrCode": URL, "ErrMessage": URL })
            .to_string(),
        json!({ "RequestId": URL, "Code": URL, "Message": URL }).to_string(),
        format!("<html><a href='{}'>", URL.replace('&', "&amp;").replace('=', "&#61;")),
        format!("<html>{}", URL.replace('=', "%253D")),
        format!("<html>{{\"Signature\":\"hunter2\"}} signature=\"hunter2\""),
    ]
}

#[tokio::test]
async fn signature_is_in_no_output() {
    if !is_alone("signed_urls::signature_is_in_no_output") {
        return;
    }
    let log = Log::with_spans();
    let shown = Shown::default();
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let builder = |credentials: Credentials| {
            Client::builder()
                .region(Region::Hangzhou)
                .credentials(credentials)
                .signature_version(version)
                .observer(shown.clone())
                .retry(RetryPolicy::never())
        };
        let dbs = FakeDbs::with_seed(7);
        let id = "rm-orders".parse().unwrap();
        dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
        assert_eq!(run_download(builder(dbs.credentials()), &dbs, &shown).await, 3);

        for status in [200, 400, 502] {
            for body in bodies() {
                let script = ScriptedTransport::new().respond(status, body.clone());
                let script = script.respond(status, body);
                let client = builder(Credentials::new("id", "a-key")).transport(script).build();
                let client = client.unwrap();
                match client.send(typed()).await {
                    Ok(response) => {
                        shown.debug(&response);
                        shown.debug(&response.unread());
                        response.unread().iter().for_each(|field| shown.text(&field.to_string()));
                        shown.debug(&response.request_id());
                    }
                    Err(error) => shown.error(&error),
                }
                match client.send(raw()).await {
                    Ok(response) => {
                        shown.debug(&response);
                        shown.text(&response.to_string());
                        let wrong = response.decode::<std::collections::BTreeMap<String, u8>>();
                        match wrong {
                            Ok(wrong) => shown.debug(&wrong),
                            Err(error) => shown.error(&error),
                        }
                    }
                    Err(error) => shown.error(&error),
                }
            }
        }
        let failure = TransportError::interrupted(URL).with_source(std::io::Error::other(URL));
        let script = ScriptedTransport::new().fail(failure);
        let client = builder(Credentials::new("id", "a-key")).transport(script.clone()).build();
        shown.error(&client.unwrap().send(typed()).await.unwrap_err());
        shown.debug(&script);
    }

    let logged = log.text();
    for name in ["CreateDownload", ADDRESSES, "close"] {
        assert!(logged.contains(name), "the log has {name}");
    }
    let shown = shown.0.lock().unwrap();
    assert!(shown.contains("set.csv") && shown.contains("(secret)"), "addresses are shown");
    let mut leaks: Vec<_> = shown
        .lines()
        .map(|line| ("shown", line))
        .chain(logged.lines().map(|line| ("logged", line)))
        .filter(|(_, line)| line.contains("hunter2"))
        .collect();
    leaks.sort_unstable();
    leaks.dedup();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
