//! A journal in PostgreSQL, for several machines at once. Copy this file and adapt it.
//!
//! Each method is one statement, and where that finds nothing, one that returns why. The server's
//! clock ends leases. All connections wait until the server has written a change to its disk, and
//! to that of its synchronous standbys. An asynchronous standby that is promoted may lack the last
//! changes. The connection is not encrypted: for TLS, pass a connector instead of `NoTls`.

use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{Claim, Entry, Journal, JournalError, PlanKey, WorkerId};
use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Error, NoTls, Row};

/// Prepares a session. Of several that create the table, one at a time does.
const PREPARE: &str = "
    SET synchronous_commit = on;
    SET client_min_messages = warning;
    SELECT pg_advisory_xact_lock(20190306);
    CREATE TABLE IF NOT EXISTS dbs_fleet (
        key text PRIMARY KEY, entry json NOT NULL, entered_by text NOT NULL, plan text,
        done boolean NOT NULL DEFAULT false, worker text, lease_end timestamptz,
        claimed_by_other boolean NOT NULL DEFAULT false
    )";
const INSERT: &str = "INSERT INTO dbs_fleet (key, entry, entered_by) VALUES ($1, $2::json, $3)
    ON CONFLICT (key) DO NOTHING";
const SELECT: &str = "SELECT entry::text, plan, done FROM dbs_fleet WHERE key = $1";
const BOUGHT: &str = "UPDATE dbs_fleet SET plan = COALESCE(plan, $2) WHERE key = $1 RETURNING plan";
const DONE: &str = "UPDATE dbs_fleet SET done = plan IS NOT NULL WHERE key = $1 RETURNING done";
const CLAIM: &str = "UPDATE dbs_fleet SET worker = $2,
    lease_end = clock_timestamp() + $3::float8 * interval '1 second',
    claimed_by_other = claimed_by_other OR entered_by <> $2
    WHERE key = $1 AND (worker IS NULL OR worker = $2 OR lease_end <= clock_timestamp())
    RETURNING key";
const HOLDER: &str = "SELECT worker, EXTRACT(EPOCH FROM lease_end - clock_timestamp())::float8
    FROM dbs_fleet WHERE key = $1";
const RELEASE: &str =
    "UPDATE dbs_fleet SET worker = NULL, lease_end = NULL WHERE key = $1 AND worker = $2";
const WITHDRAW: &str = "DELETE FROM dbs_fleet WHERE key = $1 AND entered_by = $2
    AND plan IS NULL AND NOT claimed_by_other RETURNING key";

/// How long a statement or a connection may take.
const LIMIT: Duration = Duration::from_secs(10);
const MAX_LEASE: Duration = Duration::from_secs(86_400);

/// A journal in the table `dbs_fleet`, on one connection that is renewed when it fails.
#[derive(Debug)]
pub(crate) struct PostgresJournal {
    config: Config,
    client: Mutex<Option<Arc<Client>>>,
}

impl PostgresJournal {
    /// Connects to `postgres://user:password@host:port/database`, and creates the table.
    pub(crate) async fn connect(url: &str) -> Result<Self, JournalError> {
        let config = url.parse().map_err(failed)?;
        let journal = Self { config, client: Mutex::default() };
        journal.client().await?;
        Ok(journal)
    }

    async fn client(&self) -> Result<Arc<Client>, JournalError> {
        let mut current = self.client.lock().await;
        if let Some(client) = current.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        let connect = async {
            let (client, connection) = self.config.connect(NoTls).await?;
            // Its error also reaches the statements. It ends with the last use of the client.
            tokio::spawn(async { connection.await.ok() });
            client.batch_execute(PREPARE).await.map(|()| client)
        };
        let client = timeout(LIMIT, connect).await.map_err(|_| too_slow())?.map_err(failed)?;
        Ok(current.insert(Arc::new(client)).clone())
    }

    /// Runs a statement, whose parameters are strings.
    async fn rows(&self, statement: &str, values: &[&str]) -> Result<Vec<Row>, JournalError> {
        let client = self.client().await?;
        let typed: Vec<_> =
            values.iter().map(|value| (value as &(dyn ToSql + Sync), Type::TEXT)).collect();
        if let Ok(rows) = timeout(LIMIT, client.query_typed(statement, &typed)).await {
            return rows.map_err(failed);
        }
        // The connection may be dead: the next statement opens another one.
        self.client.lock().await.take_if(|current| Arc::ptr_eq(current, &client));
        Err(too_slow())
    }
}

fn too_slow() -> JournalError {
    JournalError::unavailable(format!(
        "PostgreSQL did not respond in {LIMIT:?}: repeat the request"
    ))
}

fn failed(error: Error) -> JournalError {
    let code = error.code().map(|code| code.code().to_owned());
    let kind = match code.as_deref() {
        Some("53100") => JournalError::full,
        // Connection, resources, serialization, read-only standby, lock, shutdown or restart.
        Some(code) if ["08", "53", "40", "57"].iter().any(|class| code.starts_with(class)) => {
            JournalError::unavailable
        }
        Some("25006" | "55P03") => JournalError::unavailable,
        None if error.is_closed() || io_error(&error).is_some() => JournalError::unavailable,
        _ => JournalError::other,
    };
    let message = match (error.as_db_error(), io_error(&error)) {
        (Some(cause), _) => cause.message().to_owned(),
        (_, Some(cause)) => format!("{error}: {cause}"),
        _ => error.to_string(),
    };
    kind(format!("the request to PostgreSQL failed: {message}")).with_source(error)
}

fn io_error(error: &Error) -> Option<&std::io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

fn corrupt(key: &PlanKey, error: impl std::error::Error + Send + Sync + 'static) -> JournalError {
    let message = format!("the row of `{key}` in `dbs_fleet` is invalid: correct it");
    JournalError::corrupt(message).with_source(error)
}

/// Reads a row of `SELECT`.
fn entry(key: &PlanKey, row: &Row) -> Result<Entry, JournalError> {
    let mut entry: Entry = serde_json::from_str(row.get(0)).map_err(|error| corrupt(key, error))?;
    let plan = row.get::<_, Option<&str>>(1).map(BackupPlanId::new).transpose();
    (entry.plan, entry.done) = (plan.map_err(|error| corrupt(key, error))?, row.get(2));
    Ok(entry)
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        let id = key.to_string();
        let json = serde_json::to_string(fresh).map_err(|error| corrupt(key, error))?;
        loop {
            self.rows(INSERT, &[&id, &json, fresh.entered_by.as_str()]).await?;
            // No row: another worker has withdrawn its entry in between.
            let Some(row) = self.rows(SELECT, &[&id]).await?.pop() else { continue };
            return entry(key, &row);
        }
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let rows = self.rows(BOUGHT, &[&key.to_string(), plan.as_str()]).await?;
        let row = rows.first().ok_or_else(|| JournalError::not_entered(key))?;
        BackupPlanId::new(row.get::<_, &str>(0)).map_err(|error| corrupt(key, error))
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let rows = self.rows(DONE, &[&key.to_string()]).await?;
        let row = rows.first().ok_or_else(|| JournalError::not_entered(key))?;
        let message = || format!("`{key}` is not done: the journal has no plan of it");
        if row.get(0) { Ok(()) } else { Err(JournalError::conflict(message())) }
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        let row = self.rows(SELECT, &[&key.to_string()]).await?.pop();
        row.map(|row| entry(key, &row)).transpose()
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        let (id, seconds) = (key.to_string(), lease.min(MAX_LEASE).as_secs_f64().to_string());
        loop {
            if !self.rows(CLAIM, &[&id, worker.as_str(), &seconds]).await?.is_empty() {
                return Ok(Claim::Granted);
            }
            let rows = self.rows(HOLDER, &[&id]).await?;
            let row = rows.first().ok_or_else(|| JournalError::not_entered(key))?;
            let remaining = row.get::<_, Option<f64>>(1).filter(|seconds| *seconds > 0.0);
            // Otherwise, the lease has ended in between.
            if let (Some(by), Some(remaining)) = (row.get::<_, Option<&str>>(0), remaining) {
                let by = WorkerId::new(by).map_err(|error| corrupt(key, error))?;
                return Ok(Claim::Held { by, remaining: Duration::from_secs_f64(remaining) });
            }
        }
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        self.rows(RELEASE, &[&key.to_string(), worker.as_str()]).await.map(drop)
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        Ok(!self.rows(WITHDRAW, &[&key.to_string(), worker.as_str()]).await?.is_empty())
    }
}
