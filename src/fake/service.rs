//! The service behind the gateway: operations, plans, client tokens.

use std::collections::HashMap;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderValue, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::answer::{self, Refused};
use super::gate::{Gate, Passed};
use super::plans::FakePlan;
use crate::clock::{SystemClock, random_hex};
use crate::credentials::Credentials;
use crate::operations::{ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList};
use crate::transport::RecordedRequest;
use crate::types::{
    BackupPlanId, BackupPlanStatus, BackupSchedule, BackupStorage, Billing, ClientToken, OrderId,
    PeriodUnit, RetentionDays,
};

pub(super) struct Service {
    gate: Gate,
    plans: Vec<FakePlan>,
    /// Answers by key id, operation and client token, with the parameters they were given for.
    tokens: HashMap<(String, String, String), (String, Response<Bytes>)>,
    orders: u64,
    pub(super) requests: Vec<RecordedRequest>,
}

pub(super) fn default_credentials() -> Credentials {
    Credentials::new("LTAI5tFakeDbsAccessKey", "FakeDbsAccessKeySecret0123456789")
}

impl Service {
    pub(super) fn new() -> Self {
        let mut gate = Gate::default();
        gate.add_key(default_credentials());
        Self { gate, plans: Vec::new(), tokens: HashMap::new(), orders: 0, requests: Vec::new() }
    }

    pub(super) fn add_credentials(&mut self, credentials: Credentials) {
        self.gate.add_key(credentials);
    }

    pub(super) fn plans(&self, now: OffsetDateTime) -> Vec<FakePlan> {
        self.plans
            .iter()
            .map(|plan| FakePlan { status: plan.status_at(now), ..plan.clone() })
            .collect()
    }

    /// Answers a request, as gateway and service together do.
    pub(super) fn answer(
        &mut self,
        request: &RecordedRequest,
        now: OffsetDateTime,
    ) -> Response<Bytes> {
        let mut response = self
            .gate
            .pass(request, now)
            .and_then(|passed| self.execute_once(request.operation(), &passed, now))
            .unwrap_or_else(|refused| refused.response());
        let date = now.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Executes a request, unless its client token was seen: then the first answer is given again.
    fn execute_once(
        &mut self,
        operation: &str,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        let Some(token) = passed.parameters.get("ClientToken").map(str::to_owned) else {
            return self.execute(operation, passed, now);
        };
        ClientToken::new(&token)
            .map_err(|error| Refused::gateway(400, "InvalidClientToken", error.to_string()))?;
        let mut parameters: Vec<_> = passed
            .parameters
            .iter()
            .chain(passed.parameters.secrets().map(|(name, secret)| (name, secret.expose())))
            .collect();
        parameters.sort_unstable();
        let parameters = crate::sign::acs3::payload_hash(format!("{parameters:?}").as_bytes());
        let key = (passed.access_key_id.clone(), operation.to_owned(), token);
        match self.tokens.get(&key) {
            Some((known, response)) if *known == parameters => Ok(response.clone()),
            Some(_) => Err(Refused::gateway(
                400,
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )),
            None => {
                let response = self.execute(operation, passed, now)?;
                self.tokens.insert(key, (parameters, response.clone()));
                Ok(response)
            }
        }
    }

    fn execute(
        &mut self,
        operation: &str,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        match operation {
            "CreateBackupPlan" => self.create(passed, now),
            "ConfigureBackupPlan" => self.configure(passed, now),
            "DescribeBackupPlanList" => self.list(passed, now),
            _ => Err(Refused::gateway(
                404,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            )),
        }
    }

    fn create(&mut self, passed: &Passed, now: OffsetDateTime) -> Result<Response<Bytes>, Refused> {
        let required = ["BackupMethod", "DatabaseType", "InstanceClass"];
        let purchase: CreateBackupPlan = typed(passed, &required)?;
        self.orders += 1;
        let order_id = format!("{}", 214_373_455_920_000 + self.orders);
        let backup_plan_id = format!("dbs{}", &random_hex(&SystemClock::new())[..9]);
        let (Ok(order_id), Ok(backup_plan_id)) =
            (OrderId::new(order_id), BackupPlanId::new(backup_plan_id))
        else {
            return Err(Refused::business("BackupPlanNotCreate", "The plan has no id."));
        };
        let response = json!({ "BackupPlanId": backup_plan_id, "OrderId": order_id });
        self.plans.push(FakePlan {
            backup_plan_id,
            order_id,
            created_at: now,
            purchase,
            configuration: None,
            status: BackupPlanStatus::Wait,
            configured_at: None,
        });
        Ok(answer::success(&response))
    }

    fn configure(
        &mut self,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refused> {
        let required = ["BackupPlanId", "BackupPlanName", "SourceEndpointInstanceType"];
        let configuration: ConfigureBackupPlan = typed(passed, &required)?;
        let id = configuration.backup_plan_id.clone();
        let plan =
            self.plans.iter_mut().find(|plan| plan.backup_plan_id == id).ok_or_else(|| {
                Refused::business("InvalidJobId", "The backup plan does not exist.")
            })?;
        plan.configure(configuration, now)?;
        Ok(answer::success(&json!({ "BackupPlanId": id })))
    }

    fn list(&self, passed: &Passed, now: OffsetDateTime) -> Result<Response<Bytes>, Refused> {
        let filter: DescribeBackupPlanList = typed(passed, &[])?;
        let fits = |plan: &&FakePlan| {
            let name = plan.configuration.as_ref().map(|known| known.backup_plan_name.as_str());
            let id = plan.backup_plan_id.as_str();
            (filter.backup_plan_ids.is_empty()
                || filter.backup_plan_ids.contains(&plan.backup_plan_id))
                && filter
                    .backup_plan_name
                    .as_deref()
                    .is_none_or(|wanted| name.unwrap_or(id) == wanted)
                && filter.backup_plan_status.is_none_or(|wanted| plan.status_at(now) == wanted)
                && filter.backup_method.is_none_or(|wanted| plan.purchase.backup_method == wanted)
                && filter.region.is_none_or(|wanted| plan.purchase.region == wanted)
                && filter
                    .resource_group_id
                    .as_ref()
                    .is_none_or(|wanted| plan.purchase.resource_group_id.as_ref() == Some(wanted))
        };
        let found: Vec<_> = self.plans.iter().filter(fits).collect();
        let size = usize::from(filter.page_size.unwrap_or_default().get());
        let page = filter.page_num.unwrap_or(0);
        let start = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(size);
        let rows: Vec<_> =
            found.iter().skip(start).take(size).map(|plan| detail(plan, now)).collect();
        Ok(answer::success(&json!({
            "PageNum": page,
            "PageSize": size,
            "TotalPages": found.len().div_ceil(size),
            "TotalElements": found.len(),
            "Items": { "BackupPlanDetail": rows },
        })))
    }
}

/// The request in its type: what the gateway's metadata requires first, then values.
fn typed<T: DeserializeOwned>(passed: &Passed, required: &[&str]) -> Result<T, Refused> {
    if let Some(missing) = required.iter().find(|name| !passed.parameters.contains(name)) {
        return Err(Refused::gateway(
            400,
            format!("Missing{missing}"),
            format!("{missing} is mandatory for this action."),
        ));
    }
    passed.parameters.decode().map_err(|error| {
        // Serde's message is all that tells a missing parameter from a wrong one.
        let message = error.to_string();
        let absent = message.starts_with("missing field") || message.starts_with("\"\" is not");
        let code = if absent { "Param.NotFound" } else { "InvalidParameterValid" };
        Refused::business(code, message)
    })
}

fn millis(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

/// A plan as the list shows it.
fn detail(plan: &FakePlan, now: OffsetDateTime) -> serde_json::Value {
    let purchase = &plan.purchase;
    let mut row = json!({
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanName": plan.backup_plan_id,
        "BackupPlanStatus": plan.status_at(now),
        "BackupPlanRegion": purchase.region,
        "BackupPlanCreateTime": millis(plan.created_at),
        "BackupMethod": purchase.backup_method,
        "DatabaseType": purchase.database_type,
        "InstanceClass": purchase.instance_class,
        "InstanceChargeType": match purchase.billing {
            Billing::Subscription(_) => "PREPAY",
            Billing::PayAsYouGo => "POSTPAY",
        },
    });
    if let Some(period) = purchase.billing.period() {
        let days = match period.unit() {
            PeriodUnit::Year => 365,
            PeriodUnit::Month => 30,
        };
        let term = time::Duration::days(days * i64::from(period.used_time().get()));
        row["InstanceExpiredTimestamp"] = millis(plan.created_at + term).into();
    }
    if let Some(group) = &purchase.resource_group_id {
        row["ResourceGroupId"] = group.as_str().into();
    }
    if let Some(configuration) = &plan.configuration {
        configured_detail(&mut row, configuration);
    }
    row
}

fn configured_detail(row: &mut serde_json::Value, configuration: &ConfigureBackupPlan) {
    row["BackupPlanName"] = configuration.backup_plan_name.as_str().into();
    // Requests and answers share most names of the endpoint; passwords are not serialised.
    if let Ok(serde_json::Value::Object(endpoint)) =
        serde_json::to_value(&configuration.source_endpoint)
    {
        let text = |name: &str| match endpoint.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let (host, port) = (text("SourceEndpointIP"), text("SourceEndpointPort"));
        row["SourceEndpointInstanceType"] =
            text("SourceEndpointInstanceType").to_ascii_lowercase().into();
        for name in [
            "SourceEndpointRegion",
            "SourceEndpointInstanceID",
            "SourceEndpointDatabaseName",
            "SourceEndpointUserName",
            "SourceEndpointOracleSID",
            "BackupGatewayId",
        ] {
            if let Some(value) = endpoint.get(name) {
                row[name] = value.clone();
            }
        }
        if !host.is_empty() {
            row["SourceEndpointIpPort"] = format!("{host}:{port}").into();
            row["SourceEndpointHost"] = host.into();
        }
        row["SourceEndpointPort"] = port.into();
    }
    if let Some(objects) = &configuration.backup_objects {
        row["BackupObjects"] = objects.to_string().into();
    }
    if let Some(BackupSchedule::Weekly { weekdays, start_time }) = configuration.schedule {
        row["BackupPeriod"] = weekdays.to_string().into();
        row["BackupStartTime"] = start_time.to_string().into();
    }
    match &configuration.storage {
        Some(BackupStorage::System) => row["BackupStorageType"] = "system".into(),
        Some(BackupStorage::OssBucket(name)) => row["OSSBucketName"] = name.as_str().into(),
        None => {}
    }
    let retention = configuration.backup_retention_period.map_or(730, RetentionDays::get);
    row["BackupRetentionPeriod"] = retention.into();
    row["DuplicationInfrequentAccessPeriod"] =
        configuration.duplication_infrequent_access_period.unwrap_or(180).into();
    row["DuplicationArchivePeriod"] =
        configuration.duplication_archive_period.unwrap_or(365).into();
    row["EnableBackupLog"] = configuration.enable_backup_log.unwrap_or(false).into();
}
