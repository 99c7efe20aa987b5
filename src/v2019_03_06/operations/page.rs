//! `Page<T>`: the response of the operations that list one page per call.

use serde::{Deserialize, Serialize};

use crate::rpc::value::informational;
use crate::rpc::wire::{ListName, Wrapped};

/// One page of a list.
///
/// The operations that list one page per call return it.
/// [`Client::items`](crate::Client::items) and [`Client::pages`](crate::Client::pages) read all
/// pages.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[serde(bound(
    serialize = "T: Serialize + ListName",
    deserialize = "T: Deserialize<'de> + ListName"
))]
#[non_exhaustive]
pub struct Page<T> {
    /// The number of the page. Requests count from 0; some responses return 1 for the first page.
    pub page_num: Option<u32>,
    /// The number of items per page.
    pub page_size: Option<u32>,
    /// The number of pages.
    pub total_pages: Option<u32>,
    /// The number of items on all pages.
    pub total_elements: Option<u64>,
    /// The items of the page.
    ///
    /// Wire name: `Items`, an object with one field, which is named after the item type.
    #[serde(default, with = "Wrapped::<T>")]
    pub items: Vec<T>,
}
