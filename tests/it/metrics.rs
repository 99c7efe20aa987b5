//! Tests of `Metrics`: the names, units, labels and values that a recorder receives.

#![expect(clippy::float_cmp, reason = "the values are exact")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::observe::Metrics;
use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, Operation, RawRequest, Region};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use crate::support::create;

/// What a recorder has received: values by kind, name and labels, and units by name.
#[derive(Debug, Default)]
struct Recorded {
    values: BTreeMap<String, Vec<f64>>,
    units: BTreeMap<String, String>,
}

impl Recorded {
    fn series(&self) -> Vec<&str> {
        self.values.keys().map(String::as_str).collect()
    }

    /// Returns the only value of a series.
    fn value(&self, series: &str) -> f64 {
        match self.values.get(series).map(Vec::as_slice) {
            Some([value]) => *value,
            other => panic!("{series}: {other:?} in {self:#?}"),
        }
    }
}

/// Runs calls with a recorder.
fn record<F: Future<Output = ()>>(calls: impl FnOnce() -> F) -> Recorded {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    ::metrics::with_local_recorder(&recorder, || runtime.block_on(calls()));
    let mut received = Recorded::default();
    for (key, unit, description, value) in snapshotter.snapshot().into_vec() {
        let labels = key.key().labels().map(|label| format!("{}={}", label.key(), label.value()));
        let labels = labels.collect::<Vec<_>>().join(",");
        let kind = match key.kind() {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        let name = key.key().name().to_owned();
        let values = match value {
            DebugValue::Counter(count) => vec![f64::from(u32::try_from(count).unwrap())],
            DebugValue::Gauge(value) => vec![value.into_inner()],
            DebugValue::Histogram(values) => values.into_iter().map(Into::into).collect(),
        };
        assert!(description.is_some_and(|text| !text.is_empty()), "{name}");
        received.units.insert(name.clone(), unit.unwrap().as_str().to_owned());
        received.values.insert(format!("{kind} {name}{{{labels}}}"), values);
    }
    received
}

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).observer(Metrics::new()).build().unwrap()
}

fn list() -> DescribeBackupPlanList {
    DescribeBackupPlanList::builder().build()
}

#[test]
fn call_has_durations_sizes_and_counts() {
    let dbs = FakeDbs::new();
    dbs.faults().delay("CreateBackupPlan", Duration::from_millis(1500));
    let recorded = record(|| async {
        client(&dbs).send(create()).await.unwrap();
    });
    let status = "{rpc.method=CreateBackupPlan,http.response.status_code=200}";
    let method = "{rpc.method=CreateBackupPlan}";
    let (attempt, size) = ("http.client.request.duration", "http.client.response.body.size");
    let sent = "http.client.request.body.size";
    assert_eq!(
        recorded.series(),
        [
            format!("counter aliyun.client.attempts{method}"),
            format!("histogram {sent}{status}"),
            format!("histogram {attempt}{status}"),
            format!("histogram {size}{status}"),
            format!("histogram rpc.client.call.duration{method}"),
        ]
    );
    assert_eq!(recorded.value(&format!("counter aliyun.client.attempts{method}")), 1.0);
    assert_eq!(recorded.value(&format!("histogram {attempt}{status}")), 1.5);
    assert_eq!(recorded.value(&format!("histogram rpc.client.call.duration{method}")), 1.5);
    let request = &dbs.requests()[0];
    let length = request.uri().query().unwrap_or_default().len() + request.body().len();
    assert!(length > 50, "{length}");
    let length = f64::from(u32::try_from(length).unwrap());
    assert_eq!(recorded.value(&format!("histogram {sent}{status}")), length);
    let units: Vec<_> = recorded.units.iter().map(|(name, unit)| (&**name, &**unit)).collect();
    assert_eq!(
        units,
        [
            ("aliyun.client.attempts", "count"),
            (sent, "bytes"),
            (attempt, "seconds"),
            (size, "bytes"),
            ("rpc.client.call.duration", "seconds"),
        ]
    );
}

#[test]
fn response_size_is_that_of_the_body() {
    let body = r#"{"RequestId":"1","Success":true,"Items":{"BackupPlanDetail":[]}}"#;
    let transport =
        ScriptedTransport::new().expect("DescribeBackupPlanList", [("", ""); 0]).respond(200, body);
    let recorded = record(|| async {
        let builder = Client::builder().region(Region::Hangzhou);
        let builder = builder.credentials(Credentials::new("id", "secret")).transport(transport);
        let client = builder.observer(Metrics::new()).build().unwrap();
        client.send(list()).await.unwrap();
    });
    let labels = "rpc.method=DescribeBackupPlanList,http.response.status_code=200";
    let series = format!("histogram http.client.response.body.size{{{labels}}}");
    assert_eq!(recorded.value(&series), f64::from(u32::try_from(body.len()).unwrap()));
}

#[test]
fn retries_and_throttling_are_counted() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(7));
    let recorded = record(|| async {
        client(&dbs).send(create()).await.unwrap();
    });
    let method = "rpc.method=CreateBackupPlan";
    for (series, value) in [
        (format!("attempts{{{method}}}"), 3.0),
        (format!("retries{{{method}}}"), 2.0),
        (format!("throttled{{{method},aliyun.throttled_by=service}}"), 1.0),
    ] {
        assert_eq!(recorded.value(&format!("counter aliyun.client.{series}")), value);
    }
    let attempts = |labels: &str| {
        recorded.value(&format!("histogram http.client.request.body.size{{{method},{labels}}}"))
    };
    attempts("error.type=interrupted");
    attempts("http.response.status_code=400,error.type=Throttling.User");
    attempts("http.response.status_code=200");
    let sizes = recorded.series();
    let responses = sizes.iter().filter(|series| series.contains("response.body.size"));
    assert_eq!(responses.count(), 2, "the broken connection had no response");
    let call = recorded.value(&format!("histogram rpc.client.call.duration{{{method}}}"));
    assert!(call >= 7.0, "{call}");
}

#[test]
fn client_throttling_has_its_own_label() {
    let dbs = FakeDbs::new();
    let limit = DescribeBackupPlanList::RATE_LIMIT.unwrap();
    let recorded = record(|| async {
        let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
        let builder = builder.transport(dbs.clone()).observer(Metrics::new());
        let builder = builder.rate_limiting(true).timeout(Duration::from_secs(600));
        let client = builder.build().unwrap();
        for _ in 0..=limit.calls {
            client.send(list()).await.unwrap();
        }
    });
    let labels = "rpc.method=DescribeBackupPlanList,aliyun.throttled_by=client";
    assert_eq!(recorded.value(&format!("counter aliyun.client.throttled{{{labels}}}")), 1.0);
}

#[test]
fn dropped_call_is_an_abandoned_attempt() {
    let dbs = FakeDbs::new();
    let recorded = record(|| async {
        dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3));
        dbs.clock().pause();
        let mut call = client(&dbs).send(create()).into_future();
        assert!(futures_util::future::poll_immediate(&mut call).await.is_none());
        dbs.clock().advance(Duration::from_secs(2));
    });
    let labels = "rpc.method=CreateBackupPlan,error.type=abandoned";
    assert_eq!(recorded.value(&format!("histogram http.client.request.duration{{{labels}}}")), 2.0);
    assert!(!recorded.series().iter().any(|series| series.contains("rpc.client.call.duration")));
}

/// Returns the values of a label in the durations of calls.
fn values(recorded: &Recorded, label: &str) -> BTreeSet<String> {
    let calls = recorded.values.keys().filter(|series| series.contains("rpc.client.call.duration"));
    let labels = calls.map(|series| series.split(['{', ',', '}']).map(str::to_owned));
    let label = format!("{label}=");
    labels.flatten().filter_map(|part| part.strip_prefix(&label).map(str::to_owned)).collect()
}

#[test]
fn codes_of_a_server_are_bounded() {
    let dbs = FakeDbs::new();
    let recorded = record(|| async {
        let client = client(&dbs);
        for code in ["Odd code", &"x".repeat(65), "hunter2\nforged{}"] {
            dbs.faults().business_error("CreateBackupPlan", code, "no");
            client.send(create()).await.unwrap_err();
        }
        for number in 0..400 {
            dbs.faults().business_error("CreateBackupPlan", &format!("Code.{number}"), "no");
            client.send(create()).await.unwrap_err();
        }
    });
    let codes = values(&recorded, "error.type");
    assert_eq!(codes.len(), 257);
    assert!(codes.contains("service") && codes.contains("Code.255"), "{codes:?}");
    assert!(!codes.contains("Code.256"));
    assert!(codes.iter().all(|code| code == "service" || code.starts_with("Code.")), "{codes:?}");
}

#[test]
fn operations_are_bounded() {
    let dbs = FakeDbs::new();
    let recorded = record(|| async {
        let client = client(&dbs);
        for operation in ["DescribeRegions", "odd{operation}"] {
            client.send(RawRequest::new(operation.to_owned())).await.ok();
        }
    });
    let operations = values(&recorded, "rpc.method");
    assert_eq!(operations, ["DescribeRegions", "_OTHER"].map(str::to_owned).into());
}

#[test]
fn clones_share_their_limits() {
    let dbs = FakeDbs::new();
    let metrics = Metrics::new();
    let recorded = record(|| async {
        for number in 0..300 {
            let builder = Client::builder().region(Region::Hangzhou).transport(dbs.clone());
            let builder = builder.credentials(dbs.credentials()).observer(metrics.clone());
            let client = builder.build().unwrap();
            client.send(RawRequest::new(format!("Operation{number}"))).await.unwrap_err();
        }
    });
    assert_eq!(values(&recorded, "rpc.method").len(), 257);
}
