//! The state of the fake as JSON, for the control API.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::resources::EngineName;
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;

fn rfc3339(at: OffsetDateTime) -> Option<String> {
    at.format(&Rfc3339).ok()
}

/// Returns the clock's time and speed.
pub(super) fn clock(dbs: &FakeDbs) -> Value {
    json!({ "now": rfc3339(dbs.clock().now()), "speed": dbs.clock().speed() })
}

/// Returns the clock, plans, full backups, restore tasks, downloads, instances and sandboxes.
pub(super) fn all(dbs: &FakeDbs) -> Value {
    let plans: Vec<_> = dbs
        .plans()
        .into_iter()
        .map(|plan| {
            json!({
                "backup_plan_id": plan.backup_plan_id,
                "backup_plan_name": plan.configuration.as_ref().map(|request| &request.backup_plan_name),
                "order_id": plan.order_id,
                "status": plan.status,
                "created_at": rfc3339(plan.created_at),
                "expires_at": plan.expires_at.and_then(rfc3339),
                "error_message": plan.error_message,
                "purchase": plan.purchase,
                "configuration": plan.configuration,
            })
        })
        .collect();
    let backups: Vec<_> = dbs
        .full_backups()
        .into_iter()
        .map(|backup| {
            json!({
                "backup_set_id": backup.backup_set_id,
                "backup_plan_id": backup.backup_plan_id,
                "status": backup.status,
                "progress": backup.progress,
                "size": backup.size,
                "created_at": rfc3339(backup.created_at),
                "finished_at": backup.finished_at.and_then(rfc3339),
                "error_message": backup.error_message,
            })
        })
        .collect();
    let restores: Vec<_> = dbs
        .restore_tasks()
        .into_iter()
        .map(|task| {
            json!({
                "restore_task_id": task.restore_task_id,
                "restore_task_name": task.request.restore_task_name,
                "backup_plan_id": task.request.backup_plan_id,
                "status": task.status,
                "progress": task.progress,
                "created_at": rfc3339(task.created_at),
                "started_at": task.started_at.and_then(rfc3339),
                "finished_at": task.finished_at.and_then(rfc3339),
                "error_message": task.error_message,
            })
        })
        .collect();
    let downloads: Vec<_> = dbs
        .downloads()
        .into_iter()
        .map(|download| {
            json!({
                "backup_set_download_task_id": download.backup_set_download_task_id,
                "backup_plan_id": download.backup_plan_id,
                "backup_set_id": download.backup_set_id,
                "format": download.format,
                "status": download.status,
                "size": download.size,
                "created_at": rfc3339(download.created_at),
                "finished_at": download.finished_at.and_then(rfc3339),
            })
        })
        .collect();
    json!({
        "clock": clock(dbs),
        "plans": plans,
        "full_backups": backups,
        "restore_tasks": restores,
        "downloads": downloads,
        "instances": instances(dbs),
        "advanced_downloads": advanced_downloads(dbs),
        "sandboxes": sandboxes(dbs),
    })
}

fn instances(dbs: &FakeDbs) -> Vec<Value> {
    let instances = dbs.instances().into_iter().map(|instance| {
        let sets = instance.backup_sets.into_iter().map(|set| {
            json!({
                "backup_set_id": set.id,
                "created_at": rfc3339(set.created_at),
                "size": set.size,
            })
        });
        json!({
            "instance_name": instance.instance_name,
            "region": instance.region,
            "engine": EngineName::from(instance.engine),
            "backup_sets": sets.collect::<Vec<_>>(),
        })
    });
    instances.collect()
}

fn advanced_downloads(dbs: &FakeDbs) -> Vec<Value> {
    let downloads = dbs.advanced_downloads().into_iter().map(|task| {
        json!({
            "task_id": task.task_id,
            "instance_name": task.instance_name,
            "backup_set_id": task.backup_set_id,
            "format": task.format,
            "target": task.target,
            "status": task.status,
            "progress": task.progress,
            "created_at": rfc3339(task.created_at),
            "finished_at": task.finished_at.and_then(rfc3339),
            "expires_at": task.expires_at.and_then(rfc3339),
        })
    });
    downloads.collect()
}

fn sandboxes(dbs: &FakeDbs) -> Vec<Value> {
    let sandboxes = dbs.sandboxes().into_iter().map(|sandbox| {
        json!({
            "instance_id": sandbox.instance_id,
            "backup_plan_id": sandbox.backup_plan_id,
            "status": sandbox.status,
            "created_at": rfc3339(sandbox.created_at),
        })
    });
    sandboxes.collect()
}
