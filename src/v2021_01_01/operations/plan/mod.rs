//! The operations on plans and their costs.

pub(super) mod change_group;
pub(super) mod cost_info;

pub use change_group::{ChangeResourceGroup, ChangeResourceGroupResponse};
pub use cost_info::{
    CostInfo, DescribeCostInfoByDbsInstance, DescribeCostInfoByDbsInstanceResponse,
};
