//! `Page<T>`: the response of the operations that list a page at a time.

use serde::{Deserialize, Serialize};

use crate::rpc::wire::{ListName, Wrapped};

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[serde(bound(
    serialize = "T: Serialize + ListName",
    deserialize = "T: Deserialize<'de> + ListName"
))]
#[non_exhaustive]
pub struct Page<T> {
    /// The page, `PageNum`. Counted from 0 in requests; some responses say 1 for the first.
    pub page_num: u32,
    /// Rows per page, `PageSize`.
    pub page_size: u32,
    /// Number of pages, `TotalPages`.
    pub total_pages: u32,
    /// Number of rows on all pages, `TotalElements`.
    pub total_elements: u64,
    /// The rows, `Items` and in it the name of the row's type.
    #[serde(default, with = "Wrapped::<T>")]
    pub items: Vec<T>,
}
