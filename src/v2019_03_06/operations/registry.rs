//! All operations by name, for code that learns the name at run time.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super as operations;
use super::for_each_operation;
use crate::rpc::operation::{Operation, RamAction, RateLimit, Safety};

/// What is known about an operation without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OperationInfo {
    /// Name of the operation on the wire.
    pub action: &'static str,
    /// Whether it may be sent again.
    pub safety: Safety,
    /// What a RAM policy must allow.
    pub ram: RamAction,
    /// The published limit on calls, where there is one.
    pub rate_limit: Option<RateLimit>,
}

/// What every operation of [`crate::operations`] can do besides being sent: be read and written,
/// compared and shown. It is implemented by itself.
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

/// What is done with an operation whose name is known only at run time: see [`visit`].
pub trait OperationVisitor {
    /// What comes out.
    type Output;

    /// Does it, with the operation's type.
    fn visit<O: NamedOperation>(self) -> Self::Output;
}

/// Implemented by the operations of [`for_each_operation!`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is missing in the list of operations",
    note = "add it to `for_each_operation!` in src/v2019_03_06/operations/mod.rs"
)]
pub(crate) trait Listed {}

/// Refuses to compile for an operation that the list does not have.
macro_rules! assert_listed {
    ($request:ident) => {
        const _: () = {
            const fn listed<O: $crate::v2019_03_06::operations::registry::Listed>() {}
            listed::<$request>();
        };
    };
}
pub(crate) use assert_listed;

macro_rules! registry {
    ($($operation:ident),+) => {
        /// Every operation of the service, by name.
        pub const ALL: &[OperationInfo] = &[$(
            OperationInfo {
                action: operations::$operation::ACTION,
                safety: operations::$operation::SAFETY,
                ram: operations::$operation::RAM,
                rate_limit: operations::$operation::RATE_LIMIT,
            }
        ),+];

        $(impl Listed for operations::$operation {})+

        /// Gives the type of the operation with this name to a visitor; `None` if there is no
        /// such operation.
        ///
        /// This is how a request that comes from outside, such as a line of JSON, gets its type:
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
            match action {
                $(operations::$operation::ACTION => Some(visitor.visit::<operations::$operation>()),)+
                _ => None,
            }
        }
    };
}

for_each_operation!(registry);

#[cfg(test)]
mod tests {
    use super::*;

    struct Name;

    impl OperationVisitor for Name {
        type Output = &'static str;

        fn visit<O: NamedOperation>(self) -> &'static str {
            O::ACTION
        }
    }

    #[test]
    fn every_operation_is_found_by_its_name() {
        assert_eq!(ALL.len(), 36);
        assert!(ALL.is_sorted_by(|a, b| a.action < b.action));
        for info in ALL {
            assert_eq!(visit(info.action, Name), Some(info.action));
        }
        assert_eq!(visit("createBackupPlan", Name), None);
    }
}
