//! Which request is handled how.

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::handle::Handle;
use crate::fake::refusal::Refusal;
use crate::fake::reply;
use crate::fake::world::state::World;
use crate::rpc::wire::{DecodeError, Parameters};
use crate::v2019_03_06::operations::{self, for_each_operation};

/// Executes the operation of a name, with its parameters.
pub(in crate::fake) fn execute(
    world: &mut World,
    operation: &str,
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, Refusal> {
    macro_rules! dispatch {
        ($($request:ident),+) => {
            match operation {
                $(stringify!($request) => run::<operations::$request>(world, parameters, now),)+
                _ => Err(Refusal::gateway(
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
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<Response<Bytes>, Refusal> {
    let request: R = typed(parameters, R::REQUIRED)?;
    world.settle(now);
    let response = request.handle(world, now)?;
    let id = reply::request_id(world.ids.unique());
    Ok(if R::OLD_ENVELOPE {
        reply::old_success(&id, &response)
    } else {
        reply::success(&id, &response)
    })
}

/// Reads the request in its type: what the gateway's metadata requires first, then values.
fn typed<T: DeserializeOwned>(parameters: &Parameters, required: &[&str]) -> Result<T, Refusal> {
    if let Some(missing) = required.iter().find(|name| !parameters.contains(name)) {
        return Err(Refusal::gateway(
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
        Refusal::business(code, error.to_string())
    })
}
