//! Identifiers that are strings, each with its own type.

use crate::rpc::value::identifier::identifiers;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;

identifiers! {
    in "aliyun_dbs::v2021_01_01::types";
    /// The id of an advanced download.
    ///
    /// Wire name: `TaskId`.
    /// Source: [`CreateDownload`](crate::v2021_01_01::operations::CreateDownload).
    #[doc(alias = "TaskId")]
    DownloadTaskId = "dt-qxnsfq5s8xo1";
    /// The id of a sandbox.
    ///
    /// Wire name: `InstanceId`. Source:
    /// [`DescribeSandboxInstances`](crate::v2021_01_01::operations::DescribeSandboxInstances).
    #[doc(alias = "InstanceId")]
    SandboxInstanceId = "1jsandbox9one";
    /// The id of an item of the bill: a plan, or `dbs:` and an instance.
    ///
    /// Wire name: `BackupPlanId`. Source:
    /// [`DescribeCostInfoByDbsInstance`](crate::v2021_01_01::operations::DescribeCostInfoByDbsInstance).
    #[doc(alias = "BackupPlanId")]
    BilledItemId = "dbs:d-2zefd6337d766294";
    /// The id of a data source, which [`DatasourceId::of`] builds for an instance.
    ///
    /// Source: [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask).
    DatasourceId = "ds-rm-bp1imnmcjxdz7_cn-hangzhou";
}

impl DatasourceId {
    /// Returns the id of an instance's data source: `ds-`, instance, `_`, region.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::Region;
    /// use aliyun_dbs::v2021_01_01::types::DatasourceId;
    ///
    /// let id = DatasourceId::of(&"rm-bp1imnmcjxdz7".parse()?, Region::Hangzhou);
    /// assert_eq!(id.as_str(), "ds-rm-bp1imnmcjxdz7_cn-hangzhou");
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    pub fn of(instance: &InstanceId, region: Region) -> Self {
        Self(format!("ds-{instance}_{region}").into())
    }
}

impl From<crate::v2019_03_06::types::BackupPlanId> for BilledItemId {
    fn from(plan: crate::v2019_03_06::types::BackupPlanId) -> Self {
        Self(plan.prefixed().as_str().into())
    }
}
