//! Targets of requests that the service selects by one of two ids.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as, skip_serializing_none};

use super::identifier::{BackupPlanId, BackupSetDownloadTaskId, RestoreTaskId};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;

/// Selects the pre-check of a plan or of a restore task.
///
/// Each id converts into it. Wire name: `BackupPlanId` or `RestoreTaskId`. Source:
/// [`DescribePreCheckProgressList`](crate::operations::DescribePreCheckProgressList).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WirePreCheck", into = "WirePreCheck")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum PreCheckTarget {
    /// The pre-check of a plan, which starts when the plan is configured.
    ///
    /// Wire name: `BackupPlanId`.
    #[doc(alias = "BackupPlanId")]
    BackupPlan(BackupPlanId),
    /// The pre-check of a restore task, which starts when the task is created.
    ///
    /// Wire name: `RestoreTaskId`.
    #[doc(alias = "RestoreTaskId")]
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

/// The wire form of [`PreCheckTarget`].
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
            (Some(_), Some(task)) => Err(conflicting_id("RestoreTaskId", task)),
            (None, None) => Err(missing_id("RestoreTaskId")),
        }
    }
}

/// Selects restore tasks by their plan or by their ids.
///
/// Each id converts into it. Wire name: `BackupPlanId`, or `RestoreTaskId` with the ids joined by
/// commas. Source: [`DescribeRestoreTaskList`](crate::operations::DescribeRestoreTaskList).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireRestoreTasks", into = "WireRestoreTasks")]
#[expect(clippy::exhaustive_enums, reason = "the service takes one of these two")]
pub enum RestoreTaskSelection {
    /// All restore tasks of a plan.
    ///
    /// Wire name: `BackupPlanId`.
    #[doc(alias = "BackupPlanId")]
    BackupPlan(BackupPlanId),
    /// One restore task.
    ///
    /// Wire name: `RestoreTaskId`.
    #[doc(alias = "RestoreTaskId")]
    RestoreTask(RestoreTaskId),
    /// Several restore tasks. The service rejects an empty list.
    ///
    /// Wire name: `RestoreTaskId`.
    #[doc(alias = "RestoreTaskId")]
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

/// The wire form of [`RestoreTaskSelection`].
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
            (Some(_), Some(tasks)) => Err(conflicting_id("RestoreTaskId", &tasks[0])),
            (None, None) => Err(missing_id("RestoreTaskId")),
        }
    }
}

/// Selects download tasks by their plan, by their id, or by both.
///
/// Each id converts into it. Wire names: `BackupPlanId`, `BackupSetDownloadTaskId`; the service
/// requires at least one of them. Source:
/// [`DescribeBackupSetDownloadTaskList`](crate::operations::DescribeBackupSetDownloadTaskList).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireDownloads", into = "WireDownloads")]
#[expect(clippy::exhaustive_enums, reason = "the service takes these two ids")]
pub enum DownloadTaskSelection {
    /// All download tasks of a plan.
    ///
    /// Wire name: `BackupPlanId`.
    #[doc(alias = "BackupPlanId")]
    BackupPlan(BackupPlanId),
    /// One download task.
    ///
    /// Wire name: `BackupSetDownloadTaskId`.
    #[doc(alias = "BackupSetDownloadTaskId")]
    Task(BackupSetDownloadTaskId),
    /// One download task, if it belongs to the plan.
    TaskOfPlan {
        /// The plan.
        backup_plan_id: BackupPlanId,
        /// The download task.
        ///
        /// Wire name: `BackupSetDownloadTaskId`.
        #[doc(alias = "BackupSetDownloadTaskId")]
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

/// The wire form of [`DownloadTaskSelection`].
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
            (None, None) => Err(missing_id("BackupSetDownloadTaskId")),
        }
    }
}

fn missing_id(other: &'static str) -> InvalidValue {
    InvalidValue::new("BackupPlanId", "", format!("expected `BackupPlanId` or `{other}`"))
}

fn conflicting_id(other: &'static str, given: impl fmt::Display) -> InvalidValue {
    InvalidValue::new(other, given, format!("expected `BackupPlanId` or `{other}`, got both"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_selection_round_trips() {
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
    fn neither_and_both_ids_are_rejected() {
        let both = r#"{"BackupPlanId":"a","RestoreTaskId":"r"}"#;
        for (json, says) in
            [("{}", "expected `BackupPlanId` or `RestoreTaskId`"), (both, "got both")]
        {
            let error = serde_json::from_str::<PreCheckTarget>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            let error = serde_json::from_str::<RestoreTaskSelection>(json).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let error = serde_json::from_str::<DownloadTaskSelection>("{}").unwrap_err().to_string();
        assert!(error.contains("BackupSetDownloadTaskId"), "{error}");
    }
}
