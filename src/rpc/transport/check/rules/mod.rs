//! The rules, in the order in which they are checked.

mod breaks;
mod http2;
mod limits;
mod proxies;
mod requests;
mod responses;
mod stalls;
mod tls;

use super::case::{Case, Checking};
use super::setup::TransportNeed;

/// A rule of the contract.
pub(super) struct Rule {
    pub(super) need: TransportNeed,
    pub(super) sentence: &'static str,
    pub(super) check: for<'a> fn(&'a mut Case) -> Checking<'a>,
}

macro_rules! rules {
    ($($need:ident { $($check:path = $rule:literal;)+ })+) => {
        &[$($(Rule {
            need: TransportNeed::$need,
            sentence: $rule,
            check: |case| Box::pin($check(case)),
        },)+)+]
    };
}

pub(super) const RULES: &[Rule] = rules! {
    Http {
        requests::arrives_unchanged = "a request arrives once and unchanged";
        requests::any_status = "a response of any status is returned, and no redirect is followed";
        requests::keeps_connection = "consecutive requests share one connection";
        requests::concurrent = "concurrent requests get their own responses";
        responses::informational = "informational responses precede the response";
        responses::without_body = "a response with the status 204 or 304 has no body";
        responses::chunked = "a chunked body arrives whole, with or without trailers";
        responses::until_close = "a body without a length ends with its connection";
        responses::own_response = "bytes after a response are not part of another one";
        responses::invalid = "a response that is not valid HTTP is an error that may have arrived";
        responses::endless_head = "an endless head of a response is an error";
        breaks::refused = "a refused connection is reported as not sent";
        breaks::stale = "a request on a connection that closed while idle is not repeated";
        breaks::in_request = "a connection that breaks in the request is an error that may have arrived";
        breaks::in_response = "a connection that breaks in the response is an error that may have arrived";
        limits::cancels = "dropping the future closes its connection, and the next request works";
    }
    ConnectTimeout {
        limits::not_accepted = "a connection that is not accepted is reported as not sent";
    }
    SizeLimit {
        limits::size = "a response above the maximum size is invalid, and is not read on";
    }
    Tls {
        tls::trusted = "a server with a trusted certificate gets the request";
        tls::expired = "an expired certificate is a permanent error, and nothing is sent";
        tls::not_yet_valid = "a certificate that is not yet valid is a permanent error, and nothing is sent";
        tls::other_host = "a certificate of another host is a permanent error, and nothing is sent";
        tls::untrusted = "a certificate of an unknown authority is a permanent error, and nothing is sent";
        tls::broken_handshake = "a failed TLS handshake is reported as not sent";
        tls::stalled_handshake = "a TLS handshake that stalls is reported as not sent";
        tls::cut = "TLS that ends without its last message is an error within a body";
    }
    TlsTruncation {
        tls::truncated = "a body without a length ends with the last message of TLS";
    }
    Proxy {
        proxies::forwards = "the proxy gets its user with a tunnel, or with the whole URL";
        proxies::rejects_user = "a proxy that rejects its user is a permanent error, and nothing is sent";
        proxies::forbids = "a proxy that forbids the host is a permanent error, and nothing is sent";
        proxies::fails = "a proxy that fails is reported as not sent";
    }
    Http2 {
        http2::shares_connection = "concurrent HTTP/2 requests share one connection";
        http2::unprocessed = "an HTTP/2 request that was not processed is not repeated";
        http2::interrupted = "an HTTP/2 request that may have been processed is reported so";
        http2::cancelled = "a cancelled HTTP/2 request keeps a connection that others use";
    }
    LeavesStalled {
        stalls::request = "a connection that stops reading is left after a cancelled request";
        stalls::response = "a connection that stops in a response is left after a cancelled request";
        stalls::silent = "a connection that never responds is left after a cancelled request";
    }
};
