//! Plans as the fake service keeps them.

use std::time::Duration;

use time::OffsetDateTime;

use super::answer::Refused;
use crate::operations::{ConfigureBackupPlan, CreateBackupPlan};
use crate::types::{BackupPlanId, BackupPlanStatus, DatabaseType, EndpointInstanceType, OrderId};

/// How long the fake's pre-check takes after a plan was configured.
pub(super) const PRE_CHECK_TIME: Duration = Duration::from_secs(10);

/// A plan in a [`FakeDbs`](super::FakeDbs), for a test to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakePlan {
    /// The plan.
    pub backup_plan_id: BackupPlanId,
    /// Its order.
    pub order_id: OrderId,
    /// When it was bought.
    pub created_at: OffsetDateTime,
    /// What was bought.
    pub purchase: CreateBackupPlan,
    /// How it was configured, if it was.
    pub configuration: Option<ConfigureBackupPlan>,
    /// Its state now.
    pub status: BackupPlanStatus,
    pub(super) configured_at: Option<OffsetDateTime>,
}

impl FakePlan {
    /// The state at a moment: it follows from what was done and when.
    pub(super) fn status_at(&self, now: OffsetDateTime) -> BackupPlanStatus {
        match (self.configured_at, &self.configuration) {
            (Some(at), Some(configuration)) if now - at >= PRE_CHECK_TIME => {
                if configuration.auto_start_backup == Some(true) {
                    BackupPlanStatus::Running
                } else {
                    BackupPlanStatus::CheckPass
                }
            }
            (Some(_), Some(_)) => BackupPlanStatus::Init,
            _ => BackupPlanStatus::Wait,
        }
    }

    /// Takes a configuration, or says why not.
    pub(super) fn configure(
        &mut self,
        configuration: ConfigureBackupPlan,
        now: OffsetDateTime,
    ) -> Result<(), Refused> {
        if now - self.created_at < CreateBackupPlan::SETTLING_TIME {
            return Err(Refused::business(
                "OperationDenied.JobStatus",
                "The backup plan is still being created.",
            ));
        }
        if self.status_at(now) == BackupPlanStatus::Running {
            return Err(Refused::business(
                "OperationDenied.JobStatus",
                "A running backup plan cannot be configured.",
            ));
        }
        self.check_access(&configuration)?;
        self.configuration = Some(configuration);
        self.configured_at = Some(now);
        Ok(())
    }

    /// What the kind of database needs, which the request's type cannot know.
    fn check_access(&self, configuration: &ConfigureBackupPlan) -> Result<(), Refused> {
        let missing = |parameter: &str| {
            Err(Refused::business(
                "Param.NotFound",
                format!("{parameter} is needed for {}.", self.purchase.database_type),
            ))
        };
        let endpoint = &configuration.source_endpoint;
        let access = endpoint.access();
        let database = self.purchase.database_type;
        let by_gateway_account = database == DatabaseType::SqlServer
            && endpoint.instance_type() == EndpointInstanceType::Agent;
        let logs_in = database != DatabaseType::Redis && !by_gateway_account;
        if logs_in && access.and_then(|access| access.user_name()).is_none() {
            return missing("SourceEndpointUserName");
        }
        match database {
            DatabaseType::PostgreSql | DatabaseType::MongoDb
                if access.and_then(|access| access.database_name()).is_none() =>
            {
                missing("SourceEndpointDatabaseName")
            }
            DatabaseType::Oracle if access.and_then(|access| access.oracle_sid()).is_none() => {
                missing("SourceEndpointOracleSID")
            }
            _ => Ok(()),
        }
    }
}
