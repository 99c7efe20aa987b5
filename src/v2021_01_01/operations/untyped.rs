//! `UNTYPED`: the operations that only a raw request sends.

use crate::rpc::operation::Safety;

/// An operation of this version that has no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UntypedOperation {
    /// The name of the operation on the wire.
    pub action: &'static str,
    /// Whether the client may send it again after an attempt whose outcome is unknown.
    ///
    /// [`RawRequest::safety`](crate::RawRequest::safety) takes it.
    pub safety: Safety,
}

const fn untyped(action: &'static str, safety: Safety) -> UntypedOperation {
    UntypedOperation { action, safety }
}

/// The operations without a type, which [`RawRequest`] sends, in the order of their names.
///
/// The vendor offers them by invitation, or does not document them.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::v2021_01_01::operations::UNTYPED;
/// use aliyun_dbs::{Dbs20210101, RawRequest};
///
/// let operation = UNTYPED.iter().find(|known| known.action == "DescribeBackupPolicy").unwrap();
/// let request = RawRequest::for_api::<Dbs20210101>(operation.action).safety(operation.safety);
/// ```
///
/// [`RawRequest`]: crate::RawRequest
pub const UNTYPED: &[UntypedOperation] = &[
    untyped("ConfigureBackupSetInfo", Safety::IdempotentByToken),
    untyped("CreateAdvancedPolicy", Safety::Mutating),
    untyped("DescribeBackupDataList", Safety::ReadOnly),
    untyped("DescribeBackupPolicy", Safety::ReadOnly),
    untyped("DescribeBakDataSourceStorageAccessInfo", Safety::ReadOnly),
    untyped("DescribeDBTablesRecoveryBackupSet", Safety::ReadOnly),
    untyped("DescribeDBTablesRecoveryState", Safety::ReadOnly),
    untyped("DescribeDBTablesRecoveryTimeRange", Safety::ReadOnly),
    untyped("ModifyBackupPolicy", Safety::Mutating),
    untyped("ModifyDBTablesRecoveryState", Safety::Mutating),
    untyped("SupportDBTableRecovery", Safety::ReadOnly),
];
