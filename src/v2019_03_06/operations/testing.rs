//! What the wire tests of the operations share.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rpc::operation::{ApiRequest, Operation};
use crate::rpc::wire::decode_answer;

/// A request is written as exactly these parameters, secrets included, and read back from them.
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
    assert_eq!(&parameters.decode::<O>().unwrap(), request, "{} read back", O::ACTION);
}

/// Decodes an answer, and checks that it comes back from its own JSON unchanged.
#[track_caller]
pub(crate) fn sample<O>(json: &str) -> O::Response
where
    O: Operation<Response: Serialize + PartialEq + Debug>,
{
    let answer = decode_answer::<O::Response>(json.as_bytes()).unwrap().value;
    let written = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<O::Response>(&written).unwrap(), answer, "{}", O::ACTION);
    answer
}
