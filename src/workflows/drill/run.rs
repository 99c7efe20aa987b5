//! One run of a drill.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::drill_error::{DrillCause, DrillError};
use super::point::{self, TimedPoint};
use super::progress::{DrillStage, DrillStep, DrillTarget};
use super::record::DrillRecord;
use super::redact::redact;
use super::scratch;
use crate::rpc::client::Client;
use crate::rpc::clock::with_timeout;
use crate::rpc::wait::run_handle::Run;
use crate::rpc::wait::task_stream::EventSink;
use crate::rpc::wait::{Condition, WaitError};
use crate::v2019_03_06::conditions::{PreCheckPassed, RestoreFinished, none_if_id_unknown};
use crate::v2019_03_06::operations::{
    BackupPlanDetail, CreateRestoreTask, DescribeBackupPlanList, StartRestoreTask,
};
use crate::v2019_03_06::types::{BackupPlanId, RestoreDestination, RestorePoint, RestoreTaskId};

type BoxError = Box<dyn StdError + Send + Sync>;

/// The check of a restored database.
pub(super) type Check = Box<
    dyn FnOnce(DrillTarget) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>> + Send,
>;

/// One run of a drill.
pub(super) struct DrillRun {
    pub(super) client: Client,
    pub(super) plan: BackupPlanId,
    pub(super) destination: Option<RestoreDestination>,
    /// `None` for the newest point.
    pub(super) point: Option<RestorePoint>,
    pub(super) check: Option<Check>,
    pub(super) destination_verified: bool,
    pub(super) timeout: Duration,
}

impl Run for DrillRun {
    type Step = DrillStep;
    type Output = DrillRecord;
    type Error = DrillError;
    type Known = DrillRecord;

    fn known(&self) -> DrillRecord {
        DrillRecord::new(self.plan.clone(), self.client.server_time())
    }

    fn learn(record: &mut DrillRecord, step: &DrillStep) {
        match step {
            DrillStep::Chosen { at, .. } => record.point_time = *at,
            DrillStep::Created { restore_task } => record.restore_task = Some(restore_task.clone()),
            _ => {}
        }
    }

    fn late_option(mut record: DrillRecord) -> DrillError {
        record.failure = Some(DrillCause::LateOption.to_string());
        DrillError::new(DrillCause::LateOption, record)
    }

    async fn run(mut self, steps: Option<EventSink<DrillStep>>) -> Result<DrillRecord, DrillError> {
        let client = self.client.clone();
        let begun = client.clock().elapsed();
        let context = Context {
            client: &client,
            steps: steps.as_ref(),
            timeout: self.timeout,
            deadline: begun.saturating_add(self.timeout),
        };
        let mut record = DrillRecord::new(self.plan.clone(), client.server_time());
        let result = self.restore_and_check(&context, &mut record).await;
        record.rto = context.since(begun);
        match result {
            Ok(()) => Ok(record),
            Err(cause) => {
                record.failure = Some(cause.to_string());
                Err(DrillError::new(cause, record))
            }
        }
    }
}

// The methods take `&mut self`, because a shared reference to the check is not `Send`.
impl DrillRun {
    async fn restore_and_check(
        &mut self,
        context: &Context<'_>,
        record: &mut DrillRecord,
    ) -> Result<(), DrillCause> {
        let Some(destination) = self.destination.take() else {
            let reason = "no scratch database; set one with `Drill::restore_to`";
            return Err(DrillCause::NotScratch(reason.to_owned()));
        };
        let row = self.row(context).await?;
        scratch::check(row.as_ref(), &destination, self.destination_verified)
            .map_err(DrillCause::NotScratch)?;
        let (point, at) = self.choose_point(context, record).await?;
        record.point_time = at;
        record.rpo = at.map(|at| (record.started_at - at).try_into().unwrap_or_default());
        context.emit(DrillStep::Chosen { point: point.clone(), at });
        let task = self.restore(context, record, point.clone(), destination.clone()).await?;
        let target = DrillTarget { destination, restore_task: task, point };
        record.failure = self.check(context, record, target).await?;
        record.passed = record.failure.is_none();
        context.emit(DrillStep::Checked { passed: record.passed });
        Ok(())
    }

    /// Returns the row of the plan, or `None` if it is not listed.
    async fn row(&mut self, context: &Context<'_>) -> Result<Option<BackupPlanDetail>, DrillCause> {
        let request =
            DescribeBackupPlanList::builder().backup_plan_ids([self.plan.clone()]).build();
        let call = context.client.send(request).timeout(context.call_timeout());
        let rows = none_if_id_unknown(call.await)?.map(|list| list.items).unwrap_or_default();
        Ok(rows.into_iter().find(|row| row.backup_plan_id == self.plan))
    }

    async fn choose_point(
        &mut self,
        context: &Context<'_>,
        record: &DrillRecord,
    ) -> Result<TimedPoint, DrillCause> {
        let client = context.client;
        if let Some(point) = self.point.take() {
            let at = point::time_of(client, &self.plan, &point).await?;
            return Ok((point, at));
        }
        let newest = point::newest(client, &self.plan, record.started_at).await?;
        newest.ok_or(DrillCause::NothingToRestore)
    }

    /// Restores the point, and returns the task.
    async fn restore(
        &mut self,
        context: &Context<'_>,
        record: &mut DrillRecord,
        point: RestorePoint,
        destination: RestoreDestination,
    ) -> Result<RestoreTaskId, DrillCause> {
        let client = context.client;
        let create = CreateRestoreTask::builder()
            .backup_plan_id(self.plan.clone())
            .restore_task_name(format!("drill-{}", self.plan))
            .restore_point(point)
            .destination(destination)
            .build();
        let created = client.send(create).timeout(context.call_timeout()).await?;
        let task = created.into_inner().restore_task_id;
        record.restore_task = Some(task.clone());
        context.emit(DrillStep::Created { restore_task: task.clone() });

        let begun = client.clock().elapsed();
        let checked = context.wait_for(DrillStage::PreCheck, PreCheckPassed::new(task.clone()));
        let checked = checked.await;
        record.pre_check = context.since(begun);
        checked?;

        let start = StartRestoreTask::builder().restore_task_id(task.clone()).build();
        client.send(start).timeout(context.call_timeout()).await?;
        context.emit(DrillStep::Started);
        let begun = client.clock().elapsed();
        let restored = context.wait_for(DrillStage::Restore, RestoreFinished::new(task.clone()));
        let restored = restored.await;
        record.restore = context.since(begun);
        restored?;
        context.emit(DrillStep::Restored);
        Ok(task)
    }

    /// Runs the check, and returns why it failed.
    async fn check(
        &mut self,
        context: &Context<'_>,
        record: &mut DrillRecord,
        target: DrillTarget,
    ) -> Result<Option<String>, DrillCause> {
        let Some(check) = self.check.take() else { return Ok(None) };
        let password = target.destination.password().cloned();
        let clock = context.client.clock();
        let begun = clock.elapsed();
        let remaining = context.remaining();
        let result = with_timeout(move || clock.deadline(remaining), check(target)).await;
        record.check = context.since(begun);
        let Some(result) = result else {
            let subject = "the check of the restored database".to_owned();
            return Err(WaitError::timed_out(subject, context.timeout, 0).into());
        };
        let message = result.err().map(|error| describe(&*error));
        // The record is meant to be stored, and drivers put connection strings into errors.
        Ok(message.map(|message| match &password {
            Some(password) => redact(&message, password.expose()),
            None => message,
        }))
    }
}

/// Returns the message of the check's error, with those of its sources.
fn describe(error: &(dyn StdError + 'static)) -> String {
    let mut message = format!("the check failed: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_message = cause.to_string();
        if !message.contains(&cause_message) {
            message = format!("{message}: {cause_message}");
        }
        source = cause.source();
    }
    message
}

/// What every step of a run needs.
struct Context<'r> {
    client: &'r Client,
    steps: Option<&'r EventSink<DrillStep>>,
    timeout: Duration,
    /// By the client's clock.
    deadline: Duration,
}

impl Context<'_> {
    fn emit(&self, step: DrillStep) {
        if let Some(steps) = self.steps {
            steps.send(step);
        }
    }

    fn since(&self, begun: Duration) -> Duration {
        self.client.clock().elapsed().saturating_sub(begun)
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_sub(self.client.clock().elapsed())
    }

    /// Returns the client's timeout of a call, or the remaining time if that is shorter.
    fn call_timeout(&self) -> Duration {
        self.client.call_timeout().min(self.remaining())
    }

    /// Waits within the timeout of the drill, and emits a step for each poll.
    async fn wait_for<C: Condition + Unpin>(
        &self,
        stage: DrillStage,
        condition: C,
    ) -> Result<(), DrillCause> {
        let mut waiter = self.client.wait_for(condition).timeout(self.remaining());
        while let Some(observation) = waiter.next().await {
            let observation = observation?;
            self.emit(DrillStep::Waiting {
                stage,
                summary: observation.summary,
                progress: observation.progress,
            });
        }
        Ok(())
    }
}
