//! Tests of the events that observers receive.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::{Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::observe::{
    AttemptEnded, AttemptOutcome, AttemptStarted, CallEnded, CredentialRefreshed, Observer,
    Retried, Throttled, ThrottledBy,
};
use aliyun_dbs::operations::{CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::{Client, ClientBuilder, ErrorKind, Operation, RawRequest, Region};

/// Records each event as one line.
#[derive(Clone, Debug, Default)]
struct EventRecorder(Arc<Mutex<Vec<String>>>);

impl EventRecorder {
    fn write(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// Returns the lines recorded since the last call.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for EventRecorder {
    fn attempt_started(&self, event: &AttemptStarted<'_>) {
        self.write(format!("start {} {}", event.operation, event.attempt));
    }

    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        let status = event.http_status.map_or(0, |status| status.as_u16());
        let outcome = match event.outcome {
            AttemptOutcome::Succeeded => "succeeded".to_owned(),
            AttemptOutcome::Failed { kind, code, may_have_executed, .. } => {
                format!("{kind:?} {} {may_have_executed}", code.unwrap_or("-"))
            }
            other => format!("{other:?}"),
        };
        self.write(format!("end {} {status} {:?} {outcome}", event.attempt, event.elapsed));
    }

    fn retried(&self, event: &Retried<'_>) {
        assert!(!event.reason.is_empty());
        self.write(format!("retry {} {}", event.attempt, event.delay >= Duration::from_secs(7)));
    }

    fn throttled(&self, event: &Throttled<'_>) {
        self.write(format!("throttled {} {:?} {:?}", event.attempt, event.by, event.delay));
    }

    fn credential_refreshed(&self, event: &CredentialRefreshed<'_>) {
        self.write(format!("key {} {}", event.access_key_id, event.expiration.is_some()));
    }

    fn call_ended(&self, event: &CallEnded<'_>) {
        let id = event.request_id.is_some();
        let error = event.error.map(aliyun_dbs::Error::kind);
        self.write(format!("call {} {} {id} {error:?}", event.operation, event.attempts));
    }
}

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

fn watched(dbs: &FakeDbs) -> (Client, EventRecorder) {
    let recorder = EventRecorder::default();
    (on(dbs).observer(recorder.clone()).build().unwrap(), recorder)
}

#[tokio::test]
async fn observer_receives_every_event_in_order() {
    let dbs = FakeDbs::new();
    let (client, recorder) = watched(&dbs);
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(7));
    client.send(create()).await.unwrap();
    assert_eq!(
        recorder.take(),
        [
            "start CreateBackupPlan 1",
            "end 1 0 0ns Interrupted - true",
            "retry 1 false",
            "start CreateBackupPlan 2",
            "end 2 400 0ns Service Throttling.User false",
            "throttled 2 Service Some(7s)",
            "retry 2 true",
            "start CreateBackupPlan 3",
            "end 3 200 0ns succeeded",
            "call CreateBackupPlan 3 true None",
        ]
    );
}

#[tokio::test]
async fn observer_receives_the_failures_callers_get() {
    let dbs = FakeDbs::new();
    let (client, recorder) = watched(&dbs);
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "out of stock");
    let error = client.send(create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(
        recorder.take(),
        [
            "start CreateBackupPlan 1",
            "end 1 200 0ns Service BackupPlanNotCreate false",
            "call CreateBackupPlan 1 true Some(Service)",
        ]
    );
    client.send(RawRequest::new("X").parameter("Signature", "s")).await.unwrap_err();
    assert_eq!(recorder.take(), ["call X 0 false Some(Request)"], "no attempt was made");
}

#[tokio::test]
async fn dropped_call_ends_its_attempt() {
    let dbs = FakeDbs::new();
    let (client, recorder) = watched(&dbs);
    dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3));
    dbs.clock().pause();
    let mut call = client.send(create()).into_future();
    let polled = futures_util::future::poll_immediate(&mut call).await;
    assert!(polled.is_none(), "the call waits for the response");
    dbs.clock().advance(Duration::from_secs(2));
    drop(call);
    assert_eq!(recorder.take(), ["start CreateBackupPlan 1", "end 1 0 2s Abandoned"]);
}

#[tokio::test]
async fn client_rate_limiting_reports_throttling() {
    let dbs = FakeDbs::new();
    let recorder = EventRecorder::default();
    let client = on(&dbs)
        .observer(recorder.clone())
        .rate_limiting(true)
        .timeout(Duration::from_secs(600))
        .build()
        .unwrap();
    let limit = DescribeBackupPlanList::RATE_LIMIT.unwrap();
    for _ in 0..=limit.calls {
        client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
    }
    let wait = Duration::from_secs(limit.seconds.into());
    let lines = recorder.take();
    let held_back: Vec<_> = lines.iter().filter(|line| line.starts_with("throttled")).collect();
    assert_eq!(held_back, [&format!("throttled 1 {:?} Some({wait:?})", ThrottledBy::Client)]);
}

#[tokio::test]
async fn observer_receives_no_secrets() {
    let dbs = FakeDbs::new();
    let (client, recorder) = watched(&dbs);
    let plan = client.send(create()).await.unwrap();
    dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
    dbs.faults().business_error("ConfigureBackupPlan", "hunter2-hunter2", "hunter2-hunter2");
    client.send(configure(&plan.backup_plan_id, "hunter2-hunter2")).await.unwrap_err();
    let lines = recorder.take().join("\n");
    assert!(lines.contains("call ConfigureBackupPlan 1"), "{lines}");
    assert!(!lines.contains("hunter2"), "{lines}");
}

/// Returns a new key every second time.
#[derive(Debug)]
struct RotatingKeys(FakeDbs, std::sync::atomic::AtomicU32);

#[async_trait::async_trait]
impl CredentialsProvider for RotatingKeys {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let number = self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst) / 2;
        let key = Credentials::new(format!("key-{number}"), "s");
        self.0.add_credentials(key.clone());
        Ok(key)
    }
}

#[tokio::test]
async fn new_credentials_are_reported_once() {
    let dbs = FakeDbs::new();
    let recorder = EventRecorder::default();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(RotatingKeys(dbs.clone(), 0.into()))
        .transport(dbs)
        .observer(recorder.clone())
        .build()
        .unwrap();
    for _ in 0..6 {
        client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
    }
    let keys: Vec<_> = recorder.take().into_iter().filter(|line| line.starts_with("key")).collect();
    assert_eq!(keys, ["key key-1 false", "key key-2 false"]);
}
