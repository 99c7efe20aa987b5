//! `ErrorCode`: the published error codes of the service and of the gateway.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// A published error code of DBS or of the API gateway in front of it.
    ///
    /// [`Error::code`](crate::Error::code) is a string, because the service also sends codes that
    /// the vendor does not publish. Compare it with [`Error::is`](crate::Error::is).
    ///
    /// Wire names: `ErrCode` for DBS, `Code` for the gateway.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::types::ErrorCode;
    ///
    /// fn is_missing(error: &aliyun_dbs::Error) -> bool {
    ///     error.is(ErrorCode::InvalidJobId)
    /// }
    /// ```
    #[doc(alias = "ErrCode")]
    pub enum ErrorCode {
        /// The plan could not be created.
        ///
        /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan), the 2020 page.
        BackupPlanNotCreate = "BackupPlanNotCreate",
        /// The plan could not be stopped.
        ///
        /// Source: [`StopBackupPlan`](crate::operations::StopBackupPlan), the 2020 page.
        BackupPlanNotStop = "BackupPlanNotStop",
        /// The service rejected the configuration.
        ///
        /// Source: the product's error list.
        BackupPlanNotConfigure = "BackupPlanNotConfigure",
        /// The plans could not be listed.
        ///
        /// Source: the product's error list.
        BackupPlanNotDescribe = "BackupPlanNotDescribe",
        /// The source endpoint could not be changed.
        ///
        /// Source: the product's error list.
        BackupPlanNotModify = "BackupPlanNotModify",
        /// The state of the plan or task does not allow the operation.
        ///
        /// Source: the product's error list.
        #[doc(alias = "OperationDenied.JobStatus")]
        OperationDeniedJobStatus = "OperationDenied.JobStatus",
        /// The caller lacks the RAM permission (HTTP status 403).
        ///
        /// Source: the page of every operation.
        #[doc(alias = "Request.Forbidden")]
        RequestForbidden = "Request.Forbidden",
        /// The instance does not exist.
        ///
        /// Source: the product's error list.
        #[doc(alias = "Forbidden.InstanceNotFound")]
        ForbiddenInstanceNotFound = "Forbidden.InstanceNotFound",
        /// The request is wrong; with HTTP status 403, OSS is not activated for the account.
        ///
        /// Source: the product's error list.
        UserError = "UserError",
        /// The service failed (HTTP status 500).
        ///
        /// Source: the product's error list.
        InternalError = "InternalError",
        /// A validation check rejected the request.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.NoPermissionException")]
        DbsNoPermission = "DBS.NoPermissionException",
        /// The data source does not exist.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.NotExists")]
        DbsNotExists = "DBS.NotExists",
        /// The caller lacks the permission for the action.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DisasterCenter.NoPermission")]
        DbsDisasterCenterNoPermission = "DBS.DisasterCenter.NoPermission",
        /// A parameter is missing or has a value that is not accepted (API 2021-01-01).
        ///
        /// Source: examples of `ErrCode`.
        #[doc(alias = "DBS.ParamIsInValid")]
        DbsParamIsInValid = "DBS.ParamIsInValid",
        /// The service failed (API 2021-01-01).
        ///
        /// Source: examples of `ErrCode`.
        #[doc(alias = "DBS.InternalError")]
        DbsInternalError = "DBS.InternalError",
        /// The download task does not exist.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DownloadTask.CannotFind")]
        DownloadTaskCannotFind = "DBS.DownloadTask.CannotFind",
        /// The same download was submitted recently.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DownloadTask.JobAlreadyExist")]
        DownloadTaskJobAlreadyExist = "DBS.DownloadTask.JobAlreadyExist",
        /// The instance already has an active download; one is allowed.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DownloadTask.OnlyOneRunningOrFailedTask")]
        DownloadTaskOnlyOneRunningOrFailedTask = "DBS.DownloadTask.OnlyOneRunningOrFailedTask",
        /// OSS denied the access.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DownloadTask.OssForbid")]
        DownloadTaskOssForbid = "DBS.DownloadTask.OssForbid",
        /// The storage class of the bucket is not supported.
        ///
        /// Source: the product's error list.
        #[doc(alias = "DBS.DownloadTask.OssStorageTypeInvalid")]
        DownloadTaskOssStorageTypeInvalid = "DBS.DownloadTask.OssStorageTypeInvalid",
        /// A parameter is missing or has an unknown value.
        ///
        /// Source: examples of `ErrCode`.
        #[doc(alias = "Param.NotFound")]
        ParamNotFound = "Param.NotFound",
        /// A parameter does not suit the plan.
        ///
        /// Source: examples of `ErrCode`.
        InvalidParameter = "InvalidParameter",
        /// The value of a parameter is not accepted.
        ///
        /// Source: examples of `ErrCode`.
        InvalidParameterValid = "InvalidParameterValid",
        /// The plan or job does not exist.
        ///
        /// Source: seen in responses of the service.
        InvalidJobId = "InvalidJobId",
        /// The service-linked role already exists.
        ///
        /// Source:
        /// [`InitializeDbsServiceLinkedRole`](crate::operations::InitializeDbsServiceLinkedRole).
        #[doc(alias = "EntityAlreadyExists.Role")]
        EntityAlreadyExistsRole = "EntityAlreadyExists.Role",

        /// Gateway: too many requests.
        Throttling = "Throttling",
        /// Gateway: too many requests of this account.
        #[doc(alias = "Throttling.User")]
        ThrottlingUser = "Throttling.User",
        /// Gateway: too many requests for this operation.
        #[doc(alias = "Throttling.Api")]
        ThrottlingApi = "Throttling.Api",
        /// Gateway: too many requests, as other products spell it.
        #[doc(alias = "Rejected.Throttling")]
        RejectedThrottling = "Rejected.Throttling",
        /// Gateway: the service is temporarily unavailable (HTTP status 503).
        ServiceUnavailable = "ServiceUnavailable",
        /// Gateway: the service is temporarily unavailable (HTTP status 503).
        ServiceUnavailableTemporary = "ServiceUnavailableTemporary",
        /// Gateway: the service failed (HTTP status 500).
        InternalFailure = "InternalFailure",
        /// Gateway: the time of the request is more than 15 minutes off.
        #[doc(alias = "InvalidTimeStamp.Expired")]
        InvalidTimeStampExpired = "InvalidTimeStamp.Expired",
        /// Gateway: the time of the request cannot be parsed.
        #[doc(alias = "InvalidTimeStamp.Format")]
        InvalidTimeStampFormat = "InvalidTimeStamp.Format",
        /// Gateway: the time of the request is off, as older services spell it.
        IllegalTimestamp = "IllegalTimestamp",
        /// Gateway: an earlier request had the same nonce.
        SignatureNonceUsed = "SignatureNonceUsed",
        /// Gateway: the signature differs from the one that the server computes.
        SignatureDoesNotMatch = "SignatureDoesNotMatch",
        /// Gateway: parts of the signature are missing.
        IncompleteSignature = "IncompleteSignature",
        /// Gateway: the access key does not exist.
        #[doc(alias = "InvalidAccessKeyId.NotFound")]
        InvalidAccessKeyIdNotFound = "InvalidAccessKeyId.NotFound",
        /// Gateway: the access key is disabled.
        #[doc(alias = "InvalidAccessKeyId.Inactive")]
        InvalidAccessKeyIdInactive = "InvalidAccessKeyId.Inactive",
        /// Gateway: a temporary access key was sent without its security token.
        MissingSecurityToken = "MissingSecurityToken",
        /// Gateway: the security token has expired.
        #[doc(alias = "InvalidSecurityToken.Expired")]
        InvalidSecurityTokenExpired = "InvalidSecurityToken.Expired",
        /// Gateway: the security token cannot be parsed.
        #[doc(alias = "InvalidSecurityToken.Malformed")]
        InvalidSecurityTokenMalformed = "InvalidSecurityToken.Malformed",
        /// Gateway: the security token belongs to another access key.
        #[doc(alias = "InvalidSecurityToken.MismatchWithAccessKey")]
        InvalidSecurityTokenMismatch = "InvalidSecurityToken.MismatchWithAccessKey",
        /// Gateway: the RAM policy does not allow the operation.
        #[doc(alias = "Forbidden.RAM")]
        ForbiddenRam = "Forbidden.RAM",
        /// Gateway: the caller lacks the permission.
        NoPermission = "NoPermission",
        /// Gateway: the service does not have this API version.
        InvalidVersion = "InvalidVersion",
        /// Gateway: the service does not have this operation.
        #[doc(alias = "InvalidAction.NotFound")]
        InvalidActionNotFound = "InvalidAction.NotFound",
        /// Gateway: the service does not have this operation.
        #[doc(alias = "InvalidApi.NotFound")]
        InvalidApiNotFound = "InvalidApi.NotFound",
        /// Gateway: the operation does not support this HTTP method.
        UnsupportedHttpMethod = "UnsupportedHTTPMethod",
        /// Gateway: the service requires HTTPS.
        #[doc(alias = "InvalidProtocol.NeedSsl")]
        InvalidProtocolNeedSsl = "InvalidProtocol.NeedSsl",
        /// Gateway: a request with other parameters used this client token.
        IdempotentParameterMismatch = "IdempotentParameterMismatch",
    }
}
