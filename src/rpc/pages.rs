//! `Pages` and `Items`: pagination of list operations.

mod walk;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use crate::rpc::api::Api;
use crate::rpc::client::{CallFuture, Client, Response};
use crate::rpc::error::{Error, ErrorKind, Execution, FailedCall};
use crate::rpc::operation::PagedOperation;
use crate::rpc::pages::walk::{Step, Walk};

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
    ///     println!("page {:?} has {} plans", page.page_num, page.items.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn pages<O: PagedOperation>(&self, request: O) -> Pages<O> {
        let walk = Walk::new(O::Api::FIRST_PAGE, request.page_num(), request.page_size());
        Pages { client: self.clone(), request, walk, pending: None, done: false }
    }

    /// Returns the items of a list, starting at the page number of the request.
    ///
    /// A list that changes meanwhile is [walked until it is complete](Pages#lists-that-change), and
    /// each item is delivered once.
    ///
    /// A list covers all regions that the client's [endpoint](crate::Endpoint) serves, which can be
    /// several: list once per endpoint, not per region. `Endpoint::all_in` returns the endpoints and
    /// `Endpoint::regions` the regions of one.
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
/// Await [`next`](Self::next), or use it as a [`Stream`]. It fetches a page when it is polled for
/// it, starting at the page number of the request. It ends after the page with the last of the
/// list's items (`TotalElements`), or at an empty page if the service reports no total.
///
/// After an error, the next poll fetches the same page again, so that the position is kept.
/// A loop that ignores errors never ends: stop at an error, or wait before the next poll.
///
/// # Lists that change
///
/// Pages are numbered by position, so items that are inserted or removed between two pages shift
/// the rest of the list.
///
/// | what happens between two pages | what the client does |
/// | --- | --- |
/// | items are inserted in front | Skips pages without new items. [`Items`] drops repeated items by their [id](PagedOperation::item_id); a page is returned as it is. |
/// | items are removed in front, so that the total changes | Goes back until a page overlaps with the items it has, then continues. |
/// | items are inserted where the client has been | Starts again when the list ends before its total, and returns what is new. |
/// | an empty or repeated page before the total | Fails with [`ErrorKind::Response`]. |
/// | the list changes at each of several requests | Fails with [`ErrorKind::Response`]. |
///
/// One change stays unseen: as many items are removed in front as are inserted behind, so that the
/// total is the same. It can hide that many items, and so can unreadable rows that shift while the
/// total is the same. A list whose request starts at a later page does not know either what changed
/// before. If a missing item matters, list twice and compare.
///
/// A row that is `null` or otherwise unreadable is treated as delivered; [`Response::unread`] lists
/// it. An empty page at the end is returned only if it has such a row or field.
///
/// A hash of each item's id is kept until the end of the list.
#[must_use = "pages are fetched when they are awaited"]
pub struct Pages<O: PagedOperation> {
    client: Client,
    request: O,
    walk: Walk,
    pending: Option<CallFuture<O::Response>>,
    done: bool,
}

/// A page, and whether each of its items is new.
type FreshPage<R> = (Response<R>, Vec<bool>);

impl<O: PagedOperation> Pages<O> {
    /// Fetches the next page. Returns `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns the error of the call, or an error if the list [ends early](Self#lists-that-change).
    /// The next `next` fetches the same page again.
    pub async fn next(&mut self) -> Option<Result<Response<O::Response>, Error>> {
        std::future::poll_fn(|context| self.poll_next_page(context)).await
    }

    /// Fetches the next page, with a flag for each item that is new.
    pub(crate) async fn next_fresh(&mut self) -> Option<Result<FreshPage<O::Response>, Error>> {
        std::future::poll_fn(|context| self.poll_page(context)).await
    }

    /// Returns the number of the next page.
    ///
    /// A request with this page number continues the list from there, even after a restart.
    pub fn page_num(&self) -> u32 {
        self.walk.page_num()
    }

    fn poll_next_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Response<O::Response>, Error>>> {
        self.poll_page(context).map(|page| page.map(|page| page.map(|(page, _)| page)))
    }

    fn poll_page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<FreshPage<O::Response>, Error>>> {
        while !self.done {
            let pending = self.pending.get_or_insert_with(|| {
                let mut request = self.request.clone();
                request.set_page_num(self.walk.page_num());
                self.client.send(request).into_future()
            });
            let result = match pending.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(result) => result,
            };
            self.pending = None;
            let page = match result {
                Ok(page) => page,
                Err(error) => return Poll::Ready(Some(Err(error))),
            };
            let ids = O::items(&page).iter().map(|item| O::item_id(item).into_owned()).collect();
            match self.walk.advance(ids, page.unread_rows(), O::total_elements(&page)) {
                Step::Deliver { is_new, is_last } => {
                    self.done = is_last;
                    return Poll::Ready(Some(Ok((page, is_new))));
                }
                Step::Skip => {}
                Step::End => {
                    self.done = true;
                    // An empty page may be one whose list could not be read.
                    if !page.unread().is_empty() {
                        return Poll::Ready(Some(Ok((page, Vec::new()))));
                    }
                }
                Step::Fail(message) => {
                    return Poll::Ready(Some(Err(contradiction::<O>(&page, message))));
                }
            }
        }
        Poll::Ready(None)
    }
}

/// Returns the error for a list that contradicts itself.
fn contradiction<O: PagedOperation>(page: &Response<O::Response>, message: String) -> Error {
    let call = FailedCall {
        attempts: page.attempts(),
        execution: Execution::Rejected,
        ..FailedCall::unsent(Cow::Borrowed(O::ACTION), O::SAFETY)
    };
    Error::new(ErrorKind::Response, message)
        .with_http_status(page.http_status())
        .with_request_id(Some(page.request_id().to_owned()).filter(|id| !id.is_empty()))
        .retryable(true)
        .in_call(call)
}

impl<O: PagedOperation> Stream for Pages<O> {
    type Item = Result<Response<O::Response>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_next_page(context)
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
            .field("page_num", &self.page_num())
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

/// The items of a list, across its pages; returned by [`Client::items`].
///
/// Await [`next`](Self::next), or use it as a [`Stream`]. After an error, the next poll fetches the
/// page that failed again, as with [`Pages`]. It delivers each item once, even if the list
/// [changes](Pages#lists-that-change).
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
    /// Returns the error of the call for the next page, or an error if the list
    /// [ends early](Pages#lists-that-change). The next `next` fetches the same page again.
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
    /// Returns the first error, as [`next`](Self::next) does.
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
            let delivered = self.pages.poll_page(context);
            match delivered {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok((page, is_new)))) => {
                    let items = O::into_items(page.into_inner()).into_iter().zip(is_new);
                    let new: Vec<_> = items.filter_map(|(item, new)| new.then_some(item)).collect();
                    self.buffered = new.into_iter();
                    // The walk is one page further.
                    self.page_num = self.pages.page_num().saturating_sub(1);
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
