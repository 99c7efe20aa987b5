//! What to do about a refusal.

use std::borrow::Cow;

use crate::rpc::value::Open;
use crate::v2019_03_06::error_code::ErrorCode;

/// What to do about a refusal of an operation, where that is known.
///
/// `signed_the_same` says whether the server signed our string, if it tells.
pub(crate) fn of_refusal(
    code: &Open<ErrorCode>,
    action: &str,
    throttling: bool,
    signed_the_same: impl FnOnce() -> Option<bool>,
) -> Option<Cow<'static, str>> {
    if throttling {
        return Some("Send less often; the operation's RATE_LIMIT is the published limit".into());
    }
    Some(match code.known()? {
        ErrorCode::SignatureDoesNotMatch => match signed_the_same() {
            Some(true) => "The server signed the same string, so the access key secret does not \
                           belong to this access key id"
                .into(),
            Some(false) => "The server signed another string, so something on the way changes \
                            the request: look for a proxy that rewrites the host, headers or query"
                .into(),
            None => "Most often the access key secret is wrong".into(),
        },
        ErrorCode::InvalidAccessKeyIdNotFound => {
            "Check the access key id, and that it belongs to this cloud".into()
        }
        ErrorCode::InvalidAccessKeyIdInactive => "Enable the access key, or use another".into(),
        ErrorCode::InvalidSecurityTokenExpired => {
            "The temporary credentials have expired; fetch new ones".into()
        }
        ErrorCode::MissingSecurityToken
        | ErrorCode::InvalidSecurityTokenMalformed
        | ErrorCode::InvalidSecurityTokenMismatch => {
            "A temporary access key needs the security token that came with it".into()
        }
        ErrorCode::RequestForbidden | ErrorCode::ForbiddenRam | ErrorCode::NoPermission => {
            format!("Allow dbs:{action} in the RAM policy of this access key").into()
        }
        ErrorCode::InvalidTimeStampExpired
        | ErrorCode::InvalidTimeStampFormat
        | ErrorCode::IllegalTimestamp => "Set the clock of this machine".into(),
        ErrorCode::IdempotentParameterMismatch => {
            "This client token was used for other parameters; a new request needs a new token"
                .into()
        }
        ErrorCode::OperationDeniedJobStatus => of_state(action).into(),
        ErrorCode::InvalidJobId | ErrorCode::DbsNotExists => {
            "Check the id, and that its plan belongs to the account of this access key and to the \
             region of this endpoint"
                .into()
        }
        ErrorCode::ParamNotFound
        | ErrorCode::InvalidParameter
        | ErrorCode::InvalidParameterValid => {
            "Check the parameter that the message names: the docs of the operation's type say what \
             it takes"
                .into()
        }
        ErrorCode::InvalidVersion
        | ErrorCode::InvalidActionNotFound
        | ErrorCode::InvalidApiNotFound => {
            "Check the endpoint: this one does not serve the operation".into()
        }
        ErrorCode::InvalidProtocolNeedSsl => "Use an https endpoint".into(),
        _ => return None,
    })
}

/// What an operation asks of the state of what it works on.
fn of_state(action: &str) -> &'static str {
    match action {
        "ConfigureBackupPlan" => {
            "A new plan takes its configuration about five seconds after it was created \
             (wait::PlanConfigurable), and one that runs is changed by the Modify operations"
        }
        "StartBackupPlan" => {
            "A plan starts after it was configured and passed its pre-check (wait::PreCheckPassed)"
        }
        "StartRestoreTask" => {
            "A restore starts after its task passed the pre-check (wait::PreCheckPassed)"
        }
        "StopBackupPlan" => "A plan is stopped while it runs: look at its state",
        _ => "Look at the state of the plan or task: it does not allow this now",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(code: &str, action: &str) -> Option<String> {
        of_refusal(&code.into(), action, false, || None).map(Cow::into_owned)
    }

    #[test]
    fn a_state_that_forbids_is_explained_by_operation() {
        for (action, says) in [
            ("ConfigureBackupPlan", "five seconds"),
            ("StartBackupPlan", "pre-check"),
            ("StartRestoreTask", "pre-check"),
            ("StopBackupPlan", "while it runs"),
            ("EnableBackupLog", "state of the plan"),
        ] {
            let hint = hint("OperationDenied.JobStatus", action).unwrap();
            assert!(hint.contains(says), "{action}: {hint}");
            assert_eq!(hint.contains("five seconds"), action == "ConfigureBackupPlan");
        }
    }

    #[test]
    fn the_most_common_refusals_say_what_to_check() {
        for (code, says) in [
            ("InvalidJobId", "region"),
            ("Param.NotFound", "parameter"),
            ("InvalidParameterValid", "parameter"),
            ("Forbidden.RAM", "dbs:StartBackupPlan"),
        ] {
            let hint = hint(code, "StartBackupPlan").unwrap();
            assert!(hint.contains(says), "{code}: {hint}");
        }
        assert_eq!(hint("SomethingNew", "StartBackupPlan"), None);
    }
}
