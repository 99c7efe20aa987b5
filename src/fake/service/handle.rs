//! `Handle`: executes the requests of one operation.

use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::fake::error_response::ErrorResponse;
use crate::fake::responses::Envelope;
use crate::fake::world::state::World;
use crate::rpc::operation::Operation;

/// A request that the fake executes.
pub(super) trait Handle: Operation<Response: Serialize> + DeserializeOwned {
    /// The required parameters, by the vendor's API metadata.
    const REQUIRED: &'static [&'static str];
    /// The fields that the response has besides its own.
    const ENVELOPE: Envelope = Envelope::Standard;
    /// The fields of `Data` that are numbers. Serialization writes them as strings.
    const NUMBERS: &'static [&'static str] = &[];
    /// The error code of a missing parameter that the service, not the gateway, reports.
    const MISSING: &'static str = "Param.NotFound";
    /// The error code of an invalid parameter.
    const INVALID: &'static str = "InvalidParameterValid";

    /// Executes the request. Events that were due before `now` have been applied.
    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse>;
}
