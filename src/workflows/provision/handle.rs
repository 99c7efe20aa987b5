//! `Provision`: what `Client::provision` returns.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::progress::{ProvisionStep, Provisioned};
use super::provision_error::ProvisionError;
use super::run::Run;
use crate::rpc::client::Client;
use crate::rpc::clock::random_hex;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::steps::Stepwise;
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan};
use crate::v2019_03_06::types::BackupPlanId;

/// The default timeout of a provisioning.
const TIMEOUT: Duration = Duration::from_secs(1800);

impl Client {
    /// Prepares to buy, configure and start a plan; see [`Provision`].
    ///
    /// The configuration is made by a function, because it needs the id of the plan that is
    /// bought first. The tokens of both requests give way to those of the provisioning, except
    /// that a token of `create` is the first one.
    pub fn provision<F>(&self, create: CreateBackupPlan, configure: F) -> Provision
    where
        F: FnOnce(BackupPlanId) -> ConfigureBackupPlan + Send + 'static,
    {
        let token = create
            .client_token
            .clone()
            .or_else(|| ClientToken::new(random_hex(&**self.clock())).ok());
        Provision {
            run: Some(Run {
                token: token.clone(),
                client: self.clone(),
                create,
                configure: Box::new(configure),
                timeout: TIMEOUT,
            }),
            token,
            task: None,
            ended: false,
        }
    }
}

/// A provisioning that has been prepared: awaiting it gives the running plan, and as a
/// [`Stream`] it gives a [`ProvisionStep`] for everything that happens.
///
/// [`Client::provision`] buys a plan, waits until it takes its configuration, configures it,
/// waits for the pre-check, starts it, and waits until it runs. Every step has a client token of
/// its own, derived from the first: provisioned again with the same token, after a crash or a
/// failure, it finds the plan and goes on where it stopped. Nothing is bought twice.
///
/// A plan that an earlier run configured is not configured again: [`Provisioned::configured`] says
/// whether this one did.
///
/// To reach a cloud database the service needs the account's service-linked role. It is made once,
/// by [`InitializeDbsServiceLinkedRole`](crate::operations::InitializeDbsServiceLinkedRole), and not
/// here: few services are allowed to.
///
/// ```no_run
/// # async fn example(
/// #     client: aliyun_dbs::Client,
/// #     create: aliyun_dbs::operations::CreateBackupPlan,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::ConfigureBackupPlan;
/// use aliyun_dbs::types::{BackupObject, DatabaseAccess, SourceEndpoint};
///
/// let provisioned = client
///     .provision(create, |backup_plan_id| {
///         ConfigureBackupPlan::builder()
///             .backup_plan_id(backup_plan_id)
///             .backup_plan_name("orders-nightly")
///             .source_endpoint(SourceEndpoint::Rds {
///                 region: Region::Hangzhou,
///                 instance_id: "rm-bp1p8c2947exm".parse().expect("an instance id"),
///                 access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
///             })
///             .backup_objects(BackupObject::database("orders"))
///             .build()
///     })
///     .client_token("orders-nightly-2026".parse()?) // keep it: it is the way back
///     .await?;
/// println!("{} runs", provisioned.backup_plan_id);
/// # Ok(()) }
/// ```
#[must_use = "nothing is bought until it is awaited"]
pub struct Provision {
    run: Option<Run>,
    token: Option<ClientToken>,
    task: Option<Stepwise<ProvisionStep, Provisioned, ProvisionError>>,
    /// Whether the last step has been given.
    ended: bool,
}

/// The future of a [`Provision`].
pub type ProvisionFuture =
    Pin<Box<dyn Future<Output = Result<Provisioned, ProvisionError>> + Send>>;

impl Provision {
    /// The first token. Keep it where the plan must survive a crash of your process: the same
    /// token, and the same purchase, is how a later run finds the plan.
    pub fn client_token(mut self, token: ClientToken) -> Self {
        if let Some(run) = &mut self.run {
            run.token = Some(token.clone());
            self.token = Some(token);
        }
        self
    }

    /// The first token: the one that was given, or a random one. Note it before anything is
    /// bought, and a later run finds the plan.
    pub fn token(&self) -> Option<&ClientToken> {
        self.token.as_ref()
    }

    /// How long all of it may take; half an hour if nothing else is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if let Some(run) = &mut self.run {
            run.timeout = timeout;
        }
        self
    }

    /// The next step; `None` once the plan runs. Await the rest for the plan itself.
    ///
    /// # Errors
    ///
    /// When a stage fails; the error says which, what exists by now, and what to do.
    pub async fn next(&mut self) -> Option<Result<ProvisionStep, ProvisionError>> {
        poll_fn(|context| self.poll_step(context)).await
    }

    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ProvisionStep, ProvisionError>>> {
        if let Some(run) = self.run.take() {
            self.task = Some(Stepwise::new(|steps| async move { run.run(Some(&steps)).await }));
        }
        let Some(task) = &mut self.task else { return Poll::Ready(None) };
        let step = task.poll_step(context);
        if matches!(step, Poll::Ready(None | Some(Err(_)))) {
            self.ended = true;
        }
        step
    }
}

impl IntoFuture for Provision {
    type Output = Result<Provisioned, ProvisionError>;
    type IntoFuture = ProvisionFuture;

    fn into_future(self) -> ProvisionFuture {
        Box::pin(async move {
            match (self.run, self.task) {
                (Some(run), _) => run.run(None).await,
                (None, Some(task)) => {
                    task.finish().await.unwrap_or_else(|| Err(ProvisionError::ended()))
                }
                (None, None) => Err(ProvisionError::ended()),
            }
        })
    }
}

impl Stream for Provision {
    type Item = Result<ProvisionStep, ProvisionError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_step(context)
    }
}

impl FusedStream for Provision {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provision").field("begun", &self.run.is_none()).finish_non_exhaustive()
    }
}
