//! The operations on backup gateways and the databases that they reach.

pub(super) mod create_database_list;
pub(super) mod database_list;
pub(super) mod list;

pub use create_database_list::{
    CreateGetDBListFromAgentTask, CreateGetDBListFromAgentTaskResponse,
};
pub use database_list::{GetDBListFromAgent, GetDBListFromAgentResponse};
pub use list::{BackupGateway, DescribeBackupGatewayList, DescribeBackupGatewayListResponse};
