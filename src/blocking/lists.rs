//! `Pages` and `Items`, as iterators.

use std::fmt;
use std::sync::Arc;

use super::no_output;
use super::worker::Worker;
use crate::rpc::client::Response;
use crate::rpc::error::Error;
use crate::rpc::operation::PagedOperation;
use crate::rpc::pages;

/// The pages of a list, one call each; made by [`Client::pages`](super::Client::pages).
///
/// After an error it goes on with the page that failed, so a loop that skips errors asks for that
/// page forever: stop, or wait, between.
#[must_use = "pages are asked for when they are taken"]
pub struct Pages<O: PagedOperation> {
    /// Away only while a page is asked for, and lost if that panics.
    pages: Option<pages::Pages<O>>,
    worker: Arc<Worker>,
}

impl<O: PagedOperation> Pages<O> {
    pub(super) fn new(pages: pages::Pages<O>, worker: Arc<Worker>) -> Self {
        Self { pages: Some(pages), worker }
    }

    /// The page that comes next, to go on from there today or after a restart.
    pub fn page_num(&self) -> Option<u32> {
        self.pages.as_ref().map(pages::Pages::page_num)
    }
}

impl<O: PagedOperation> Iterator for Pages<O> {
    type Item = Result<Response<O::Response>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut pages = self.pages.take()?;
        let job = async move {
            let page = pages.next().await;
            (pages, page)
        };
        match self.worker.run(job) {
            Ok((pages, page)) => {
                self.pages = Some(pages);
                page
            }
            Err(why) => Some(Err(no_output(why))),
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Pages").field(&self.pages).finish()
    }
}

/// The rows of a list, across its pages; made by [`Client::items`](super::Client::items).
///
/// After an error it goes on with the page that failed, as [`Pages`] does.
#[must_use = "rows are asked for when they are taken"]
pub struct Items<O: PagedOperation> {
    pages: Pages<O>,
    /// The page of the rows at hand.
    page_num: Option<u32>,
    rows: std::vec::IntoIter<O::Item>,
}

impl<O: PagedOperation> Items<O> {
    pub(super) fn new(pages: Pages<O>) -> Self {
        Self { page_num: pages.page_num(), pages, rows: Vec::new().into_iter() }
    }

    /// The page of the row that comes next: a walk that begins there gives that row again, and
    /// perhaps rows of its page before it, and misses none.
    pub fn page_num(&self) -> Option<u32> {
        if self.rows.len() == 0 { self.pages.page_num() } else { self.page_num }
    }
}

impl<O: PagedOperation> Iterator for Items<O> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // The rows at hand need no trip to the other thread.
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            self.page_num = self.pages.page_num();
            match self.pages.next()? {
                Ok(page) => self.rows = O::into_items(page.into_inner()).into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<O: PagedOperation> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("blocking::Items")
            .field("page_num", &self.page_num)
            .field("rows_at_hand", &self.rows.len())
            .field("pages", &self.pages)
            .finish()
    }
}
