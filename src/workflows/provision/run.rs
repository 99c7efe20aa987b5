//! The run through the stages, from wherever an earlier run left the plan.

use std::time::Duration;

use time::OffsetDateTime;

use super::progress::{ProvisionStage, ProvisionStep, Provisioned};
use super::provision_error::{ProvisionCause, ProvisionError};
use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::rpc::sign::acs3;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::steps::Steps;
use crate::rpc::wait::{Condition, PollStatus, PollingPolicy, WaitErrorKind, until};
use crate::v2019_03_06::conditions::{PlanRunning, PreCheckPassed, Settling};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList, DescribePreCheckProgressList,
    StartBackupPlan,
};
use crate::v2019_03_06::types::{BackupPlanId, BackupPlanStatus, BackupSetId, PreCheckStatus};

/// Pause before a step that the service refused for the plan's state is tried again.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a plan that shall start by itself may take to do so.
const BY_ITSELF: Duration = Duration::from_secs(60);
/// How often such a step is tried.
const TRIES: u32 = 20;

/// All that a run needs.
pub(super) struct Run {
    pub(super) client: Client,
    pub(super) create: CreateBackupPlan,
    pub(super) configure: Box<dyn FnOnce(BackupPlanId) -> ConfigureBackupPlan + Send>,
    pub(super) token: Option<ClientToken>,
    pub(super) timeout: Duration,
}

/// A run on its way.
struct Course<'r> {
    client: &'r Client,
    token: &'r ClientToken,
    steps: Option<&'r Steps<ProvisionStep>>,
    /// End of the time, by the client's clock.
    deadline: Duration,
}

/// What became of a bought plan.
struct Taken {
    plan: BackupPlanDetail,
    full_backup: Option<BackupSetId>,
    /// Whether this run sent its configuration.
    configured: bool,
}

type Staged<T> = Result<T, (ProvisionStage, ProvisionCause)>;

impl Run {
    pub(super) async fn run(
        self,
        steps: Option<&Steps<ProvisionStep>>,
    ) -> Result<Provisioned, ProvisionError> {
        let Self { client, mut create, configure, token, timeout } = self;
        let Some(token) = token else {
            let why = "there is no client token".to_owned();
            let cause = ProvisionCause::State(why);
            return Err(ProvisionError::new(ProvisionStage::Create, None, None, cause));
        };
        let deadline = client.clock().elapsed().saturating_add(timeout);
        let course = Course { client: &client, token: &token, steps, deadline };
        create.client_token = Some(token.clone());
        let bought = match client.send(create).timeout(course.call_timeout()).await {
            Ok(bought) => bought.into_inner(),
            Err(error) => {
                let (stage, token) = (ProvisionStage::Create, Some(token.clone()));
                return Err(ProvisionError::new(stage, None, token, error.into()));
            }
        };
        let backup_plan_id = bought.backup_plan_id;
        course.tell(ProvisionStep::Created {
            backup_plan_id: backup_plan_id.clone(),
            order_id: bought.order_id.clone(),
            client_token: token.clone(),
        });
        let mut configuration = configure(backup_plan_id.clone());
        configuration.backup_plan_id = backup_plan_id.clone();
        match course.take_to_running(&backup_plan_id, configuration).await {
            Ok(Taken { plan, full_backup, configured }) => Ok(Provisioned {
                backup_plan_id,
                order_id: bought.order_id,
                full_backup,
                plan,
                configured,
                client_token: token,
            }),
            Err((stage, cause)) => {
                Err(ProvisionError::new(stage, Some(backup_plan_id), Some(token), cause))
            }
        }
    }
}

impl Course<'_> {
    async fn take_to_running(
        &self,
        plan: &BackupPlanId,
        configuration: ConfigureBackupPlan,
    ) -> Staged<Taken> {
        let asks_to_start_itself = configuration.auto_start_backup == Some(true);
        let status = self.settle(plan).await?;
        self.tell(ProvisionStep::Settled);
        let mut configured = false;
        let mut full_backup = None;
        if status != BackupPlanStatus::Running {
            let mut passed = PreCheckPassed::new(plan.clone());
            if status != BackupPlanStatus::CheckPass {
                let before = self.configure(plan, status, configuration).await?;
                configured = before.is_some();
                passed = passed.not_of(before.unwrap_or_default());
            }
            self.tell(if configured {
                ProvisionStep::Configured
            } else {
                ProvisionStep::AlreadyConfigured
            });
            if status != BackupPlanStatus::CheckPass {
                self.watch(ProvisionStage::PreCheck, passed).await?;
            }
            self.tell(ProvisionStep::PreCheckPassed);
            // Whether a configuration of an earlier run asked for it is not known.
            let starts_by_itself =
                configured && asks_to_start_itself && self.starts_by_itself(plan).await;
            if !starts_by_itself {
                full_backup = self.start(plan).await?;
                self.tell(ProvisionStep::Started { full_backup: full_backup.clone() });
            }
        }
        let plan = self.watch(ProvisionStage::Run, PlanRunning::new(plan.clone())).await?;
        self.tell(ProvisionStep::Running);
        Ok(Taken { plan, full_backup, configured })
    }

    /// Whether a plan that was told to does start by itself: the pages say only that it may.
    async fn starts_by_itself(&self, plan: &BackupPlanId) -> bool {
        let running = self.client.wait_for(PlanRunning::new(plan.clone()));
        let waited = running.timeout(BY_ITSELF.min(self.left())).await;
        !waited.is_err_and(|error| error.kind() == WaitErrorKind::TimedOut)
    }

    /// Waits until the plan is listed and, if it is new, old enough; gives its state.
    async fn settle(&self, plan: &BackupPlanId) -> Staged<BackupPlanStatus> {
        let stage = ProvisionStage::Settle;
        let request = DescribeBackupPlanList::builder().backup_plan_ids([plan.clone()]).build();
        let (client, id, settling) = (self.client.clone(), plan.clone(), Settling::default());
        let settled = until(format!("backup plan {plan} to settle"), request, move |list| {
            let Some(row) = list.items.iter().find(|row| row.backup_plan_id == id) else {
                return PollStatus::pending("not listed yet");
            };
            if row.backup_plan_status == BackupPlanStatus::Wait
                && let Some(lacking) = settling.lacks(&client, row.backup_plan_create_time)
            {
                return PollStatus::pending(lacking);
            }
            PollStatus::done(&row.backup_plan_status)
        });
        let list = self.watch(stage, settled).await?;
        let status = list.items.iter().find(|row| row.backup_plan_id == *plan).map(|row| {
            row.backup_plan_status
                .known()
                .copied()
                .ok_or_else(|| row.backup_plan_status.to_string())
        });
        let refused = |why: &str| Err((stage, ProvisionCause::State(why.to_owned())));
        match status {
            Some(Ok(BackupPlanStatus::Pause)) => {
                refused("it is paused, so somebody stopped it; StartBackupPlan goes on with it")
            }
            Some(Ok(BackupPlanStatus::Stop)) => refused("it has failed; see its ErrMessage"),
            Some(Ok(BackupPlanStatus::Locked)) => refused("it is locked; see to its order"),
            Some(Ok(status)) => Ok(status),
            Some(Err(status)) => refused(&format!("it is in a state unknown here: {status}")),
            None => refused("it has left the list"),
        }
    }

    /// Configures the plan, unless an earlier run did and the pre-check is still running: then
    /// `None`. Gives the items of the pre-check before, if there was one.
    async fn configure(
        &self,
        plan: &BackupPlanId,
        status: BackupPlanStatus,
        configuration: ConfigureBackupPlan,
    ) -> Staged<Option<Vec<PreCheckProgressDetail>>> {
        let mut salt = String::new();
        let mut failed = Vec::new();
        if status == BackupPlanStatus::Init {
            let before = self.pre_check(plan).await.map_err(at(ProvisionStage::Configure))?;
            if before.status != PreCheckStatus::Failed {
                return Ok(None);
            }
            // It failed, so what was wrong is put right by now, here or at the database. The
            // token must differ from the failed one's, and be the same if this run crashes too.
            let of_item = |item: &PreCheckProgressDetail| {
                let at = item.boot_time.map(OffsetDateTime::unix_timestamp_nanos);
                format!("{:?} {at:?}", item.job_id)
            };
            let failed_ones: Vec<_> = before.items.iter().map(of_item).collect();
            salt = format!("again {}", failed_ones.join(" "));
            failed = before.items;
        }
        self.until_accepted(ProvisionStage::Configure, plan, &salt, |token| ConfigureBackupPlan {
            client_token: Some(token),
            ..configuration.clone()
        })
        .await?;
        Ok(Some(failed))
    }

    async fn pre_check(
        &self,
        plan: &BackupPlanId,
    ) -> Result<DescribePreCheckProgressListResponse, Error> {
        let request = DescribePreCheckProgressList::builder().target(plan.clone()).build();
        self.client.send(request).timeout(self.call_timeout()).await.map(Response::into_inner)
    }

    async fn start(&self, plan: &BackupPlanId) -> Staged<Option<BackupSetId>> {
        let started = self
            .until_accepted(ProvisionStage::Start, plan, "", |token| {
                StartBackupPlan::builder().backup_plan_id(plan.clone()).client_token(token).build()
            })
            .await?;
        Ok(started.and_then(|started| started.created_full_backup_set_id))
    }

    /// Sends a step; one that the service refuses for the plan's state, or because its token was
    /// used for other parameters, was not executed, and is sent again with another token. `None` is a
    /// start of a plan that runs already.
    async fn until_accepted<O: Operation + 'static>(
        &self,
        stage: ProvisionStage,
        plan: &BackupPlanId,
        salt: &str,
        request: impl Fn(ClientToken) -> O,
    ) -> Staged<Option<O::Response>> {
        let mut attempt = 0;
        loop {
            let token = self.token_for(O::ACTION, salt, attempt).map_err(at(stage))?;
            if self.left().is_zero() {
                let why = "the time of the provisioning is over".to_owned();
                return Err((stage, ProvisionCause::State(why)));
            }
            let error = match self.client.send(request(token)).timeout(self.call_timeout()).await {
                Ok(answer) => return Ok(Some(answer.into_inner())),
                Err(error) => error,
            };
            attempt += 1;
            let too_early = error.is(ErrorCode::OperationDeniedJobStatus);
            let token_was_used = error.is(ErrorCode::IdempotentParameterMismatch);
            let pause = PollingPolicy::jittered(
                PATIENCE,
                O::RATE_LIMIT,
                self.client.clock().random_fraction(),
            );
            if !(too_early || token_was_used) || attempt >= TRIES || self.left() <= pause {
                return Err((stage, error.into()));
            }
            if too_early && stage == ProvisionStage::Start && self.runs(plan).await {
                return Ok(None);
            }
            if too_early {
                let summary = "refused for the plan's state, trying again".to_owned();
                self.tell(ProvisionStep::Waiting { stage, summary, progress: None });
                self.client.clock().sleep(pause).await;
            }
        }
    }

    /// Whether the plan runs already, so that its start was refused for that.
    async fn runs(&self, plan: &BackupPlanId) -> bool {
        let request = DescribeBackupPlanList::builder().backup_plan_ids([plan.clone()]).build();
        let list = self.client.send(request).timeout(self.call_timeout()).await;
        list.is_ok_and(|list| {
            list.items.iter().any(|row| {
                row.backup_plan_id == *plan && row.backup_plan_status == BackupPlanStatus::Running
            })
        })
    }

    /// The token of a step: always the same for the same first token, so that a run that was
    /// interrupted repeats its steps instead of making new ones.
    fn token_for(&self, action: &str, salt: &str, attempt: u32) -> Result<ClientToken, Error> {
        let seed = format!("{}\n{action}\n{salt}\n{attempt}", self.token);
        let hash = acs3::payload_hash(seed.as_bytes());
        Ok(ClientToken::new(&hash[..32])?)
    }

    /// Waits within the time of the whole run, telling every look.
    async fn watch<C: Condition + Unpin>(
        &self,
        stage: ProvisionStage,
        condition: C,
    ) -> Staged<C::State> {
        let mut waiter = self.client.wait_for(condition).timeout(self.left());
        let mut last = None;
        while let Some(seen) = waiter.next().await {
            let seen = seen.map_err(|error| (stage, error.into()))?;
            self.tell(ProvisionStep::Waiting {
                stage,
                summary: seen.summary,
                progress: seen.progress,
            });
            last = seen.state;
        }
        last.ok_or_else(|| {
            (stage, ProvisionCause::State("the wait ended without a state".to_owned()))
        })
    }

    fn tell(&self, step: ProvisionStep) {
        if let Some(steps) = self.steps {
            steps.tell(step);
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.client.clock().elapsed())
    }

    /// The client's own limit on a call, within the time that is left.
    fn call_timeout(&self) -> Duration {
        self.client.call_timeout().min(self.left())
    }
}

fn at(stage: ProvisionStage) -> impl Fn(Error) -> (ProvisionStage, ProvisionCause) {
    move |error| (stage, error.into())
}
