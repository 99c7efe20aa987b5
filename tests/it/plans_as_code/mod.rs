//! Plans as code: many plans from a file are bought, changed in place, and stable.

mod contested;
mod in_place;
mod killed;
mod reconciled;

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::fake::{FakeDbs, FakePlan};
use aliyun_dbs::operations::ModifyBackupPlanName;
use aliyun_dbs::transport::{Transport, TransportError};
use aliyun_dbs::types::{
    BackupObject, BackupPlanStatus, Billing, InstanceClass, Secret, StorageLifecycle, Weekday,
    start_time,
};
use aliyun_dbs::workflows::fleet::{Fleet, FleetReport, FleetSpec, Journal, MemoryJournal};
use aliyun_dbs::workflows::plan_spec::{
    DatabaseLocation, LoginSource, PlanSpec, PlanSpecSchedule, PlanSpecSource, PlanSpecStorage,
    SecretError, SecretRef,
};
use aliyun_dbs::{Client, Clock, Period, Region};
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Notify;

use crate::plan_spec::from_yaml;

const DAY: Duration = Duration::from_secs(86_400);

/// Returns a file of plans whose engines and locations take turns.
fn yaml(plans: usize) -> String {
    let mut yaml = String::new();
    for number in 0..plans {
        let source = match number % 4 {
            0 | 1 => format!(
                "    mysql:
      at: {{ rds: {{ region: cn-hangzhou, instance: rm-{number} }} }}
      user: dbs
      password: {{ env: PASSWORD_{number} }}
      objects: [orders, {{ database: shop, exclude_tables: [tmp] }}]"
            ),
            2 => format!(
                "    postgresql:
      at: {{ ecs: {{ region: cn-hangzhou, instance: i-{number}, port: 5432 }} }}
      user: dbs
      password: {{ file: /run/secrets/{number} }}
      database: postgres
      objects: [ledger]"
            ),
            _ => format!(
                "    mongodb:
      at: {{ address: {{ host: mongo-{number}.internal, port: 27017 }} }}
      user: root
      password: {{ env: PASSWORD_{number} }}
      database: admin
      objects: [catalog]"
            ),
        };
        write!(
            yaml,
            "- name: plan-{number}
  region: cn-hangzhou
  class: small
  method: logical
  billing: 1 year
  source:
{source}
  schedule: {{ weekly: {{ days: [Monday, Thursday], at: \"02:30\" }} }}
  retention: {{ infrequent_access: 180, archive: 365, delete: 730 }}
  storage: built_in
  logs: true
  ssl: false
"
        )
        .unwrap();
    }
    yaml
}

fn specs(plans: usize) -> Vec<PlanSpec> {
    from_yaml(&yaml(plans)).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "a store of secrets may fail")]
fn secrets(secret: &SecretRef) -> Result<Secret, SecretError> {
    Ok(Secret::new(format!("hunter2 {secret}")))
}

fn client(dbs: &FakeDbs) -> Client {
    client_over(dbs, dbs.clone())
}

fn client_over(dbs: &FakeDbs, transport: impl Transport + 'static) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(transport).build().unwrap()
}

fn fleet(client: &Client, specs: &[PlanSpec], journal: impl Journal + 'static) -> Fleet {
    let specs: Vec<_> =
        specs.iter().map(|spec| FleetSpec::from_plan(spec.clone(), secrets)).collect();
    client.fleet(specs).named("prod").journal(journal)
}

fn count(dbs: &FakeDbs, matches: impl Fn(&str) -> bool) -> usize {
    dbs.requests().iter().filter(|sent| matches(sent.operation())).count()
}

fn purchases(dbs: &FakeDbs) -> usize {
    count(dbs, |operation| operation == "CreateBackupPlan")
}

fn writes(dbs: &FakeDbs) -> usize {
    count(dbs, |operation| !operation.starts_with("Describe"))
}

fn named(dbs: &FakeDbs, name: &str) -> FakePlan {
    let has_name = |plan: &FakePlan| {
        plan.configuration
            .as_ref()
            .is_some_and(|configuration| configuration.backup_plan_name == name)
    };
    let mut plans: Vec<_> = dbs.plans().into_iter().filter(has_name).collect();
    assert_eq!(plans.len(), 1, "{name}");
    plans.remove(0)
}

fn login(spec: &mut PlanSpec) -> &mut LoginSource {
    match &mut spec.source {
        PlanSpecSource::MySql(source) => source,
        source => panic!("{source:?}"),
    }
}

type Edit = fn(&mut PlanSpec, &FakeDbs);

/// A change of each kind that is possible in place, with its field.
const POSSIBLE: [(&str, Edit); 12] = [
    ("schedule", |spec, _| {
        let (days, at) = (Weekday::Friday.into(), start_time!("04:00"));
        spec.schedule = Some(PlanSpecSchedule::Weekly { days, at });
    }),
    ("schedule", |spec, _| spec.schedule = Some(PlanSpecSchedule::Manual)),
    ("retention", |spec, _| spec.retention = StorageLifecycle::new(30, 90, 400).ok()),
    ("encrypted", |spec, _| spec.encrypted = Some(true)),
    ("logs", |spec, _| spec.logs = Some(false)),
    ("class", |spec, _| spec.class = InstanceClass::Large),
    ("objects", |spec, _| login(spec).objects = vec![BackupObject::database("orders")]),
    ("source", |spec, _| {
        let instance = "rm-moved".parse().unwrap();
        login(spec).at = DatabaseLocation::Rds { region: Region::Beijing, instance };
    }),
    ("user", |spec, _| "backup".clone_into(&mut login(spec).user)),
    ("password", |spec, dbs| {
        let rotated = dbs.clock().now() - Duration::from_secs(60);
        let secret = &mut login(spec).password;
        *secret = secret.clone().rotated(rotated.replace_nanosecond(0).unwrap());
    }),
    ("ssl", |spec, _| spec.ssl = Some(true)),
    ("renewal", |spec, _| {
        spec.renew_before = Some(400);
        spec.renew_for = Some(Period::years::<2>());
    }),
];

/// A change of each kind that is not possible, with its field and a part of the reason.
const IMPOSSIBLE: [(&str, &str, Edit); 6] = [
    ("region", "fixed by the purchase", |spec, _| spec.region = Region::Beijing),
    ("class", "only upgrades", |spec, _| spec.class = InstanceClass::Micro),
    ("storage", "fixed by the first configuration", |spec, _| {
        spec.storage = Some(PlanSpecStorage::Bucket("backups".parse().unwrap()));
    }),
    ("billing", "cannot be exchanged", |spec, _| spec.billing = Billing::PayAsYouGo),
    ("method", "fixed by the purchase", |spec, _| {
        spec.method = aliyun_dbs::types::BackupMethod::Physical;
    }),
    ("engine", "another plan", |spec, _| {
        spec.source = PlanSpecSource::MariaDb(login(spec).clone());
    }),
];

/// Returns the MySQL plans, in their order.
fn mysql_plans(specs: &mut [PlanSpec]) -> impl Iterator<Item = &mut PlanSpec> {
    specs.iter_mut().filter(|spec| matches!(spec.source, PlanSpecSource::MySql(_)))
}

/// Writes plans as YAML and reads them, as a person edits the file.
fn through_yaml(specs: &[PlanSpec]) -> Vec<PlanSpec> {
    let read = from_yaml(&serde_yaml_ng::to_string(specs).unwrap()).unwrap();
    assert_eq!(read, specs);
    read
}

fn assert_matches(dbs: &FakeDbs, spec: &PlanSpec) {
    let plan = named(dbs, &spec.name);
    assert_eq!(plan.status, BackupPlanStatus::Running, "{}", spec.name);
    let found = plan.configuration.unwrap();
    let wanted = spec.configuration(plan.backup_plan_id, &secrets).unwrap();
    let name = &spec.name;
    assert_eq!(found.source_endpoint, wanted.source_endpoint, "{name}");
    assert_eq!(found.backup_objects, wanted.backup_objects, "{name}");
    assert_eq!(found.schedule, wanted.schedule, "{name}");
    assert_eq!(found.enable_backup_log, wanted.enable_backup_log, "{name}");
    assert_eq!(found.enable_source_endpoint_ssl, wanted.enable_source_endpoint_ssl, "{name}");
    assert_eq!(found.backup_storage_encrypt_method, wanted.backup_storage_encrypt_method, "{name}");
    assert_eq!(found.backup_retention_period, wanted.backup_retention_period, "{name}");
    assert_eq!(plan.purchase.instance_class, spec.class, "{name}");
}

/// A network that a process uses until it is killed.
#[derive(Debug)]
struct Mortal {
    dbs: FakeDbs,
    /// The requests before the end.
    left: AtomicUsize,
    /// Whether the last request still arrives.
    delivers_last: bool,
    died: Arc<Notify>,
}

impl Mortal {
    fn new(dbs: &FakeDbs, requests: usize, delivers_last: bool) -> (Self, Arc<Notify>) {
        let died = Arc::<Notify>::default();
        let left = AtomicUsize::new(requests);
        (Self { dbs: dbs.clone(), left, delivers_last, died: died.clone() }, died)
    }
}

#[async_trait::async_trait]
impl Transport for Mortal {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let take = |left: usize| left.checked_sub(1);
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        if left.is_ok_and(|left| left > 0) {
            return self.dbs.send(request).await;
        }
        if left.is_ok() && self.delivers_last {
            let _ = self.dbs.send(request).await;
        }
        self.died.notify_one();
        std::future::pending().await
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        let clock: Arc<dyn Clock> = self.dbs.clock().clone();
        Some(clock)
    }
}

/// Returns the output of a future, or `None` if its process is killed first.
async fn until_death<F: IntoFuture>(died: &Notify, future: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        () = died.notified() => None,
        output = future.into_future() => Some(output),
    }
}

fn unchanged(report: &FleetReport) -> (usize, usize, usize) {
    (report.bought, report.changed, report.failed_total())
}

#[tokio::test]
async fn forty_plans_are_applied_changed_and_stable() {
    let dbs = FakeDbs::with_seed(5);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    let first = specs(40);
    let bought = fleet(&client(&dbs), &first, journal.clone()).await;
    assert!(bought.is_complete(), "{bought}");
    assert_eq!((bought.bought, bought.changed, purchases(&dbs)), (40, 0, 40));
    for spec in &first {
        assert_matches(&dbs, spec);
    }

    dbs.clock().advance(DAY);
    let mut edited = first.clone();
    let mut targets = mysql_plans(&mut edited);
    let mut changed = Vec::new();
    for (_, edit) in POSSIBLE {
        let spec = targets.next().unwrap();
        edit(spec, &dbs);
        changed.push(spec.name.clone());
    }
    let mut impossible = Vec::new();
    for (field, reason, edit) in IMPOSSIBLE {
        let spec = targets.next().unwrap();
        edit(spec, &dbs);
        impossible.push((spec.name.clone(), field, reason));
    }
    drop(targets);
    let edited = through_yaml(&edited);
    // A person renamed a plan: the journal knows its id.
    let renamed = named(&dbs, "plan-2").backup_plan_id;
    let request = ModifyBackupPlanName::builder().backup_plan_id(renamed).backup_plan_name("mine");
    client(&dbs).send(request.build()).await.unwrap();
    let before = dbs.plans();

    let report = fleet(&client(&dbs), &edited, journal.clone()).await;
    assert_eq!(unchanged(&report), (0, POSSIBLE.len() + 1, 0), "{report}");
    assert_eq!(purchases(&dbs), 40, "nothing is bought");
    assert_eq!(dbs.plans().len(), 40);
    for name in changed.iter().map(String::as_str).chain(["plan-2"]) {
        assert_matches(&dbs, edited.iter().find(|spec| spec.name == name).unwrap());
    }
    assert_eq!(report.impossible_total, impossible.len(), "{report}");
    for (name, field, reason) in &impossible {
        let items = &report.impossible[name];
        let item = items.iter().find(|item| item.field == *field).unwrap();
        assert!(item.reason.as_ref().unwrap().contains(reason), "{item}");
    }
    let text = report.to_string();
    assert!(text.contains("! region         cn-hangzhou → cn-beijing"), "{text}");
    assert!(!text.contains("hunter2"));
    for plan in before {
        let after = dbs.plans().into_iter().find(|it| it.backup_plan_id == plan.backup_plan_id);
        let is_touched =
            named_any(&plan).is_some_and(|name| changed.contains(&name) || name == "mine");
        if !is_touched {
            assert_eq!(
                format!("{:?}", after.unwrap()),
                format!("{plan:?}"),
                "another plan changed"
            );
        }
    }

    let before = (writes(&dbs), dbs.requests().len());
    let third = fleet(&client(&dbs), &edited, journal.clone()).await;
    assert_eq!(unchanged(&third), (0, 0, 0), "{third}");
    let counts = (third.already_done, third.impossible_total);
    assert_eq!(counts, (40 - impossible.len(), impossible.len()), "{third}");
    assert_eq!(writes(&dbs), before.0, "the third time changes nothing");
    assert!(dbs.requests().len() <= before.1 + 2, "one list, and a pre-check");

    let drift = client(&dbs).drift(edited).named("prod").journal(journal).await.unwrap();
    let left = drift.changes().iter().filter(|change| !change.is_empty());
    assert_eq!(
        left.map(|change| change.name().to_owned()).collect::<Vec<_>>(),
        impossible.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>()
    );
    assert!(
        drift.unknown().is_empty()
            && drift
                .to_string()
                .ends_with("\n40 plans: 6 not possible to change, 34 without difference"),
        "{drift}"
    );
}

fn named_any(plan: &FakePlan) -> Option<String> {
    plan.configuration.as_ref().map(|configuration| configuration.backup_plan_name.clone())
}

#[tokio::test]
async fn three_hundred_unchanged_plans_cost_three_calls() {
    let dbs = FakeDbs::with_seed(1);
    dbs.record_limit(0);
    let specs = specs(300);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    let report = fleet(&client(&dbs), &specs, journal.clone()).concurrency(64).await;
    assert!(report.is_complete(), "{report}");
    dbs.record_limit(100);
    let report = fleet(&client(&dbs), &specs, journal).concurrency(64).await;
    assert_eq!((report.already_done, report.is_complete()), (300, true), "{report}");
    assert_eq!(dbs.requests().len(), 3);
}
