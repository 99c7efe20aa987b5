//! Lists the checks of a pre-check.

use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::pre_check::ItemProgress;
use crate::fake::world::state::World;
use crate::fake::world::world_error::{PlanAction, WorldError};
use crate::v2019_03_06::operations::{
    DescribePreCheckProgressList, DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
use crate::v2019_03_06::types::PreCheckTarget;

fn row(order_num: u32, item: &ItemProgress<'_>) -> PreCheckProgressDetail {
    PreCheckProgressDetail {
        item: Some(item.name.to_owned()),
        names: Some(format!("{}_DETAIL", item.name)),
        order_num: Some(order_num),
        state: item.state.into(),
        error_message: item.message.map(str::to_owned),
        job_id: item.job_id.cloned(),
        boot_time: item.started_at,
        finish_time: item.ended_at,
    }
}

impl Handle for DescribePreCheckProgressList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let check = match &self.target {
            PreCheckTarget::BackupPlan(id) => {
                let plan = world.plan(id)?;
                let status = plan.status_at(now);
                let no_pre_check = WorldError::PlanState(status, PlanAction::ShowPreCheck);
                plan.pre_check.as_ref().ok_or(no_pre_check)?
            }
            PreCheckTarget::RestoreTask(id) => &world.restore(id)?.pre_check,
        };
        let items = (1..).zip(check.items(now));
        Ok(DescribePreCheckProgressListResponse {
            status: check.status(now).into(),
            progress: Some(check.percent(now)),
            items: items.map(|(number, item)| row(number * 10, &item)).collect(),
        })
    }
}
