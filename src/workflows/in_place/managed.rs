//! The fields that a specification manages, with their values.

use super::fields;
use super::source_diff::place;
use crate::v2019_03_06::types::{Billing, ChargeType};
use crate::workflows::plan_spec::PlanSpec;

/// Returns the managed fields of the first configuration, with their values.
pub(super) fn configuration(spec: &PlanSpec) -> Vec<(&'static str, String)> {
    let source = &spec.source;
    let values = [
        ("name", Some(spec.name.clone())),
        ("source", Some(place(source.location()))),
        ("user", source.user().map(str::to_owned)),
        ("database", source.database().map(str::to_owned)),
        ("sid", source.sid().map(str::to_owned)),
        ("password", source.password().map(ToString::to_string)),
        ("ssl", spec.ssl.map(fields::on_off)),
        ("cross_account", spec.cross_account.as_ref().map(fields::cross_account)),
        ("objects", source.objects().map(|list| fields::objects(list.as_slice()))),
        ("schedule", spec.schedule.map(fields::schedule)),
        ("log_interval", spec.log_interval.map(|seconds| format!("{seconds} s"))),
        ("retention", spec.retention.map(|days| fields::lifecycle(fields::lifecycle_days(days)))),
        ("storage", spec.storage.as_ref().map(fields::storage)),
        ("encrypted", spec.encrypted.map(fields::on_off)),
        ("logs", spec.logs.map(fields::on_off)),
    ];
    values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

/// Returns the managed fields of the purchase, with their values.
pub(super) fn purchase(spec: &PlanSpec) -> Vec<(&'static str, String)> {
    let billing = match spec.billing {
        Billing::Subscription(period) => period.to_string(),
        _ => fields::charge_type(ChargeType::Postpay).to_owned(),
    };
    let generation = Some(spec.generation).filter(|generation| *generation > 0);
    let values = [
        ("generation", generation.map(|generation| generation.to_string())),
        ("region", Some(spec.region.to_string())),
        ("engine", Some(spec.source.database_type().to_string())),
        ("method", Some(spec.method.to_string())),
        ("class", Some(spec.class.to_string())),
        ("billing", Some(billing)),
        ("resource_group", spec.resource_group.as_ref().map(ToString::to_string)),
        ("storage_region", spec.storage_region.map(|region| region.to_string())),
    ];
    values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}
