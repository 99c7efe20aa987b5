//! `ReportRun`: reads the lists of all accounts, and the details of some plans at once.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::FusedStream;

use super::details::{Account, ListedPlan, RowOptions, read_row};
use super::inventory::{Inventory, names};
use super::row::ReportRow;
use super::summary::{Report, ReportFailure, ReportSummary};
use super::verdict::{Reason, ReasonKind, Verdict};
use super::wording::one_line;
use crate::rpc::client::Response;
use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::rpc::pages::Pages;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, DescribeBackupPlanList, DescribeBackupPlanListResponse,
};
use crate::v2019_03_06::types::PageSize;
use crate::workflows::slots::Slots;

type List = Pages<DescribeBackupPlanList>;
type ListPage = (Response<DescribeBackupPlanListResponse>, Vec<bool>);

/// What a slot returns.
enum SlotEnd {
    /// A page of an account's plans, and the list to continue with.
    Page { account: usize, list: Box<List>, page: Option<Result<ListPage, Error>> },
    /// A plan, and the number of calls for its details.
    Row(Box<ReportRow>, usize),
}

/// The plans of an account, one page at a time.
struct AccountPlans {
    account: Account,
    /// `None` while a page is read, and after the last one.
    list: Option<Box<List>>,
    /// The rest of the page.
    page: VecDeque<BackupPlanDetail>,
    /// The number of plans that could not be read.
    unread: u64,
}

/// A report that has started.
pub(super) struct ReportRun {
    accounts: Vec<AccountPlans>,
    options: Arc<RowOptions>,
    concurrency: usize,
    /// The plans and pages that are read.
    slots: Slots<SlotEnd>,
    /// The number of plans that are read.
    reading: usize,
    /// The account to take the next plan from, so that all advance.
    next_account: usize,
    inventory: Option<Inventory>,
    /// The databases without a plan, once all plans were read.
    unseen: Option<Box<dyn Iterator<Item = String> + Send>>,
    /// Hashes of the ids of plans. Empty with one client, whose list repeats none.
    seen: HashSet<[u64; 2]>,
    hashers: [RandomState; 2],
    summary: ReportSummary,
    errors: Vec<ReportFailure>,
    /// The clock's time at the start.
    started: Duration,
}

impl ReportRun {
    /// Starts a report of at least one account.
    pub(super) fn new(
        accounts: Vec<Account>,
        options: RowOptions,
        concurrency: usize,
        inventory: Option<Vec<String>>,
    ) -> Self {
        let request = DescribeBackupPlanList::builder()
            .page_size(PageSize::MAX)
            .show_recover_time_range(true)
            .build();
        let started = accounts.first().map(|account| account.client.clock().elapsed());
        let accounts: Vec<_> = accounts
            .into_iter()
            .map(|account| AccountPlans {
                list: Some(Box::new(account.client.pages(request.clone()))),
                account,
                page: VecDeque::new(),
                unread: 0,
            })
            .collect();
        let concurrency = concurrency.max(1);
        Self {
            // As many as run at once; more are added if needed.
            slots: Slots::new(accounts.len() + 1),
            accounts,
            options: Arc::new(options),
            concurrency,
            reading: 0,
            next_account: 0,
            inventory: inventory.map(Inventory::new),
            unseen: None,
            seen: HashSet::new(),
            hashers: [RandomState::new(), RandomState::new()],
            summary: ReportSummary::default(),
            errors: Vec::new(),
            started: started.unwrap_or_default(),
        }
    }

    /// Reads the next page of the accounts whose page is used up, while plans can be read.
    fn read_pages(&mut self) {
        type Request = DescribeBackupPlanList;
        for (index, plans) in self.accounts.iter_mut().enumerate() {
            if self.reading >= self.concurrency {
                return;
            }
            if !plans.page.is_empty() {
                continue;
            }
            let Some(mut list) = plans.list.take() else { continue };
            let pacer = plans.account.pacer.clone();
            self.slots.push(Box::pin(async move {
                pacer.admit(Request::ACTION, Request::RATE_LIMIT).await;
                let page = list.next_fresh().await;
                SlotEnd::Page { account: index, list, page }
            }));
        }
    }

    /// Returns the next plan, from the accounts in turn, without those that were seen.
    fn next_plan(&mut self) -> Option<(Account, BackupPlanDetail)> {
        let count = self.accounts.len();
        for offset in 0..count {
            let index = (self.next_account + offset) % count;
            while let Some(plan) = self.accounts[index].page.pop_front() {
                if self.is_new(&plan) {
                    self.next_account = (index + 1) % count;
                    return Some((self.accounts[index].account.clone(), plan));
                }
            }
        }
        None
    }

    fn is_new(&mut self, plan: &BackupPlanDetail) -> bool {
        if self.accounts.len() < 2 {
            return true;
        }
        let id = plan.backup_plan_id.as_str();
        let hash = [self.hashers[0].hash_one(id), self.hashers[1].hash_one(id)];
        self.seen.insert(hash)
    }

    fn read_plans(&mut self) {
        while self.reading < self.concurrency {
            let Some((account, detail)) = self.next_plan() else { return };
            let names = names(&detail);
            let inventory = self.inventory.as_mut();
            let is_in_inventory = inventory.and_then(|inventory| inventory.find(&names));
            let database = names.into_iter().next();
            let listed = ListedPlan { detail, database, is_in_inventory };
            let options = self.options.clone();
            self.reading += 1;
            self.slots.push(Box::pin(async move {
                let (row, calls) = read_row(account, options, listed).await;
                SlotEnd::Row(Box::new(row), calls)
            }));
        }
    }

    fn add_page(&mut self, account: usize, list: Box<List>, page: Option<Result<ListPage, Error>>) {
        let plans = &mut self.accounts[account];
        self.summary.list_calls += 1;
        match page {
            None => {}
            Some(Ok((page, is_new))) => {
                plans.unread = plans.unread.saturating_add(page.unread_rows());
                let items = page.into_inner().items.into_iter().zip(is_new);
                plans.page.extend(items.filter_map(|(plan, is_new)| is_new.then_some(plan)));
                plans.list = Some(list).filter(|list| !list.is_terminated());
            }
            Some(Err(error)) => {
                let label = plans.account.label.clone();
                self.errors.push(ReportFailure::new(label, one_line(&error.to_string())));
            }
        }
    }

    /// Records the plans that could not be read, once all others were.
    fn end_lists(&mut self) {
        for plans in &mut self.accounts {
            let unread = std::mem::take(&mut plans.unread);
            if unread > 0 {
                let rows = if unread == 1 { "row" } else { "rows" };
                let message = format!("{unread} {rows} of the list of plans could not be read");
                self.errors.push(ReportFailure::new(plans.account.label.clone(), message));
            }
        }
    }

    /// Returns the row of the next database without a plan.
    fn next_unseen(&mut self) -> Option<ReportRow> {
        if self.unseen.is_none() {
            self.end_lists();
            let inventory = self.inventory.take().unwrap_or_default();
            self.unseen = Some(Box::new(inventory.into_unseen()));
        }
        let database = self.unseen.as_mut()?.next()?;
        let (verdict, reason) = judge_without_plan(&database, self.errors.is_empty());
        Some(ReportRow {
            database: Some(database),
            verdict,
            reasons: vec![reason],
            ..ReportRow::default()
        })
    }

    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Option<ReportRow>> {
        loop {
            self.read_plans();
            self.read_pages();
            let row = match self.slots.poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(SlotEnd::Page { account, list, page })) => {
                    self.add_page(account, list, page);
                    continue;
                }
                Poll::Ready(Some(SlotEnd::Row(row, calls))) => {
                    self.reading -= 1;
                    self.summary.detail_calls += calls;
                    *row
                }
                Poll::Ready(None) => match self.next_unseen() {
                    Some(row) => row,
                    None => return Poll::Ready(None),
                },
            };
            self.summary.add(&row);
            return Poll::Ready(Some(row));
        }
    }

    /// Returns the report with these rows. Its numbers include rows that were read before.
    pub(super) fn into_report(self, rows: Vec<ReportRow>) -> Report {
        let account = self.accounts.first().map(|plans| &plans.account);
        let now = account.map(|account| account.client.server_time());
        let elapsed = account.map(|account| account.client.clock().elapsed());
        let now = now.unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        let rules = self.options.rules;
        Report {
            summary: self.summary,
            errors: self.errors,
            elapsed: elapsed.unwrap_or_default().saturating_sub(self.started),
            history: self.options.history,
            rpo: rules.rpo,
            expiring_within: rules.expiring_within,
            ..Report::new(now, rows)
        }
    }
}

/// Returns the verdict about a database of the inventory that no listed plan backs up.
fn judge_without_plan(database: &str, is_complete: bool) -> (Verdict, Reason) {
    if is_complete {
        let text = format!("no plan backs up the database `{database}`");
        (Verdict::Unprotected, Reason::new(ReasonKind::NoPlan, one_line(&text)))
    } else {
        let text = "no listed plan backs up the database, but not every plan could be listed";
        (Verdict::Unknown, Reason::new(ReasonKind::ListIncomplete, text))
    }
}
