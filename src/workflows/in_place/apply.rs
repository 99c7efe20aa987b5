//! Makes the approved changes of one plan in place.

use std::time::Duration;

use super::item::ChangeItem;
use super::money_token::{renewal_token, upgrade_token};
use super::observed::{compare, has_name, last_pre_check, row_by_id};
use super::reconcile_error::ReconcileError;
use super::requests;
use super::restart::Before;
use super::steps::{Step, approved, steps, unapproved};
use super::work::{ApplyStep, InPlace, emit};
use crate::rpc::operation::Operation;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::task_stream::EventSink;
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DisableBackupLog, EnableBackupLog, ModifyBackupObjects, ModifyBackupPlanName,
    PreCheckProgressDetail, RenewBackupPlan, StartBackupPlan, UpgradeBackupPlan,
};
use crate::v2019_03_06::types::BackupPlanStatus;

/// How often a request is sent that the state of the plan forbids.
const MAX_SENDS: u32 = 3;
/// How long the service may return earlier values after a change.
const MAX_LAG: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_secs(3);

/// What was changed.
#[derive(Debug, Default)]
pub(in crate::workflows) struct Changes {
    pub(in crate::workflows) applied: Vec<ChangeItem>,
    pub(in crate::workflows) impossible: Vec<ChangeItem>,
    pub(in crate::workflows) restarted: bool,
    /// Whether the plan runs.
    pub(in crate::workflows) is_running: bool,
}

fn impossible(items: Vec<ChangeItem>) -> Vec<ChangeItem> {
    items.into_iter().filter(|item| !item.is_possible()).collect()
}

fn is_running(row: &BackupPlanDetail) -> bool {
    row.backup_plan_status == BackupPlanStatus::Running
}

impl InPlace {
    /// Reads the plan, and compares it.
    async fn read(&self) -> Result<(BackupPlanDetail, Vec<ChangeItem>), ReconcileError> {
        let not_listed = || ReconcileError::NotListed(self.plan.clone());
        let row = row_by_id(&self.client, &self.plan).await?.ok_or_else(not_listed)?;
        let is_renamed = !self.by_id && !has_name(&row, &self.spec.name);
        if is_renamed {
            return Err(not_listed());
        }
        let items = compare(&self.client, &self.spec, &row, self.by_id).await?;
        Ok((row, items))
    }

    /// Makes the changes that are approved and still necessary.
    pub(in crate::workflows) async fn run(
        &self,
        sink: Option<&EventSink<ApplyStep>>,
    ) -> Result<Changes, ReconcileError> {
        let (row, fresh) = self.read().await?;
        let mut kept = approved(fresh.clone(), self.approved.as_deref());
        kept.retain(ChangeItem::is_possible);
        if kept.is_empty() {
            let is_running = is_running(&row);
            return Ok(Changes { impossible: impossible(fresh), is_running, ..Changes::default() });
        }
        let unapproved = unapproved(&fresh, &kept);
        if kept.iter().any(|item| item.restarts) {
            // A missing secret must fail before anything is sent.
            requests::configuration(&self.spec, &row, &unapproved, &*self.secrets)?;
        }
        let mut restarted = false;
        let mut restart = starts_first(&kept).then_some(Before::Nothing);
        for step in steps(&kept) {
            let mut sends = 0;
            loop {
                let earlier = self.pre_check_before(step).await?;
                sends += 1;
                match self.send(step, &row, &kept).await {
                    Ok(Sent { operation, needs_pre_check }) => {
                        emit(sink, ApplyStep::Sent { operation });
                        match needs_pre_check {
                            Some(true) => restart = Some(Before::Change(earlier)),
                            None if step.starts_pre_check() => {
                                restart.get_or_insert(Before::Nothing);
                            }
                            _ => {}
                        }
                        break;
                    }
                    Err(ReconcileError::Call(error))
                        if sends < MAX_SENDS && error.is(ErrorCode::OperationDeniedJobStatus) =>
                    {
                        // Some states refuse changes, such as a running pre-check.
                        self.client.clock().sleep(POLL_INTERVAL).await;
                        let before = restart.take().unwrap_or(Before::Nothing);
                        self.restart(&row, &unapproved, before, sink).await?;
                        restarted = true;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if let Some(before) = restart {
            self.restart(&row, &unapproved, before, sink).await?;
            restarted = true;
        }
        self.verify(kept, &unapproved, restarted, sink).await
    }

    /// Reads the plan until it has the changes.
    async fn verify(
        &self,
        mut kept: Vec<ChangeItem>,
        unapproved: &[&'static str],
        mut restarted: bool,
        sink: Option<&EventSink<ApplyStep>>,
    ) -> Result<Changes, ReconcileError> {
        let clock = self.client.clock();
        let end = clock.elapsed().saturating_add(MAX_LAG);
        loop {
            let (row, fresh) = self.read().await?;
            let is_left = |item: &&ChangeItem| kept.iter().any(|sent| sent.has_target_of(item));
            let is_possible = |item: &&ChangeItem| is_left(item) && item.is_possible();
            let must_start = fresh.iter().any(|item| item.field == "status" && item.is_possible());
            let left = fresh.iter().find(is_possible).or_else(|| fresh.iter().find(is_left));
            let expired = clock.elapsed() >= end;
            match left {
                None if must_start && !expired => {
                    // The list returned an earlier state before.
                    self.restart(&row, unapproved, Before::Nothing, sink).await?;
                    restarted = true;
                }
                Some(item) if expired && item.is_possible() => {
                    return Err(ReconcileError::NotEffective {
                        plan: self.plan.clone(),
                        operation: item.operation.unwrap_or(StartBackupPlan::ACTION),
                        field: item.field,
                    });
                }
                Some(item) if !expired => {
                    let summary = format!("the service still returns the earlier {}", item.field);
                    emit(sink, ApplyStep::Waiting { summary, progress: None });
                }
                _ => {
                    // What is left became impossible, such as by a lock of the plan.
                    kept.retain(|sent| !fresh.iter().any(|item| sent.has_target_of(item)));
                    let is_running = is_running(&row);
                    let impossible = impossible(fresh);
                    return Ok(Changes { applied: kept, impossible, restarted, is_running });
                }
            }
            clock.sleep(POLL_INTERVAL).await;
        }
    }

    /// Returns the items of the pre-check before a step that starts one.
    async fn pre_check_before(
        &self,
        step: Step,
    ) -> Result<Vec<PreCheckProgressDetail>, ReconcileError> {
        if !step.starts_pre_check() {
            return Ok(Vec::new());
        }
        let check = last_pre_check(&self.client, &self.plan).await?;
        Ok(check.map(|check| check.items).unwrap_or_default())
    }

    async fn send(
        &self,
        step: Step,
        row: &BackupPlanDetail,
        kept: &[ChangeItem],
    ) -> Result<Sent, ReconcileError> {
        let (spec, plan) = (&*self.spec, self.plan.clone());
        match step {
            Step::Renew => {
                let (Some(period), Some(end)) = (spec.renew_for, row.instance_expired_timestamp)
                else {
                    return Ok(Sent::nothing(RenewBackupPlan::ACTION));
                };
                let token = renewal_token(&plan, end)?;
                self.order(
                    RenewBackupPlan::builder().backup_plan_id(plan).period(period).build(),
                    token,
                )
                .await
            }
            Step::Upgrade => {
                let token = upgrade_token(&plan, row.instance_class.as_str(), spec.class)?;
                let request = UpgradeBackupPlan::builder()
                    .backup_plan_id(plan)
                    .instance_class(spec.class)
                    .build();
                self.order(request, token).await
            }
            Step::Rename => {
                let request = ModifyBackupPlanName::builder()
                    .backup_plan_id(plan)
                    .backup_plan_name(spec.name.clone())
                    .build();
                self.client.send(request).await?;
                Ok(Sent::nothing(ModifyBackupPlanName::ACTION))
            }
            Step::Schedule => {
                self.change(requests::schedule(spec, row), |it| it.need_precheck).await
            }
            Step::Storage => {
                self.change(requests::storage(spec, row, kept), |it| it.need_precheck).await
            }
            Step::Source => {
                let request = requests::source(spec, row, kept, &*self.secrets)?;
                self.change(request, |it| it.need_precheck).await
            }
            Step::Objects => {
                let request = spec.source.objects().map(|objects| {
                    let request = ModifyBackupObjects::builder().backup_plan_id(plan);
                    request.backup_objects(objects).build()
                });
                self.change(request, |it| it.need_precheck).await
            }
            Step::EnableLogs => {
                let request = EnableBackupLog::builder().backup_plan_id(plan).build();
                self.change(Some(request), |it| it.need_precheck).await
            }
            Step::DisableLogs => {
                let request = DisableBackupLog::builder().backup_plan_id(plan).build();
                self.change(Some(request), |it| it.need_precheck).await
            }
        }
    }

    /// Sends a request that sets a state, and may therefore repeat.
    async fn change<O: Operation + 'static>(
        &self,
        request: Option<O>,
        needs_pre_check: impl Fn(&O::Response) -> Option<bool>,
    ) -> Result<Sent, ReconcileError> {
        let Some(request) = request else { return Ok(Sent::nothing(O::ACTION)) };
        let response = self.client.send(request).await?;
        Ok(Sent { operation: O::ACTION, needs_pre_check: needs_pre_check(&response) })
    }

    /// Places an order, once per token.
    async fn order<O: Operation + 'static>(
        &self,
        request: O,
        token: ClientToken,
    ) -> Result<Sent, ReconcileError> {
        self.client.send(request).client_token(token).await?;
        Ok(Sent::nothing(O::ACTION))
    }
}

/// Returns whether the plan must be started even if no request is sent.
fn starts_first(kept: &[ChangeItem]) -> bool {
    let status = BackupPlanStatus::Running.to_string();
    kept.iter().any(|item| {
        item.kind == super::item::ChangeKind::Add
            || item.field == "status" && item.to.as_ref() == Some(&status)
    })
}

/// A request that the service accepted.
struct Sent {
    operation: &'static str,
    /// `None` if the response does not say it.
    needs_pre_check: Option<bool>,
}

impl Sent {
    fn nothing(operation: &'static str) -> Self {
        Self { operation, needs_pre_check: Some(false) }
    }
}
