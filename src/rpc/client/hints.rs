//! Hints about error codes of the gateway, which is in front of every API.

use std::borrow::Cow;

use crate::rpc::api::ApiInfo;

/// Returns what to do about a rejected request, if that is known.
///
/// The API knows its own codes, this module those of the gateway. `same_string_to_sign` returns
/// whether the server signed the same string as the client, if its message quotes that string.
pub(super) fn for_refusal(
    api: &ApiInfo,
    code: &str,
    action: &str,
    throttling: bool,
    same_string_to_sign: impl FnOnce() -> Option<bool>,
) -> Option<Cow<'static, str>> {
    if throttling {
        // Operations of a confidential API are not public, and neither are their limits.
        let hint = if api.confidential {
            "call it less often"
        } else {
            "call it less often than its published limit (`Operation::RATE_LIMIT`)"
        };
        return Some(hint.into());
    }
    (api.hint)(code, action).or_else(|| for_gateway(api, code, action, same_string_to_sign))
}

fn for_gateway(
    api: &ApiInfo,
    code: &str,
    action: &str,
    same_string_to_sign: impl FnOnce() -> Option<bool>,
) -> Option<Cow<'static, str>> {
    // Codes are compared without regard to case, as in `outcome`.
    Some(match code.to_ascii_lowercase().as_str() {
        "signaturedoesnotmatch" => match same_string_to_sign() {
            Some(true) => "the server signed the same string, so the access key secret does not \
                           belong to this access key id"
                .into(),
            Some(false) => "the server signed another string, so something changes the request on \
                            the way: look for a proxy that rewrites the host, headers or query"
                .into(),
            None => "check the access key secret".into(),
        },
        "invalidaccesskeyid.notfound" => {
            "check the access key id, and that it belongs to the cloud of this endpoint".into()
        }
        "invalidaccesskeyid.inactive" => "enable the access key, or use another one".into(),
        "invalidsecuritytoken.expired" => {
            "the temporary credentials have expired: get new ones".into()
        }
        "missingsecuritytoken"
        | "invalidsecuritytoken.malformed"
        | "invalidsecuritytoken.mismatchwithaccesskey" => {
            "use the security token that was issued with this temporary access key".into()
        }
        "forbidden.ram" | "nopermission" => {
            format!("allow `{}:{action}` in the RAM policy of this access key", api.ram_prefix)
                .into()
        }
        "invalidtimestamp.expired" | "invalidtimestamp.format" | "illegaltimestamp" => {
            "correct the clock of this machine".into()
        }
        "idempotentparametermismatch" => {
            "this client token was used with other parameters: use a new token for a new request"
                .into()
        }
        "invalidversion" | "invalidaction.notfound" | "invalidapi.notfound" => {
            "check the endpoint, which does not serve this operation".into()
        }
        "invalidprotocol.needssl" => "use an `https` endpoint".into(),
        _ => return None,
    })
}
