//! Buying, paying and giving up: terms, classes and bills.

use time::{Duration, OffsetDateTime};

use crate::fake::answer::Refused;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::{Handle, State, find};
use crate::fake::world::times::days_after;
use crate::v2019_03_06::operations::plan::{
    BackupPlanBilling, CreateAndStartBackupPlanResponse, CreateBackupPlanResponse,
    DescribeBackupPlanBillingResponse, ReleaseBackupPlanResponse, RenewBackupPlanResponse,
    UpgradeBackupPlanResponse,
};
use crate::v2019_03_06::operations::{
    ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan, DescribeBackupPlanBilling,
    ReleaseBackupPlan, RenewBackupPlan, UpgradeBackupPlan,
};
use crate::v2019_03_06::types::{
    BackupPlanStatus, Billing, ChargeType, DatabaseHost, Period, PeriodUnit, PlanSource, Port,
    SourceEndpoint,
};

/// How long a term is. The fake's months have 30 days, and its years 365.
pub(crate) fn length(period: Period) -> Duration {
    let days = match period.unit() {
        PeriodUnit::Year => 365,
        PeriodUnit::Month => 30,
    };
    Duration::days(days * i64::from(period.used_time().get()))
}

impl Plan {
    pub(crate) const fn charge_type(&self) -> ChargeType {
        match self.purchase.billing {
            Billing::Subscription(_) => ChargeType::Prepay,
            Billing::PayAsYouGo => ChargeType::Postpay,
        }
    }
}

impl Handle for CreateBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupMethod", "DatabaseType", "InstanceClass"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = Plan::new(self.clone(), &mut state.ids, now)?;
        let (backup_plan_id, order_id) = (plan.id.clone(), Some(plan.order_id.clone()));
        state.plans.push(plan);
        Ok(CreateBackupPlanResponse { backup_plan_id, order_id })
    }
}

impl Handle for CreateAndStartBackupPlan {
    const REQUIRED: &'static [&'static str] = &[
        "BackupMethod",
        "BackupPlanName",
        "DatabaseType",
        "InstanceClass",
        "SourceEndpointInstanceType",
    ];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        if self.backup_plan_id.is_some() {
            let message = "The fake does not know what the service does with BackupPlanId here.";
            return Err(Refused::invalid(message));
        }
        let mut plan = Plan::new(purchase_of(self), &mut state.ids, now)?;
        let configuration = configuration_of(self, &plan);
        plan.set_up(configuration, self.source.clone(), now, &mut state.failures)?;
        plan.start_by_itself();
        let (backup_plan_id, order_id) = (plan.id.clone(), Some(plan.order_id.clone()));
        state.plans.push(plan);
        Ok(CreateAndStartBackupPlanResponse { backup_plan_id, order_id, create_backup_set: true })
    }
}

fn purchase_of(request: &CreateAndStartBackupPlan) -> CreateBackupPlan {
    CreateBackupPlan {
        region: request.region,
        database_type: request.database_type,
        instance_class: request.instance_class,
        backup_method: request.method.method(),
        billing: request.billing,
        instance_type: request.instance_type,
        database_region: request.database_region,
        storage_region: request.storage_region,
        storage_type: request.storage_type.clone(),
        resource_group_id: request.resource_group_id.clone(),
        from_app: request.from_app.clone(),
        client_token: request.client_token.clone(),
    }
}

fn configuration_of(request: &CreateAndStartBackupPlan, plan: &Plan) -> ConfigureBackupPlan {
    let source_endpoint = match &request.source {
        PlanSource::Endpoint(endpoint) => endpoint.clone(),
        // A configuration has no such endpoint; the plan keeps the source itself.
        PlanSource::DatabaseGateway(endpoint) => SourceEndpoint::Other {
            host: endpoint
                .host
                .clone()
                .unwrap_or_else(|| DatabaseHost::from(std::net::IpAddr::from([0, 0, 0, 0]))),
            port: endpoint.port.unwrap_or(Port::MYSQL),
            access: endpoint.access.clone(),
        },
    };
    ConfigureBackupPlan {
        backup_plan_id: plan.id.clone(),
        backup_plan_name: request.backup_plan_name.clone(),
        source_endpoint,
        enable_source_endpoint_ssl: None,
        ssl_ca_pem: None,
        source_endpoint_oracle_home: None,
        cross_account: request.cross_account.clone(),
        backup_objects: request.backup_objects.clone(),
        schedule: request.schedule,
        auto_start_backup: None,
        enable_backup_log: request.enable_backup_log,
        backup_log_interval_seconds: request.method.log_interval_seconds(),
        enable_mysql_physical_backup_binlog: None,
        backup_rate_limit: request.backup_rate_limit,
        backup_speed_limit: request.backup_speed_limit,
        storage: request.storage.clone(),
        backup_storage_encrypt_method: None,
        backup_retention_period: request.backup_retention_period,
        duplication_infrequent_access_period: request.duplication_infrequent_access_period,
        duplication_archive_period: request.duplication_archive_period,
        resource_group_id: request.resource_group_id.clone(),
        client_token: request.client_token.clone(),
    }
}

impl Handle for RenewBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "Period", "UsedTime"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let Some(expires_at) = plan.expires_at else {
            return Err(Refused::invalid("A pay-as-you-go plan is not renewed."));
        };
        // A plan that expired long ago is renewed from now, or it would stay expired.
        plan.expires_at = Some(expires_at.max(now).saturating_add(length(self.period)));
        plan.unlock(now);
        let order_id = Some(state.ids.order()?);
        Ok(RenewBackupPlanResponse { backup_plan_id: self.backup_plan_id.clone(), order_id })
    }
}

impl Handle for UpgradeBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId", "InstanceClass"];

    fn handle(&self, state: &mut State, _: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let (known, wanted) = (plan.purchase.instance_class, self.instance_class);
        if wanted <= known {
            let message = format!("A plan of class {known} cannot be upgraded to {wanted}.");
            return Err(Refused::invalid(message));
        }
        let order_id = Some(state.ids.order()?);
        plan.purchase.instance_class = wanted;
        Ok(UpgradeBackupPlanResponse { backup_plan_id: self.backup_plan_id.clone(), order_id })
    }
}

impl Handle for ReleaseBackupPlan {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        if plan.charge_type() == ChargeType::Prepay {
            return Err(Refused::invalid("A subscription is not released; it expires."));
        }
        if plan.status_at(now) == BackupPlanStatus::Running {
            return Err(Refused::plan_is(BackupPlanStatus::Running, "be released"));
        }
        state.plans.retain(|plan| plan.id != self.backup_plan_id);
        Ok(ReleaseBackupPlanResponse { backup_plan_id: self.backup_plan_id.clone() })
    }
}

/// Bytes that a subscription of the fake includes in 30 days.
const FREE_BYTES: u64 = 800 << 30;

impl Handle for DescribeBackupPlanBilling {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)
            .map_err(|_| Refused::invalid("The backup plan does not exist."))?;
        let full = plan.backups.iter().filter(|backup| backup.finished_at(now).is_some());
        let full: u64 = full.map(|backup| backup.size).sum();
        let logs = plan.logs.bytes(now);
        let quota_days = (now - plan.created_at).whole_days().div_euclid(30) * 30;
        let quota_start = days_after(plan.created_at, quota_days);
        let is_subscription = plan.charge_type() == ChargeType::Prepay;
        let item = BackupPlanBilling {
            buy_charge_type: plan.charge_type().into(),
            buy_spec: plan.purchase.instance_class.into(),
            buy_create_timestamp: plan.created_at,
            buy_expired_timestamp: plan.expires_at,
            is_expired: plan.expires_at.map(|at| at <= now),
            is_free_bytes_unlimited: Some(false),
            total_free_bytes: is_subscription.then_some(FREE_BYTES),
            paid_bytes: Some(0),
            used_full_bytes: Some(full),
            used_increment_bytes: Some(logs),
            full_storage_size: Some(full),
            cont_storage_size: Some(logs),
            quota_start_timestamp: is_subscription.then_some(quota_start),
            quota_end_timestamp: is_subscription.then(|| days_after(quota_start, 30)),
        };
        Ok(DescribeBackupPlanBillingResponse { item })
    }
}
