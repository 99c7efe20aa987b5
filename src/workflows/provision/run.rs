//! The stages of provisioning, from the state in which an earlier run left the plan.

use std::pin::pin;
use std::time::Duration;

use time::OffsetDateTime;

use super::configuration::Configure;
use super::context::{RunContext, StageResult, in_stage};
use super::options::{PlanOrigin, ProvisionOptions};
use super::prepare::prepare;
use super::progress::{ProvisionStage, ProvisionStep, Provisioned};
use super::provision_error::{ProvisionCause, ProvisionError};
use super::record::CreatedPlan;
use crate::rpc::clock::within;
use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::run_handle::Run;
use crate::rpc::wait::task_stream::EventSink;
use crate::rpc::wait::{Condition, PollingPolicy, WaitError, WaitErrorKind};
use crate::v2019_03_06::conditions::{
    PlanRunning, PlanSettled, PreCheckPassed, none_if_id_unknown,
};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribePreCheckProgressListResponse as PreCheck, PreCheckProgressDetail,
};
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, DescribeBackupPlanList, DescribePreCheckProgressList, StartBackupPlan,
};
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus, BackupSetId, PreCheckStatus};

/// The delay before the next attempt of a request that the plan's state forbids.
const STATE_RETRY_DELAY: Duration = Duration::from_secs(3);
/// The number of attempts of such a request, including the first.
const MAX_STATE_ATTEMPTS: u32 = 20;
/// How long to wait for a plan that the service is asked to start automatically.
const AUTO_START_TIMEOUT: Duration = Duration::from_secs(60);

/// One run of a provisioning.
pub(super) struct ProvisionRun {
    pub(super) options: ProvisionOptions,
    pub(super) configure: Configure,
}

/// What the steps of a provisioning have shown.
pub(super) struct KnownProvision {
    stage: ProvisionStage,
    plan: Option<BackupPlanId>,
    token: Option<ClientToken>,
}

/// A plan that runs, and what this run did to it.
struct StartedPlan {
    plan: BackupPlanDetail,
    full_backup: Option<BackupSetId>,
    /// Whether this run sent its configuration.
    configured: bool,
}

impl Run for ProvisionRun {
    type Step = ProvisionStep;
    type Output = Provisioned;
    type Error = ProvisionError;
    type Known = KnownProvision;

    fn known(&self) -> KnownProvision {
        let plan = match &self.options.origin {
            PlanOrigin::Earlier(plan) => Some(plan.clone()),
            PlanOrigin::Purchase | PlanOrigin::PurchaseAnyway => None,
        };
        let token = self.options.purchase_token();
        KnownProvision { stage: ProvisionStage::Prepare, plan, token }
    }

    fn learn(known: &mut KnownProvision, step: &ProvisionStep) {
        if let ProvisionStep::Created { backup_plan_id, .. } = step {
            known.plan = Some(backup_plan_id.clone());
        }
        known.stage = match step {
            ProvisionStep::Waiting { stage, .. } => *stage,
            ended => ended.stage().next(),
        };
    }

    fn late_option(known: KnownProvision) -> ProvisionError {
        let KnownProvision { stage, plan, token } = known;
        ProvisionError::new(stage, plan, token, ProvisionCause::LateOption)
    }

    async fn run(
        self,
        steps: Option<EventSink<ProvisionStep>>,
    ) -> Result<Provisioned, ProvisionError> {
        let Self { options, configure } = self;
        let Some(token) = options.token() else {
            let reason = "no client token; set one with `Provision::client_token`".to_owned();
            let cause = ProvisionCause::State(reason);
            return Err(ProvisionError::new(ProvisionStage::Create, None, None, cause));
        };
        let context = RunContext::new(&options, &token, steps.as_ref());
        let failed = |plan: Option<BackupPlanId>| {
            |(stage, cause)| ProvisionError::new(stage, plan, options.purchase_token(), cause)
        };
        let mut configuration = context.prepare(configure).await.map_err(failed(None))?;
        context.emit(ProvisionStep::Prepared);
        let created = context.create(&configuration).await.map_err(failed(None))?;
        let CreatedPlan { backup_plan_id, order_id, client_token } = created.clone();
        let plan = Some(backup_plan_id.clone());
        context.record(created).await.map_err(failed(plan.clone()))?;
        context.emit(ProvisionStep::Created {
            backup_plan_id: backup_plan_id.clone(),
            order_id: order_id.clone(),
            client_token: client_token.clone(),
        });
        configuration.backup_plan_id = backup_plan_id.clone();
        let started = context.configure_and_start(&backup_plan_id, configuration).await;
        let StartedPlan { plan, full_backup, configured } = started.map_err(failed(plan))?;
        Ok(Provisioned { backup_plan_id, order_id, full_backup, plan, configured, client_token })
    }
}

impl RunContext<'_> {
    /// Returns the checked configuration, within the deadline of the run.
    async fn prepare(&self, configure: Configure) -> StageResult<ConfigureBackupPlan> {
        let prepared = pin!(prepare(configure));
        if let Some(prepared) = within(&**self.client.clock(), self.remaining(), prepared).await {
            prepared
        } else {
            let subject = "the configuration of the plan".to_owned();
            let error = WaitError::timed_out(subject, self.timeout, 0);
            Err((ProvisionStage::Prepare, error.into()))
        }
    }

    async fn configure_and_start(
        &self,
        plan: &BackupPlanId,
        configuration: ConfigureBackupPlan,
    ) -> StageResult<StartedPlan> {
        let requests_auto_start = configuration.auto_start_backup == Some(true);
        let status = self.wait_until_settled(plan).await?;
        self.emit(ProvisionStep::Settled);
        let mut configured = false;
        let mut full_backup = None;
        if status != BackupPlanStatus::Running {
            let mut passed = PreCheckPassed::new(plan.clone());
            if status != BackupPlanStatus::CheckPass {
                let earlier_items = self.configure(plan, status, configuration).await?;
                configured = earlier_items.is_some();
                passed = passed.ignore_items(earlier_items.unwrap_or_default());
            }
            self.emit(if configured {
                ProvisionStep::Configured
            } else {
                ProvisionStep::AlreadyConfigured
            });
            if status != BackupPlanStatus::CheckPass {
                self.wait_for(ProvisionStage::PreCheck, passed).await?;
            }
            self.emit(ProvisionStep::PreCheckPassed);
            // It is not known whether the configuration of an earlier run requested auto-start.
            let auto_started =
                configured && requests_auto_start && self.wait_for_auto_start(plan).await;
            if !auto_started {
                full_backup = self.start(plan).await?;
                self.emit(ProvisionStep::Started { full_backup: full_backup.clone() });
            }
        }
        let plan = self.wait_for(ProvisionStage::Run, PlanRunning::new(plan.clone())).await?;
        self.emit(ProvisionStep::Running);
        Ok(StartedPlan { plan, full_backup, configured })
    }

    /// Returns whether the service starts the plan automatically; the vendor's pages say only that
    /// it may.
    async fn wait_for_auto_start(&self, plan: &BackupPlanId) -> bool {
        let running = self.client.wait_for(PlanRunning::new(plan.clone()));
        let result = running.timeout(AUTO_START_TIMEOUT.min(self.remaining())).await;
        !result.is_err_and(|error| error.kind() == WaitErrorKind::TimedOut)
    }

    /// Waits until the plan can be configured, and returns its state.
    ///
    /// A new plan must be listed and old enough.
    async fn wait_until_settled(&self, plan: &BackupPlanId) -> StageResult<BackupPlanStatus> {
        let stage = ProvisionStage::Settle;
        let row = self.wait_for(stage, PlanSettled::new(plan.clone())).await?;
        let status = row.backup_plan_status.known().copied();
        let status = status.ok_or_else(|| row.backup_plan_status.to_string());
        let unusable = |reason: &str| Err((stage, ProvisionCause::State(reason.to_owned())));
        match status {
            Ok(BackupPlanStatus::Pause) => {
                unusable("the plan was stopped and is paused; resume it with `StartBackupPlan`")
            }
            Ok(BackupPlanStatus::Stop) => unusable(
                "the plan has failed; look for the reason in its `ErrMessage` (`DescribeBackupPlanList`)",
            ),
            Ok(BackupPlanStatus::Locked) => unusable("the plan is locked; check its order"),
            Ok(status) => Ok(status),
            Err(status) => {
                unusable(&format!("the plan is in the unknown state `{status}`; update this crate"))
            }
        }
    }

    /// Configures the plan and returns the items of its failed pre-check, if it had one.
    ///
    /// Returns `None`, and sends nothing, if an earlier run configured the plan and its pre-check
    /// has not failed.
    async fn configure(
        &self,
        plan: &BackupPlanId,
        status: BackupPlanStatus,
        configuration: ConfigureBackupPlan,
    ) -> StageResult<Option<Vec<PreCheckProgressDetail>>> {
        let mut salt = String::new();
        let mut failed_items = Vec::new();
        if status == BackupPlanStatus::Init {
            let pre_check =
                self.pre_check(plan).await.map_err(in_stage(ProvisionStage::Configure))?;
            let failed = |check: &PreCheck| check.status == PreCheckStatus::Failed;
            let Some(pre_check) = pre_check.filter(failed) else { return Ok(None) };
            // The caller has corrected the configuration or the database, so it is checked again.
            // The token differs from that of the failed one, and is the same if this run crashes.
            let describe_item = |item: &PreCheckProgressDetail| {
                let at = item.boot_time.map(OffsetDateTime::unix_timestamp_nanos);
                format!("{:?} {at:?}", item.job_id)
            };
            let items: Vec<_> = pre_check.items.iter().map(describe_item).collect();
            salt = format!("again {}", items.join(" "));
            failed_items = pre_check.items;
        }
        let stage = ProvisionStage::Configure;
        self.send_until_accepted(stage, plan, &salt, |token| ConfigureBackupPlan {
            client_token: Some(token),
            ..configuration.clone()
        })
        .await?;
        Ok(Some(failed_items))
    }

    /// Returns the pre-check of the plan, or `None` if the service does not know it yet.
    async fn pre_check(&self, plan: &BackupPlanId) -> Result<Option<PreCheck>, Error> {
        let request = DescribePreCheckProgressList::builder().target(plan.clone()).build();
        none_if_id_unknown(self.client.send(request).timeout(self.call_timeout()).await)
    }

    async fn start(&self, plan: &BackupPlanId) -> StageResult<Option<BackupSetId>> {
        let started = self
            .send_until_accepted(ProvisionStage::Start, plan, "", |token| {
                StartBackupPlan::builder().backup_plan_id(plan.clone()).client_token(token).build()
            })
            .await?;
        Ok(started.and_then(|started| started.created_full_backup_set_id))
    }

    /// Sends a request until the service accepts it.
    ///
    /// A request that the service refuses because of the plan's state, or because its token was
    /// used with other parameters, was not executed, so it is sent again with another token.
    /// Returns `None` if the request is a start and the plan already runs.
    async fn send_until_accepted<O: Operation + 'static>(
        &self,
        stage: ProvisionStage,
        plan: &BackupPlanId,
        salt: &str,
        request: impl Fn(ClientToken) -> O,
    ) -> StageResult<Option<O::Response>> {
        let mut attempt = 0;
        loop {
            let token = self.derive_token(O::ACTION, salt, attempt).map_err(in_stage(stage))?;
            if self.remaining().is_zero() {
                let subject = format!("backup plan `{plan}` to accept {}", O::ACTION);
                let error = WaitError::timed_out(subject, self.timeout, attempt);
                return Err((stage, error.into()));
            }
            let error = match self.client.send(request(token)).timeout(self.call_timeout()).await {
                Ok(response) => return Ok(Some(response.into_inner())),
                Err(error) => error,
            };
            attempt += 1;
            let is_too_early = error.is(ErrorCode::OperationDeniedJobStatus);
            let token_was_used = error.is(ErrorCode::IdempotentParameterMismatch);
            let delay = PollingPolicy::jittered(
                STATE_RETRY_DELAY,
                O::RATE_LIMIT,
                self.client.clock().random_fraction(),
            );
            if !(is_too_early || token_was_used)
                || attempt >= MAX_STATE_ATTEMPTS
                || self.remaining() <= delay
            {
                return Err((stage, error.into()));
            }
            if is_too_early && stage == ProvisionStage::Start && self.is_running(plan).await {
                return Ok(None);
            }
            if is_too_early {
                let summary = "refused because of the plan's state, retrying".to_owned();
                self.emit(ProvisionStep::Waiting { stage, summary, progress: None });
                self.client.clock().sleep(delay).await;
            }
        }
    }

    async fn is_running(&self, plan: &BackupPlanId) -> bool {
        let request = DescribeBackupPlanList::builder().backup_plan_ids([plan.clone()]).build();
        let list = self.client.send(request).timeout(self.call_timeout()).await;
        list.is_ok_and(|list| {
            list.items.iter().any(|row| {
                row.backup_plan_id == *plan && row.backup_plan_status == BackupPlanStatus::Running
            })
        })
    }

    /// Waits within the deadline of the run, and emits a step for each poll.
    async fn wait_for<C: Condition + Unpin>(
        &self,
        stage: ProvisionStage,
        condition: C,
    ) -> StageResult<C::State> {
        let mut waiter = self.client.wait_for(condition).timeout(self.remaining());
        let mut last = None;
        while let Some(observation) = waiter.next().await {
            let observation = observation.map_err(|error| (stage, error.into()))?;
            self.emit(ProvisionStep::Waiting {
                stage,
                summary: observation.summary,
                progress: observation.progress,
            });
            last = observation.state;
        }
        last.ok_or_else(|| {
            (stage, ProvisionCause::State("the wait ended without a state".to_owned()))
        })
    }
}
