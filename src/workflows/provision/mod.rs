//! Provisioning: buys, configures and starts a plan, and can be resumed after a crash.

mod candidates;
pub(super) mod configuration;
mod context;
pub(super) mod decision;
pub(super) mod existing;
mod handle;
pub(super) mod options;
mod prepare;
mod progress;
mod provision_error;
mod purchase;
mod record;
mod run;
mod unresolved;

pub use configuration::{Async, Fallible, IntoConfiguration, Plain};
pub use handle::{Provision, ProvisionFuture};
pub use progress::{ProvisionStage, ProvisionStep, Provisioned};
pub use provision_error::{ProvisionCause, ProvisionError};
pub use record::CreatedPlan;
pub use unresolved::UnresolvedPurchase;
