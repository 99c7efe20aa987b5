//! What to do about a refusal.

use std::borrow::Cow;

use super::error_code::ErrorCode;
use crate::rpc::value::WireEnum;

/// What to do about a refusal by the service, where that is known. The gateway's are known to the
/// core.
pub(super) fn of_refusal(code: &str, operation: &str) -> Option<Cow<'static, str>> {
    Some(match ErrorCode::from_wire(code)? {
        ErrorCode::RequestForbidden => {
            format!("Allow dbs:{operation} in the RAM policy of this access key").into()
        }
        ErrorCode::OperationDeniedJobStatus => of_state(operation).into(),
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
        of_refusal(code, action).map(Cow::into_owned)
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
            ("Request.Forbidden", "dbs:StartBackupPlan"),
        ] {
            let hint = hint(code, "StartBackupPlan").unwrap();
            assert!(hint.contains(says), "{code}: {hint}");
        }
        assert_eq!(hint("SomethingNew", "StartBackupPlan"), None);
    }
}
