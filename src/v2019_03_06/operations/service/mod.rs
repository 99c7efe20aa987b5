//! The service itself: regions, addresses, data lake, errors of jobs, its role.

mod dla;
mod job_error_code;
mod node_cidrs;
mod regions;
mod service_linked_role;

pub use dla::{DescribeDLAService, DescribeDLAServiceBuilder, DescribeDLAServiceResponse};
pub use job_error_code::{
    DescribeJobErrorCode, DescribeJobErrorCodeBuilder, DescribeJobErrorCodeResponse, JobError,
};
pub use node_cidrs::{
    DescribeNodeCidrList, DescribeNodeCidrListBuilder, DescribeNodeCidrListResponse,
};
pub use regions::{DescribeRegions, DescribeRegionsBuilder, DescribeRegionsResponse};
pub use service_linked_role::{
    InitializeDbsServiceLinkedRole, InitializeDbsServiceLinkedRoleBuilder,
    InitializeDbsServiceLinkedRoleResponse,
};
