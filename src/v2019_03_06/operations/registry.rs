//! The list of all operations, for code that learns an operation's name at run time.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::for_each_operation;
use crate::rpc::operation::{Operation, RamAction, RateLimit, Safety};
use crate::v2019_03_06::operations;

/// The metadata of an operation, independent of its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The name of the operation on the wire.
    pub action: &'static str,
    /// Whether the client may send it again after an attempt whose outcome is unknown.
    pub safety: Safety,
    /// The RAM action and the resource that a policy must allow.
    pub ram: RamAction,
    /// The published rate limit, or `None` if the vendor publishes none.
    pub rate_limit: Option<RateLimit>,
}

/// An operation whose request can be deserialized, cloned, compared and printed.
///
/// Every operation of [`crate::operations`] implements it, through a blanket implementation. Code
/// that handles operations by name, such as [`visit`] and [`from_json`](super::from_json), needs
/// these bounds.
pub trait NamedOperation:
    Operation<Response: Serialize + Clone + PartialEq + Debug>
    + DeserializeOwned
    + Clone
    + PartialEq
    + Debug
    + 'static
{
}

impl<O> NamedOperation for O where
    O: Operation<Response: Serialize + Clone + PartialEq + Debug>
        + DeserializeOwned
        + Clone
        + PartialEq
        + Debug
        + 'static
{
}

/// Code that [`visit`] runs with the type of an operation.
pub trait OperationVisitor {
    /// The result of the visit.
    type Output;

    /// Runs with the type of the operation.
    fn visit<O: NamedOperation>(self) -> Self::Output;
}

/// Marks the operations that the list of their version has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is missing in the list of operations",
    note = "add it to the list in `operations/mod.rs` of its API version"
)]
#[allow(dead_code, reason = "older compilers do not see its use in `register!`")]
pub(crate) trait Listed {}

/// Makes the registry of one version from its operations, which a module `operations` has.
macro_rules! registry {
    ($($operation:ident),+) => {
        const INFOS: &[OperationInfo] = &[$(
            OperationInfo {
                action: operations::$operation::ACTION,
                safety: operations::$operation::SAFETY,
                ram: operations::$operation::RAM,
                rate_limit: operations::$operation::RATE_LIMIT,
            }
        ),+];

        $(impl Listed for operations::$operation {})+

        fn visit_listed<V: OperationVisitor>(action: &str, visitor: V) -> Option<V::Output> {
            match action {
                $(operations::$operation::ACTION => Some(visitor.visit::<operations::$operation>()),)+
                _ => None,
            }
        }
    };
}
pub(crate) use registry;

for_each_operation!(registry);

/// Every operation of the service, in the order of their names.
pub const ALL: &[OperationInfo] = INFOS;

/// Calls a visitor with the type of the operation named `action`.
///
/// Returns `None` if no operation has this name; names are case-sensitive. Use it to give a
/// type to a request that comes from outside, such as a line of JSON.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::{NamedOperation, OperationVisitor, visit};
///
/// struct Check<'a>(&'a str);
///
/// impl OperationVisitor for Check<'_> {
///     type Output = Result<(), serde_json::Error>;
///
///     fn visit<O: NamedOperation>(self) -> Self::Output {
///         serde_json::from_str::<O>(self.0).map(drop)
///     }
/// }
///
/// assert!(visit("StopBackupPlan", Check(r#"{"BackupPlanId":"a","StopMethod":"ALL"}"#))
///     .unwrap()
///     .is_ok());
/// assert!(visit("StopBackupPlan", Check("{}")).unwrap().is_err());
/// assert!(visit("MakeCoffee", Check("{}")).is_none());
/// ```
pub fn visit<V: OperationVisitor>(action: &str, visitor: V) -> Option<V::Output> {
    visit_listed(action, visitor)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct ActionVisitor;

    impl OperationVisitor for ActionVisitor {
        type Output = &'static str;

        fn visit<O: NamedOperation>(self) -> &'static str {
            O::ACTION
        }
    }

    #[test]
    fn visit_finds_every_operation_by_name() {
        assert_eq!(ALL.len(), 36);
        assert!(ALL.is_sorted_by(|a, b| a.action < b.action));
        for info in ALL {
            assert_eq!(visit(info.action, ActionVisitor), Some(info.action));
        }
        assert_eq!(visit("createBackupPlan", ActionVisitor), None);
    }
}
