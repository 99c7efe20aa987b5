//! `Reconcile`: finds plans and compares them with their specifications.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::change::Change;
use super::context::ReconcileContext;
use super::drift::{Drift, UnknownPlan};
use crate::rpc::client::Client;
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::diff::{not_listed, purchase_items};
use crate::workflows::in_place::observed::{all_rows, compare, has_name, row_by_id, rows_by_name};
use crate::workflows::in_place::reconcile_error::ReconcileError;
use crate::workflows::journal::Journal;
use crate::workflows::plan_spec::{PlanSpec, SecretStore, SystemSecrets};

impl Client {
    /// Compares a plan with its specification, and changes nothing; see [`Reconcile`].
    pub fn reconcile(&self, spec: &PlanSpec) -> Reconcile {
        Reconcile::new(self, vec![spec.clone()])
    }

    /// Compares all plans of the account with their specifications, and changes nothing.
    ///
    /// Lists the plans once, 100 per call, whatever the number of specifications. Reads a pre-check
    /// for each rotated secret.
    pub fn drift<I: IntoIterator<Item = PlanSpec>>(&self, specs: I) -> Reconcile<Drift> {
        Reconcile::new(self, specs.into_iter().collect())
    }
}

/// A comparison that is prepared; await it for a [`Change`], or for a [`Drift`] of all plans.
///
/// It only reads, and needs no secrets. Nothing is sent before it is awaited.
///
/// # Errors
///
/// If a specification is invalid, a name is ambiguous, or a call or the journal fails.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::workflows::fleet::FileJournal;
/// use aliyun_dbs::workflows::plan_spec;
///
/// let specs = plan_spec::from_json(&std::fs::read_to_string("plans.json")?)?;
/// let drift = client.drift(specs).journal(FileJournal::open("plans.journal")?).await?;
/// println!("{drift}");
/// if !drift.is_empty() {
///     println!("{}", drift.apply().await);
/// }
/// # Ok(()) }
/// ```
#[must_use = "a comparison does nothing until it is awaited"]
pub struct Reconcile<T = Change> {
    context: ReconcileContext,
    specs: Vec<PlanSpec>,
    plan: Option<BackupPlanId>,
    output: PhantomData<fn() -> T>,
}

/// The future of a [`Reconcile`].
pub type ReconcileFuture<T> = Pin<Box<dyn Future<Output = Result<T, ReconcileError>> + Send>>;

impl<T> Reconcile<T> {
    fn new(client: &Client, specs: Vec<PlanSpec>) -> Self {
        let context = ReconcileContext {
            client: client.clone(),
            fleet: "default".to_owned(),
            journal: None,
            secrets: Arc::new(SystemSecrets),
        };
        Self { context, specs, plan: None, output: PhantomData }
    }

    /// Sets the name of the fleet, which is part of client tokens. Defaults to `default`.
    pub fn named(mut self, fleet: impl Into<String>) -> Self {
        self.context.fleet = fleet.into();
        self
    }

    /// Sets the journal that knows the ids of bought plans. Defaults to none.
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.context.journal = Some(Arc::new(journal));
        self
    }

    /// Sets where secrets are read from. Defaults to [`SystemSecrets`].
    ///
    /// They are read when changes are applied, before anything is sent.
    pub fn secrets(mut self, secrets: impl SecretStore + 'static) -> Self {
        self.context.secrets = Arc::new(secrets);
        self
    }
}

impl Reconcile<Change> {
    /// Compares with this plan, whatever its name.
    pub fn plan(mut self, plan: BackupPlanId) -> Self {
        self.plan = Some(plan);
        self
    }
}

impl ReconcileContext {
    /// Returns the plan that the journal has for a specification.
    async fn recorded(&self, spec: &PlanSpec) -> Result<Option<BackupPlanId>, ReconcileError> {
        spec.check()?;
        let key = self.key(spec)?;
        let Some(journal) = &self.journal else { return Ok(None) };
        Ok(journal.find(&key).await?.and_then(|entry| entry.plan))
    }

    /// Compares a plan that was found, or `None`.
    async fn change(&self, spec: PlanSpec, found: Found<'_>) -> Result<Change, ReconcileError> {
        let (plan, by_id, items) = match found {
            Found::Row { row, by_id } => {
                let items = compare(&self.client, &spec, row, by_id).await?;
                (Some(row.backup_plan_id.clone()), by_id, items)
            }
            Found::Released(plan) => {
                let item = not_listed(&plan);
                (Some(plan), true, vec![item])
            }
            Found::Nothing => (None, false, purchase_items(&spec)),
        };
        let (context, spec) = (self.clone(), Arc::new(spec));
        Ok(Change { context, spec, plan, by_id, items })
    }
}

/// The plan of a specification.
enum Found<'f> {
    Row {
        row: &'f BackupPlanDetail,
        by_id: bool,
    },
    /// The service does not list the recorded plan.
    Released(BackupPlanId),
    Nothing,
}

fn ambiguous<'r>(
    spec: &PlanSpec,
    rows: impl IntoIterator<Item = &'r BackupPlanDetail>,
) -> ReconcileError {
    let plans = rows.into_iter().map(|row| row.backup_plan_id.clone()).collect();
    ReconcileError::AmbiguousName { name: spec.name.clone(), plans }
}

async fn reconcile(
    context: ReconcileContext,
    spec: PlanSpec,
    plan: Option<BackupPlanId>,
) -> Result<Change, ReconcileError> {
    let recorded = context.recorded(&spec).await?;
    if let Some(plan) = plan.or(recorded) {
        let row = row_by_id(&context.client, &plan).await?;
        let found = match &row {
            Some(row) => Found::Row { row, by_id: true },
            None => Found::Released(plan),
        };
        return context.change(spec, found).await;
    }
    let rows = rows_by_name(&context.client, &spec.name).await?;
    let found = match &rows[..] {
        [] => Found::Nothing,
        [row] => Found::Row { row, by_id: false },
        rows => return Err(ambiguous(&spec, rows)),
    };
    context.change(spec, found).await
}

async fn drift(context: ReconcileContext, specs: Vec<PlanSpec>) -> Result<Drift, ReconcileError> {
    let mut names = HashSet::new();
    let mut recorded = Vec::with_capacity(specs.len());
    for spec in &specs {
        if !names.insert(spec.name.as_str()) {
            let why = "expected one plan of each name";
            return Err(InvalidValue::new("name", &spec.name, why).into());
        }
        recorded.push(context.recorded(spec).await?);
    }
    let rows = all_rows(&context.client).await?;
    let by_id: HashMap<_, _> = rows.iter().map(|row| (&row.backup_plan_id, row)).collect();
    let mut by_name: HashMap<&str, Vec<&BackupPlanDetail>> = HashMap::new();
    for row in &rows {
        if let Some(name) = row.backup_plan_name.as_deref().filter(|name| has_name(row, name)) {
            by_name.entry(name).or_default().push(row);
        }
    }
    let mut resolved = HashSet::new();
    let mut found = Vec::with_capacity(specs.len());
    for (spec, recorded) in specs.iter().zip(recorded) {
        let plan = match recorded {
            Some(plan) => match by_id.get(&plan).copied() {
                Some(row) => Found::Row { row, by_id: true },
                None => Found::Released(plan),
            },
            None => match by_name.get(spec.name.as_str()).map_or(&[][..], Vec::as_slice) {
                [] => Found::Nothing,
                [row] => Found::Row { row, by_id: false },
                rows => return Err(ambiguous(spec, rows.iter().copied())),
            },
        };
        if let Found::Row { row, .. } = plan
            && !resolved.insert(&row.backup_plan_id)
        {
            let why = format!("another plan of the list is also `{}`", row.backup_plan_id);
            return Err(InvalidValue::new("name", &spec.name, why).into());
        }
        found.push(plan);
    }
    let unknown = rows.iter().filter(|row| !resolved.contains(&row.backup_plan_id));
    let unknown = unknown.map(UnknownPlan::of).collect();
    let mut changes = Vec::with_capacity(specs.len());
    for (spec, found) in specs.iter().zip(found) {
        changes.push(context.change(spec.clone(), found).await?);
    }
    Ok(Drift { context, changes, unknown })
}

impl IntoFuture for Reconcile<Change> {
    type Output = Result<Change, ReconcileError>;
    type IntoFuture = ReconcileFuture<Change>;

    fn into_future(self) -> ReconcileFuture<Change> {
        let Self { context, mut specs, plan, .. } = self;
        Box::pin(async move {
            let spec =
                specs.pop().ok_or_else(|| InvalidValue::new("name", "", "expected a plan"))?;
            reconcile(context, spec, plan).await
        })
    }
}

impl IntoFuture for Reconcile<Drift> {
    type Output = Result<Drift, ReconcileError>;
    type IntoFuture = ReconcileFuture<Drift>;

    fn into_future(self) -> ReconcileFuture<Drift> {
        Box::pin(drift(self.context, self.specs))
    }
}

impl<T> fmt::Debug for Reconcile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fleet = &self.context.fleet;
        f.debug_struct("Reconcile").field("fleet", fleet).finish_non_exhaustive()
    }
}
