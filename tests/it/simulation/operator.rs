//! An operator: buys and manages plans, crashes, and resumes with the same tokens.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use aliyun_dbs::operations::{
    ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList, InitializeDbsServiceLinkedRole,
    NamedOperation, StopBackupPlan,
};
use aliyun_dbs::types::{
    BackupMethod, BackupPlanId, ClientToken, DatabaseAccess, DatabaseType, InstanceClass,
    SourceEndpoint, StopMethod,
};
use aliyun_dbs::{Client, Clock, Period, Region, Safety};

use super::network::Flaw;
use super::world::{ObservedCall, SimulatedWorld};

fn purchase(token: &str) -> CreateBackupPlan {
    CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<1>())
        .client_token(token.parse().unwrap())
        .build()
}

fn configuration(plan: BackupPlanId) -> ConfigureBackupPlan {
    ConfigureBackupPlan::builder()
        .backup_plan_id(plan)
        .backup_plan_name("orders")
        .source_endpoint(SourceEndpoint::Rds {
            region: Region::Hangzhou,
            instance_id: "rm-1".parse().unwrap(),
            access: DatabaseAccess::mysql("dbs", "hunter2"),
        })
        .build()
}

struct Operator {
    world: Arc<SimulatedWorld>,
    client: Client,
    number: usize,
}

/// Returns the output of a task, or `None` if it takes longer than `time` and crashes.
async fn until_crash<F: Future>(clock: &dyn Clock, time: Duration, task: F) -> Option<F::Output> {
    let (mut task, mut crash) = (pin!(task), clock.sleep(time));
    poll_fn(|context| match task.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => crash.as_mut().poll(context).map(|()| None),
    })
    .await
}

impl Operator {
    fn roll(&self, range: std::ops::Range<u64>) -> u64 {
        self.world.random().u64(range)
    }

    async fn pause(&self, seconds: u64) {
        self.world.dbs.clock().sleep(Duration::from_secs(seconds)).await;
    }

    /// Makes a call and records its outcome.
    ///
    /// Sometimes crashes during the call, so that the outcome is lost.
    async fn call<O: NamedOperation>(&self, request: O) -> Option<O::Response> {
        let clock = self.world.dbs.clock().clone();
        let limit = Duration::from_secs(self.roll(5..90));
        let first = self.world.entries();
        let started = clock.elapsed();
        let mut call = self.client.send(request).timeout(limit);
        if self.world.flaw == Some(Flaw::DeadlineIsIgnored) {
            call = call.timeout(4 * limit);
        }
        let crash = match self.roll(0..8) {
            0 => Duration::from_secs(self.roll(0..30)),
            _ => Duration::MAX,
        };
        let outcome = until_crash(&*clock, crash, call.into_future()).await?;
        let (attempts, may_have_executed) = match &outcome {
            Ok(response) => (response.attempts(), None),
            Err(error) => (error.attempts(), Some(error.may_have_executed())),
        };
        self.world.record_call(ObservedCall {
            operator: self.number,
            operation: O::ACTION,
            entries: self.world.entries_since(self.number, first),
            mutating: O::SAFETY == Safety::Mutating,
            took: clock.elapsed().saturating_sub(started),
            limit,
            attempts,
            may_have_executed,
        });
        outcome.ok().map(aliyun_dbs::Response::into_inner)
    }

    /// Provisions a plan with one token, in up to 12 runs.
    async fn provision(&self, token: &str) {
        let clock = self.world.dbs.clock().clone();
        for run in 0..12 {
            let again: ClientToken = match self.world.flaw {
                Some(Flaw::NewTokenForEachRun) => format!("{token}-{run}").parse().unwrap(),
                _ => token.parse().unwrap(),
            };
            let task = self.client.provision(purchase(token), configuration).client_token(again);
            let crash = Duration::from_secs(self.roll(1..120));
            if let Some(Ok(_)) = until_crash(&*clock, crash, task.into_future()).await {
                return;
            }
            self.pause(self.roll(1..60)).await;
        }
    }

    /// Does the same with single calls.
    async fn provision_call_by_call(&self, token: &str) {
        let mut bought = None;
        for run in 0..12 {
            let again = match self.world.flaw {
                Some(Flaw::NewTokenForEachRun) => format!("{token}-{run}"),
                _ => token.to_owned(),
            };
            bought = self.call(purchase(&again)).await;
            if bought.is_some() {
                break;
            }
            self.pause(self.roll(1..30)).await;
        }
        let Some(bought) = bought else { return };
        self.pause(6).await;
        let plan = bought.backup_plan_id;
        let mut configure = configuration(plan.clone());
        configure.client_token = Some(format!("{token}-configure").parse().unwrap());
        configure.auto_start_backup = Some(true);
        for _ in 0..4 {
            if self.call(configure.clone()).await.is_some() {
                break;
            }
            self.pause(self.roll(1..30)).await;
        }
        self.pause(15).await;
        self.call(DescribeBackupPlanList::builder().build()).await;
        let stop = StopBackupPlan::builder().backup_plan_id(plan).stop_method(StopMethod::All);
        self.call(stop.build()).await;
    }
}

/// Runs one operator to its end.
pub(crate) async fn work(world: Arc<SimulatedWorld>, number: usize) {
    let client = world.client(number);
    let operator = Operator { world, client, number };
    operator.call(InitializeDbsServiceLinkedRole::builder().build()).await;
    for plan in 0..operator.roll(1..3) {
        let token = format!("operator-{number}-plan-{plan}");
        operator.world.add_intended_purchase(&token);
        if operator.roll(0..2) == 0 {
            operator.provision(&token).await;
        } else {
            operator.provision_call_by_call(&token).await;
        }
    }
}
