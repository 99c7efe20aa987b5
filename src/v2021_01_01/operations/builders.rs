//! The builders of the requests.
//!
//! Code rarely names these types: start with the `builder` function of a request, such as
//! [`CreateDownload::builder`](super::CreateDownload::builder). The setters have the names and types
//! of the request's fields. `maybe_` setters of optional fields take an `Option`. A request without
//! a required field does not compile.

pub use super::download::addresses::DescribeDownloadBackupSetStorageInfoBuilder;
pub use super::download::create::CreateDownloadBuilder;
pub use super::download::list::DescribeDownloadTaskBuilder;
pub use super::download::retry::RetryDownloadTaskBuilder;
pub use super::download::support::DescribeDownloadSupportBuilder;
pub use super::plan::change_group::ChangeResourceGroupBuilder;
pub use super::plan::cost_info::DescribeCostInfoByDbsInstanceBuilder;
pub use super::sandbox::backup_sets::DescribeSandboxBackupSetsBuilder;
pub use super::sandbox::delete::DeleteSandboxInstanceBuilder;
pub use super::sandbox::instances::DescribeSandboxInstancesBuilder;
pub use super::sandbox::recovery_time::DescribeSandboxRecoveryTimeBuilder;
