//! Operations on the service: regions, addresses, data lake, job errors and service-linked role.

pub(super) mod dla;
pub(super) mod job_error_code;
pub(super) mod node_cidrs;
pub(super) mod regions;
pub(super) mod service_linked_role;

pub use dla::{DescribeDLAService, DescribeDLAServiceResponse};
pub use job_error_code::{DescribeJobErrorCode, DescribeJobErrorCodeResponse, JobError};
pub use node_cidrs::{DescribeNodeCidrList, DescribeNodeCidrListResponse};
pub use regions::{DescribeRegions, DescribeRegionsResponse};
pub use service_linked_role::{
    InitializeDbsServiceLinkedRole, InitializeDbsServiceLinkedRoleResponse,
};
