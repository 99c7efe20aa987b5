//! Backup gateways, and the databases behind them.

mod create_database_list;
mod database_list;
mod list;

pub use create_database_list::{
    CreateGetDBListFromAgentTask, CreateGetDBListFromAgentTaskBuilder,
    CreateGetDBListFromAgentTaskResponse,
};
pub use database_list::{
    GetDBListFromAgent, GetDBListFromAgentBuilder, GetDBListFromAgentResponse,
};
pub use list::{
    BackupGateway, DescribeBackupGatewayList, DescribeBackupGatewayListBuilder,
    DescribeBackupGatewayListResponse,
};
