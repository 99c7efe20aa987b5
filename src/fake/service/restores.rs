//! Creates, starts and lists restore tasks.

use time::OffsetDateTime;

use super::endpoint_fields::EndpointFields;
use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::restore::{RestoreOrder, RestoreTask};
use crate::fake::world::state::World;
use crate::fake::world::times::millis;
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    CreateRestoreTask, CreateRestoreTaskResponse, DescribeRestoreTaskList,
    DescribeRestoreTaskListResponse, RestoreTaskDetail, StartRestoreTask, StartRestoreTaskResponse,
};
use crate::v2019_03_06::types::{
    BackupMethod, RestoreDestination, RestorePoint, RestoreTaskSelection,
};

impl From<CreateRestoreTask> for RestoreOrder {
    fn from(request: CreateRestoreTask) -> Self {
        Self {
            backup_plan_id: request.backup_plan_id,
            name: request.restore_task_name,
            point: request.restore_point,
            destination: request.destination,
            duplicate_conflict: request.duplicate_conflict,
            restore_home: request.restore_home,
            cross_account: request.cross_account,
            enable_ssl: request.enable_destination_endpoint_ssl,
            ssl_ca_pem: request.ssl_ca_pem,
            destination_mode: request.restore_destination_mode,
            client_token: request.client_token,
        }
    }
}

/// Returns the request that creates this task.
impl From<RestoreOrder> for CreateRestoreTask {
    fn from(order: RestoreOrder) -> Self {
        Self {
            backup_plan_id: order.backup_plan_id,
            restore_task_name: order.name,
            restore_point: order.point,
            destination: order.destination,
            duplicate_conflict: order.duplicate_conflict,
            restore_home: order.restore_home,
            cross_account: order.cross_account,
            enable_destination_endpoint_ssl: order.enable_ssl,
            ssl_ca_pem: order.ssl_ca_pem,
            restore_destination_mode: order.destination_mode,
            client_token: order.client_token,
        }
    }
}

fn row(task: &RestoreTask, now: OffsetDateTime) -> RestoreTaskDetail {
    let order = &task.order;
    let endpoint = EndpointFields::from_destination(&order.destination);
    let (backup_set_id, restore_time) = match &order.point {
        RestorePoint::BackupSet(id) => (Some(id.clone()), None),
        RestorePoint::Time(at) => (None, Some(*at)),
    };
    let physical = task.method == BackupMethod::Physical;
    let logical = |step| (!physical).then(|| task.step(step, now));
    let of_physical = |step| physical.then(|| task.step(step, now));
    let cross = order.cross_account.as_ref();
    RestoreTaskDetail {
        restore_task_id: task.id.clone(),
        restore_task_name: Some(order.name.clone()),
        restore_status: task.status(now).into(),
        backup_plan_id: Some(order.backup_plan_id.clone()),
        backup_set_id,
        restore_time,
        restore_task_create_time: Some(task.created_at),
        restore_task_finish_time: task.finished_at(now),
        error_message: task.error_message(now).map(str::to_owned),
        structure_before_restore_progress: logical(0),
        full_data_restore_progress: logical(1),
        structure_after_restore_progress: logical(2),
        continuous_restore_progress: logical(3),
        physical_backup_recover_progress: physical.then(|| task.percent(now)),
        physical_full_backup_recover_progress: of_physical(0),
        physical_increment_backup_recover_progress: of_physical(1),
        physical_full_and_increment_backup_recover_progress: of_physical(2),
        physical_database_online_progress: of_physical(3),
        restore_objects: order.destination.objects().cloned().map(Into::into),
        restore_dir: match &order.destination {
            RestoreDestination::Agent { restore_dir, .. } => restore_dir.clone(),
            _ => None,
        },
        restore_destination_mode: order.destination_mode.map(Into::into),
        backup_source_oss_region: None,
        destination_endpoint_instance_type: Some(endpoint.instance_type.into()),
        destination_endpoint_region: endpoint.region.map(Into::into),
        destination_endpoint_ip_port: endpoint.ip_port(),
        destination_endpoint_host: endpoint.host(),
        destination_endpoint_port: endpoint.port(),
        destination_endpoint_database_name: endpoint.database_name(),
        destination_endpoint_user_name: endpoint.user_name(),
        destination_endpoint_oracle_sid: endpoint.oracle_sid(),
        destination_endpoint_enable_ssl: order.enable_ssl,
        backup_gateway_id: endpoint.gateway_id,
        destination_endpoint_instance_id: endpoint.instance_id,
        backup_gateway_identifier: None,
        cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
        cross_role_name: cross.map(|cross| cross.role_name.clone()),
    }
}

impl Handle for CreateRestoreTask {
    const REQUIRED: &'static [&'static str] =
        &["BackupPlanId", "DestinationEndpointInstanceType", "RestoreTaskName"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let restore_task_id = world.create_restore(self.into(), now)?;
        Ok(CreateRestoreTaskResponse { restore_task_id })
    }
}

impl Handle for StartRestoreTask {
    const REQUIRED: &'static [&'static str] = &["RestoreTaskId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        world.start_restore(&self.restore_task_id, now)?;
        Ok(StartRestoreTaskResponse { restore_task_id: Some(self.restore_task_id) })
    }
}

impl Handle for DescribeRestoreTaskList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        if let RestoreTaskSelection::BackupPlan(plan) = &self.selection {
            world.plan(plan)?;
        }
        let matches = |task: &&RestoreTask| {
            let is_selected = match &self.selection {
                RestoreTaskSelection::BackupPlan(plan) => task.order.backup_plan_id == *plan,
                RestoreTaskSelection::RestoreTask(id) => task.id == *id,
                RestoreTaskSelection::RestoreTasks(ids) => ids.contains(&task.id),
            };
            is_selected
                && self.start_timestamp.is_none_or(|start| millis(task.created_at) >= millis(start))
                && self.end_timestamp.is_none_or(|end| millis(task.created_at) <= millis(end))
        };
        let rows = world.restores.iter().filter(matches).collect();
        let page: ListPage<&RestoreTask> = ListPage::of(
            rows,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeRestoreTaskListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.into_iter().map(|task| row(task, now)).collect(),
        })
    }
}
