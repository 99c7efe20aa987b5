//! `Pages` and `Items`: pagination of list operations.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use crate::rpc::api::Api;
use crate::rpc::client::{CallFuture, Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::PagedOperation;

impl Client {
    /// Returns the pages of a list, starting at the page number of the request.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
    /// use aliyun_dbs::operations::DescribeBackupPlanList;
    ///
    /// let mut pages = client.pages(DescribeBackupPlanList::builder().build());
    /// while let Some(page) = pages.next().await {
    ///     let page = page?;
    ///     println!("{} of {} plans", page.items.len(), page.total_elements);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn pages<O: PagedOperation>(&self, request: O) -> Pages<O> {
        Pages {
            page_num: request.page_num(),
            seen: None,
            client: self.clone(),
            request,
            previous: None,
            pending: None,
            done: false,
        }
    }

    /// Returns the items of a list, starting at the page number of the request.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
    /// use aliyun_dbs::operations::DescribeBackupPlanList;
    /// use aliyun_dbs::types::BackupPlanStatus;
    ///
    /// let running = DescribeBackupPlanList::builder()
    ///     .backup_plan_status(BackupPlanStatus::Running)
    ///     .build();
    /// let mut plans = client.items(running);
    /// while let Some(plan) = plans.next().await {
    ///     println!("{}", plan?.backup_plan_id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn items<O: PagedOperation>(&self, request: O) -> Items<O> {
        let pages = self.pages(request);
        Items { page_num: pages.page_num(), pages, buffered: Vec::new().into_iter() }
    }
}

/// The pages of a list, fetched by one call each; returned by [`Client::pages`].
///
/// Await [`next`](Self::next), or use it as a [`Stream`]. It fetches a page only when it is polled,
/// starting at the page number of the request. It ends after the page that contains the last item
/// according to `TotalElements`, at an empty page, or at a page that repeats the previous one.
///
/// After an error, the next poll fetches the same page again, so that the position is kept.
/// A loop that ignores errors never ends: stop at an error, or wait before the next poll.
#[must_use = "pages are fetched when they are awaited"]
pub struct Pages<O: PagedOperation> {
    client: Client,
    request: O,
    /// The number of the next page.
    page_num: u32,
    /// The number of items before that page, both skipped and fetched.
    ///
    /// `None` until the first page shows how many items a page has.
    seen: Option<u64>,
    /// The items of the previous page, to detect a repeated page.
    previous: Option<Vec<O::Item>>,
    pending: Option<CallFuture<O::Response>>,
    done: bool,
}

impl<O: PagedOperation> Pages<O> {
    /// Fetches the next page. Returns `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns the error of the call. Calling `next` again fetches the same page.
    pub async fn next(&mut self) -> Option<Result<Response<O::Response>, Error>> {
        std::future::poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the number of the next page.
    ///
    /// A request with this page number continues the list from there, even after a restart.
    pub fn page_num(&self) -> u32 {
        self.page_num
    }

    fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Response<O::Response>, Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let pending = self.pending.get_or_insert_with(|| {
            let mut request = self.request.clone();
            request.set_page_num(self.page_num);
            self.client.send(request).into_future()
        });
        let result = match pending.as_mut().poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(result) => result,
        };
        self.pending = None;
        Poll::Ready(match result {
            Ok(page) => self.advance(page).map(Ok),
            Err(error) => Some(Err(error)),
        })
    }

    /// Advances past a page, or ends at an empty or repeated one.
    fn advance(&mut self, page: Response<O::Response>) -> Option<Response<O::Response>> {
        let items = O::items(&page);
        if items.is_empty() || self.previous.as_deref() == Some(items) {
            self.done = true;
            return None;
        }
        // The service may return fewer items per page than requested, also on the skipped pages,
        // so the items are counted.
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let size = u64::from(self.request.page_size()).min(count);
        let pages_before = self.page_num.saturating_sub(O::Api::FIRST_PAGE);
        let skipped = || u64::from(pages_before).saturating_mul(size);
        let seen = self.seen.unwrap_or_else(skipped).saturating_add(count);
        self.seen = Some(seen);
        self.previous = Some(items.to_vec());
        // A total of 0 next to items is not a total: continue until a page is empty.
        let total = O::total_elements(&page);
        match self.page_num.checked_add(1) {
            Some(next) if total == 0 || seen < total => self.page_num = next,
            next => {
                self.page_num = next.unwrap_or(u32::MAX);
                self.done = true;
            }
        }
        Some(page)
    }
}

impl<O: PagedOperation> Stream for Pages<O> {
    type Item = Result<Response<O::Response>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context)
    }
}

impl<O: PagedOperation> FusedStream for Pages<O> {
    fn is_terminated(&self) -> bool {
        self.done
    }
}

impl<O: PagedOperation> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &O::ACTION)
            .field("page_num", &self.page_num)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

/// The items of a list, across its pages; returned by [`Client::items`].
///
/// Await [`next`](Self::next), or use it as a [`Stream`]. After an error, the next poll fetches the
/// same page again, as with [`Pages`].
#[must_use = "items are fetched when they are awaited"]
pub struct Items<O: PagedOperation> {
    pages: Pages<O>,
    /// The page that the buffered items are from.
    page_num: u32,
    buffered: std::vec::IntoIter<O::Item>,
}

impl<O: PagedOperation> Items<O> {
    /// Returns the next item, fetching the next page if needed. Returns `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns the error of the call for the next page. Calling `next` again fetches the same page.
    pub async fn next(&mut self) -> Option<Result<O::Item, Error>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// Returns the number of the page that has the next item.
    ///
    /// A list that starts at this page misses no item, but may repeat earlier items of the page.
    pub fn page_num(&self) -> u32 {
        if self.buffered.len() == 0 { self.pages.page_num() } else { self.page_num }
    }

    /// Collects all remaining items in memory.
    ///
    /// # Errors
    ///
    /// Returns the first error of a call.
    pub async fn collect(mut self) -> Result<Vec<O::Item>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Item, Error>>> {
        loop {
            if let Some(item) = self.buffered.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            self.page_num = self.pages.page_num();
            match self.pages.poll_page(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(page))) => {
                    self.buffered = O::into_items(page.into_inner()).into_iter();
                }
            }
        }
    }
}

impl<O: PagedOperation> Stream for Items<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

impl<O: PagedOperation> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("page_num", &self.page_num)
            .field("buffered", &self.buffered.len())
            .field("pages", &self.pages)
            .finish()
    }
}
