//! What to do about a refusal of the gateway, which every API has before it.

use std::borrow::Cow;

use crate::rpc::api::ApiInfo;

/// What to do about a refusal of an operation, where that is known: by the API for its own codes,
/// here for the gateway's.
///
/// `signed_the_same` says whether the server signed our string, if it tells.
pub(super) fn of_refusal(
    api: &ApiInfo,
    code: &str,
    action: &str,
    throttling: bool,
    signed_the_same: impl FnOnce() -> Option<bool>,
) -> Option<Cow<'static, str>> {
    if throttling {
        // Callers cannot see the limits of operations that the client makes for itself.
        let hint = if api.confidential {
            "Send less often"
        } else {
            "Send less often; the operation's RATE_LIMIT is the published limit"
        };
        return Some(hint.into());
    }
    (api.hint)(code, action).or_else(|| of_gateway(api, code, action, signed_the_same))
}

fn of_gateway(
    api: &ApiInfo,
    code: &str,
    action: &str,
    signed_the_same: impl FnOnce() -> Option<bool>,
) -> Option<Cow<'static, str>> {
    // Case is not told apart, as in the table of outcomes.
    Some(match code.to_ascii_lowercase().as_str() {
        "signaturedoesnotmatch" => match signed_the_same() {
            Some(true) => "The server signed the same string, so the access key secret does not \
                           belong to this access key id"
                .into(),
            Some(false) => "The server signed another string, so something on the way changes \
                            the request: look for a proxy that rewrites the host, headers or query"
                .into(),
            None => "Most often the access key secret is wrong".into(),
        },
        "invalidaccesskeyid.notfound" => {
            "Check the access key id, and that it belongs to this cloud".into()
        }
        "invalidaccesskeyid.inactive" => "Enable the access key, or use another".into(),
        "invalidsecuritytoken.expired" => {
            "The temporary credentials have expired; fetch new ones".into()
        }
        "missingsecuritytoken"
        | "invalidsecuritytoken.malformed"
        | "invalidsecuritytoken.mismatchwithaccesskey" => {
            "A temporary access key needs the security token that came with it".into()
        }
        "forbidden.ram" | "nopermission" => {
            format!("Allow {}:{action} in the RAM policy of this access key", api.ram_prefix).into()
        }
        "invalidtimestamp.expired" | "invalidtimestamp.format" | "illegaltimestamp" => {
            "Set the clock of this machine".into()
        }
        "idempotentparametermismatch" => {
            "This client token was used for other parameters; a new request needs a new token"
                .into()
        }
        "invalidversion" | "invalidaction.notfound" | "invalidapi.notfound" => {
            "Check the endpoint: this one does not serve the operation".into()
        }
        "invalidprotocol.needssl" => "Use an https endpoint".into(),
        _ => return None,
    })
}
