//! RPC parameters back to a typed request, as the fake reads what clients send.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::parameters::Parameters;

impl Parameters {
    /// Reads a typed request from its parameters, secrets included.
    ///
    /// Every value is text; the types of this crate read numbers and flags from text.
    #[cfg_attr(not(feature = "fake"), allow(dead_code, reason = "the fake and tests decode"))]
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let secrets = self.secrets().map(|(name, secret)| (name, secret.expose()));
        let members: Map<String, Value> =
            self.iter().chain(secrets).map(|(name, text)| (name.to_owned(), text.into())).collect();
        serde_json::from_value(Value::Object(members))
    }
}
