//! `Provision`: a prepared provisioning, returned by `Client::provision`.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use super::configuration::{IntoConfiguration, boxed};
use super::progress::{ProvisionStep, Provisioned};
use super::provision_error::ProvisionError;
use super::run::ProvisionRun;
use crate::rpc::client::Client;
use crate::rpc::clock::random_hex;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::task_stream::TaskStream;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

/// The default timeout of a provisioning.
const TIMEOUT: Duration = Duration::from_secs(1800);

impl Client {
    /// Prepares a workflow that buys, configures and starts a plan; see [`Provision`].
    ///
    /// `configure` returns the configuration. It may return a `Result`, or a future, for example to
    /// read a secret store; see [`IntoConfiguration`]. The workflow runs it and checks the
    /// configuration before the purchase, so a missing password does not cost a plan. The id that
    /// `configure` gets is therefore a placeholder: the workflow replaces it in the plan id of the
    /// configuration, and rejects it in another field.
    ///
    /// The workflow sets the client token of each request. If `create` has one, it becomes the
    /// [client token of the provisioning](Provision::client_token).
    pub fn provision<F, C, Form>(&self, create: CreateBackupPlan, configure: F) -> Provision
    where
        F: FnOnce(BackupPlanId) -> C + Send + 'static,
        C: IntoConfiguration<Form>,
    {
        let token = create
            .client_token
            .clone()
            .or_else(|| ClientToken::new(random_hex(&**self.clock())).ok());
        Provision {
            run: Some(ProvisionRun {
                token: token.clone(),
                client: self.clone(),
                create,
                configure: boxed(configure),
                timeout: TIMEOUT,
            }),
            token,
            task: None,
            ended: false,
        }
    }
}

/// A prepared provisioning; await it for the running plan, or stream its steps.
///
/// It checks the configuration, buys a plan, waits until the plan can be configured, configures it,
/// waits for the pre-check, starts it, and waits until it runs. [`ProvisionStage`] lists these stages. As a [`Stream`], it
/// yields a [`ProvisionStep`] for each step and each poll. Nothing is sent before it is awaited or
/// polled.
///
/// # Idempotency
///
/// The client tokens of all requests are derived from a single one, the [client token of the
/// provisioning](Self::client_token). To resume after a crash or a failure, provision again with
/// the same token and the same purchase: the new run finds the plan and continues where the earlier
/// one stopped, and the service does not sell a second plan.
///
/// A plan that an earlier run configured is not configured again, unless its pre-check failed;
/// [`Provisioned::configured`] reports whether this run configured it.
///
/// # Permissions
///
/// The permissions of the operations that it calls; see [`workflows`](crate::workflows).
///
/// To reach a cloud database, the service needs the account's service-linked role.
/// [`InitializeDbsServiceLinkedRole`](crate::operations::InitializeDbsServiceLinkedRole) creates it
/// once per account. Provisioning does not send it, because few applications have the permission.
///
/// # Examples
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
///     .client_token("orders-nightly-2026".parse()?) // the same after a crash
///     .await?;
/// println!("{} runs", provisioned.backup_plan_id);
/// # Ok(()) }
/// ```
///
/// A configuration that reads its password from a secret store:
///
/// ```no_run
/// # async fn read_secret(_: &str) -> Result<String, std::io::Error> { unimplemented!() }
/// # async fn example(
/// #     client: aliyun_dbs::Client,
/// #     create: aliyun_dbs::operations::CreateBackupPlan,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// # use aliyun_dbs::Region;
/// # use aliyun_dbs::operations::ConfigureBackupPlan;
/// # use aliyun_dbs::types::{BackupObject, DatabaseAccess, SourceEndpoint};
/// let provisioned = client
///     .provision(create, |backup_plan_id| async {
///         let password = read_secret("orders/backup").await?;
///         let configuration = ConfigureBackupPlan::builder()
///             .backup_plan_id(backup_plan_id)
///             .backup_plan_name("orders-nightly")
///             .source_endpoint(SourceEndpoint::Rds {
///                 region: Region::Hangzhou,
///                 instance_id: "rm-bp1p8c2947exm".parse()?,
///                 access: DatabaseAccess::mysql("dbs_backup", password),
///             })
///             .backup_objects(BackupObject::database("orders"))
///             .build();
///         Ok::<_, Box<dyn std::error::Error + Send + Sync>>(configuration)
///     })
///     .await?;
/// # Ok(()) }
/// ```
///
/// [`ProvisionStage`]: super::ProvisionStage
#[must_use = "a provisioning does nothing until it is awaited"]
pub struct Provision {
    run: Option<ProvisionRun>,
    token: Option<ClientToken>,
    task: Option<TaskStream<ProvisionStep, Provisioned, ProvisionError>>,
    /// Whether the stream has returned its last item.
    ended: bool,
}

/// The future of a [`Provision`].
pub type ProvisionFuture =
    Pin<Box<dyn Future<Output = Result<Provisioned, ProvisionError>> + Send>>;

impl Provision {
    /// Sets the client token of the provisioning. Defaults to the token of the purchase, or else
    /// to a random one.
    ///
    /// A later run with the same token and the same purchase finds the plan. Store the token, or
    /// derive it from what the caller knows, so that it survives a crash of the process.
    pub fn client_token(mut self, token: ClientToken) -> Self {
        if let Some(run) = &mut self.run {
            run.token = Some(token.clone());
            self.token = Some(token);
        }
        self
    }

    /// Returns the client token of the provisioning, which the caller can store before the run.
    pub fn token(&self) -> Option<&ClientToken> {
        self.token.as_ref()
    }

    /// Sets the timeout of the whole provisioning. Defaults to 30 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if let Some(run) = &mut self.run {
            run.timeout = timeout;
        }
        self
    }

    /// Runs up to the next step and returns it, or `None` once the plan runs.
    ///
    /// Await the provisioning afterwards for the running plan.
    ///
    /// # Errors
    ///
    /// Returns an error if a stage fails. It names the stage and the plan, if one was bought, and
    /// says how to continue.
    pub async fn next(&mut self) -> Option<Result<ProvisionStep, ProvisionError>> {
        poll_fn(|context| self.poll_step(context)).await
    }

    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ProvisionStep, ProvisionError>>> {
        if let Some(run) = self.run.take() {
            self.task = Some(TaskStream::new(|steps| async move { run.run(Some(&steps)).await }));
        }
        let Some(task) = &mut self.task else { return Poll::Ready(None) };
        let step = task.poll_event(context);
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
        f.debug_struct("Provision").field("started", &self.run.is_none()).finish_non_exhaustive()
    }
}
