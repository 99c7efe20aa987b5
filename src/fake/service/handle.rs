//! `Handle`: what the fake does with a request.

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::fake::refusal::Refusal;
use crate::fake::world::state::World;
use crate::rpc::operation::Operation;

/// A request that the service executes.
pub(super) trait Handle: Operation<Response: Serialize> + DeserializeOwned {
    /// Parameters that the gateway's metadata requires.
    const REQUIRED: &'static [&'static str];
    /// Whether `Success` is a string in the response.
    const OLD_ENVELOPE: bool = false;

    /// Executes the request; what was due before `now` has happened.
    fn handle(self, world: &mut World, now: OffsetDateTime) -> Result<Self::Response, Refusal>;
}
