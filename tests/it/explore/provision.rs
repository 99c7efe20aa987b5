//! `Client::provision` with a durable record of its purchase.

use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::fake::{ExploredWorld, FakePlan};
use aliyun_dbs::types::{BackupPlanId, BackupPlanStatus};
use aliyun_dbs::workflows::{Provision, ProvisionError, Provisioned};
use aliyun_dbs::{Client, Clock};
use time::OffsetDateTime;

use crate::support::{configure, create};

/// How long a provisioning relies on the service to remember a token.
const TOKEN_MEMORY: Duration = Duration::from_secs(600);
/// How long the service remembers it: the gateway accepts delayed requests for 15 minutes.
pub(super) const SERVICE_MEMORY: Duration = Duration::from_secs(1500);

/// What the program stores of a purchase. A crash does not erase it.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) since: Option<OffsetDateTime>,
    pub(super) plan: Option<BackupPlanId>,
}

pub(super) type Store = Arc<Mutex<Row>>;

/// Returns the provisioning of a process that has just started.
pub(super) fn stored(client: &Client, store: &Store) -> Provision {
    let (since, plan) = {
        let mut row = store.lock().unwrap();
        (*row.since.get_or_insert(client.clock().now()), row.plan.clone())
    };
    let store = store.clone();
    let provision = client
        .provision(create(), |plan| configure(&plan, "hunter2"))
        .client_token("orders".parse().unwrap())
        .token_since(since)
        .record(move |created| {
            store.lock().unwrap().plan = Some(created.backup_plan_id);
            ready(Ok::<_, io::Error>(()))
        });
    match plan {
        Some(plan) => provision.resume(plan),
        None => provision,
    }
}

/// Checks that at most one plan was bought, and that it runs or is a candidate.
pub(super) fn check_outcome(
    world: &ExploredWorld,
    result: &Result<Provisioned, ProvisionError>,
) -> Result<(), String> {
    let plans = world.dbs().plans();
    let purchase = match result {
        Ok(_) if is_one_running(&plans) => return Ok(()),
        Ok(_) => return Err(format!("the plans: {plans:?}")),
        Err(error) => error.unresolved().ok_or_else(|| error.to_string())?,
    };
    if plans.len() > 1 {
        return Err(format!("{} plans were bought", plans.len()));
    }
    if world.dbs().clock().elapsed() < TOKEN_MEMORY {
        return Err(format!("unresolved too early: {purchase}"));
    }
    let is_candidate = |plan: &FakePlan| {
        purchase
            .candidates()
            .iter()
            .any(|candidate| candidate.backup_plan_id == plan.backup_plan_id)
    };
    match plans.iter().find(|plan| !is_candidate(plan)) {
        Some(plan) => Err(format!("`{}` is not a candidate: {purchase}", plan.backup_plan_id)),
        None => Ok(()),
    }
}

fn is_one_running(plans: &[FakePlan]) -> bool {
    matches!(plans, [plan] if plan.status == BackupPlanStatus::Running)
}

/// Provisions a plan. If the purchase is unresolved, decides as a person does.
async fn provision_once(world: ExploredWorld) -> Result<(), String> {
    world.dbs().forget_tokens_after(SERVICE_MEMORY);
    let store = Store::default();
    let result = world.run(|client| stored(&client, &store).into_future()).await;
    check_outcome(&world, &result)?;
    let Err(error) = result else { return Ok(()) };
    let purchase = error.into_unresolved().map_err(|error| error.to_string())?;
    let decision = match purchase.candidates() {
        [] => purchase.buy_anyway(),
        [candidate, ..] => {
            let plan = candidate.backup_plan_id.clone();
            purchase.resume(plan)
        }
    };
    let decided = decision.await;
    let plans = world.dbs().plans();
    match decided {
        Ok(_) if is_one_running(&plans) => Ok(()),
        decided => Err(format!("after the decision: {decided:?}, {plans:?}")),
    }
}

#[test]
fn provision_buys_once_and_ends() {
    super::check("provision::provision_buys_once_and_ends", provision_once);
}
