//! Tests of the blocking client on every kind of thread.

#![cfg(feature = "blocking")]

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::blocking::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeBackupPlanList, ReleaseBackupPlan};
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{BackupPlanStatus, Billing, page_size};
use aliyun_dbs::wait::{PlanConfigurable, PlanReleased, PlanRunning};
use aliyun_dbs::workflows::{ProvisionStage, ProvisionStep};
use aliyun_dbs::{Clock, ErrorKind, Region, RetryPolicy};
use async_trait::async_trait;
use bytes::Bytes;

fn client(dbs: &FakeDbs) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build_blocking()
        .unwrap()
}

fn pages_of_two() -> DescribeBackupPlanList {
    DescribeBackupPlanList::builder().page_size(page_size!(2)).build()
}

/// Makes one call of each kind.
fn use_everything() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    dbs.faults().drop_after_processing("CreateBackupPlan");
    let token = "order-1".parse().unwrap();
    let plan = client
        .send(create())
        .timeout(Duration::from_secs(30))
        .attempt_timeout(Duration::from_secs(5))
        .client_token(token)
        .parameter("OwnerId", 7)
        .call()
        .unwrap();
    assert_eq!((plan.attempts(), dbs.plans().len()), (2, 1));
    assert_eq!(dbs.requests()[0].parameter("OwnerId"), Some("7"));

    let id = plan.backup_plan_id.clone();
    let polls: Vec<_> =
        client.wait_for(PlanConfigurable::new(id.clone())).collect::<Result<_, _>>().unwrap();
    assert!(polls.len() > 1 && polls.last().unwrap().done, "{} polls", polls.len());
    let error = client
        .wait_for(PlanRunning::new(id))
        .poll_interval(Duration::from_secs(5), Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("timed out"), "{error}");

    for _ in 0..4 {
        client.send(create()).call().unwrap();
    }
    let pages: Vec<_> =
        client.pages(pages_of_two()).map(|page| page.unwrap().items.len()).collect();
    assert_eq!(pages, [2, 2, 1]);
    assert_eq!(client.items(pages_of_two()).filter_map(Result::ok).count(), 5);

    let provisioned = client.provision(create(), |id| configure(&id, "hunter2")).run().unwrap();
    assert_eq!(provisioned.plan.backup_plan_status, BackupPlanStatus::Running);
    let url = client.presign(pages_of_two()).expires_in(Duration::from_secs(60)).call().unwrap();
    assert!(url.as_str().contains("Signature="));
}

#[test]
fn works_on_a_plain_thread() {
    use_everything();
}

#[tokio::test]
async fn works_inside_a_current_thread_runtime() {
    use_everything();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_inside_a_multi_thread_runtime() {
    tokio::spawn(async { use_everything() }).await.unwrap();
}

#[tokio::test]
async fn works_inside_spawn_blocking() {
    tokio::task::spawn_blocking(use_everything).await.unwrap();
}

#[test]
fn client_outlives_the_runtime_that_created_it() {
    let dbs = FakeDbs::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let client = runtime.block_on(async { client(&dbs) });
    drop(runtime);
    client.send(create()).call().unwrap();
}

#[test]
fn many_threads_share_one_client() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..5 {
                    client.send(create()).call().unwrap();
                }
            });
        }
    });
    assert_eq!(dbs.plans().len(), 80);
}

/// A transport that records its thread and shows when the thread has ended.
#[derive(Clone, Debug)]
struct ThreadTracker {
    dbs: FakeDbs,
    seen: Arc<Mutex<Vec<thread::ThreadId>>>,
}

thread_local! {
    static ALIVE: std::cell::RefCell<Option<Arc<()>>> = const { std::cell::RefCell::new(None) };
}

/// Each worker thread holds a clone until it ends.
static LIFE: Mutex<Option<Arc<()>>> = Mutex::new(None);

#[async_trait]
impl Transport for ThreadTracker {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.seen.lock().unwrap().push(thread::current().id());
        let life = LIFE.lock().unwrap().clone();
        ALIVE.with(|alive| *alive.borrow_mut() = life);
        self.dbs.send(request).await
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.dbs)
    }
}

#[tokio::test]
async fn thread_ends_when_the_last_clone_is_dropped() {
    let life = Arc::new(());
    *LIFE.lock().unwrap() = Some(life.clone());
    let dbs = FakeDbs::new();
    let threads = ThreadTracker { dbs: dbs.clone(), seen: Arc::default() };
    let first = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(threads.clone())
        .build_blocking()
        .unwrap();
    let second = first.clone();
    first.send(create()).call().unwrap();
    second.send(create()).call().unwrap();
    let seen = threads.seen.lock().unwrap().clone();
    assert!(
        seen[0] == seen[1] && seen[0] != thread::current().id(),
        "one thread, not the caller's"
    );
    *LIFE.lock().unwrap() = None;
    drop(first);
    assert_eq!(Arc::strong_count(&life), 2, "a clone keeps the thread");
    drop(second);
    assert_eq!(Arc::strong_count(&life), 1, "the thread has ended");
}

#[test]
fn iterator_outlives_client_and_resumes_after_error() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    for _ in 0..3 {
        client.send(create()).call().unwrap();
    }
    let mut pages = client.pages(pages_of_two());
    drop(client);
    assert_eq!(pages.next().unwrap().unwrap().items.len(), 2);
    dbs.faults().business_error("DescribeBackupPlanList", "InternalError", "m");
    assert!(pages.next().unwrap().is_err());
    assert_eq!(pages.page_num(), Some(1));
    assert_eq!(pages.next().unwrap().unwrap().items.len(), 1);
    assert!(pages.next().is_none() && pages.next().is_none());
}

#[test]
fn provision_iterator_yields_every_stage() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let steps: Vec<ProvisionStep> = client
        .provision(create(), |id| configure(&id, "hunter2"))
        .client_token("nightly".parse().unwrap())
        .timeout(Duration::from_secs(600))
        .collect::<Result<_, _>>()
        .unwrap();
    let mut stages: Vec<_> = steps.iter().map(ProvisionStep::stage).collect();
    stages.dedup();
    assert_eq!(stages, ProvisionStage::ALL);
    assert_eq!(dbs.plans().len(), 1);
}

/// A transport that calls the blocking client again, or panics.
#[derive(Clone, Debug, Default)]
struct NestedOrPanics(Arc<Mutex<Option<Client>>>);

#[async_trait]
impl Transport for NestedOrPanics {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let client = self.0.lock().unwrap().take();
        let Some(client) = client else { panic!("planted") };
        let error = client.send(create()).call().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        Err(TransportError::not_sent(error.to_string()))
    }
}

#[test]
fn rejects_nested_use_and_propagates_panics() {
    let odd = NestedOrPanics::default();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(FakeDbs::new().credentials())
        .transport(odd.clone())
        .retry(RetryPolicy::never())
        .build_blocking()
        .unwrap();
    *odd.0.lock().unwrap() = Some(client.clone());
    let error = client.send(create()).call().unwrap_err();
    assert!(error.to_string().contains("deadlock"), "{error}");

    let call = std::panic::AssertUnwindSafe(|| client.send(create()).call());
    let panic = std::panic::catch_unwind(call).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"planted"));
    *odd.0.lock().unwrap() = Some(client.clone());
    assert!(client.send(create()).call().is_err(), "the thread survives the panic");
}

/// A transport that calls another blocking client.
#[derive(Clone, Debug, Default)]
struct CallsOther(Arc<Mutex<Option<Client>>>);

#[async_trait]
impl Transport for CallsOther {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let other = self.0.lock().unwrap().clone().unwrap();
        let error = other.send(create()).call().unwrap_err();
        Err(TransportError::not_sent(error.to_string()))
    }
}

#[test]
fn clients_that_call_each_other_are_refused() {
    let transports = [CallsOther::default(), CallsOther::default()];
    let [first, second] = transports.each_ref().map(|transport| {
        Client::builder()
            .region(Region::Hangzhou)
            .credentials(FakeDbs::new().credentials())
            .transport(transport.clone())
            .retry(RetryPolicy::never())
            .build_blocking()
            .unwrap()
    });
    *transports[0].0.lock().unwrap() = Some(second);
    *transports[1].0.lock().unwrap() = Some(first.clone());
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || sender.send(first.send(create()).call().unwrap_err().to_string()));
    let error = receiver.recv_timeout(Duration::from_secs(60)).expect("the call ends");
    assert!(error.contains("two blocking clients call each other"), "{error}");
    // The clients hold each other.
    for transport in &transports {
        transport.0.lock().unwrap().take();
    }
}

#[test]
fn page_num_resumes_without_missing_items() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    for _ in 0..4 {
        client.send(create()).call().unwrap();
    }
    let mut rows = client.items(pages_of_two());
    assert_eq!(rows.page_num(), Some(0));
    for resume in [0, 1, 1, 2] {
        rows.next().unwrap().unwrap();
        assert_eq!(rows.page_num(), Some(resume));
    }
}

#[test]
fn released_plan_is_gone() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let mut purchase = create();
    purchase.billing = Billing::PayAsYouGo;
    let plan = client.send(purchase).call().unwrap().backup_plan_id.clone();
    let wait = || client.wait_for(PlanReleased::new(plan.clone()));
    let error = wait().timeout(Duration::from_secs(60)).wait().unwrap_err();
    assert!(error.to_string().contains("to be released"), "{error}");
    let mut polls = wait();
    let listed = polls.next().unwrap().unwrap();
    assert!(!listed.done && listed.state.unwrap().is_some());

    let release = ReleaseBackupPlan::builder().backup_plan_id(plan.clone()).build();
    client.send(release).call().unwrap();
    assert!(polls.next().unwrap().unwrap().done);
    assert!(polls.next().is_none());
    assert!(wait().wait().unwrap().is_none());
}
