//! Reads what a list does not show about a plan: ranges, backups, billing, the cause of a failure.

use std::sync::Arc;
use std::time::Duration;

use futures_core::FusedStream;
use time::OffsetDateTime;

use super::judge::{Facts, Rules, judge, since};
use super::points::{History, HistoryReader};
use super::row::ReportRow;
use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, PagedOperation};
use crate::rpc::value::{Open, WireEnum};
use crate::v2019_03_06::operations::{
    BackupPlanBilling, BackupPlanDetail, DescribeBackupPlanBilling, DescribeFullBackupList,
    DescribeJobErrorCode, DescribeRestoreRangeInfo,
};
use crate::v2019_03_06::types::{BackupPlanStatus, ChargeType, FullBackupStatus, PageSizeChoice};
use crate::workflows::pacer::Pacer;

/// A function that returns the monthly price of a plan.
pub(super) type Price = dyn Fn(&ReportRow) -> Option<f64> + Send + Sync;

/// The options that the rows of a report depend on.
pub(super) struct RowOptions {
    pub(super) rules: Rules,
    pub(super) history: Duration,
    pub(super) lists_only: bool,
    pub(super) price: Option<Box<Price>>,
}

/// A client, with what its calls need.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) label: Option<String>,
    pub(super) client: Client,
    pub(super) pacer: Arc<Pacer>,
}

/// A plan, as a list shows it.
pub(super) struct ListedPlan {
    pub(super) detail: BackupPlanDetail,
    /// The name of its database.
    pub(super) database: Option<String>,
    /// `None` without an inventory, or without a database to compare.
    pub(super) is_in_inventory: Option<bool>,
}

/// Reads the details of one plan.
struct PlanReader<'a> {
    account: &'a Account,
    plan: &'a BackupPlanDetail,
    now: OffsetDateTime,
    /// The number of calls so far.
    calls: usize,
}

/// Returns a time before `now`, but not before 1970.
fn before(now: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    let duration = time::Duration::try_from(duration).unwrap_or(time::Duration::MAX);
    now.saturating_sub(duration).max(OffsetDateTime::UNIX_EPOCH)
}

/// Returns a value that the service has sent.
fn sent<T: WireEnum>(value: &Open<T>) -> Option<&Open<T>> {
    Some(value).filter(|value| !value.as_str().is_empty())
}

/// Returns the row of a plan, and the number of calls for it.
pub(super) async fn read_row(
    account: Account,
    options: Arc<RowOptions>,
    listed: ListedPlan,
) -> (ReportRow, usize) {
    let plan = &listed.detail;
    let now = account.client.server_time();
    let mut reader = PlanReader { account: &account, plan, now, calls: 0 };
    let is_configured = plan.backup_plan_status != BackupPlanStatus::Wait;
    let mut history = HistoryReader::new(now);
    let mut billing = None;
    if options.lists_only {
        let why = "the report reads lists only";
        history.lose_points(why);
        history.lose_last_backup(why);
        if let Some(end) = plan.end_timestamp_for_restore {
            history.add_logs(plan.begin_timestamp_for_restore, end);
        }
    } else if is_configured {
        reader.read_history(&mut history, options.history).await;
        billing = Some(reader.read_billing().await);
    }
    let calls = reader.calls;
    let row = row(&account, &options, &listed, billing.as_ref(), history.finish());
    (row, calls)
}

/// Returns the row of a plan from everything that was read.
fn row(
    account: &Account,
    options: &RowOptions,
    listed: &ListedPlan,
    billing: Option<&Result<BackupPlanBilling, String>>,
    history: History,
) -> ReportRow {
    let now = account.client.server_time();
    let plan = &listed.detail;
    let (billing, billing_error) = match billing {
        Some(Ok(billing)) => (Some(billing), None),
        Some(Err(error)) => (None, Some(error.clone())),
        None => (None, None),
    };
    let charge = billing
        .and_then(|billing| sent(&billing.buy_charge_type))
        .or(plan.instance_charge_type.as_ref().and_then(sent))
        .cloned();
    let is_subscription = charge.as_ref().is_none_or(|charge| *charge != ChargeType::Postpay);
    let expires_at = billing
        .and_then(|billing| billing.buy_expired_timestamp)
        .or(plan.instance_expired_timestamp)
        .filter(|_| is_subscription);
    let sum = |bytes: (Option<u64>, Option<u64>)| Some(bytes.0?.saturating_add(bytes.1?));
    let storage_bytes =
        billing.and_then(|billing| sum((billing.full_storage_size, billing.cont_storage_size)));
    let facts = Facts {
        now,
        status: sent(&plan.backup_plan_status).cloned(),
        plan_error: plan.error_message.clone(),
        database: listed.database.clone(),
        is_in_inventory: listed.is_in_inventory,
        history,
        billing: charge,
        expires_at,
        storage_missing: billing_error,
    };
    let (verdict, reasons) = judge(&facts, options.rules);
    let mut row = ReportRow {
        account: account.label.clone(),
        plan: Some(plan.backup_plan_id.clone()),
        name: plan.backup_plan_name.clone(),
        region: plan.backup_plan_region.clone(),
        engine: sent(&plan.database_type).cloned(),
        database: facts.database,
        status: facts.status,
        verdict,
        reasons,
        windows: facts.history.windows,
        newest_point: facts.history.newest,
        newest_point_age: facts.history.newest.map(|newest| since(newest, now)),
        last_full_backup: facts.history.last_backup,
        billing: facts.billing,
        expires_at,
        expires_in: expires_at.map(|at| since(now, at)),
        storage_bytes,
        used_bytes: billing
            .and_then(|billing| sum((billing.used_full_bytes, billing.used_increment_bytes))),
        included_bytes: billing.and_then(|billing| billing.total_free_bytes),
        monthly_price: None,
    };
    let price = options.price.as_ref().and_then(|price| price(&row));
    row.monthly_price = price.filter(|price| price.is_finite());
    row
}

impl PlanReader<'_> {
    async fn send<O: Operation + 'static>(
        &mut self,
        request: O,
    ) -> Result<Response<O::Response>, Error> {
        self.account.pacer.admit(O::ACTION, O::RATE_LIMIT).await;
        self.calls += 1;
        self.account.client.send(request).await
    }

    async fn read_history(&mut self, history: &mut HistoryReader, length: Duration) {
        let from = before(self.now, length);
        self.read_ranges(history, from).await;
        // Also when the list shows none: it may be older than the requested range.
        if let Some(end) = self.plan.end_timestamp_for_restore {
            history.add_point(end);
        }
        let request = DescribeFullBackupList::builder()
            .backup_plan_id(self.plan.backup_plan_id.clone())
            .start_timestamp(from)
            .page_size(PageSizeChoice::MAX)
            .build();
        self.read_backups(history, request).await;
        if !history.has_point() {
            let request = DescribeFullBackupList::builder()
                .backup_plan_id(self.plan.backup_plan_id.clone())
                .backup_set_status(FullBackupStatus::Finish)
                .page_size(PageSizeChoice::MAX)
                .build();
            self.read_backups(history, request).await;
        }
        self.explain_failure(history).await;
    }

    async fn read_ranges(&mut self, history: &mut HistoryReader, from: OffsetDateTime) {
        let request = DescribeRestoreRangeInfo::builder()
            .backup_plan_id(self.plan.backup_plan_id.clone())
            .begin_timestamp_for_restore(from)
            .end_timestamp_for_restore(self.now)
            .build();
        match self.send(request).await {
            Ok(response) => {
                if response.unread_rows() > 0 {
                    history.lose_points("some ranges could not be read");
                }
                for range in &response.items {
                    history.add_range(range);
                }
            }
            Err(error) => history.lose_points(error.to_string()),
        }
    }

    async fn read_backups(&mut self, history: &mut HistoryReader, request: DescribeFullBackupList) {
        type Request = DescribeFullBackupList;
        let mut pages = self.account.client.pages(request);
        while !pages.is_terminated() {
            self.account.pacer.admit(Request::ACTION, Request::RATE_LIMIT).await;
            self.calls += 1;
            let Some(page) = pages.next_fresh().await else { break };
            let why = match page {
                Ok((page, is_new)) => {
                    let has_lost = page.unread_rows() > 0;
                    let backups = Request::into_items(page.into_inner()).into_iter();
                    let new = backups.zip(is_new).filter(|(_, is_new)| *is_new);
                    new.for_each(|(backup, _)| history.add_backup(backup));
                    if !has_lost {
                        continue;
                    }
                    "some full backups could not be read".to_owned()
                }
                Err(error) => error.to_string(),
            };
            history.lose_points(why.as_str());
            history.lose_last_backup(why);
            break;
        }
    }

    /// Reads why the last backup failed, if the list does not say it.
    async fn explain_failure(&mut self, history: &mut HistoryReader) {
        let Some(last) = history.unexplained_failure() else { return };
        let request = DescribeJobErrorCode::builder().task_id(last.set.clone()).build();
        let error = self.send(request).await.map(|response| response.into_inner().item);
        last.error = match error {
            Ok(error) => error.error_message.or(error.error_code),
            Err(error) => Some(format!("its error could not be read: {error}")),
        };
    }

    async fn read_billing(&mut self) -> Result<BackupPlanBilling, String> {
        let request = DescribeBackupPlanBilling::builder()
            .backup_plan_id(self.plan.backup_plan_id.clone())
            .build();
        let billing = self.send(request).await;
        billing.map(|billing| billing.into_inner().item).map_err(|error| error.to_string())
    }
}
