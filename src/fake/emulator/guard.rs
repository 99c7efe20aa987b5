//! Decides which requests may use the status page and the control API.

use std::net::{IpAddr, SocketAddr};

use http::header::{HOST, ORIGIN};
use http::request::Parts;

use super::shared::Shared;

/// Returns an error message for a request that may not use them.
///
/// A browser is a client on this machine whatever page it shows. So requests that another web page
/// makes are rejected, and those by a host name, which such a page could point at this machine.
pub(super) fn check(shared: &Shared, peer: SocketAddr, parts: &Parts) -> Result<(), &'static str> {
    if parts.headers.contains_key(ORIGIN) {
        return Err(
            "forbidden: the request has an `Origin` header, as scripts of web pages send; \
                    send it from a program without that header",
        );
    }
    if shared.allow_remote_control {
        return Ok(());
    }
    if !peer.ip().to_canonical().is_loopback() {
        return Err("forbidden: the client is on another machine; connect from the emulator's \
                    machine, or enable `Emulator::allow_remote_control`");
    }
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_local(host) {
        return Err("forbidden: the `Host` header is a host name; use `localhost` or an IP \
                    address, or enable `Emulator::allow_remote_control`");
    }
    Ok(())
}

/// Returns whether a `Host` is `localhost` or an IP address.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn host_names_are_rejected() {
        for host in ["127.0.0.1:80", "[::1]:80", "[::1]", "localhost", "LOCALHOST:1", "192.0.2.1"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:80", "[evil]:80", ":80"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
