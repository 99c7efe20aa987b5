//! `SandboxPage<T>`: one page of a list that is JSON in a string.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::rpc::value::informational;
use crate::v2021_01_01::operations::declare::ItemPage;
use crate::v2021_01_01::operations::json_data::JsonData;

/// One page of a list that is JSON in a string.
///
/// [`Client::items`](crate::Client::items) and [`Client::pages`](crate::Client::pages) read all
/// pages. They fail at a page whose string cannot be read, instead of ending there.
///
/// [`Response::unread`](crate::Response::unread) does not show fields inside the string that could
/// not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "JsonData",
    into = "JsonData",
    bound(serialize = "T: Clone + Serialize", deserialize = "T: DeserializeOwned")
)]
#[non_exhaustive]
pub struct SandboxPage<T> {
    /// The items of the page.
    ///
    /// Wire name: `content`.
    #[doc(alias = "content")]
    pub items: Vec<T>,
    /// The number of items on all pages.
    ///
    /// Wire name: `totalElements`.
    #[doc(alias = "totalElements")]
    pub total_elements: Option<u64>,
    /// Undescribed; the example has the number of items on the page.
    pub number: Option<u64>,
    /// Undescribed; the example has the number of items on the page.
    pub size: Option<u64>,
    /// The string that could not be read as JSON. `None` if it could.
    pub unparsed: Option<String>,
}

/// The JSON in the string.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePage<T> {
    number: Option<u64>,
    size: Option<u64>,
    #[serde(default = "Vec::new")]
    content: Vec<T>,
    total_elements: Option<u64>,
}

impl<T: DeserializeOwned> From<JsonData> for SandboxPage<T> {
    fn from(data: JsonData) -> Self {
        let (page, unparsed) = match data.read::<WirePage<T>>() {
            Ok(page) => (page, None),
            Err(text) => (None, Some(text)),
        };
        let WirePage { number, size, content, total_elements } = page.unwrap_or(WirePage {
            number: None,
            size: None,
            content: Vec::new(),
            total_elements: None,
        });
        Self { items: content, total_elements, number, size, unparsed }
    }
}

impl<T: Serialize> From<SandboxPage<T>> for JsonData {
    fn from(page: SandboxPage<T>) -> Self {
        let SandboxPage { items, total_elements, number, size, unparsed } = page;
        Self::write(&WirePage { number, size, content: items, total_elements }, unparsed)
    }
}

impl<T> ItemPage for SandboxPage<T> {
    type Item = T;

    fn items(&self) -> &[T] {
        &self.items
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }

    fn total_elements(&self) -> u64 {
        match self.unparsed {
            // More items follow, so that a list does not end at this page.
            Some(_) => u64::MAX,
            // A total of 0 next to items is not a total.
            None => self.total_elements.unwrap_or_default(),
        }
    }
}
