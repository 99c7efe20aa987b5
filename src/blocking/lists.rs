//! Blocking `Pages` and `Items`, which are iterators.

use std::fmt;
use std::sync::Arc;

use super::worker::Worker;
use super::worker_error;
use crate::rpc::client::Response;
use crate::rpc::error::Error;
use crate::rpc::operation::PagedOperation;
use crate::rpc::pages;

/// An iterator over the pages of a list, made by [`Client::pages`](super::Client::pages).
///
/// It makes one call per page. After an error, the next item is the same page again, so a loop
/// must not skip errors without a limit or a delay.
#[must_use = "iterators are lazy and make no call until they are consumed"]
pub struct Pages<O: PagedOperation> {
    /// Taken while a page is fetched; a panic of that call loses it.
    pages: Option<pages::Pages<O>>,
    worker: Arc<Worker>,
}

impl<O: PagedOperation> Pages<O> {
    pub(super) fn new(pages: pages::Pages<O>, worker: Arc<Worker>) -> Self {
        Self { pages: Some(pages), worker }
    }

    /// Returns the number of the next page, from which a later iteration can continue.
    pub fn page_num(&self) -> Option<u32> {
        self.pages.as_ref().map(pages::Pages::page_num)
    }
}

impl<O: PagedOperation> Iterator for Pages<O> {
    type Item = Result<Response<O::Response>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pages = self.pages.take()?;
        let task = async move {
            let page = pages.next().await;
            (pages, page)
        };
        match self.worker.run(task) {
            Ok((pages, page)) => {
                self.pages = Some(pages);
                page
            }
            Err(error) => Some(Err(worker_error(error))),
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Pages").field(&self.pages).finish()
    }
}

/// An iterator over the items of a list, made by [`Client::items`](super::Client::items).
///
/// After an error, it fetches the same page again, as [`Pages`] does.
#[must_use = "iterators are lazy and make no call until they are consumed"]
pub struct Items<O: PagedOperation> {
    pages: Pages<O>,
    /// The number of the page that `fetched` comes from.
    page_num: Option<u32>,
    /// The rest of the current page.
    fetched: std::vec::IntoIter<O::Item>,
}

impl<O: PagedOperation> Items<O> {
    pub(super) fn new(pages: Pages<O>) -> Self {
        Self { page_num: pages.page_num(), pages, fetched: Vec::new().into_iter() }
    }

    /// Returns the number of the page of the next item.
    ///
    /// A later iteration from that page misses no item, and may repeat items of the page.
    pub fn page_num(&self) -> Option<u32> {
        if self.fetched.len() == 0 { self.pages.page_num() } else { self.page_num }
    }
}

impl<O: PagedOperation> Iterator for Items<O> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // Items that were fetched need no call on the other thread.
            if let Some(item) = self.fetched.next() {
                return Some(Ok(item));
            }
            self.page_num = self.pages.page_num();
            match self.pages.next()? {
                Ok(page) => self.fetched = O::into_items(page.into_inner()).into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("blocking::Items")
            .field("page_num", &self.page_num)
            .field("fetched_items", &self.fetched.len())
            .field("pages", &self.pages)
            .finish()
    }
}
