//! `ErrorCode`: what the service and the gateway before it call their refusals.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// A published error code, of DBS (`ErrCode`) or of the API gateway before it (`Code`).
    ///
    /// Errors carry the text, since there are more than are published; compare it by
    /// [`Error::is`](crate::Error::is).
    pub enum ErrorCode {
        /// The plan could not be created. Source: `CreateBackupPlan`, 2020 page.
        BackupPlanNotCreate = "BackupPlanNotCreate",
        /// The plan could not be stopped. Source: `StopBackupPlan`, 2020 page.
        BackupPlanNotStop = "BackupPlanNotStop",
        /// The configuration was rejected. Source: the product's error list.
        BackupPlanNotConfigure = "BackupPlanNotConfigure",
        /// The plans could not be listed. Source: the product's error list.
        BackupPlanNotDescribe = "BackupPlanNotDescribe",
        /// The source endpoint could not be changed. Source: the product's error list.
        BackupPlanNotModify = "BackupPlanNotModify",
        /// The plan or task does not allow it in its present state.
        /// Source: the product's error list.
        OperationDeniedJobStatus = "OperationDenied.JobStatus",
        /// The caller lacks the RAM permission (HTTP 403). Source: every operation.
        RequestForbidden = "Request.Forbidden",
        /// The instance does not exist. Source: the product's error list.
        ForbiddenInstanceNotFound = "Forbidden.InstanceNotFound",
        /// Wrong use; with HTTP 403: OSS is not activated for the account.
        /// Source: the product's error list.
        UserError = "UserError",
        /// The service failed (HTTP 500). Source: the product's error list.
        InternalError = "InternalError",
        /// A validation check refused the request. Source: the product's error list.
        DbsNoPermission = "DBS.NoPermissionException",
        /// The data source does not exist. Source: the product's error list.
        DbsNotExists = "DBS.NotExists",
        /// No permission for the action. Source: the product's error list.
        DbsDisasterCenterNoPermission = "DBS.DisasterCenter.NoPermission",
        /// The download task was not found. Source: the product's error list.
        DownloadTaskCannotFind = "DBS.DownloadTask.CannotFind",
        /// The same download was submitted a short while ago. Source: the product's error list.
        DownloadTaskJobAlreadyExist = "DBS.DownloadTask.JobAlreadyExist",
        /// One active download per instance. Source: the product's error list.
        DownloadTaskOnlyOneRunningOrFailedTask = "DBS.DownloadTask.OnlyOneRunningOrFailedTask",
        /// OSS refused access. Source: the product's error list.
        DownloadTaskOssForbid = "DBS.DownloadTask.OssForbid",
        /// The bucket's storage class is not supported. Source: the product's error list.
        DownloadTaskOssStorageTypeInvalid = "DBS.DownloadTask.OssStorageTypeInvalid",
        /// A parameter is missing, or names nothing. Source: examples of `ErrCode`.
        ParamNotFound = "Param.NotFound",
        /// A parameter does not suit the plan. Source: examples of `ErrCode`.
        InvalidParameter = "InvalidParameter",
        /// A parameter's value is not accepted. Source: examples of `ErrCode`.
        InvalidParameterValid = "InvalidParameterValid",
        /// There is no such plan or job. Source: seen in the field.
        InvalidJobId = "InvalidJobId",
        /// The service-linked role exists already. Source: `InitializeDbsServiceLinkedRole`.
        EntityAlreadyExistsRole = "EntityAlreadyExists.Role",

        /// Gateway: too many requests.
        Throttling = "Throttling",
        /// Gateway: too many requests of this account.
        ThrottlingUser = "Throttling.User",
        /// Gateway: too many requests for this operation.
        ThrottlingApi = "Throttling.Api",
        /// Gateway: too many requests, as other products spell it.
        RejectedThrottling = "Rejected.Throttling",
        /// Gateway: the service cannot be reached just now (HTTP 503).
        ServiceUnavailable = "ServiceUnavailable",
        /// Gateway: the service cannot be reached just now (HTTP 503).
        ServiceUnavailableTemporary = "ServiceUnavailableTemporary",
        /// Gateway: the service failed (HTTP 500).
        InternalFailure = "InternalFailure",
        /// Gateway: the request's time is more than 15 minutes off.
        InvalidTimeStampExpired = "InvalidTimeStamp.Expired",
        /// Gateway: the request's time cannot be read.
        InvalidTimeStampFormat = "InvalidTimeStamp.Format",
        /// Gateway: older services' word for a time that is off.
        IllegalTimestamp = "IllegalTimestamp",
        /// Gateway: a request with this nonce was seen before.
        SignatureNonceUsed = "SignatureNonceUsed",
        /// Gateway: the signature is not what the server computes.
        SignatureDoesNotMatch = "SignatureDoesNotMatch",
        /// Gateway: parts of the signature are missing.
        IncompleteSignature = "IncompleteSignature",
        /// Gateway: there is no such access key.
        InvalidAccessKeyIdNotFound = "InvalidAccessKeyId.NotFound",
        /// Gateway: the access key is disabled.
        InvalidAccessKeyIdInactive = "InvalidAccessKeyId.Inactive",
        /// Gateway: a temporary access key came without its token.
        MissingSecurityToken = "MissingSecurityToken",
        /// Gateway: the security token has expired.
        InvalidSecurityTokenExpired = "InvalidSecurityToken.Expired",
        /// Gateway: the security token cannot be read.
        InvalidSecurityTokenMalformed = "InvalidSecurityToken.Malformed",
        /// Gateway: the security token belongs to another access key.
        InvalidSecurityTokenMismatch = "InvalidSecurityToken.MismatchWithAccessKey",
        /// Gateway: the RAM policy does not allow it.
        ForbiddenRam = "Forbidden.RAM",
        /// Gateway: no permission.
        NoPermission = "NoPermission",
        /// Gateway: the service has no such API version.
        InvalidVersion = "InvalidVersion",
        /// Gateway: the service has no such operation.
        InvalidActionNotFound = "InvalidAction.NotFound",
        /// Gateway: the service has no such operation.
        InvalidApiNotFound = "InvalidApi.NotFound",
        /// Gateway: the operation is not served by this HTTP method.
        UnsupportedHttpMethod = "UnsupportedHTTPMethod",
        /// Gateway: the service wants HTTPS.
        InvalidProtocolNeedSsl = "InvalidProtocol.NeedSsl",
        /// Gateway: this `ClientToken` was used with other parameters.
        IdempotentParameterMismatch = "IdempotentParameterMismatch",
    }
}
