//! Compares a row of `DescribeBackupPlanList` with a specification. Pure: it sends nothing.

use time::OffsetDateTime;

use super::fields::{self, PresentSchedule, returned};
use super::item::{ChangeItem, ChangeKind};
use super::managed;
use super::source_diff::{self, Compared};
use crate::rpc::operation::Operation;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, ConfigureBackupPlan, CreateBackupPlan, DescribePreCheckProgressListResponse,
    DisableBackupLog, EnableBackupLog, ModifyBackupObjects, ModifyBackupPlanName,
    ModifyBackupSourceEndpoint, ModifyBackupStrategy, ModifyStorageStrategy, RenewBackupPlan,
    StartBackupPlan, UpgradeBackupPlan,
};
use crate::v2019_03_06::types::{BackupPlanStatus, PreCheckStatus};
use crate::workflows::plan_spec::PlanSpec;
use crate::workflows::subscription::{MAX_OVERDUE, outlasts};

const FIXED: &str = "fixed by the purchase; use another name, or release the plan and raise \
    `generation`";
const UNKNOWN: &str = "the service did not return it, so it is neither compared nor changed";
const OTHER_PLAN: &str = "region or engine differ, so it is another plan; use another name";
const PAUSED: &str = "the plan is paused; `StartBackupPlan` resumes it";
const LOCKED: &str = "the plan is locked; check its order";

/// What is known of a plan.
#[derive(Clone, Copy, Debug)]
pub(in crate::workflows) struct Facts<'f> {
    pub(in crate::workflows) spec: &'f PlanSpec,
    pub(in crate::workflows) row: &'f BackupPlanDetail,
    /// The last pre-check. `None` if the service has none, or it is not needed.
    pub(in crate::workflows) pre_check: Option<&'f DescribePreCheckProgressListResponse>,
    pub(in crate::workflows) now: OffsetDateTime,
    /// Whether the plan was found by its id, not by its name.
    pub(in crate::workflows) by_id: bool,
}

/// Returns the items of a plan that must be bought.
pub(in crate::workflows) fn purchase_items(spec: &PlanSpec) -> Vec<ChangeItem> {
    let bought = managed::purchase(spec).into_iter();
    let bought = bought.map(|(field, to)| ChangeItem::add(field, to, CreateBackupPlan::ACTION));
    let mut items: Vec<_> = bought.collect();
    items.extend(configuration_items(spec));
    items
}

/// Returns the items that finish an interrupted purchase, which the purchase approves too.
pub(in crate::workflows) fn start_items(spec: &PlanSpec) -> Vec<ChangeItem> {
    let rotated = spec.source.password().and_then(fields::rotated);
    let password =
        rotated.map(|to| ChangeItem::add("password", to, ModifyBackupSourceEndpoint::ACTION));
    std::iter::once(start(None)).chain(password).collect()
}

/// Returns the item of a plan that is configured and does not run.
fn start(from: Option<String>) -> ChangeItem {
    ChangeItem {
        kind: ChangeKind::Modify,
        field: "status",
        from,
        to: Some(BackupPlanStatus::Running.to_string()),
        reason: None,
        operation: Some(StartBackupPlan::ACTION),
        restarts: true,
    }
}

fn configuration_items(spec: &PlanSpec) -> impl Iterator<Item = ChangeItem> {
    let configured = managed::configuration(spec).into_iter();
    configured.map(|(field, to)| ChangeItem::add(field, to, ConfigureBackupPlan::ACTION))
}

/// Returns the item of a recorded plan that the service does not list.
pub(in crate::workflows) fn not_listed(plan: &impl std::fmt::Display) -> ChangeItem {
    let reason = format!(
        "the recorded plan `{plan}` is not listed; if it was released, raise `generation` to buy \
         another"
    );
    ChangeItem::impossible("plan", None, None, reason)
}

/// Returns whether the plan that was found is not that of the specification.
pub(in crate::workflows) fn is_other_plan(items: &[ChangeItem]) -> bool {
    items.iter().any(|item| item.reason.as_deref() == Some(OTHER_PLAN))
}

/// Returns the differences between a plan and its specification.
pub(in crate::workflows) fn diff(facts: &Facts<'_>) -> Vec<ChangeItem> {
    let status = facts.row.backup_plan_status.known().copied();
    let mut differ = Differ { facts, items: Vec::new() };
    differ.purchase();
    let is_other = differ.items.iter().any(|item| {
        item.from.is_some() && (item.field == "engine" || item.field == "region" && !facts.by_id)
    });
    match status {
        Some(BackupPlanStatus::Wait) => differ.items.extend(configuration_items(facts.spec)),
        _ => differ.configuration(),
    }
    let mut items = differ.items;
    if is_other {
        // The first difference says why; the others follow from it.
        return forbid(items, OTHER_PLAN)
            .into_iter()
            .map(|item| ChangeItem { reason: Some(OTHER_PLAN.to_owned()), ..item })
            .collect();
    }
    let present = returned(&facts.row.backup_plan_status);
    match status {
        Some(BackupPlanStatus::Init | BackupPlanStatus::CheckPass) => items.push(start(present)),
        Some(BackupPlanStatus::Stop) => {
            if !items.iter().any(|item| item.is_possible() && item.restarts) {
                let why = facts.row.error_message.as_deref().unwrap_or("unknown reason");
                let reason = format!(
                    "the plan failed: {why}; correct the cause, then change or configure the plan"
                );
                let to = Some(BackupPlanStatus::Running.to_string());
                items.push(ChangeItem::impossible("status", present, to, reason));
            }
        }
        Some(BackupPlanStatus::Pause) => {
            items.push(start(present));
            return forbid(items, PAUSED);
        }
        Some(BackupPlanStatus::Locked) => {
            // A renewal unlocks the plan.
            let (mut items, mut others): (Vec<_>, Vec<_>) =
                items.into_iter().partition(|item| item.field == "renewal");
            if !items.iter().any(ChangeItem::is_possible) {
                others.push(start(present));
            }
            items.extend(forbid(others, LOCKED));
            return items;
        }
        Some(_) => {}
        None => {
            let status = present.clone().unwrap_or_else(|| "missing".to_owned());
            let reason = format!("the plan is in the unknown state `{status}`; update this crate");
            items.push(start(present));
            return forbid(items, &reason);
        }
    }
    items
}

fn forbid(items: Vec<ChangeItem>, reason: &str) -> Vec<ChangeItem> {
    items.into_iter().map(|item| item.forbidden(reason)).collect()
}

struct Differ<'d> {
    facts: &'d Facts<'d>,
    items: Vec<ChangeItem>,
}

/// How a field is changed in place.
#[derive(Clone, Copy)]
enum How {
    /// Never, for this reason.
    Fixed(&'static str),
    /// By an operation.
    By(&'static str),
    /// By an operation after which the plan must be started.
    Restart(&'static str),
}

impl Differ<'_> {
    /// Adds a difference.
    fn differs(&mut self, field: &'static str, from: Option<String>, to: String, how: How) {
        let (operation, restarts) = match how {
            How::Fixed(reason) => {
                self.items.push(ChangeItem::impossible(field, from, Some(to), reason));
                return;
            }
            How::By(operation) => (Some(operation), false),
            How::Restart(operation) => (Some(operation), true),
        };
        let (kind, to, reason) = (ChangeKind::Modify, Some(to), None);
        self.items.push(ChangeItem { kind, field, from, to, reason, operation, restarts });
    }

    /// Adds a field that the service did not return.
    fn unknown(&mut self, field: &'static str, to: String) {
        self.items.push(ChangeItem::impossible(field, None, Some(to), UNKNOWN));
    }

    /// Compares a value with that of the row.
    fn value(&mut self, field: &'static str, from: Option<String>, to: String, how: How) {
        match from {
            None => self.unknown(field, to),
            Some(from) if from == to => {}
            Some(from) => self.differs(field, Some(from), to, how),
        }
    }

    fn purchase(&mut self) {
        let Facts { spec, row, .. } = *self.facts;
        let region = row.backup_plan_region.as_ref().and_then(returned);
        self.value("region", region, spec.region.to_string(), How::Fixed(FIXED));
        let engine = spec.source.database_type();
        self.value("engine", returned(&row.database_type), engine.to_string(), How::Fixed(FIXED));
        let method = returned(&row.backup_method);
        self.value("method", method, spec.method.to_string(), How::Fixed(FIXED));
        let how = match row.instance_class.known() {
            Some(present) if spec.class > *present => How::By(UpgradeBackupPlan::ACTION),
            Some(_) => {
                How::Fixed("the service only upgrades; buy another plan for a smaller class")
            }
            None => How::Fixed("the present class is unknown; update this crate"),
        };
        self.value("class", returned(&row.instance_class), spec.class.to_string(), how);
        let charge_type = row.instance_charge_type.as_ref().and_then(|present| {
            let known = present.known().map(|known| fields::charge_type(*known).to_owned());
            known.or_else(|| returned(present))
        });
        let billing = fields::charge_type(fields::billing(spec.billing)).to_owned();
        let why = "subscription and pay-as-you-go cannot be exchanged; buy another plan";
        self.value("billing", charge_type, billing, How::Fixed(why));
        self.renewal();
        if let Some(group) = &spec.resource_group {
            let present = row.resource_group_id.as_ref().map(ToString::to_string);
            let why = "move it in the resource management console";
            self.value("resource_group", present, group.to_string(), How::Fixed(why));
        }
    }

    fn renewal(&mut self) {
        let Facts { spec, row, now, .. } = *self.facts;
        let (Some(before), Some(period)) = (spec.renew_before, spec.renew_for) else { return };
        let to = format!("{period} more");
        let Some(end) = row.instance_expired_timestamp else {
            return self.unknown("renewal", to);
        };
        let before = time::Duration::days(before.into());
        if end - now > before {
            return;
        }
        let how = if now - end > MAX_OVERDUE {
            How::Fixed("it ended more than 7 days ago, so the service has deleted the backups")
        } else if !outlasts(end, period, now, before) {
            How::Fixed("the renewed term may be over when it begins; set a longer `renew_for`")
        } else {
            How::By(RenewBackupPlan::ACTION)
        };
        self.differs("renewal", Some(format!("ends {}", end.date())), to, how);
    }

    fn configuration(&mut self) {
        let Facts { spec, row, by_id, .. } = *self.facts;
        if by_id {
            let how = How::By(ModifyBackupPlanName::ACTION);
            self.value("name", row.backup_plan_name.clone(), spec.name.clone(), how);
        }
        self.schedule();
        self.storage();
        self.source();
        self.objects();
        if let Some(logs) = spec.logs {
            let how = if logs {
                How::Restart(EnableBackupLog::ACTION)
            } else {
                How::By(DisableBackupLog::ACTION)
            };
            let present = row.enable_backup_log.map(fields::on_off);
            self.value("logs", present, fields::on_off(logs), how);
        }
    }

    fn schedule(&mut self) {
        let Facts { spec, row, .. } = *self.facts;
        let Some(schedule) = spec.schedule else { return };
        let present = PresentSchedule::of(row).describe();
        let how = How::By(ModifyBackupStrategy::ACTION);
        self.value("schedule", present, fields::schedule(schedule), how);
    }

    fn storage(&mut self) {
        let Facts { spec, row, .. } = *self.facts;
        let how = How::By(ModifyStorageStrategy::ACTION);
        if let Some(retention) = spec.retention {
            let to = fields::lifecycle(fields::lifecycle_days(retention));
            let present = fields::present_days(row).map(fields::lifecycle);
            self.value("retention", present, to, how);
        }
        if let Some(encrypted) = spec.encrypted {
            let present = match &row.storage_encrypt_method {
                // The service has no other sign of backups that are not encrypted.
                None => Some(false),
                Some(method) => method.known().map(|_| true),
            };
            let how = match present {
                Some(true) => How::Fixed("the service cannot turn encryption off"),
                _ if fields::present_lifecycle(row).is_some() => how,
                _ => How::Fixed(
                    "the request also needs the retention, which the service did not return",
                ),
            };
            self.value("encrypted", present.map(fields::on_off), fields::on_off(encrypted), how);
        }
        if let Some(storage) = &spec.storage {
            let present = fields::present_storage(row).as_ref().map(fields::storage);
            let why = "fixed by the first configuration: stored backups stay where they are";
            self.value("storage", present, fields::storage(storage), How::Fixed(why));
        }
    }

    fn source(&mut self) {
        let Facts { spec, row, .. } = *self.facts;
        let source = &spec.source;
        let how = if source.objects().is_some() || row.backup_objects.is_some() {
            How::Restart(ModifyBackupSourceEndpoint::ACTION)
        } else {
            How::Fixed("the request also needs `objects`, which the specification omits")
        };
        let location = source.location();
        let to = source_diff::place(location);
        match source_diff::compare(location, row) {
            Compared::Equal => {}
            Compared::Unknown => self.unknown("source", to),
            Compared::Different(from) => self.differs("source", Some(from), to, how),
        }
        let parts = [
            ("user", source.user(), &row.source_endpoint_user_name),
            ("database", source.database(), &row.source_endpoint_database_name),
            ("sid", source.sid(), &row.source_endpoint_oracle_sid),
        ];
        for (field, wanted, present) in parts {
            if let Some(wanted) = wanted {
                self.value(field, present.clone(), wanted.to_owned(), how);
            }
        }
        if let Some(ssl) = spec.ssl {
            let present = row.source_endpoint_enable_ssl.map(fields::on_off);
            self.value("ssl", present, fields::on_off(ssl), how);
        }
        if let Some(account) = &spec.cross_account {
            let present = fields::present_cross_account(row).as_ref().map(fields::cross_account);
            self.value("cross_account", present, fields::cross_account(account), how);
        }
        self.password(how);
    }

    /// A password is never returned: a pre-check that passed after the rotation proves the new one.
    fn password(&mut self, how: How) {
        let Facts { spec, pre_check, now, .. } = *self.facts;
        let Some(secret) = spec.source.password() else { return };
        let (Some(rotated), Some(to)) = (secret.rotated, fields::rotated(secret)) else { return };
        if rotated > now {
            let why = "`rotated` is in the future; set it to when the earlier secret ended";
            return self.differs("password", None, to, How::Fixed(why));
        }
        let is_proven = pre_check.is_some_and(|check| {
            let newest = check.items.iter().filter_map(|item| item.boot_time).max();
            check.status == PreCheckStatus::Finish && newest.is_some_and(|at| at >= rotated)
        });
        if !is_proven {
            self.differs("password", None, to, how);
        }
    }

    fn objects(&mut self) {
        let Facts { spec, row, .. } = *self.facts;
        let Some(objects) = spec.source.objects() else { return };
        let to = fields::objects(objects.as_slice());
        let Some(present) = row.backup_objects.as_ref().and_then(|present| present.known()) else {
            return self.unknown("objects", to);
        };
        if fields::object_set(present.as_slice()) != fields::object_set(objects.as_slice()) {
            let from = Some(fields::objects(present.as_slice()));
            self.differs("objects", from, to, How::Restart(ModifyBackupObjects::ACTION));
        }
    }
}
