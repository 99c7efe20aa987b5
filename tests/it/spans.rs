//! Tests of the spans and events that the client emits.

use std::future::IntoFuture;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::{Client, Region};
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::log::Log;
use crate::support::process::is_alone;
use crate::support::{configure, create};

#[tokio::test]
async fn spans_use_semantic_names_and_hide_secrets() {
    if !is_alone("spans::spans_use_semantic_names_and_hide_secrets") {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    dbs.faults().http_status("CreateBackupPlan", 503);
    let plan = client.send(create()).await.unwrap();
    dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
    dbs.faults().business_error("ConfigureBackupPlan", "Param.NotFound", "hunter2-hunter2");
    client.send(configure(&plan.backup_plan_id, "hunter2-hunter2")).await.unwrap_err();
    // The parent is the span that polls the future, not the one that created it.
    let call = client.send(create()).into_future();
    call.instrument(tracing::info_span!("caller")).await.unwrap();
    drop(guard);

    let text = log.text();
    for field in [
        "rpc.system=\"aliyun-api\"",
        "rpc.service=\"Dbs\"",
        "rpc.method=\"CreateBackupPlan\"",
        "server.address=\"dbs-api.cn-hangzhou.aliyuncs.com\"",
        "server.port=443",
        "http.request.method=\"POST\"",
        "http.request.resend_count=1",
        "http.response.status_code=503",
        "http.response.status_code=200",
        "error.type=\"Param.NotFound\"",
        "aliyun.attempts=2",
        "aliyun.attempt=2",
        "aliyun.code=\"Param.NotFound\"",
        "aliyun.wait_ms=",
        &format!("aliyun.request_id=\"{}\"", plan.request_id()),
    ] {
        assert!(text.contains(field), "{field} is missing in:\n{text}");
    }
    assert!(text.contains("caller:aliyun.call{"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");

    // A subscriber that filters out spans still receives the throttling event.
    let log = Log::default();
    let writer = log.clone();
    let layer =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    let events = tracing_subscriber::filter::filter_fn(|metadata| !metadata.is_span());
    let subscriber = tracing_subscriber::registry().with(events).with(layer);
    let guard = tracing::subscriber::set_default(subscriber);
    dbs.faults().gateway_error("CreateBackupPlan", 400, "Throttling.User", "slower").nth(1);
    client.send(create()).await.unwrap();
    drop(guard);
    let text = log.text();
    assert!(text.contains("throttled") && !text.contains("aliyun.call"), "{text}");
}
