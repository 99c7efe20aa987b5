//! The hints of service errors: what to do.

use std::borrow::Cow;

use crate::rpc::value::WireEnum;
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2021_01_01::operations::UNTYPED;

/// Returns the hint for an error code that this version of the API has.
pub(super) fn for_code(code: &str, operation: &str) -> Option<Cow<'static, str>> {
    let hint = match ErrorCode::from_wire(code)? {
        // The other operations need no more than the permission.
        ErrorCode::RequestForbidden if UNTYPED.iter().any(|one| one.action == operation) => {
            return Some(
                format!(
                    "allow `dbs:{operation}` in the RAM policy of this access key, and ask the \
                     vendor for access: this operation is by invitation or undocumented"
                )
                .into(),
            );
        }
        ErrorCode::DownloadTaskJobAlreadyExist => {
            "the same download was submitted shortly before: find it with `DescribeDownloadTask`, \
             or use `Client::create_download`"
        }
        ErrorCode::DownloadTaskOnlyOneRunningOrFailedTask => {
            "wait for the active download of this instance, or retry the failed one with \
             `RetryDownloadTask`"
        }
        ErrorCode::DownloadTaskCannotFind => "check the task, the instance and the region",
        ErrorCode::DownloadTaskOssForbid => {
            "grant DBS the role `AliyunDBSDefaultRole`, and check the bucket"
        }
        ErrorCode::DownloadTaskOssStorageTypeInvalid => "choose a bucket of another storage class",
        ErrorCode::DbsParamIsInValid => {
            "check the parameter that the message names against the docs of the operation"
        }
        _ => return None,
    };
    Some(hint.into())
}

/// Returns how to find out whether an operation was executed.
pub(super) fn effect_check(operation: &str) -> Option<&'static str> {
    match operation {
        "CreateDownload" | "RetryDownloadTask" => Some("find the task with `DescribeDownloadTask`"),
        "DeleteSandboxInstance" => Some("list the sandboxes with `DescribeSandboxInstances`"),
        "ModifyBackupPolicy" | "CreateAdvancedPolicy" => {
            Some("compare the policy with `DescribeBackupPolicy`")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_downloads_have_a_hint() {
        for (code, says) in [
            ("DBS.DownloadTask.JobAlreadyExist", "DescribeDownloadTask"),
            ("DBS.DownloadTask.OnlyOneRunningOrFailedTask", "RetryDownloadTask"),
            ("DBS.DownloadTask.CannotFind", "region"),
            ("DBS.DownloadTask.OssForbid", "AliyunDBSDefaultRole"),
            ("DBS.DownloadTask.OssStorageTypeInvalid", "storage class"),
            ("DBS.ParamIsInValid", "parameter"),
        ] {
            let hint = for_code(code, "CreateDownload").unwrap();
            assert!(hint.contains(says), "{code}: {hint}");
        }
        assert_eq!(for_code("SomethingNew", "CreateDownload"), None);
    }

    #[test]
    fn forbidden_operations_may_need_an_invitation() {
        let hint = for_code("Request.Forbidden", "DescribeBackupPolicy").unwrap();
        assert!(
            hint.contains("invitation") && hint.contains("`dbs:DescribeBackupPolicy`"),
            "{hint}"
        );
        // That of version 2019-03-06, which names the permission.
        assert_eq!(for_code("Request.Forbidden", "CreateDownload"), None);
    }

    #[test]
    fn writes_without_token_name_a_check() {
        for info in crate::v2021_01_01::operations::ALL {
            let is_mutating = info.safety == crate::rpc::operation::Safety::Mutating;
            assert_eq!(effect_check(info.action).is_some(), is_mutating, "{}", info.action);
        }
    }
}
