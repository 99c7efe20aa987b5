//! Lists and deletes the sandboxes of plans, and lists what they can show.

use time::OffsetDateTime;

use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::{ErrorResponse, not_found};
use crate::fake::responses::Envelope;
use crate::fake::world::plan::Plan;
use crate::fake::world::sandbox::{Sandbox, SandboxSet, sandbox_sets, sandbox_times};
use crate::fake::world::state::World;
use crate::fake::world::world_error::WorldError;
use crate::rpc::api::Api;
use crate::v2019_03_06::types::{BackupPlanId, DatabaseType, PageSizeChoice};
use crate::v2021_01_01::api::Dbs20210101;
use crate::v2021_01_01::operations::{
    Data, DeleteSandboxInstance, DeleteSandboxInstanceResponse, DescribeSandboxBackupSets,
    DescribeSandboxInstances, DescribeSandboxRecoveryTime, SandboxBackupSet, SandboxInstance,
    SandboxPage, SandboxRecoveryTime,
};
use crate::v2021_01_01::types::{BarePlanId, PageNumber};

/// The only code that the vendor publishes for a parameter of these operations.
pub(super) const INVALID_PARAMETER: &str = "Param.NotFound";

/// Returns a MySQL plan, the only kind that has sandboxes.
fn plan<'w>(world: &'w World, id: &BarePlanId) -> Result<&'w Plan, ErrorResponse> {
    let plan = world
        .plan(&BackupPlanId::from(id.clone()))
        .map_err(|_| ErrorResponse::business(INVALID_PARAMETER, not_found("backup plan", id)))?;
    if plan.purchase.database_type != DatabaseType::MySql {
        return Err(WorldError::NotMySql.into());
    }
    Ok(plan)
}

fn page<T>(
    all: Vec<T>,
    number: Option<PageNumber>,
    size: Option<PageSizeChoice>,
) -> SandboxPage<T> {
    let number = number.map(PageNumber::get);
    let page = ListPage::of(all, number, Dbs20210101::FIRST_PAGE, size.unwrap_or_default().get());
    SandboxPage {
        total_elements: Some(page.total_items),
        number: Some(page.items.len() as u64),
        size: Some(page.items.len() as u64),
        items: page.items,
        unparsed: None,
    }
}

impl Handle for DescribeSandboxRecoveryTime {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let times = sandbox_times(plan(world, &self.backup_plan_id)?, now);
        let (begin, end) = times.ok_or(WorldError::NoSandboxTime)?;
        Ok(Data {
            data: SandboxRecoveryTime {
                backup_plan_id: Some(self.backup_plan_id),
                recovery_begin_time: Some(begin),
                recovery_end_time: Some(end),
            },
        })
    }
}

impl Handle for DescribeSandboxBackupSets {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let sets = sandbox_sets(plan(world, &self.backup_plan_id)?, now);
        let matches = |set: &SandboxSet| self.backup_set_id.as_ref().is_none_or(|id| set.id == *id);
        let row = |set: SandboxSet| SandboxBackupSet {
            backup_set_id: set.id,
            backup_set_type: set.kind.into(),
            backup_set_time: Some(set.at),
            backup_plan_id: Some(self.backup_plan_id.clone()),
        };
        let rows = sets.into_iter().filter(matches).map(row).collect();
        Ok(page(rows, self.page_number, self.page_size))
    }
}

fn row(sandbox: &Sandbox, now: OffsetDateTime) -> SandboxInstance {
    SandboxInstance {
        instance_id: sandbox.id.clone(),
        status: sandbox.status(now).into(),
        backup_plan_id: Some(sandbox.plan_id.bare()),
        backup_set_id: Some(sandbox.set.id.clone()),
        connection_string: Some("192.0.2.229:3306".to_owned()),
        restore_time: Some(sandbox.set.at),
        restore_seconds: sandbox.creation_seconds(now),
        create_time: Some(sandbox.created_at),
        vpc_id: Some("vpc-dbsfake".to_owned()),
        vpc_switch_id: Some("vsw-dbsfake".to_owned()),
        sandbox_specification: Some("MYSQL_1C_1M_SD".to_owned()),
    }
}

impl Handle for DescribeSandboxInstances {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let plan = &plan(world, &self.backup_plan_id)?.id;
        let matches = |sandbox: &&Sandbox| {
            sandbox.plan_id == *plan && self.instance_id.as_ref().is_none_or(|id| sandbox.id == *id)
        };
        let sandboxes = world.sandboxes.iter().rev().filter(matches);
        let rows = sandboxes.map(|sandbox| row(sandbox, now)).collect();
        Ok(page(rows, self.page_number, self.page_size))
    }
}

impl Handle for DeleteSandboxInstance {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "InstanceId"];
    const ENVELOPE: Envelope = Envelope::V2021;
    const INVALID: &'static str = INVALID_PARAMETER;

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let id = plan(world, &self.backup_plan_id)?.id.clone();
        world.delete_sandbox(&id, &self.instance_id, now)?;
        Ok(DeleteSandboxInstanceResponse { data: Some(String::new()) })
    }
}
