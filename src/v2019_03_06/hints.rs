//! The hints of service errors: what to do.

use std::borrow::Cow;

use super::error_code::ErrorCode;
use crate::rpc::value::WireEnum;

/// Returns the hint for an error code of the service. The client knows those of the gateway.
pub(super) fn for_code(code: &str, operation: &str) -> Option<Cow<'static, str>> {
    Some(match ErrorCode::from_wire(code)? {
        ErrorCode::RequestForbidden => {
            format!("allow `dbs:{operation}` in the RAM policy of this access key").into()
        }
        ErrorCode::OperationDeniedJobStatus => for_state(operation).into(),
        ErrorCode::InvalidJobId | ErrorCode::DbsNotExists => {
            "check the id, and that its plan belongs to the account of this access key and to the \
             region of this endpoint"
                .into()
        }
        ErrorCode::ParamNotFound
        | ErrorCode::InvalidParameter
        | ErrorCode::InvalidParameterValid => {
            "check the parameter that the message names against the docs of the operation".into()
        }
        _ => return None,
    })
}

/// Returns the hint for an operation that the current state does not allow.
fn for_state(operation: &str) -> &'static str {
    match operation {
        "ConfigureBackupPlan" => {
            "wait about five seconds after the purchase (`wait::PlanConfigurable`), or use the \
             `Modify` operations if the plan is running"
        }
        "StartBackupPlan" => {
            "configure the plan and wait for its pre-check first (`wait::PreCheckPassed`)"
        }
        "StartRestoreTask" => {
            "wait for the pre-check of the restore task first (`wait::PreCheckPassed`)"
        }
        "StopBackupPlan" => "check the state of the plan: only a running plan can be stopped",
        _ => "check the state of the plan or task, which does not allow this operation now",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(code: &str, action: &str) -> Option<String> {
        for_code(code, action).map(Cow::into_owned)
    }

    #[test]
    fn state_errors_have_a_hint_per_operation() {
        for (action, says) in [
            ("ConfigureBackupPlan", "five seconds"),
            ("StartBackupPlan", "pre-check"),
            ("StartRestoreTask", "pre-check"),
            ("StopBackupPlan", "only a running plan"),
            ("EnableBackupLog", "state of the plan"),
        ] {
            let hint = hint("OperationDenied.JobStatus", action).unwrap();
            assert!(hint.contains(says), "{action}: {hint}");
            assert_eq!(hint.contains("five seconds"), action == "ConfigureBackupPlan");
        }
    }

    #[test]
    fn common_errors_say_what_to_check() {
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
