//! A journal in Redis, for several machines at once. Copy this file and adapt it.
//!
//! Each method is one script, which the server runs as one step. Its clock ends leases. A server
//! that may lose a change it has confirmed is refused. After a failover to a replica, the last
//! changes may be missing: then the client token prevents a second purchase, as long as the service
//! remembers it. The connection is not encrypted: for TLS, use a feature of the crate `redis`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{Claim, Entry, Journal, JournalError, PlanKey, WorkerId};
use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, Script, ServerErrorKind};
use tokio::sync::Mutex;

/// Defines scripts. `KEYS[1]` is a hash: entry, by, plan, done, worker, end, other.
macro_rules! scripts {
    ($($name:ident = $script:literal;)+) => {
        $(static $name: LazyLock<Script> = LazyLock::new(|| Script::new($script));)+
    };
}

scripts! {
    ENTER = "
        if redis.call('EXISTS', KEYS[1]) == 0 then
            redis.call('HSET', KEYS[1], 'entry', ARGV[1], 'by', ARGV[2])
        end
        return redis.call('HMGET', KEYS[1], 'entry', 'plan', 'done')";
    FIND = "return redis.call('HMGET', KEYS[1], 'entry', 'plan', 'done')";
    BOUGHT = "
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        redis.call('HSETNX', KEYS[1], 'plan', ARGV[1])
        return redis.call('HGET', KEYS[1], 'plan')";
    DONE = "
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        if redis.call('HEXISTS', KEYS[1], 'plan') == 0 then return 0 end
        redis.call('HSET', KEYS[1], 'done', 1)
        return 1";
    CLAIM = "
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local by, worker, lease_end = unpack(redis.call('HMGET', KEYS[1], 'by', 'worker', 'end'))
        if not by then return false end
        if worker and worker ~= ARGV[1] and tonumber(lease_end) > now then
            return {worker, tonumber(lease_end) - now}
        end
        redis.call('HSET', KEYS[1], 'worker', ARGV[1], 'end', string.format('%.0f', now + ARGV[2]))
        if by ~= ARGV[1] then redis.call('HSET', KEYS[1], 'other', 1) end
        return {'', 0}";
    RELEASE = "
        if redis.call('HGET', KEYS[1], 'worker') == ARGV[1] then
            redis.call('HDEL', KEYS[1], 'worker', 'end')
        end";
    WITHDRAW = "
        local by, plan, other = unpack(redis.call('HMGET', KEYS[1], 'by', 'plan', 'other'))
        if by ~= ARGV[1] or plan or other then return 0 end
        return redis.call('DEL', KEYS[1])";
}

/// The settings with which a change that is confirmed is on the disk, and no key is evicted.
const SETTINGS: [(&str, &str); 3] =
    [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")];

/// How long a script or a connection may take.
const LIMIT: Duration = Duration::from_secs(10);
const MAX_LEASE: Duration = Duration::from_secs(86_400);

/// A journal with one hash per key, on one connection that is renewed when it fails.
#[derive(Debug)]
pub(crate) struct RedisJournal {
    client: Client,
    connection: Mutex<Option<(Arc<()>, MultiplexedConnection)>>,
}

impl RedisJournal {
    /// Connects to `redis://user:password@host:port`.
    ///
    /// Fails if the server may lose changes that it has confirmed, or forbids `CONFIG GET`.
    pub(crate) async fn connect(url: &str) -> Result<Self, JournalError> {
        let client = Client::open(url).map_err(failed)?;
        let journal = Self { client, connection: Mutex::default() };
        let (_, mut connection) = journal.connection().await?;
        let mut command = redis::cmd("CONFIG");
        command.arg("GET").arg(&SETTINGS.map(|(name, _)| name));
        let found: HashMap<String, String> =
            command.query_async(&mut connection).await.map_err(failed)?;
        for (name, value) in SETTINGS {
            if found.get(name).is_none_or(|found| found != value) {
                let message = format!("Redis may lose changes: set `{name}` to `{value}`");
                return Err(JournalError::other(message));
            }
        }
        Ok(journal)
    }

    async fn connection(&self) -> Result<(Arc<()>, MultiplexedConnection), JournalError> {
        let mut current = self.connection.lock().await;
        if let Some(connection) = &*current {
            return Ok(connection.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(LIMIT))
            .set_response_timeout(Some(LIMIT));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        Ok(current.insert((Arc::default(), connection.map_err(failed)?)).clone())
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        key: &PlanKey,
        values: &[&str],
    ) -> Result<T, JournalError> {
        let (id, mut connection) = self.connection().await?;
        let mut call = script.key(format!("dbs:{key}"));
        for value in values {
            call.arg(*value);
        }
        let result = call.invoke_async(&mut connection).await.map_err(failed);
        if result.as_ref().is_err_and(JournalError::is_retryable) {
            // The connection may be dead: the next script opens another one.
            self.connection.lock().await.take_if(|(current, _)| Arc::ptr_eq(current, &id));
        }
        result
    }
}

fn failed(error: RedisError) -> JournalError {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly, TryAgain};
    let is_temporary = match error.kind() {
        redis::ErrorKind::Server(kind) => {
            matches!(kind, BusyLoading | ClusterDown | MasterDown | ReadOnly | TryAgain)
        }
        _ => error.is_io_error() || error.is_timeout() || error.code() == Some("BUSY"),
    };
    let kind = match error.code() {
        _ if is_temporary => JournalError::unavailable,
        // No memory, or no space on the disk.
        Some("OOM" | "MISCONF") => JournalError::full,
        _ => JournalError::other,
    };
    kind(format!("the request to Redis failed: {error}")).with_source(error)
}

fn corrupt(key: &PlanKey, error: impl std::error::Error + Send + Sync + 'static) -> JournalError {
    let message = format!("the hash `dbs:{key}` is invalid: correct it");
    JournalError::corrupt(message).with_source(error)
}

/// Reads the fields of a hash.
fn entry(
    key: &PlanKey,
    json: &str,
    plan: Option<String>,
    done: Option<u8>,
) -> Result<Entry, JournalError> {
    let mut entry: Entry = serde_json::from_str(json).map_err(|error| corrupt(key, error))?;
    entry.plan = plan.map(BackupPlanId::new).transpose().map_err(|error| corrupt(key, error))?;
    entry.done = done.is_some();
    Ok(entry)
}

#[async_trait]
impl Journal for RedisJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        let json = serde_json::to_string(fresh).map_err(|error| corrupt(key, error))?;
        let (json, plan, done): (String, Option<String>, Option<u8>) =
            self.run(&ENTER, key, &[&json, fresh.entered_by.as_str()]).await?;
        entry(key, &json, plan, done)
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let recorded: Option<String> = self.run(&BOUGHT, key, &[plan.as_str()]).await?;
        let recorded = recorded.ok_or_else(|| JournalError::not_entered(key))?;
        BackupPlanId::new(recorded).map_err(|error| corrupt(key, error))
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let done: Option<u8> = self.run(&DONE, key, &[]).await?;
        let message = || format!("`{key}` is not done: the journal has no plan of it");
        match done {
            None => Err(JournalError::not_entered(key)),
            Some(0) => Err(JournalError::conflict(message())),
            Some(_) => Ok(()),
        }
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        let (json, plan, done): (Option<String>, Option<String>, Option<u8>) =
            self.run(&FIND, key, &[]).await?;
        json.map(|json| entry(key, &json, plan, done)).transpose()
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        let lease = lease.min(MAX_LEASE).as_millis().to_string();
        let claim: Option<(String, u64)> =
            self.run(&CLAIM, key, &[worker.as_str(), &lease]).await?;
        let (by, remaining) = claim.ok_or_else(|| JournalError::not_entered(key))?;
        if by.is_empty() {
            return Ok(Claim::Granted);
        }
        let by = WorkerId::new(by).map_err(|error| corrupt(key, error))?;
        Ok(Claim::Held { by, remaining: Duration::from_millis(remaining) })
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        self.run(&RELEASE, key, &[worker.as_str()]).await
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        self.run(&WITHDRAW, key, &[worker.as_str()]).await
    }
}
