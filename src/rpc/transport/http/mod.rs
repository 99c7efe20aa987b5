//! What the built-in HTTP transports share: proxies, errors, and the state of a request.

pub(super) mod connect_error;
mod environment_proxies;
pub(super) mod exchange;
pub(super) mod generation;
pub(super) mod informational;
mod no_proxy;
pub(super) mod proxies;
#[cfg(test)]
pub(super) mod test_servers;
#[cfg(test)]
mod tests;
pub(super) mod tracked_body;
pub(super) mod tunnel_status;
