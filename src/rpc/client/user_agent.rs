//! `user_agent`: the user agent of a client.

use http::HeaderValue;

use super::configuration_error::configuration;
use crate::rpc::error::Error;
use crate::rpc::outside::Io;

/// The variable with an addition to the user agent, which the vendor's SDKs read too.
const USER_AGENT_VARIABLE: &str = "ALIBABA_CLOUD_USER_AGENT";

/// Returns the user agent of an API, with the additions of the environment and of the builder.
pub(super) fn user_agent(api: &str, io: &Io, suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let mut user_agent = format!("{api} ({}; {})", std::env::consts::OS, std::env::consts::ARCH);
    let variable = io.variable(USER_AGENT_VARIABLE);
    for (part, name) in [(variable.as_deref(), USER_AGENT_VARIABLE), (suffix, "user_agent_suffix")]
    {
        let Some(part) = part else { continue };
        user_agent.push(' ');
        user_agent.push_str(part.trim());
        if HeaderValue::from_str(&user_agent).is_err() {
            return Err(configuration(format!(
                "invalid {name}: it contains characters that an HTTP header does not allow"
            ))
            .with_hint("remove line breaks and other control characters"));
        }
    }
    HeaderValue::from_str(&user_agent).map_err(|error| {
        configuration("invalid user agent: an HTTP header does not allow it").with_source(error)
    })
}
