//! Helpers that the wire tests of the operations share.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rpc::api::Api;
use crate::rpc::operation::{ApiRequest, Operation};
use crate::rpc::wire::decode_response;

/// Asserts that a request is sent as exactly these parameters, secrets included.
///
/// Also asserts that they decode to the same request.
#[track_caller]
pub(crate) fn assert_sends<O>(request: &O, expected: &[(&str, &str)])
where
    O: Operation + DeserializeOwned + PartialEq + Debug,
{
    let parameters = request.parameters().unwrap();
    let secrets = parameters.secrets().map(|(name, secret)| (name, secret.expose()));
    let mut sent: Vec<_> = parameters.iter().chain(secrets).collect();
    sent.sort_unstable();
    assert_eq!(sent, expected, "{}", O::ACTION);
    assert_eq!(&parameters.decode::<O>().unwrap(), request, "{} decoded again", O::ACTION);
}

/// Decodes a sample response, and asserts that its own JSON decodes to the same value.
#[track_caller]
pub(crate) fn decode_sample<O>(json: &str) -> O::Response
where
    O: Operation<Response: Serialize + PartialEq + Debug>,
{
    let response =
        decode_response::<O::Response>(json.as_bytes(), &O::Api::ENVELOPE).unwrap().value;
    let written = serde_json::to_string(&response).unwrap();
    assert_eq!(serde_json::from_str::<O::Response>(&written).unwrap(), response, "{}", O::ACTION);
    response
}
