//! Tests of presigned URLs.

use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::transport::Transport;
use aliyun_dbs::{Client, Clock, ErrorKind, PresignedUrl, RawRequest, Region, Safety};
use bytes::Bytes;

fn client(dbs: &FakeDbs, credentials: Credentials) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(credentials)
        .transport(dbs.clone())
        .build()
        .unwrap()
}

fn list() -> DescribeBackupPlanList {
    DescribeBackupPlanList::builder().build()
}

/// Opens a URL as `curl` does, without headers and body.
async fn open(dbs: &FakeDbs, method: &str, url: &PresignedUrl) -> (u16, String) {
    let request =
        http::Request::builder().method(method).uri(url.as_str()).body(Bytes::new()).unwrap();
    let response = dbs.send(request).await.unwrap();
    (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
}

#[tokio::test]
async fn presigned_url_works_once_with_get_only() {
    let dbs = FakeDbs::new();
    let client = client(&dbs, dbs.credentials());
    let plan = client.send(create()).await.unwrap();
    let url = client.presign(list()).await.unwrap();
    assert_eq!(dbs.requests().len(), 1, "presigning sends nothing");
    assert!(url.as_str().starts_with("https://dbs-api.cn-hangzhou.aliyuncs.com/?"), "{url}");

    let (status, body) = open(&dbs, "POST", &url).await;
    assert!(status == 400 && body.contains("SignatureDoesNotMatch"), "{status} {body}");
    let (status, body) = open(&dbs, "GET", &url).await;
    assert!(status == 200 && body.contains(plan.backup_plan_id.as_str()), "{status} {body}");
    let (status, body) = open(&dbs, "GET", &url).await;
    assert!(status == 400 && body.contains("SignatureNonceUsed"), "{status} {body}");
}

#[tokio::test]
async fn presigned_url_is_valid_until_it_expires() {
    for (requested, lasts) in [(None, 900), (Some(60), 60), (Some(900), 900)] {
        for (waited, good) in [(lasts - 2, true), (lasts + 1, false)] {
            let dbs = FakeDbs::new();
            let client = client(&dbs, dbs.credentials());
            let mut presign = client.presign(list());
            if let Some(seconds) = requested {
                presign = presign.expires_in(Duration::from_secs(seconds));
            }
            let now = dbs.clock().now();
            let url = presign.await.unwrap();
            let left = url.expires_at() - now;
            let lasts = i64::try_from(lasts).unwrap();
            assert!((lasts - 1..=lasts).contains(&left.whole_seconds()), "{left}");
            dbs.clock().advance(Duration::from_secs(waited));
            let (status, body) = open(&dbs, "GET", &url).await;
            assert_eq!(status == 200, good, "{requested:?} after {waited}: {body}");
            assert!(good || body.contains("InvalidTimeStamp.Expired"), "{body}");
        }
    }
    let dbs = FakeDbs::new();
    for seconds in [0, 901] {
        let presign = client(&dbs, dbs.credentials()).presign(list());
        let error = presign.expires_in(Duration::from_secs(seconds)).await.unwrap_err();
        assert!(error.to_string().contains("15 minutes"), "{error}");
    }
}

#[tokio::test]
async fn rejects_requests_that_cannot_be_presigned() {
    let dbs = FakeDbs::new();
    let client = client(&dbs, dbs.credentials());
    let read = |name: &'static str| RawRequest::new(name).safety(Safety::ReadOnly);
    let refusals = [
        client.presign(create()).await,
        client.presign(configure(&"dbs1".parse().unwrap(), "hunter2")).await,
        client.presign(RawRequest::new("DescribeRegions")).await,
        client.presign(read("GetX").secret_parameter("Password", "hunter2")).await,
        client.presign(read("GetX").parameter("Signature", "s")).await,
        client.presign(read("GetX").parameter("Long", "x".repeat(9000))).await,
    ];
    let reasons = [
        "only reads",
        "only reads",
        "only reads",
        "the secret `Password`",
        "invalid parameter `Signature`",
        "too long for a URL",
    ];
    for (refusal, reason) in refusals.into_iter().zip(reasons) {
        let error = refusal.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.operation().is_some() && !format!("{error:?}").contains("hunter2"));
    }
    assert_eq!(dbs.requests().len(), 0);
}

#[tokio::test]
async fn security_token_is_in_the_url_only_if_enabled() {
    let dbs = FakeDbs::new();
    let temporary = Credentials::new("STS.1", "s").with_security_token("tok/en");
    dbs.add_credentials(temporary.clone());
    let client = client(&dbs, temporary);
    let error = client.presign(list()).await.unwrap_err();
    assert!(error.to_string().contains("with_security_token"), "{error}");
    let url = client.presign(list()).with_security_token().await.unwrap();
    assert!(url.to_string().contains("SecurityToken=tok%2Fen"), "{url}");
    assert_eq!(open(&dbs, "GET", &url).await.0, 200);
    let shown = format!("{url:?} {url:#?}");
    assert!(shown.contains("DescribeBackupPlanList"), "{shown}");
    assert!(!shown.contains("tok%2Fen") && !shown.contains("Signature"), "{shown}");
}

#[tokio::test]
async fn presigned_url_does_not_outlive_its_credentials() {
    let dbs = FakeDbs::new();
    let ends = dbs.clock().now() + time::Duration::minutes(3);
    let key = Credentials::new("STS.1", "s").with_security_token("t").with_expiration(ends);
    dbs.add_credentials(key.clone());
    let url = client(&dbs, key).presign(list()).with_security_token().await.unwrap();
    assert_eq!(url.expires_at(), ends);
}
