//! Paging: every page, or every row, of a list operation.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use crate::rpc::api::Api;
use crate::rpc::client::{CallFuture, Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::PagedOperation;

impl Client {
    /// All pages of a list, from the request's `PageNum` on.
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
            before: None,
            pending: None,
            done: false,
        }
    }

    /// All rows of a list, from the request's `PageNum` on.
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
        Items { page_num: pages.page_num(), pages, rows: Vec::new().into_iter() }
    }
}

/// The pages of a list, one call each; made by [`Client::pages`].
///
/// It asks for one page after the other, beginning with the request's own `PageNum`, and only when
/// the next one is wanted. It ends after the page that holds the last of `TotalElements` rows, at
/// an empty page, and at a page that repeats the one before it. A page that fails is asked for
/// again by the next [`next`](Self::next): the position is not lost.
///
/// Await [`next`](Self::next), or use it as a [`Stream`]. After an error it goes on with the page
/// that failed, so a loop that skips errors asks for that page forever: stop, or wait, between.
#[must_use = "pages are asked for when they are awaited"]
pub struct Pages<O: PagedOperation> {
    client: Client,
    request: O,
    /// The page that comes next.
    page_num: u32,
    /// The rows before that page, those that were skipped and those that came; not known before
    /// the first page shows how many rows a page has.
    seen: Option<u64>,
    /// The rows of the page before, to know a repeated one.
    before: Option<Vec<O::Item>>,
    pending: Option<CallFuture<O::Response>>,
    done: bool,
}

impl<O: PagedOperation> Pages<O> {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    ///
    /// The call's error; call it again to ask for the same page.
    pub async fn next(&mut self) -> Option<Result<Response<O::Response>, Error>> {
        std::future::poll_fn(|context| self.poll_page(context)).await
    }

    /// The page that comes next: put it into `page_num` of a request, today or after a restart,
    /// to go on from there.
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
        let answer = match pending.as_mut().poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(answer) => answer,
        };
        self.pending = None;
        Poll::Ready(match answer {
            Ok(page) => self.take(page).map(Ok),
            Err(error) => Some(Err(error)),
        })
    }

    /// Moves on past a page, unless it shows that there is none.
    fn take(&mut self, page: Response<O::Response>) -> Option<Response<O::Response>> {
        let rows = O::items(&page);
        if rows.is_empty() || self.before.as_deref() == Some(rows) {
            self.done = true;
            return None;
        }
        // Counted, because the service may give fewer rows a page than it was asked for, and may
        // have done so before this walk began.
        let came = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let size = u64::from(self.request.page_size()).min(came);
        let pages_before = self.page_num.saturating_sub(O::Api::FIRST_PAGE);
        let skipped = || u64::from(pages_before).saturating_mul(size);
        let seen = self.seen.unwrap_or_else(skipped).saturating_add(came);
        self.seen = Some(seen);
        self.before = Some(rows.to_vec());
        // A total of nothing next to rows is no total; go on until a page is empty.
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

/// The rows of a list, across its pages; made by [`Client::items`].
///
/// Await [`next`](Self::next), or use it as a [`Stream`]. After an error it goes on with the page
/// that failed, as [`Pages`] does.
#[must_use = "rows are asked for when they are awaited"]
pub struct Items<O: PagedOperation> {
    pages: Pages<O>,
    /// The page of the rows at hand.
    page_num: u32,
    rows: std::vec::IntoIter<O::Item>,
}

impl<O: PagedOperation> Items<O> {
    /// The next row; `None` after the last.
    ///
    /// # Errors
    ///
    /// The error of the call for the next page; call it again to ask for the same page.
    pub async fn next(&mut self) -> Option<Result<O::Item, Error>> {
        std::future::poll_fn(|context| self.poll_row(context)).await
    }

    /// The page of the row that comes next: a walk that begins there gives that row again, and
    /// perhaps rows of its page before it, and misses none.
    pub fn page_num(&self) -> u32 {
        if self.rows.len() == 0 { self.pages.page_num() } else { self.page_num }
    }

    /// All rows that are left, in memory at once.
    ///
    /// # Errors
    ///
    /// The first error of a call.
    pub async fn collect(mut self) -> Result<Vec<O::Item>, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.next().await {
            rows.push(row?);
        }
        Ok(rows)
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Item, Error>>> {
        loop {
            if let Some(row) = self.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            self.page_num = self.pages.page_num();
            match self.pages.poll_page(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(page))) => {
                    self.rows = O::into_items(page.into_inner()).into_iter();
                }
            }
        }
    }
}

impl<O: PagedOperation> Stream for Items<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(context)
    }
}

impl<O: PagedOperation> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("page_num", &self.page_num)
            .field("rows", &self.rows.len())
            .field("pages", &self.pages)
            .finish()
    }
}
