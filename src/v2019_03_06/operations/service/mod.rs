//! The service itself: regions, addresses, data lake, errors of jobs, its role.

mod dla;
mod job_error_code;
mod node_cidrs;
mod regions;
mod service_linked_role;

pub use dla::*;
pub use job_error_code::*;
pub use node_cidrs::*;
pub use regions::*;
pub use service_linked_role::*;
