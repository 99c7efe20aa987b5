//! All operations by name, for code that learns the name at run time.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan, CreateFullBackupSetDownload,
    CreateGetDBListFromAgentTask, CreateIncrementBackupSetDownload, CreateRestoreTask,
    DescribeBackupGatewayList, DescribeBackupPlanBilling, DescribeBackupPlanList,
    DescribeBackupSetDownloadTaskList, DescribeDLAService, DescribeFullBackupList,
    DescribeIncrementBackupList, DescribeJobErrorCode, DescribeNodeCidrList,
    DescribePreCheckProgressList, DescribeRegions, DescribeRestoreRangeInfo,
    DescribeRestoreTaskList, DisableBackupLog, EnableBackupLog, GetDBListFromAgent,
    InitializeDbsServiceLinkedRole, ModifyBackupObjects, ModifyBackupPlanName,
    ModifyBackupSetDownloadRules, ModifyBackupSourceEndpoint, ModifyBackupStrategy,
    ModifyStorageStrategy, ReleaseBackupPlan, RenewBackupPlan, StartBackupPlan, StartRestoreTask,
    StopBackupPlan, UpgradeBackupPlan,
};
use crate::rpc::api::{Operation, RamAction, RateLimit, Safety};

/// What is known about an operation without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OperationInfo {
    /// Name of the operation on the wire.
    pub action: &'static str,
    /// File of the operation below `src/operations/`.
    pub file: &'static str,
    /// Whether it may be sent again.
    pub safety: Safety,
    /// What a RAM policy must allow.
    pub ram: RamAction,
    /// The published limit on calls, where there is one.
    pub rate_limit: Option<RateLimit>,
}

/// What every operation of [`crate::operations`] can do besides being sent: be read and written,
/// compared and shown. It is implemented by itself.
pub trait NamedOperation:
    Operation<Response: Serialize + Clone + PartialEq + Debug>
    + DeserializeOwned
    + Clone
    + PartialEq
    + Debug
    + 'static
{
}

impl<O> NamedOperation for O where
    O: Operation<Response: Serialize + Clone + PartialEq + Debug>
        + DeserializeOwned
        + Clone
        + PartialEq
        + Debug
        + 'static
{
}

/// What is done with an operation whose name is known only at run time: see [`visit`].
pub trait OperationVisitor {
    /// What comes out.
    type Output;

    /// Does it, with the operation's type.
    fn visit<O: NamedOperation>(self) -> Self::Output;
}

macro_rules! registry {
    ($($operation:ident = $file:literal),+ $(,)?) => {
        /// Every operation of the service, by name.
        pub const ALL: &[OperationInfo] = &[$(
            OperationInfo {
                action: $operation::ACTION,
                file: $file,
                safety: $operation::SAFETY,
                ram: $operation::RAM,
                rate_limit: $operation::RATE_LIMIT,
            }
        ),+];

        /// Gives the type of the operation with this name to a visitor; `None` if there is no
        /// such operation.
        ///
        /// This is how a request that comes from outside, such as a line of JSON, gets its type:
        ///
        /// ```
        /// use aliyun_dbs::operations::{NamedOperation, OperationVisitor, visit};
        ///
        /// struct Check<'a>(&'a str);
        ///
        /// impl OperationVisitor for Check<'_> {
        ///     type Output = Result<(), serde_json::Error>;
        ///
        ///     fn visit<O: NamedOperation>(self) -> Self::Output {
        ///         serde_json::from_str::<O>(self.0).map(drop)
        ///     }
        /// }
        ///
        /// assert!(visit("StopBackupPlan", Check(r#"{"BackupPlanId":"a","StopMethod":"ALL"}"#))
        ///     .unwrap()
        ///     .is_ok());
        /// assert!(visit("StopBackupPlan", Check("{}")).unwrap().is_err());
        /// assert!(visit("MakeCoffee", Check("{}")).is_none());
        /// ```
        pub fn visit<V: OperationVisitor>(action: &str, visitor: V) -> Option<V::Output> {
            match action {
                $($operation::ACTION => Some(visitor.visit::<$operation>()),)+
                _ => None,
            }
        }
    };
}

registry! {
    ConfigureBackupPlan = "plan/configure.rs",
    CreateAndStartBackupPlan = "plan/create_and_start.rs",
    CreateBackupPlan = "plan/create.rs",
    CreateFullBackupSetDownload = "backup/full_download.rs",
    CreateGetDBListFromAgentTask = "gateway/create_database_list.rs",
    CreateIncrementBackupSetDownload = "backup/increment_download.rs",
    CreateRestoreTask = "restore/create.rs",
    DescribeBackupGatewayList = "gateway/list.rs",
    DescribeBackupPlanBilling = "plan/billing.rs",
    DescribeBackupPlanList = "plan/list.rs",
    DescribeBackupSetDownloadTaskList = "backup/download_list.rs",
    DescribeDLAService = "service/dla.rs",
    DescribeFullBackupList = "backup/full_list.rs",
    DescribeIncrementBackupList = "backup/increment_list.rs",
    DescribeJobErrorCode = "service/job_error_code.rs",
    DescribeNodeCidrList = "service/node_cidrs.rs",
    DescribePreCheckProgressList = "plan/precheck.rs",
    DescribeRegions = "service/regions.rs",
    DescribeRestoreRangeInfo = "restore/range.rs",
    DescribeRestoreTaskList = "restore/list.rs",
    DisableBackupLog = "settings/disable_log.rs",
    EnableBackupLog = "settings/enable_log.rs",
    GetDBListFromAgent = "gateway/database_list.rs",
    InitializeDbsServiceLinkedRole = "service/service_linked_role.rs",
    ModifyBackupObjects = "settings/objects.rs",
    ModifyBackupPlanName = "plan/rename.rs",
    ModifyBackupSetDownloadRules = "settings/download_rules.rs",
    ModifyBackupSourceEndpoint = "settings/source_endpoint.rs",
    ModifyBackupStrategy = "settings/strategy.rs",
    ModifyStorageStrategy = "settings/storage.rs",
    ReleaseBackupPlan = "plan/release.rs",
    RenewBackupPlan = "plan/renew.rs",
    StartBackupPlan = "plan/start.rs",
    StartRestoreTask = "restore/start.rs",
    StopBackupPlan = "plan/stop.rs",
    UpgradeBackupPlan = "plan/upgrade.rs",
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Name;

    impl OperationVisitor for Name {
        type Output = &'static str;

        fn visit<O: NamedOperation>(self) -> &'static str {
            O::ACTION
        }
    }

    #[test]
    fn every_operation_is_found_by_its_name() {
        assert_eq!(ALL.len(), 36);
        assert!(ALL.is_sorted_by(|a, b| a.action < b.action));
        for info in ALL {
            assert_eq!(visit(info.action, Name), Some(info.action));
        }
        assert_eq!(visit("createBackupPlan", Name), None);
    }
}
