//! `FleetContext`: what every plan of a fleet needs.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::control::{Control, Mode, backoff};
use crate::rpc::client::Client;
use crate::rpc::clock::{Clock, format_duration, with_timeout};
use crate::rpc::error::Error;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::observed::all_rows;
use crate::workflows::journal::{Journal, JournalError, MemoryJournal, WorkerId};
use crate::workflows::provision::decision::TOKEN_MEMORY;
use crate::workflows::provision::existing::ExistingPlans;

/// How long the fleet waits for the response to one request to the journal.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The options of a fleet.
pub(super) struct FleetOptions {
    pub(super) client: Client,
    pub(super) fleet: String,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) concurrency: usize,
    pub(super) timeout: Duration,
    pub(super) max_runs: u32,
    pub(super) token_memory: Duration,
    pub(super) lease: Duration,
    pub(super) journal_timeout: Duration,
    pub(super) resume: HashMap<String, BackupPlanId>,
    pub(super) buy_anyway: HashSet<String>,
    pub(super) adopt_existing: bool,
    pub(super) check_existing: bool,
}

impl FleetOptions {
    pub(super) fn new(client: Client) -> Self {
        Self {
            fleet: "default".to_owned(),
            journal: Arc::new(MemoryJournal::with_clock(client.clock().clone())),
            client,
            concurrency: 8,
            timeout: Duration::from_secs(1800),
            max_runs: 8,
            token_memory: TOKEN_MEMORY,
            lease: Duration::from_secs(60),
            journal_timeout: Duration::from_secs(300),
            resume: HashMap::new(),
            buy_anyway: HashSet::new(),
            adopt_existing: false,
            check_existing: true,
        }
    }
}

/// What every plan of a fleet needs.
pub(super) struct FleetContext {
    pub(super) options: FleetOptions,
    pub(super) control: Arc<Control>,
    existing: OnceCell<Arc<ExistingPlans>>,
    /// The plans of the account with their configuration, if a specification is compared.
    rows: OnceCell<HashMap<BackupPlanId, BackupPlanDetail>>,
    /// Random, so that no other process has the same workers.
    worker: WorkerId,
    workers: AtomicU64,
}

impl FleetContext {
    pub(super) fn new(options: FleetOptions, control: Arc<Control>) -> Self {
        let worker = WorkerId::random(&**options.client.clock());
        Self {
            options,
            control,
            existing: OnceCell::new(),
            rows: OnceCell::new(),
            worker,
            workers: AtomicU64::new(0),
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &**self.options.client.clock()
    }

    /// Returns the worker of one plan.
    ///
    /// Each plan has its own, so that two plans of one name, in one fleet, have separate leases.
    pub(super) fn worker(&self) -> WorkerId {
        let number = self.workers.fetch_add(1, Ordering::Relaxed);
        WorkerId::new(format!("{}-{number}", self.worker)).unwrap_or_else(|_| self.worker.clone())
    }

    /// Returns the plans of the account, if they are not checked or already listed.
    pub(super) fn listed(&self) -> bool {
        !self.options.check_existing || self.existing.initialized()
    }

    /// Lists the plans of the account, once for all plans of the fleet.
    pub(super) async fn list(&self) -> Result<(), Error> {
        let list = || async { ExistingPlans::list(&self.options.client).await.map(Arc::new) };
        self.existing.get_or_try_init(list).await.map(|_| ())
    }

    /// Lists the plans of the account with their configuration, once for all plans of the fleet.
    pub(super) async fn list_rows(
        &self,
    ) -> Result<&HashMap<BackupPlanId, BackupPlanDetail>, Error> {
        let list = || async {
            let rows = all_rows(&self.options.client).await?;
            // An error means that another plan has listed them.
            let _ = self.existing.set(Arc::new(ExistingPlans::of_rows(&rows)));
            Ok(rows.into_iter().map(|row| (row.backup_plan_id.clone(), row)).collect())
        };
        self.rows.get_or_try_init(list).await
    }

    /// Returns the plans of the account, if they are listed with their configuration.
    pub(super) fn rows(&self) -> Option<&HashMap<BackupPlanId, BackupPlanDetail>> {
        self.rows.get()
    }

    pub(super) fn existing(&self) -> Option<Arc<ExistingPlans>> {
        self.existing.get().cloned()
    }

    /// Sends a request to the journal, and repeats it while the journal is unavailable.
    ///
    /// `until` is the mode of the fleet that ends the repetition.
    pub(super) async fn journal<T, Fut>(
        &self,
        until: Option<Mode>,
        request: impl Fn() -> Fut,
    ) -> Result<T, JournalError>
    where
        Fut: Future<Output = Result<T, JournalError>>,
    {
        let clock = self.clock();
        let end = clock.elapsed().saturating_add(self.options.journal_timeout);
        let mut attempt = 0;
        loop {
            // A lost connection can leave a request without a response.
            let response = with_timeout(|| clock.deadline(REQUEST_TIMEOUT), pin!(request())).await;
            let response = response.unwrap_or_else(|| {
                let limit = format_duration(REQUEST_TIMEOUT);
                Err(JournalError::unavailable(format!(
                    "the journal did not respond within {limit}"
                )))
            });
            let error = match response {
                Err(error) if error.is_retryable() && clock.elapsed() < end => error,
                result => return result,
            };
            tracing::warn!(%error, "the journal is unavailable, retrying");
            let pause = clock.sleep(backoff(clock, attempt));
            attempt += 1;
            match until {
                None => pause.await,
                Some(mode) => {
                    if self.control.unless(mode, pause).await.is_none() {
                        return Err(error);
                    }
                }
            }
        }
    }
}
