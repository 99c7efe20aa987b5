//! `Provision`: a prepared provisioning, returned by `Client::provision`.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use time::OffsetDateTime;

use super::configuration::{Configure, IntoConfiguration, boxed};
use super::decision::SentPurchase;
use super::options::{PlanOrigin, ProvisionOptions, ProvisionToken, PurchaseHistory};
use super::progress::{ProvisionStep, Provisioned};
use super::provision_error::ProvisionError;
use super::record::{CreatedPlan, hook};
use super::run::ProvisionRun;
use super::unresolved::{UnresolvedInner, UnresolvedPurchase};
use crate::rpc::client::Client;
use crate::rpc::clock::random_hex;
use crate::rpc::value::ClientToken;
use crate::rpc::wait::run_handle::RunHandle;
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::types::BackupPlanId;

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
        let token = match &create.client_token {
            Some(token) => ProvisionToken::Set(token.clone()),
            None => ProvisionToken::Drawn(ClientToken::new(random_hex(&**self.clock())).ok()),
        };
        Provision::new(ProvisionOptions::new(self.clone(), create, token), boxed(configure))
    }
}

/// A prepared provisioning; await it for the running plan, or stream its steps.
///
/// It checks the configuration, buys a plan, waits until the plan can be configured, configures it,
/// waits for the pre-check, starts it, and waits until it runs. [`ProvisionStage`] lists these stages. As a [`Stream`], it
/// yields a [`ProvisionStep`] for each step and each poll. Nothing is sent before it is awaited or
/// polled.
///
/// Set the options before the first step: an option that is set later stops the run, and is an error.
///
/// # Idempotency
///
/// The client tokens of all requests are derived from a single one, the [client token of the
/// provisioning](Self::client_token). To resume after a crash or a failure:
///
/// | the caller knows | it provisions again with |
/// | --- | --- |
/// | the id of the plan, from [`record`](Self::record) or the error | [`resume`](Self::resume), which sends no purchase |
/// | that the purchase may have been sent | the same token and purchase, and [`token_since`](Self::token_since) |
///
/// In the second case, the service sells no second plan as long as it remembers the token. It
/// publishes no period, so the client relies on it for [`token_memory`](Self::token_memory) only.
/// Later, it does not repeat the purchase: it searches for the plan, and fails with an
/// [`UnresolvedPurchase`], which offers to continue with a plan or to buy one.
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
/// # async fn read_secret(name: &str) -> Result<String, std::io::Error> { std::fs::read_to_string(name) }
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
/// A provisioning that a restarted process continues. `store` is durable, such as a database:
///
/// ```no_run
/// # #[derive(Clone)]
/// # struct Store;
/// # struct Purchase { token: aliyun_dbs::types::ClientToken, since: time::OffsetDateTime, plan: Option<aliyun_dbs::types::BackupPlanId> }
/// # impl Store {
/// #     async fn purchase(&self, name: &str) -> std::io::Result<Purchase> { Err(std::io::Error::other(name)) }
/// #     async fn plan(&self, name: &str, _: aliyun_dbs::types::BackupPlanId) -> std::io::Result<()> { Err(std::io::Error::other(name)) }
/// # }
/// # async fn example(
/// #     client: aliyun_dbs::Client,
/// #     create: aliyun_dbs::operations::CreateBackupPlan,
/// #     configure: fn(aliyun_dbs::types::BackupPlanId) -> aliyun_dbs::operations::ConfigureBackupPlan,
/// #     store: Store,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// // Token and time of the first run, and the plan once it is recorded.
/// let purchase = store.purchase("orders-nightly").await?;
/// let mut provision = client
///     .provision(create, configure)
///     .client_token(purchase.token)
///     .token_since(purchase.since)
///     .record(move |created| {
///         let store = store.clone();
///         async move { store.plan("orders-nightly", created.backup_plan_id).await }
///     });
/// if let Some(plan) = purchase.plan {
///     provision = provision.resume(plan);
/// }
/// println!("{} runs", provision.await?.backup_plan_id);
/// # Ok(()) }
/// ```
///
/// [`ProvisionStage`]: super::ProvisionStage
#[must_use = "a provisioning does nothing until it is awaited"]
pub struct Provision {
    handle: RunHandle<ProvisionRun>,
    token: Option<ClientToken>,
}

/// The future of a [`Provision`].
pub type ProvisionFuture =
    Pin<Box<dyn Future<Output = Result<Provisioned, ProvisionError>> + Send>>;

impl Provision {
    fn new(options: ProvisionOptions, configure: Configure) -> Self {
        Self { token: options.token(), handle: RunHandle::new(ProvisionRun { options, configure }) }
    }

    /// Changes the options of a provisioning; stops it if it has started.
    fn with(mut self, change: impl FnOnce(&mut ProvisionOptions)) -> Self {
        let token = &mut self.token;
        self.handle.change(|run| {
            change(&mut run.options);
            *token = run.options.token();
        });
        self
    }

    /// Sets the client token of the provisioning. Defaults to the token of the purchase, or else
    /// to a random one.
    ///
    /// A later run with the same token and the same purchase finds the plan, as long as the service
    /// remembers the token. Store the token and [when it was first used](Self::token_since), or
    /// derive the token from what the caller knows, so that it survives a crash of the process.
    pub fn client_token(self, token: ClientToken) -> Self {
        self.with(|options| options.token = ProvisionToken::Set(token))
    }

    /// Returns the client token of the provisioning, which the caller can store before the run.
    pub fn token(&self) -> Option<&ClientToken> {
        self.token.as_ref()
    }

    /// Sets the timeout of the whole provisioning. Defaults to 30 minutes.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = timeout)
    }

    /// Continues with a plan that was bought earlier, and sends no purchase.
    ///
    /// Without a client token, the tokens of the steps derive from the plan id, so that a later run
    /// repeats them. No purchase has such a token: continue later runs with `resume` as well.
    ///
    /// Replaces an earlier [`buy_anyway`](Self::buy_anyway).
    pub fn resume(self, plan: BackupPlanId) -> Self {
        self.with(|options| options.origin = PlanOrigin::Earlier(plan))
    }

    /// Sets a hook that records the bought plan before the next step.
    ///
    /// Provisioning waits for it; if it fails, provisioning fails, names the plan and configures
    /// nothing. Also called after [`resume`](Self::resume), so it may get the same plan again. The
    /// [timeout](Self::timeout) includes it.
    ///
    /// Make the id durable here rather than while reading the stream, which runs ahead of its
    /// reader.
    pub fn record<F, Fut, E>(self, record: F) -> Self
    where
        F: Fn(CreatedPlan) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        self.with(|options| options.record = Some(hook(record)))
    }

    /// Sets when the client token was first used. Defaults to the purchase of this run.
    ///
    /// Without it, every run takes the token as new, and relies on the service to remember an
    /// earlier purchase. Take the time from the client's [clock](Client::clock), and store it with
    /// the token before the first run. A time more than 5 seconds in the future is treated as
    /// unknown, so no purchase is sent.
    pub fn token_since(self, since: OffsetDateTime) -> Self {
        self.with(|options| options.token_since = Some(since))
    }

    /// Sets how long the client relies on the service to remember a token. Defaults to 10 minutes.
    ///
    /// The service publishes no period. Set it to at most the period that you know, minus 15
    /// minutes, because the gateway accepts a delayed request for that long. Zero: a purchase is
    /// sent once, without retries, and never with a token that was used before.
    ///
    /// A purchase with an older token is not sent; see [`UnresolvedPurchase`].
    pub fn token_memory(self, memory: Duration) -> Self {
        self.with(|options| options.token_memory = memory)
    }

    /// Buys even if an earlier purchase with the token may have been executed and forgotten.
    ///
    /// A person must decide this who has checked the orders of the account. The purchase has the
    /// same token, so the service returns the earlier plan if it still remembers it.
    ///
    /// Replaces an earlier [`resume`](Self::resume).
    pub fn buy_anyway(self) -> Self {
        self.with(|options| options.origin = PlanOrigin::PurchaseAnyway)
    }

    /// Sets what a journal knows of earlier purchases with the token.
    pub(crate) fn history(self, history: PurchaseHistory) -> Self {
        self.with(|options| options.history = Some(history))
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

    pub(crate) fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ProvisionStep, ProvisionError>>> {
        self.handle.poll_step(context)
    }
}

impl IntoFuture for Provision {
    type Output = Result<Provisioned, ProvisionError>;
    type IntoFuture = ProvisionFuture;

    fn into_future(self) -> ProvisionFuture {
        Box::pin(async move {
            self.handle.finish().await.unwrap_or_else(|| Err(ProvisionError::ended()))
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
        self.handle.is_ended()
    }
}

impl fmt::Debug for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provision")
            .field("started", &self.handle.is_started())
            .finish_non_exhaustive()
    }
}

impl UnresolvedPurchase {
    /// Returns a provisioning that continues with one of the candidates.
    ///
    /// It has the options of the earlier one, and its configuration.
    pub fn resume(self, plan: BackupPlanId) -> Provision {
        self.provision().resume(plan)
    }

    /// Returns a provisioning that buys a plan, with the same token.
    ///
    /// It has the options of the earlier one, and its configuration.
    pub fn buy_anyway(self) -> Provision {
        self.provision().buy_anyway()
    }

    fn provision(self) -> Provision {
        let UnresolvedInner { mut options, configuration, .. } = self.into_inner();
        if let Some(history) = &mut options.history {
            // They are the outcomes since `buy_anyway`.
            history.sent = SentPurchase::Never;
            history.anyway_since = None;
        }
        Provision::new(options, boxed(move |_| configuration))
    }
}
