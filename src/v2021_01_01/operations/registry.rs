//! The list of all operations, for code that learns an operation's name at run time.

use super::for_each_operation_2021;
use crate::rpc::operation::Operation;
use crate::v2019_03_06::operations::registry::{OperationInfo, OperationVisitor};
use crate::v2021_01_01::operations;

/// Marks the operations that [`for_each_operation_2021!`] lists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is missing in the list of operations",
    note = "add it to `for_each_operation_2021!` in src/v2021_01_01/operations/mod.rs"
)]
#[allow(dead_code, reason = "older compilers do not see its use in `assert_listed!`")]
pub(crate) trait Listed {}

/// Fails to compile for an operation that [`for_each_operation_2021!`] does not list.
macro_rules! assert_listed {
    ($request:ident) => {
        const _: () = {
            const fn listed<O: $crate::v2021_01_01::operations::registry::Listed>() {}
            listed::<$request>();
        };
    };
}
pub(crate) use assert_listed;

macro_rules! registry {
    ($($operation:ident),+) => {
        /// Every operation that has a type, in the order of their names.
        ///
        /// [`UNTYPED`](super::UNTYPED) lists the others.
        pub const ALL: &[OperationInfo] = &[$(
            OperationInfo {
                action: operations::$operation::ACTION,
                safety: operations::$operation::SAFETY,
                ram: operations::$operation::RAM,
                rate_limit: operations::$operation::RATE_LIMIT,
            }
        ),+];

        $(impl Listed for operations::$operation {})+

        /// Calls a visitor with the type of the operation named `action`.
        ///
        /// Returns `None` if no operation of this version has this name and a type; names are
        /// case-sensitive. See [`crate::operations::visit`] for an example of a visitor.
        pub fn visit<V: OperationVisitor>(action: &str, visitor: V) -> Option<V::Output> {
            match action {
                $(operations::$operation::ACTION => Some(visitor.visit::<operations::$operation>()),)+
                _ => None,
            }
        }
    };
}

for_each_operation_2021!(registry);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::NamedOperation;
    use crate::v2021_01_01::operations::UNTYPED;

    struct ActionVisitor;

    impl OperationVisitor for ActionVisitor {
        type Output = &'static str;

        fn visit<O: NamedOperation>(self) -> &'static str {
            O::ACTION
        }
    }

    #[test]
    fn visit_finds_every_operation_by_name() {
        assert_eq!(ALL.len(), 11);
        assert!(ALL.is_sorted_by(|a, b| a.action < b.action));
        for info in ALL {
            assert_eq!(visit(info.action, ActionVisitor), Some(info.action));
        }
        assert_eq!(visit("DescribeBackupPolicy", ActionVisitor), None);
    }

    #[test]
    fn no_operation_is_listed_twice() {
        assert_eq!(UNTYPED.len(), 11);
        assert!(UNTYPED.is_sorted_by(|a, b| a.action < b.action));
        let others = crate::operations::ALL.iter().chain(ALL).map(|info| info.action);
        let mut names: Vec<_> = UNTYPED.iter().map(|info| info.action).chain(others).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}
