//! What may be shown of the responses of a confidential API: known codes, and ids of requests.

/// The codes that responses of confidential APIs have, up to the first dot.
const CODES: [&str; 24] = [
    "AuthenticationFail",
    "EntityNotExist",
    "Forbidden",
    "IdentityProvider",
    "IncompleteSignature",
    "InternalError",
    "InternalFailure",
    "InvalidAccessKeyId",
    "InvalidParameter",
    "InvalidSecurityToken",
    "InvalidTimeStamp",
    "InvalidUser",
    "LastTokenProcessing",
    "Missing",
    "MissingParameter",
    "NoPermission",
    "OIDCToken",
    "ServiceUnavailable",
    "ServiceUnavailableTemporary",
    "SignatureDoesNotMatch",
    "SignatureNonceUsed",
    "SystemBusy",
    "Throttling",
    "UnsupportedOperation",
];

/// The words that may follow in a code, each after a dot.
const DETAILS: [&str; 32] = [
    "AK",
    "Api",
    "DurationSeconds",
    "Expired",
    "ExternalId",
    "Format",
    "IdentityProvider",
    "Inactive",
    "Invalid",
    "IpNotAllowed",
    "Malformed",
    "MismatchWithAccessKey",
    "NoPermission",
    "NotExist",
    "NotFound",
    "OIDCProvider",
    "OIDCProviderArn",
    "OIDCToken",
    "Policy",
    "PolicyGrammar",
    "PolicySize",
    "Product",
    "Provider",
    "RAM",
    "Role",
    "RoleArn",
    "RoleSessionName",
    "Signature",
    "Subject",
    "TokenSize",
    "User",
    "Version",
];

/// Returns the beginning of a code that the service is known to send.
///
/// Any other word may be a secret that the service repeats.
pub(super) fn known_part(code: &str) -> &str {
    let mut end = 0;
    for (index, word) in code.split('.').enumerate() {
        let known: &[&str] = if index == 0 { &CODES } else { &DETAILS };
        if !known.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            break;
        }
        end += word.len() + usize::from(index > 0);
    }
    &code[..end]
}

/// Returns whether a request id has the form of a UUID.
pub(super) fn is_request_id(id: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<_> = id.split('-').collect();
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| {
            part.len() == length && part.chars().all(|c| c.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_and_ids_of_the_service_are_shown() {
        for code in ["NoPermission", "Throttling.User", "AuthenticationFail.OIDCToken.Expired"] {
            assert_eq!(known_part(code), code);
        }
        for code in ["hunter", "hunter2", "NoPermission hunter", ".", ""] {
            assert_eq!(known_part(code), "", "{code}");
        }
        assert_eq!(known_part("Throttling.hunter"), "Throttling");
        assert_eq!(
            known_part("AuthenticationFail.OIDCToken.hunter.User"),
            "AuthenticationFail.OIDCToken"
        );
        assert!(is_request_id("6894B13B-6D71-4EF5-88FA-F32781734A7F"));
        for id in ["hunter2", "R-1", "6894B13B-6D71-4EF5-88FA-F32781734A7G", ""] {
            assert!(!is_request_id(id), "{id}");
        }
    }
}
