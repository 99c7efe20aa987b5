//! `Handle`: executes the requests of one operation.

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::fake::error_response::ErrorResponse;
use crate::fake::world::state::World;
use crate::rpc::operation::Operation;

/// A request that the fake executes.
pub(super) trait Handle: Operation<Response: Serialize> + DeserializeOwned {
    /// The parameters that the gateway requires, by the vendor's API metadata.
    const REQUIRED: &'static [&'static str];
    /// Whether the response has the legacy envelope, in which `Success` is a string.
    const LEGACY_ENVELOPE: bool = false;

    /// Executes the request. Events that were due before `now` have been applied.
    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse>;
}
