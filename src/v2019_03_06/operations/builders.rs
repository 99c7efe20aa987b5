//! The builders of the requests.
//!
//! Code rarely names these types: start with the `builder` function of a request, such as
//! [`CreateBackupPlan::builder`](crate::operations::CreateBackupPlan::builder). The setters have
//! the names and types of the request's fields. `maybe_` setters of optional fields take an
//! `Option`. A request without a required field does not compile.

pub use super::backup::download_list::DescribeBackupSetDownloadTaskListBuilder;
pub use super::backup::full_download::CreateFullBackupSetDownloadBuilder;
pub use super::backup::full_list::DescribeFullBackupListBuilder;
pub use super::backup::increment_download::CreateIncrementBackupSetDownloadBuilder;
pub use super::backup::increment_list::DescribeIncrementBackupListBuilder;
pub use super::gateway::create_database_list::CreateGetDBListFromAgentTaskBuilder;
pub use super::gateway::database_list::GetDBListFromAgentBuilder;
pub use super::gateway::list::DescribeBackupGatewayListBuilder;
pub use super::plan::billing::DescribeBackupPlanBillingBuilder;
pub use super::plan::configure::ConfigureBackupPlanBuilder;
pub use super::plan::create::CreateBackupPlanBuilder;
pub use super::plan::create_and_start::CreateAndStartBackupPlanBuilder;
pub use super::plan::list::DescribeBackupPlanListBuilder;
pub use super::plan::precheck::DescribePreCheckProgressListBuilder;
pub use super::plan::release::ReleaseBackupPlanBuilder;
pub use super::plan::rename::ModifyBackupPlanNameBuilder;
pub use super::plan::renew::RenewBackupPlanBuilder;
pub use super::plan::start::StartBackupPlanBuilder;
pub use super::plan::stop::StopBackupPlanBuilder;
pub use super::plan::upgrade::UpgradeBackupPlanBuilder;
pub use super::restore::create::CreateRestoreTaskBuilder;
pub use super::restore::list::DescribeRestoreTaskListBuilder;
pub use super::restore::range::DescribeRestoreRangeInfoBuilder;
pub use super::restore::start::StartRestoreTaskBuilder;
pub use super::service::dla::DescribeDLAServiceBuilder;
pub use super::service::job_error_code::DescribeJobErrorCodeBuilder;
pub use super::service::node_cidrs::DescribeNodeCidrListBuilder;
pub use super::service::regions::DescribeRegionsBuilder;
pub use super::service::service_linked_role::InitializeDbsServiceLinkedRoleBuilder;
pub use super::settings::disable_log::DisableBackupLogBuilder;
pub use super::settings::download_rules::ModifyBackupSetDownloadRulesBuilder;
pub use super::settings::enable_log::EnableBackupLogBuilder;
pub use super::settings::objects::ModifyBackupObjectsBuilder;
pub use super::settings::source_endpoint::ModifyBackupSourceEndpointBuilder;
pub use super::settings::storage::ModifyStorageStrategyBuilder;
pub use super::settings::strategy::ModifyBackupStrategyBuilder;
