//! Opens the journal: a file, PostgreSQL or Redis.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aliyun_dbs::workflows::fleet::{FileJournal, Journal, JournalError, JournalErrorKind};
use tokio::time::sleep;

use crate::postgres::PostgresJournal;
use crate::redis::RedisJournal;

/// How long to wait while another process has the file open.
const FILE_LIMIT: Duration = Duration::from_secs(24 * 3600);
/// The pause between two connections to a database that does not start.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a journal is.
#[derive(Clone)]
pub(crate) enum JournalPlace {
    File(PathBuf),
    /// The URLs can contain passwords, so they appear in no message.
    Postgres(String),
    Redis(String),
}

impl FromStr for JournalPlace {
    type Err = std::convert::Infallible;

    /// Treats each string without a known scheme as a file, because an error here would print it.
    fn from_str(place: &str) -> Result<Self, Self::Err> {
        Ok(match place.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Self::Postgres(place.to_owned()),
            Some(("redis", _)) => Self::Redis(place.to_owned()),
            _ => Self::File(place.into()),
        })
    }
}

impl JournalPlace {
    /// Opens the journal.
    ///
    /// Waits up to `limit` for a database that does not respond: machines that start together begin
    /// with the database. Other errors, such as a wrong password, fail at once.
    pub(crate) async fn open(&self, limit: Duration) -> Result<Arc<dyn Journal>, JournalError> {
        let start = Instant::now();
        let mut is_reported = false;
        loop {
            let error = match self.try_open(&mut is_reported).await {
                Err(error) if error.is_retryable() && start.elapsed() < limit => error,
                result => return result,
            };
            if !is_reported {
                eprintln!("waiting up to {} s: {error}", limit.as_secs());
                is_reported = true;
            }
            sleep(PAUSE).await;
        }
    }

    async fn try_open(&self, is_reported: &mut bool) -> Result<Arc<dyn Journal>, JournalError> {
        Ok(match self {
            Self::Postgres(url) => Arc::new(PostgresJournal::connect(url).await?),
            Self::Redis(url) => Arc::new(RedisJournal::connect(url).await?),
            Self::File(path) => {
                if let Some((scheme, _)) = path.to_str().and_then(|path| path.split_once("://")) {
                    let message = format!(
                        "the journal has the unknown scheme `{scheme}`: expected a file, `postgres` or \
                         `redis`"
                    );
                    return Err(JournalError::other(message));
                }
                match FileJournal::open(path) {
                    Err(error) if error.kind() == JournalErrorKind::Held => {
                        eprintln!("waiting: {error}");
                        *is_reported = true;
                        Arc::new(FileJournal::open_within(path, FILE_LIMIT).await?)
                    }
                    journal => Arc::new(journal?),
                }
            }
        })
    }
}
