//! Which of two ids a request goes by, where the service takes one or the other.

use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as, skip_serializing_none};

use super::identifier::{BackupPlanId, BackupSetDownloadTaskId, RestoreTaskId};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// Whose pre-check is looked at: a plan's or a restore task's.
///
/// Wire: `BackupPlanId` or `RestoreTaskId`. Source: `DescribePreCheckProgressList`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WirePreCheck", into = "WirePreCheck")]
#[expect(clippy::exhaustive_enums, reason = "the service knows these two")]
pub enum PreCheckTarget {
    /// The pre-check of a plan, which starts with its configuration.
    BackupPlan(BackupPlanId),
    /// The pre-check of a restore task, which starts with its creation.
    RestoreTask(RestoreTaskId),
}

impl From<BackupPlanId> for PreCheckTarget {
    fn from(plan: BackupPlanId) -> Self {
        Self::BackupPlan(plan)
    }
}

impl From<RestoreTaskId> for PreCheckTarget {
    fn from(task: RestoreTaskId) -> Self {
        Self::RestoreTask(task)
    }
}

#[skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WirePreCheck {
    #[serde(deserialize_with = "lenient::optional")]
    backup_plan_id: Option<BackupPlanId>,
    #[serde(deserialize_with = "lenient::optional")]
    restore_task_id: Option<RestoreTaskId>,
}

impl From<PreCheckTarget> for WirePreCheck {
    fn from(target: PreCheckTarget) -> Self {
        match target {
            PreCheckTarget::BackupPlan(plan) => {
                Self { backup_plan_id: Some(plan), ..Self::default() }
            }
            PreCheckTarget::RestoreTask(task) => {
                Self { restore_task_id: Some(task), ..Self::default() }
            }
        }
    }
}

impl TryFrom<WirePreCheck> for PreCheckTarget {
    type Error = InvalidValue;

    fn try_from(wire: WirePreCheck) -> Result<Self, InvalidValue> {
        match (wire.backup_plan_id, wire.restore_task_id) {
            (Some(plan), None) => Ok(Self::BackupPlan(plan)),
            (None, Some(task)) => Ok(Self::RestoreTask(task)),
            (given, _) => Err(one_of("RestoreTaskId", given.is_some())),
        }
    }
}

/// Which restore tasks are listed: those of a plan, or some by id. Never both.
///
/// Wire: `BackupPlanId`, or `RestoreTaskId` with the ids joined by commas.
/// Source: `DescribeRestoreTaskList`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireRestoreTasks", into = "WireRestoreTasks")]
#[expect(clippy::exhaustive_enums, reason = "the service knows these two")]
pub enum RestoreTaskSelection {
    /// All restore tasks of a plan.
    BackupPlan(BackupPlanId),
    /// One restore task.
    RestoreTask(RestoreTaskId),
    /// Several restore tasks; the service refuses an empty list.
    RestoreTasks(Vec<RestoreTaskId>),
}

impl From<BackupPlanId> for RestoreTaskSelection {
    fn from(plan: BackupPlanId) -> Self {
        Self::BackupPlan(plan)
    }
}

impl From<RestoreTaskId> for RestoreTaskSelection {
    fn from(task: RestoreTaskId) -> Self {
        Self::RestoreTask(task)
    }
}

#[serde_as]
#[skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireRestoreTasks {
    #[serde(deserialize_with = "lenient::optional")]
    backup_plan_id: Option<BackupPlanId>,
    #[serde(rename = "RestoreTaskId")]
    #[serde_as(as = "Option<StringWithSeparator::<CommaSeparator, RestoreTaskId>>")]
    restore_task_ids: Option<Vec<RestoreTaskId>>,
}

impl From<RestoreTaskSelection> for WireRestoreTasks {
    fn from(selection: RestoreTaskSelection) -> Self {
        match selection {
            RestoreTaskSelection::BackupPlan(plan) => {
                Self { backup_plan_id: Some(plan), restore_task_ids: None }
            }
            RestoreTaskSelection::RestoreTask(task) => {
                Self { backup_plan_id: None, restore_task_ids: Some(vec![task]) }
            }
            RestoreTaskSelection::RestoreTasks(tasks) => {
                Self { backup_plan_id: None, restore_task_ids: Some(tasks) }
            }
        }
    }
}

impl TryFrom<WireRestoreTasks> for RestoreTaskSelection {
    type Error = InvalidValue;

    fn try_from(wire: WireRestoreTasks) -> Result<Self, InvalidValue> {
        let tasks = wire.restore_task_ids.filter(|tasks| !tasks.is_empty());
        match (wire.backup_plan_id, tasks) {
            (Some(plan), None) => Ok(Self::BackupPlan(plan)),
            (None, Some(mut tasks)) if tasks.len() == 1 => Ok(Self::RestoreTask(tasks.remove(0))),
            (None, Some(tasks)) => Ok(Self::RestoreTasks(tasks)),
            (given, _) => Err(one_of("RestoreTaskId", given.is_some())),
        }
    }
}

/// Which downloads are listed: those of a plan, one by id, or one by id within a plan.
///
/// Wire: `BackupPlanId`, `BackupSetDownloadTaskId`; one of them is needed.
/// Source: `DescribeBackupSetDownloadTaskList`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireDownloads", into = "WireDownloads")]
#[expect(clippy::exhaustive_enums, reason = "the service knows these two ids")]
pub enum DownloadTaskSelection {
    /// All downloads of a plan.
    BackupPlan(BackupPlanId),
    /// One download.
    Task(BackupSetDownloadTaskId),
    /// One download, if it belongs to the plan.
    TaskOfPlan {
        /// The plan, `BackupPlanId`.
        backup_plan_id: BackupPlanId,
        /// The download, `BackupSetDownloadTaskId`.
        task_id: BackupSetDownloadTaskId,
    },
}

impl From<BackupPlanId> for DownloadTaskSelection {
    fn from(plan: BackupPlanId) -> Self {
        Self::BackupPlan(plan)
    }
}

impl From<BackupSetDownloadTaskId> for DownloadTaskSelection {
    fn from(task: BackupSetDownloadTaskId) -> Self {
        Self::Task(task)
    }
}

#[skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireDownloads {
    #[serde(deserialize_with = "lenient::optional")]
    backup_plan_id: Option<BackupPlanId>,
    #[serde(deserialize_with = "lenient::optional")]
    backup_set_download_task_id: Option<BackupSetDownloadTaskId>,
}

impl From<DownloadTaskSelection> for WireDownloads {
    fn from(selection: DownloadTaskSelection) -> Self {
        let (plan, task) = match selection {
            DownloadTaskSelection::BackupPlan(plan) => (Some(plan), None),
            DownloadTaskSelection::Task(task) => (None, Some(task)),
            DownloadTaskSelection::TaskOfPlan { backup_plan_id, task_id } => {
                (Some(backup_plan_id), Some(task_id))
            }
        };
        Self { backup_plan_id: plan, backup_set_download_task_id: task }
    }
}

impl TryFrom<WireDownloads> for DownloadTaskSelection {
    type Error = InvalidValue;

    fn try_from(wire: WireDownloads) -> Result<Self, InvalidValue> {
        match (wire.backup_plan_id, wire.backup_set_download_task_id) {
            (Some(plan), None) => Ok(Self::BackupPlan(plan)),
            (None, Some(task)) => Ok(Self::Task(task)),
            (Some(backup_plan_id), Some(task_id)) => {
                Ok(Self::TaskOfPlan { backup_plan_id, task_id })
            }
            (None, None) => Err(one_of("BackupSetDownloadTaskId", false)),
        }
    }
}

/// The error for ids of which exactly one is wanted.
fn one_of(other: &'static str, both: bool) -> InvalidValue {
    if both {
        let why = format!("BackupPlanId and {other} exclude each other; leave one out");
        return InvalidValue::new(other, "", why);
    }
    InvalidValue::new("BackupPlanId", "", format!("give BackupPlanId or {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_selection_survives_the_wire() {
        for json in [r#"{"BackupPlanId":"a"}"#, r#"{"RestoreTaskId":"r"}"#] {
            let target: PreCheckTarget = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&target).unwrap(), json);
        }
        for json in
            [r#"{"BackupPlanId":"a"}"#, r#"{"RestoreTaskId":"r"}"#, r#"{"RestoreTaskId":"r,s"}"#]
        {
            let selection: RestoreTaskSelection = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&selection).unwrap(), json);
        }
        for json in [
            r#"{"BackupPlanId":"a"}"#,
            r#"{"BackupSetDownloadTaskId":"d"}"#,
            r#"{"BackupPlanId":"a","BackupSetDownloadTaskId":"d"}"#,
        ] {
            let selection: DownloadTaskSelection = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&selection).unwrap(), json);
        }
    }

    #[test]
    fn neither_and_both_are_refused() {
        let both = r#"{"BackupPlanId":"a","RestoreTaskId":"r"}"#;
        for (json, says) in [("{}", "give BackupPlanId or RestoreTaskId"), (both, "exclude")] {
            let error = serde_json::from_str::<PreCheckTarget>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            let error = serde_json::from_str::<RestoreTaskSelection>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = serde_json::from_str::<DownloadTaskSelection>("{}").unwrap_err().to_string();
        assert!(error.contains("BackupSetDownloadTaskId"), "{error}");
    }
}
