//! `Cached`: keeps credentials until shortly before they expire.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tracing::{debug, warn};

use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::clock::{Clock, within};

/// Longest time before the expiry that credentials are fetched anew.
const LONGEST_MARGIN: Duration = Duration::from_secs(15 * 60);
/// Pauses between early fetches that fail: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How long an early fetch may hold up the call that makes it.
const EARLY_LIMIT: Duration = Duration::from_secs(2);

/// Keeps the credentials of a provider that fetches them.
///
/// * However many callers wait, one fetch is made at a time, and all get what it gives, be it
///   credentials or the failure.
/// * Temporary credentials are fetched anew before they expire: fifteen minutes before, or a
///   quarter of their life where that is less, and not in step with other processes. Callers
///   meanwhile use the valid ones and do not wait.
/// * An early fetch that fails, or takes more than two seconds, keeps the valid credentials,
///   warns, and is made again after a growing pause. From the expiry on, callers wait for it.
/// * Credentials that have expired when they arrive are rejected.
/// * Credentials without an expiry are not kept: their source is asked each time.
pub struct Cached<P> {
    provider: P,
    clock: Arc<dyn Clock>,
    cache: Mutex<Cache>,
    /// Held by whoever fetches.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Cache {
    kept: Option<Kept>,
    /// How many fetches have ended, and what the last one gave.
    fetches: u64,
    last: Option<Result<Credentials, CredentialsError>>,
}

struct Kept {
    credentials: Credentials,
    expires_at: OffsetDateTime,
    fetch_at: OffsetDateTime,
    failures: u32,
}

impl<P: CredentialsProvider> Cached<P> {
    /// Keeps what a provider gives, by a clock.
    pub fn new(provider: P, clock: Arc<dyn Clock>) -> Self {
        Self { provider, clock, cache: Mutex::default(), fetching: tokio::sync::Mutex::new(()) }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The kept credentials, if they are valid and not those that were rejected; and whether it is
    /// time to fetch others.
    fn kept(&self, rejected: Option<&Credentials>) -> Option<(Credentials, bool)> {
        let now = self.clock.now();
        let cache = self.cache();
        let kept = cache.kept.as_ref()?;
        let valid = kept.expires_at > now && rejected != Some(&kept.credentials);
        valid.then(|| (kept.credentials.clone(), kept.fetch_at <= now))
    }

    /// Forgets rejected credentials, also for those who know nothing of the refusal, or who come
    /// after a fetch of others has failed.
    fn drop_refused(&self, rejected: &Credentials) {
        let mut cache = self.cache();
        if cache.kept.as_ref().is_some_and(|kept| kept.credentials == *rejected) {
            cache.kept = None;
        }
    }

    async fn get(&self, rejected: Option<&Credentials>) -> Result<Credentials, CredentialsError> {
        match self.kept(rejected) {
            Some((credentials, false)) => return Ok(credentials),
            Some((credentials, true)) => {
                // Somebody fetches already: what is at hand is good for now.
                let Ok(_fetching) = self.fetching.try_lock() else { return Ok(credentials) };
                // Perhaps somebody has just done so.
                if let Some((fresh, false)) = self.kept(rejected) {
                    return Ok(fresh);
                }
                return Ok(self.fetch_early().await.unwrap_or(credentials));
            }
            None => {}
        }
        let seen = self.cache().fetches;
        let _fetching = self.fetching.lock().await;
        if let Some((credentials, _)) = self.kept(rejected) {
            return Ok(credentials);
        }
        {
            // What was fetched while this caller waited was fetched for it as well.
            let cache = self.cache();
            if cache.fetches > seen {
                match &cache.last {
                    Some(Ok(credentials))
                        if rejected != Some(credentials)
                            && credentials.expiration().is_none_or(|at| at > self.clock.now()) =>
                    {
                        return Ok(credentials.clone());
                    }
                    Some(Err(failure)) => return Err(failure.clone()),
                    _ => {}
                }
            }
        }
        self.fetch().await
    }

    /// Fetches while others are still valid; `None`, with a warning, if that fails or takes too
    /// long. The caller holds `fetching`.
    async fn fetch_early(&self) -> Option<Credentials> {
        // First, so that a caller who gives up within the fetch leaves the next one a pause.
        self.put_off();
        let error = match within(&*self.clock, EARLY_LIMIT, pin!(self.fetch())).await {
            Some(Ok(credentials)) => return Some(credentials),
            Some(Err(error)) => error,
            None => CredentialsError::new(format!("the source took more than {EARLY_LIMIT:?}")),
        };
        warn!(
            target: crate::rpc::observe::TARGET,
            %error,
            "credentials could not be renewed early; the present ones are still valid",
        );
        None
    }

    /// Fetches, and keeps what has an expiry. The caller holds `fetching`.
    async fn fetch(&self) -> Result<Credentials, CredentialsError> {
        let fetched =
            self.provider.credentials().await.and_then(|fetched| match fetched.expiration() {
                Some(at) if at <= self.clock.now() => Err(CredentialsError::new(format!(
                    "the source gave credentials that have expired at {at}; is the clock of this \
                     machine right?"
                ))),
                _ => Ok(fetched),
            });
        let now = self.clock.now();
        let mut cache = self.cache();
        cache.fetches += 1;
        // Lasting ones are kept here too, for those who wait now and nobody else.
        cache.last = Some(fetched.clone());
        match fetched {
            Ok(credentials) => {
                cache.kept = credentials.expiration().map(|expires_at| Kept {
                    fetch_at: expires_at - margin(expires_at - now, self.clock.random_fraction()),
                    credentials: credentials.clone(),
                    expires_at,
                    failures: 0,
                });
                debug!(target: crate::rpc::observe::TARGET, key = credentials.access_key_id(), "credentials fetched");
                Ok(credentials)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes the next early fetch wait, ever longer.
    fn put_off(&self) {
        let jitter = 0.5 + self.clock.random_fraction().clamp(0.0, 1.0) / 2.0;
        let now = self.clock.now();
        let mut cache = self.cache();
        if let Some(kept) = &mut cache.kept {
            let pause = FIRST_PAUSE.saturating_mul(1 << kept.failures.min(10)).min(LONGEST_PAUSE);
            kept.failures += 1;
            kept.fetch_at = now + pause.mul_f64(jitter);
        }
    }
}

/// How long before the expiry to fetch: a quarter of the life, fifteen minutes at most, and up to
/// a tenth less, so that many processes do not fetch at once.
fn margin(life: time::Duration, fraction: f64) -> Duration {
    let life = Duration::try_from(life).unwrap_or_default();
    (life / 4).min(LONGEST_MARGIN).mul_f64(1.0 - fraction.clamp(0.0, 1.0) / 10.0)
}

#[async_trait]
impl<P: CredentialsProvider> CredentialsProvider for Cached<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.get(None).await
    }

    fn cached(&self) -> Option<Credentials> {
        // When it is time to fetch, the caller must come the long way.
        self.kept(None).and_then(|(credentials, fetch)| (!fetch).then_some(credentials))
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.drop_refused(rejected);
        self.get(Some(rejected)).await
    }
}

impl<P: fmt::Debug> fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.provider).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_shrinks_with_the_life() {
        let hour = time::Duration::hours(1);
        assert_eq!(margin(hour, 0.0), Duration::from_secs(900));
        assert_eq!(margin(hour, 1.0), Duration::from_secs(810));
        assert_eq!(margin(time::Duration::seconds(900), 0.0), Duration::from_secs(225));
        assert_eq!(margin(time::Duration::seconds(-1), 0.0), Duration::ZERO);
    }
}
