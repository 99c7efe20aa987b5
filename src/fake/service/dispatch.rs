//! Dispatches a request to the handler of its operation.

use bytes::Bytes;
use http::Response;
use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::responses;
use crate::fake::served_api::ServedApi;
use crate::fake::world::state::World;
use crate::rpc::api::Api;
use crate::rpc::transport::faults::render::request_id;
use crate::rpc::wire::{DecodeError, Parameters};
use crate::v2019_03_06::operations::for_each_operation;
use crate::v2019_03_06::region::Region;
use crate::v2021_01_01::operations::for_each_operation_2021;

/// Executes the requests of one operation.
type Run = fn(
    &mut World,
    Option<&[Region]>,
    &Parameters,
    OffsetDateTime,
) -> Result<Response<Bytes>, ErrorResponse>;

macro_rules! handlers {
    ($($request:ident),+) => {
        &[$((stringify!($request), run::<operations::$request>)),+]
    };
}

/// The operations of version 2019-03-06.
const OF_2019: &[(&str, Run)] = {
    use crate::v2019_03_06::operations;
    for_each_operation!(handlers)
};

/// The operations of version 2021-01-01.
const OF_2021: &[(&str, Run)] = {
    use crate::v2021_01_01::operations;
    for_each_operation_2021!(handlers)
};

/// Executes an operation by its name, for the regions that the endpoint serves.
pub(in crate::fake) fn execute(
    world: &mut World,
    api: ServedApi,
    served: Option<&[Region]>,
    operation: &str,
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, ErrorResponse> {
    let handlers = match api {
        ServedApi::V2019 => OF_2019,
        ServedApi::V2021 => OF_2021,
    };
    if let Some((_, run)) = handlers.iter().find(|(name, _)| *name == operation) {
        return run(world, served, parameters, now);
    }
    if api.refuses(operation) {
        let message = format!(
            "the fake does not implement `{operation}`: only the typed operations of {} respond",
            api.version()
        );
        return Err(ErrorResponse::Forbidden { message });
    }
    let message = "Specified api is not found, please check your url and method.";
    Err(ErrorResponse::gateway(404, "InvalidAction.NotFound", message))
}

fn run<R: Handle>(
    world: &mut World,
    served: Option<&[Region]>,
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, ErrorResponse> {
    let request: R = decode(parameters)?;
    world.apply_due_events(now);
    let hidden = served.map(|regions| world.hide_except(regions));
    let response = request.handle(world, now);
    if let Some(hidden) = hidden {
        world.show(hidden);
    }
    let response = response?;
    let id = request_id(world.ids.unique());
    Ok(responses::success(R::ENVELOPE, R::NUMBERS, &id, &response))
}

/// Decodes a request.
///
/// Checks the required parameters first, then the values. In version 2021-01-01, the service reports a
/// missing parameter, in 2019-03-06 the gateway.
fn decode<R: Handle>(parameters: &Parameters) -> Result<R, ErrorResponse> {
    if let Some(missing) = R::REQUIRED.iter().find(|name| !parameters.contains(name)) {
        return Err(if R::Api::VERSION == ServedApi::V2021.version() {
            let (first, rest) = missing.split_at(1);
            let message = format!("Argument: {}{rest} Must not be empty", first.to_lowercase());
            ErrorResponse::business(R::MISSING, message)
        } else {
            let message = format!("{missing} is mandatory for this action.");
            ErrorResponse::gateway(400, format!("Missing{missing}"), message)
        });
    }
    parameters.decode().map_err(|error| {
        let code = match error {
            DecodeError::Missing { .. } => R::MISSING,
            DecodeError::Invalid { .. } => R::INVALID,
        };
        ErrorResponse::business(code, error.to_string())
    })
}
