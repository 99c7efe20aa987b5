//! `Data<T>`: a response with one field.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A response whose value is in the field `Data`.
///
/// It dereferences to the value, so that `response.task_id` works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::exhaustive_structs, reason = "a wrapper of one value")]
pub struct Data<T> {
    /// The value of the response.
    pub data: T,
}

impl<T> Deref for Data<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> Data<T> {
    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.data
    }
}
