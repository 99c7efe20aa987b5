//! Workflows: several calls that together do one thing.
//!
//! [`Provision`], made by [`Client::provision`](crate::Client::provision), buys, configures and
//! starts a plan, and resumes after a crash.

mod provision;

pub use provision::{
    Provision, ProvisionCause, ProvisionError, ProvisionFuture, ProvisionStage, ProvisionStep,
    Provisioned,
};
