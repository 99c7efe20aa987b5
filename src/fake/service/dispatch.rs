//! Dispatches a request to the handler of its operation.

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::responses;
use crate::fake::world::state::World;
use crate::rpc::transport::faults::render::request_id;
use crate::rpc::wire::{DecodeError, Parameters};
use crate::v2019_03_06::operations::{self, for_each_operation};
use crate::v2019_03_06::region::Region;

/// Executes an operation by its name, for the regions that the endpoint serves.
pub(in crate::fake) fn execute(
    world: &mut World,
    served: Option<&[Region]>,
    operation: &str,
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, ErrorResponse> {
    macro_rules! dispatch {
        ($($request:ident),+) => {
            match operation {
                $(stringify!($request) => run::<operations::$request>(world, served, parameters, now),)+
                _ => Err(ErrorResponse::gateway(
                    404,
                    "InvalidAction.NotFound",
                    "Specified api is not found, please check your url and method.",
                )),
            }
        };
    }
    for_each_operation!(dispatch)
}

fn run<R: Handle>(
    world: &mut World,
    served: Option<&[Region]>,
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, ErrorResponse> {
    let request: R = decode(parameters, R::REQUIRED)?;
    world.apply_due_events(now);
    let hidden = served.map(|regions| world.hide_except(regions));
    let response = request.handle(world, now);
    if let Some(hidden) = hidden {
        world.show(hidden);
    }
    let response = response?;
    let id = request_id(world.ids.unique());
    Ok(if R::LEGACY_ENVELOPE {
        responses::legacy_success(&id, &response)
    } else {
        responses::success(&id, &response)
    })
}

/// Decodes a request.
///
/// Checks the parameters that the gateway requires first, then the values.
fn decode<T: DeserializeOwned>(
    parameters: &Parameters,
    required: &[&str],
) -> Result<T, ErrorResponse> {
    if let Some(missing) = required.iter().find(|name| !parameters.contains(name)) {
        return Err(ErrorResponse::gateway(
            400,
            format!("Missing{missing}"),
            format!("{missing} is mandatory for this action."),
        ));
    }
    parameters.decode().map_err(|error| {
        let code = match error {
            DecodeError::Missing { .. } => "Param.NotFound",
            DecodeError::Invalid { .. } => "InvalidParameterValid",
        };
        ErrorResponse::business(code, error.to_string())
    })
}
