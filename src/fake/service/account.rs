//! Regions, addresses, Data Lake Analytics, the service-linked role, and errors of jobs.

use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::responses::Envelope;
use crate::fake::world::state::World;
use crate::v2019_03_06::operations::{
    DescribeDLAService, DescribeDLAServiceResponse, DescribeJobErrorCode,
    DescribeJobErrorCodeResponse, DescribeNodeCidrList, DescribeNodeCidrListResponse,
    DescribeRegions, DescribeRegionsResponse, InitializeDbsServiceLinkedRole,
    InitializeDbsServiceLinkedRoleResponse, JobError,
};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{DlaServiceState, JobId, Language};

impl Handle for DescribeRegions {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(self, _: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        let regions = Region::ALL.iter().copied().map(Into::into).collect();
        Ok(DescribeRegionsResponse { regions })
    }
}

impl Handle for DescribeNodeCidrList {
    const REQUIRED: &'static [&'static str] = &["Region"];

    fn handle(self, _: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        // Addresses that RFC 5737 reserves for documentation, which are safe in a firewall rule.
        Ok(DescribeNodeCidrListResponse {
            internet_ips: vec!["203.0.113.0/24".to_owned(), "198.51.100.0/24".to_owned()],
            intranet_ips: vec!["192.0.2.0/24".to_owned()],
        })
    }
}

impl Handle for DescribeDLAService {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        world.plan(&self.backup_plan_id)?;
        let state = DlaServiceState::Closed.into();
        Ok(DescribeDLAServiceResponse {
            state,
            auto_add: Some(false),
            have_job_failed: Some(false),
        })
    }
}

impl Handle for InitializeDbsServiceLinkedRole {
    const REQUIRED: &'static [&'static str] = &[];
    const ENVELOPE: Envelope = Envelope::Legacy;

    fn handle(self, world: &mut World, _: OffsetDateTime) -> Result<Self::Response, ErrorResponse> {
        world.create_role()?;
        Ok(InitializeDbsServiceLinkedRoleResponse { data: Some(String::new()) })
    }
}

/// The state of a job, its type, and why it failed.
type Job = (String, &'static str, Option<String>);

/// Returns the job of a full backup or a restore task.
fn job(world: &World, id: &JobId, now: OffsetDateTime) -> Option<Job> {
    let mut backups = world.plans.iter().flat_map(|plan| &plan.backups);
    if let Some(backup) = backups.find(|backup| backup.id.as_str() == id.as_str()) {
        let message = backup.error_message(now).map(str::to_owned);
        return Some((backup.status(now).to_string(), "cbs_backup_sub_full", message));
    }
    let task = world.restores.iter().find(|task| task.id.as_str() == id.as_str())?;
    let message = task.error_message(now).map(str::to_owned);
    Some((task.status(now).to_string(), "cbs_restore", message))
}

impl Handle for DescribeJobErrorCode {
    const REQUIRED: &'static [&'static str] = &["TaskId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let found = job(world, &self.task_id, now);
        let (job_state, job_type, message) =
            found.ok_or_else(|| ErrorResponse::not_found("job", &self.task_id))?;
        let language = self.language.unwrap_or(Language::English);
        let explain = |message: &String| match language {
            Language::English => format!("job failed: {message}"),
            Language::Chinese => format!("任务失败：{message}"),
        };
        let item = JobError {
            job_id: Some(self.task_id),
            job_state: Some(job_state),
            job_type: Some(job_type.to_owned()),
            error_code: message.as_ref().map(|_| "failed".to_owned()),
            error_message: message.as_ref().map(explain),
            language: Some(language.into()),
        };
        Ok(DescribeJobErrorCodeResponse { item })
    }
}
