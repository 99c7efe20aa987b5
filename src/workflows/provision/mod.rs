//! Provisioning: buys, configures and starts a plan, and can be resumed after a crash.

mod configuration;
mod handle;
mod progress;
mod provision_error;
mod run;

pub use configuration::{Async, Fallible, IntoConfiguration, Plain};
pub use handle::{Provision, ProvisionFuture};
pub use progress::{ProvisionStage, ProvisionStep, Provisioned};
pub use provision_error::{ProvisionCause, ProvisionError};
