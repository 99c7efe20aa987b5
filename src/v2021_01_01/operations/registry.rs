//! The list of all operations, for code that learns an operation's name at run time.

use super::for_each_operation_2021;
use crate::rpc::operation::Operation;
use crate::v2019_03_06::operations::registry::{Listed, OperationInfo, OperationVisitor, registry};
use crate::v2021_01_01::operations;

for_each_operation_2021!(registry);

/// Every operation that has a type, in the order of their names.
///
/// [`UNTYPED`](super::UNTYPED) lists the others.
pub const ALL: &[OperationInfo] = INFOS;

/// Calls a visitor with the type of the operation named `action`.
///
/// Returns `None` if no operation of this version has this name and a type; names are
/// case-sensitive. See [`crate::operations::visit`] for an example of a visitor.
pub fn visit<V: OperationVisitor>(action: &str, visitor: V) -> Option<V::Output> {
    visit_listed(action, visitor)
}

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
        assert!(ALL.is_sorted_by(|a, b| a.action < b.action));
        for info in ALL {
            assert_eq!(visit(info.action, ActionVisitor), Some(info.action));
        }
        assert_eq!(visit("DescribeBackupPolicy", ActionVisitor), None);
    }

    #[test]
    fn no_operation_is_listed_twice() {
        // An operation that gets a type leaves `UNTYPED`.
        assert_eq!(ALL.len() + UNTYPED.len(), 22);
        assert!(UNTYPED.is_sorted_by(|a, b| a.action < b.action));
        let others = crate::operations::ALL.iter().chain(ALL).map(|info| info.action);
        let mut names: Vec<_> = UNTYPED.iter().map(|info| info.action).chain(others).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}
