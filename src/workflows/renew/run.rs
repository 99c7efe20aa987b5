//! `RenewExpiring`: lists the plans, and orders the renewals.

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::FusedStream;

use super::due::{DueRules, Dueness};
use super::order::{DuePlan, Orders};
use super::renewal::{Renewal, RenewalOutcome, RenewalRefusal, RenewalReport};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribeBackupPlanList};
use crate::v2019_03_06::types::{BackupPlanId, PageSize, Period};
use crate::workflows::pacer::Pacer;
use crate::workflows::slots::Slots;

/// How many plans are ordered at once.
const CONCURRENCY: usize = 8;

impl Client {
    /// Renews all subscriptions that end within a time, each once.
    ///
    /// See [`RenewExpiring`].
    pub fn renew_expiring(&self, within: Duration, term: Period) -> RenewExpiring {
        RenewExpiring {
            client: self.clone(),
            within,
            term,
            dry_run: false,
            plans: None,
            include_overdue: false,
        }
    }
}

/// Renews all subscriptions that end within a time, each once.
///
/// Renewals cost money: [`dry_run`](Self::dry_run) lists what would be ordered. Await it for the
/// [`RenewalReport`]. The [module](crate::workflows::renew) says which plans are due. Nothing is sent
/// before it is awaited.
///
/// # Once
///
/// The client token of an order is derived from the plan and the end of its subscription. So two
/// processes that run at once, or a second run after a crash, renew a plan once: either the service
/// recognizes the token, or the list has the new end and the plan is not due any more. A plan whose
/// row is older than 5 minutes is read again before its order. All processes must use the same term:
/// the service refuses the token with another one.
///
/// # Calls
///
/// It lists all plans, 100 per call, then orders the renewals, those that end first before the others,
/// 8 at once. It uses at most 90 % of the published limits: 9 orders per second.
///
/// # Errors
///
/// An order that fails is in the report. It only returns an error, and has ordered nothing, if
///
/// * a renewed plan could still be due, because the term does not outlast the time. A year has 365
///   days, and 1, 2 or 3 months have 28, 58 or 88 days at least. The error has [`ErrorKind::Request`](crate::ErrorKind::Request).
/// * the plans could not be listed.
///
/// # Permissions
///
/// `dbs:DescribeBackupPlanList`, and `dbs:RenewBackupPlan` unless it is a dry run.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "fake")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aliyun_dbs::Error> {
/// use std::time::Duration;
///
/// use aliyun_dbs::fake::FakeDbs;
/// use aliyun_dbs::{Client, Period, Region};
///
/// let dbs = FakeDbs::new();
/// let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
/// let client = builder.transport(dbs).build()?;
///
/// let month = Duration::from_secs(30 * 24 * 3600);
/// let report = client.renew_expiring(month, Period::years::<1>()).dry_run().await?;
/// assert_eq!(report.to_string(), "no plan is due");
/// # Ok(()) }
/// # #[cfg(not(feature = "fake"))] fn main() {}
/// ```
#[must_use = "renewals do nothing until they are awaited"]
pub struct RenewExpiring {
    client: Client,
    within: Duration,
    term: Period,
    dry_run: bool,
    plans: Option<BTreeSet<BackupPlanId>>,
    include_overdue: bool,
}

/// The future of [`RenewExpiring`].
pub type RenewalFuture = Pin<Box<dyn Future<Output = Result<RenewalReport, Error>> + Send>>;

impl RenewExpiring {
    /// Lists what would be renewed, and sends no order.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Renews only these plans. Defaults to all plans of the account.
    ///
    /// They too are renewed only if they are due. With no ids, nothing is renewed. Later calls add
    /// plans.
    pub fn plans(mut self, plans: impl IntoIterator<Item = BackupPlanId>) -> Self {
        self.plans.get_or_insert_default().extend(plans);
        self
    }

    /// Also renews plans that ended more than 7 days ago.
    ///
    /// The service deletes the backups of such plans, so that the renewed plan may have none.
    pub fn include_overdue(mut self) -> Self {
        self.include_overdue = true;
        self
    }

    async fn run(self) -> Result<RenewalReport, Error> {
        let mut rules = DueRules::new(self.within, self.term)?;
        rules.include_overdue = self.include_overdue;
        let orders = Arc::new(Orders {
            pacer: Pacer::new(self.client.clock().clone()),
            client: self.client.clone(),
            rules,
            term: self.term,
        });
        let (mut found, unread_rows) = self.find(&orders).await?;
        // Plans without an end are last.
        found.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        if !self.dry_run {
            order_all(&orders, &mut found).await;
        }
        let renewals = found.into_iter().filter_map(FoundPlan::into_renewal).collect();
        Ok(RenewalReport { renewals, dry_run: self.dry_run, unread_rows })
    }

    /// Lists the plans that are due or refused. Also returns the number of unreadable rows.
    async fn find(&self, orders: &Orders) -> Result<(Vec<FoundPlan>, u64), Error> {
        type List = DescribeBackupPlanList;
        let (mut found, mut unread) = (Vec::new(), 0_u64);
        let mut missing = self.plans.clone().unwrap_or_default();
        if self.plans.is_some() && missing.is_empty() {
            return Ok((found, unread));
        }
        // All plans: the service may refuse a list by ids of which it knows only some.
        let mut pages = self.client.pages(List::builder().page_size(PageSize::MAX).build());
        while !pages.is_terminated() {
            orders.pacer.admit(List::ACTION, List::RATE_LIMIT).await;
            let read_at = self.client.clock().elapsed();
            let Some(page) = pages.next_fresh().await else { break };
            let (page, is_new) = page?;
            unread = unread.saturating_add(page.unread_rows());
            for (row, is_new) in page.into_inner().items.into_iter().zip(is_new) {
                missing.remove(&row.backup_plan_id);
                if is_new && self.plans.as_ref().is_none_or(|ids| ids.contains(&row.backup_plan_id))
                {
                    found.extend(self.judge(orders, row, read_at));
                }
            }
        }
        found.extend(missing.into_iter().map(FoundPlan::missing));
        Ok((found, unread))
    }

    /// Returns a plan for the report, unless it is not due, or is pay-as-you-go and not named.
    fn judge(
        &self,
        orders: &Orders,
        row: BackupPlanDetail,
        read_at: Duration,
    ) -> Option<FoundPlan> {
        let outcome = match orders.rules.dueness(&row, self.client.server_time()) {
            Dueness::Later => return None,
            Dueness::Refused(RenewalRefusal::PayAsYouGo) if self.plans.is_none() => return None,
            Dueness::Refused(reason) => RenewalOutcome::Refused { reason },
            Dueness::Due(_) => RenewalOutcome::Due,
        };
        let renewal = Renewal {
            plan: row.backup_plan_id,
            name: row.backup_plan_name,
            expires_at: row.instance_expired_timestamp,
            outcome,
        };
        Some(FoundPlan { renewal: Some(renewal), read_at })
    }
}

/// A listed plan. `None` once it is not due any more.
struct FoundPlan {
    renewal: Option<Renewal>,
    read_at: Duration,
}

impl FoundPlan {
    fn missing(plan: BackupPlanId) -> Self {
        let outcome = RenewalOutcome::Refused { reason: RenewalRefusal::NotFound };
        let renewal = Renewal { plan, name: None, expires_at: None, outcome };
        Self { renewal: Some(renewal), read_at: Duration::ZERO }
    }

    fn into_renewal(self) -> Option<Renewal> {
        self.renewal
    }

    /// Returns the order to place.
    fn due(&self) -> Option<DuePlan> {
        let renewal = self.renewal.as_ref()?;
        let end = renewal.expires_at?;
        matches!(renewal.outcome, RenewalOutcome::Due).then(|| DuePlan {
            plan: renewal.plan.clone(),
            end,
            read_at: self.read_at,
        })
    }
}

fn sort_key(found: &FoundPlan) -> impl Ord + '_ {
    let renewal = found.renewal.as_ref();
    let end = renewal.and_then(|renewal| renewal.expires_at);
    (end.is_none(), end, renewal.map(|renewal| &renewal.plan))
}

/// Orders the plans that are due, in their order.
async fn order_all(orders: &Arc<Orders>, found: &mut [FoundPlan]) {
    let due: Vec<_> =
        found.iter().enumerate().filter_map(|(index, found)| Some((index, found.due()?))).collect();
    let mut due = due.into_iter();
    let mut slots = Slots::new(CONCURRENCY);
    loop {
        while !slots.is_full()
            && let Some((index, plan)) = due.next()
        {
            let orders = orders.clone();
            slots.push(Box::pin(async move { (index, orders.place(plan).await) }));
        }
        let Some((index, outcome)) = poll_fn(|context| slots.poll(context)).await else { return };
        let found = &mut found[index];
        match (outcome, &mut found.renewal) {
            (Some(outcome), Some(renewal)) => renewal.outcome = outcome,
            (None, renewal) => *renewal = None,
            (_, None) => {}
        }
    }
}

impl IntoFuture for RenewExpiring {
    type Output = Result<RenewalReport, Error>;
    type IntoFuture = RenewalFuture;

    fn into_future(self) -> RenewalFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for RenewExpiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenewExpiring")
            .field("within", &self.within)
            .field("term", &self.term)
            .field("dry_run", &self.dry_run)
            .field("plans", &self.plans)
            .field("include_overdue", &self.include_overdue)
            .finish_non_exhaustive()
    }
}
