//! What stands on operations: several calls that together do one thing.

pub mod provision;
