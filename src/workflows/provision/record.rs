//! The hook of `Provision::record`, which makes a purchase durable.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::types::{BackupPlanId, OrderId};

/// A bought plan, as the hook of [`Provision::record`](super::Provision::record) gets it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreatedPlan {
    /// The id of the plan.
    pub backup_plan_id: BackupPlanId,
    /// The id of the order. `None` if the response does not name one, or after
    /// [`resume`](super::Provision::resume).
    pub order_id: Option<OrderId>,
    /// The client token of the provisioning.
    pub client_token: ClientToken,
}

/// The error of a hook.
type HookError = Box<dyn StdError + Send + Sync>;
/// The future of a hook.
pub(super) type Recording = Pin<Box<dyn Future<Output = Result<(), HookError>> + Send>>;
/// A hook of any type.
pub(super) type RecordHook = Arc<dyn Fn(CreatedPlan) -> Recording + Send + Sync>;

/// Boxes a hook of any type.
pub(super) fn hook<F, Fut, E>(record: F) -> RecordHook
where
    F: Fn(CreatedPlan) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<HookError> + 'static,
{
    Arc::new(move |plan| {
        let recording = record(plan);
        Box::pin(async move { recording.await.map_err(Into::into) })
    })
}
