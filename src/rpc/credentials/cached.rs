//! `Cached`: caches credentials until shortly before they expire.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::{debug, warn};

use super::fetch::{BackgroundFetch, Fetch};
use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::clock::{Clock, within};

/// The longest time between the refresh and the expiration.
const MAX_REFRESH_MARGIN: Duration = Duration::from_secs(15 * 60);
/// The delay after the first early refresh that fails; it doubles with each further one.
const FIRST_RETRY_DELAY: Duration = Duration::from_secs(10);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(300);
/// How long an early refresh may delay the call that performs it.
const EARLY_REFRESH_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a fetch may take in the background before a new one replaces it.
const BACKGROUND_FETCH_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the result of a fetch in the background is used if it has no expiration.
const BACKGROUND_RESULT_LIFETIME: Duration = Duration::from_secs(30);

/// Caches the credentials of another provider until shortly before they expire.
///
/// * It refreshes credentials before they expire: 15 minutes before, or a quarter of their
///   lifetime if that is shorter. Up to a tenth of that is jitter, so that processes do not
///   refresh at the same moment. The refresh happens within the first call after that time; the
///   other callers use the current credentials and do not wait.
/// * If an early refresh fails or exceeds 2 seconds, it logs a warning, keeps the current
///   credentials, and retries after a delay that grows from 10 seconds to 5 minutes. After the
///   expiration, callers wait for the refresh.
/// * It makes one fetch at a time. All waiting callers get its result, even if it is an error.
/// * A fetch outlives the call that began it. If that call times out or is dropped inside a Tokio
///   runtime, the fetch continues on that runtime for at most a minute, and the next caller gets
///   its result.
/// * It rejects credentials that have already expired when they arrive. It compares with the
///   server's time, because this machine's clock may be wrong: that of the source if it sent one
///   (`Date`), or else that of the service, once a client [knows](CredentialsProvider::correct_clock)
///   it. Until then, the client sends a key that seems to have expired, and lets the service decide.
/// * It does not keep credentials without an expiration; every call fetches them.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use aliyun_dbs::SystemClock;
/// use aliyun_dbs::credentials::{Cached, EcsRamRoleProvider, Io};
///
/// let role = EcsRamRoleProvider::new(Some("backups".to_owned()), Io::system());
/// let provider = Cached::new(role, Arc::new(SystemClock::new()));
/// ```
pub struct Cached<P> {
    provider: Arc<P>,
    clock: Arc<dyn Clock>,
    state: Mutex<CacheState>,
    /// Locked by the caller that fetches. Holds the fetch of a caller that was dropped.
    fetching: tokio::sync::Mutex<Option<BackgroundFetch>>,
}

#[derive(Default)]
struct CacheState {
    entry: Option<CacheEntry>,
    /// How many fetches have ended.
    fetches: u64,
    /// The result of the last fetch.
    last: Option<Result<Credentials, CredentialsError>>,
    /// How far the service's clock is ahead of this machine's, if known.
    service_ahead: Option<time::Duration>,
}

impl CacheState {
    /// Returns when a key expires by this machine's clock, and whether it has expired already.
    ///
    /// A source without a server may have taken the expiration from this machine's clock. A key that
    /// is valid by that clock only is therefore used.
    fn expiration(&self, key: &Credentials, now: OffsetDateTime) -> Option<(OffsetDateTime, bool)> {
        let corrected = key.local_expiration(self.service_ahead.unwrap_or_default())?;
        let at = match key.server_ahead() {
            None if corrected <= now => key.expiration().filter(|at| *at > now),
            _ => None,
        };
        let at = at.unwrap_or(corrected);
        Some((at, at <= now))
    }

    /// Returns the error of a key that had expired when it arrived.
    fn already_expired(&self, key: Credentials) -> CredentialsError {
        let at = key.expiration().unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let seconds = at.replace_nanosecond(0).unwrap_or(at);
        let time = seconds.format(&Rfc3339).unwrap_or_else(|_| at.to_string());
        let error = CredentialsError::new(format!(
            "the provider returned credentials that expired at {time}; check the clock of this machine"
        ));
        let is_certain = self.service_ahead.or(key.server_ahead()).is_some();
        if is_certain { error } else { error.with_expired_key(key) }
    }
}

struct CacheEntry {
    credentials: Credentials,
    expires_at: OffsetDateTime,
    refresh_at: OffsetDateTime,
    /// How many early refreshes have failed.
    failures: u32,
}

impl CacheEntry {
    fn new(
        credentials: Credentials,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
        clock: &dyn Clock,
    ) -> Self {
        let margin = refresh_margin(expires_at - now, clock.random_fraction());
        Self { credentials, expires_at, refresh_at: expires_at - margin, failures: 0 }
    }
}

impl<P: CredentialsProvider + 'static> Cached<P> {
    /// Wraps a provider. The clock decides when credentials expire.
    pub fn new(provider: P, clock: Arc<dyn Clock>) -> Self {
        Self {
            provider: Arc::new(provider),
            clock,
            state: Mutex::default(),
            fetching: tokio::sync::Mutex::new(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the cached credentials, and whether they are due for a refresh.
    ///
    /// Returns `None` if they have expired or are the rejected ones.
    fn valid_entry(&self, rejected: Option<&Credentials>) -> Option<(Credentials, bool)> {
        let now = self.clock.now();
        let state = self.state();
        let entry = state.entry.as_ref()?;
        let valid = entry.expires_at > now && rejected != Some(&entry.credentials);
        valid.then(|| (entry.credentials.clone(), entry.refresh_at <= now))
    }

    /// Removes rejected credentials from the cache.
    ///
    /// Otherwise, callers that do not know of the rejection would get them if the next fetch fails.
    fn invalidate(&self, rejected: &Credentials) {
        let mut state = self.state();
        if state.entry.as_ref().is_some_and(|entry| entry.credentials == *rejected) {
            state.entry = None;
        }
    }

    async fn get(&self, rejected: Option<&Credentials>) -> Result<Credentials, CredentialsError> {
        match self.valid_entry(rejected) {
            Some((credentials, false)) => return Ok(credentials),
            Some((credentials, true)) => {
                // Another caller refreshes; the current credentials are still valid.
                let Ok(mut fetching) = self.fetching.try_lock() else { return Ok(credentials) };
                // Another caller may have refreshed since.
                if let Some((fresh, false)) = self.valid_entry(rejected) {
                    return Ok(fresh);
                }
                return Ok(self.refresh_early(&mut fetching).await.unwrap_or(credentials));
            }
            None => {}
        }
        let seen = self.state().fetches;
        let mut fetching = self.fetching.lock().await;
        if let Some((credentials, _)) = self.valid_entry(rejected) {
            return Ok(credentials);
        }
        {
            // The result of a fetch that ended while this caller waited serves it too.
            let state = self.state();
            if state.fetches > seen {
                match &state.last {
                    Some(Ok(credentials))
                        if rejected != Some(credentials)
                            && state
                                .expiration(credentials, self.clock.now())
                                .is_none_or(|(_, expired)| !expired) =>
                    {
                        return Ok(credentials.clone());
                    }
                    Some(Err(failure)) => return Err(failure.clone()),
                    _ => {}
                }
            }
        }
        self.fetch(&mut fetching, rejected).await
    }

    /// Fetches while the current credentials are valid. Logs a warning and returns `None` if that
    /// fails or takes too long.
    async fn refresh_early(&self, fetching: &mut Option<BackgroundFetch>) -> Option<Credentials> {
        // First, so that the delay also applies if the caller is cancelled during the fetch.
        self.delay_refresh();
        let error =
            match within(&*self.clock, EARLY_REFRESH_TIMEOUT, pin!(self.fetch(fetching, None)))
                .await
            {
                Some(Ok(credentials)) => return Some(credentials),
                Some(Err(error)) => error,
                None => CredentialsError::new(format!("timed out after {EARLY_REFRESH_TIMEOUT:?}")),
            };
        warn!(
            target: crate::rpc::observe::TARGET,
            %error,
            "early refresh of credentials failed; the current ones are still valid",
        );
        None
    }

    /// Fetches, and caches credentials that have an expiration.
    async fn fetch(
        &self,
        fetching: &mut Option<BackgroundFetch>,
        rejected: Option<&Credentials>,
    ) -> Result<Credentials, CredentialsError> {
        let fetched = if let Some(fetched) = self.continue_fetch(fetching, rejected).await {
            Ok(fetched)
        } else {
            let (provider, rejected) = (self.provider.clone(), rejected.cloned());
            let future = Box::pin(async move {
                match rejected {
                    Some(rejected) => provider.refresh(&rejected).await,
                    None => provider.credentials().await,
                }
            });
            Fetch::new(future, fetching, self.clock.elapsed()).await
        };
        let now = self.clock.now();
        let mut state = self.state();
        let fetched = fetched.and_then(|fetched| match state.expiration(&fetched, now) {
            Some((_, true)) => Err(state.already_expired(fetched)),
            _ => Ok(fetched),
        });
        state.fetches += 1;
        // Kept without an expiration too, but only for the callers that wait for this fetch.
        state.last = Some(fetched.clone());
        match fetched {
            Ok(credentials) => {
                state.entry = state
                    .expiration(&credentials, now)
                    .map(|(at, _)| CacheEntry::new(credentials.clone(), at, now, &*self.clock));
                debug!(target: crate::rpc::observe::TARGET, key = credentials.access_key_id(), "credentials fetched");
                Ok(credentials)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the result of the fetch in the background, if there is one that is usable.
    async fn continue_fetch(
        &self,
        fetching: &mut Option<BackgroundFetch>,
        rejected: Option<&Credentials>,
    ) -> Option<Credentials> {
        let background = fetching.as_mut()?;
        let age = self.clock.elapsed().saturating_sub(background.since);
        let left = BACKGROUND_FETCH_TIMEOUT.saturating_sub(age);
        let fetched = within(&*self.clock, left, pin!(background.result())).await;
        *fetching = None;
        let fetched = fetched??.ok()?;
        let is_valid = match self.state().expiration(&fetched, self.clock.now()) {
            Some((_, expired)) => !expired,
            None => age <= BACKGROUND_RESULT_LIFETIME,
        };
        // A fetch that began before the rejection may return the rejected credentials.
        (is_valid && rejected != Some(&fetched)).then_some(fetched)
    }

    /// Delays the next early refresh by an exponential backoff.
    fn delay_refresh(&self) {
        let jitter = 0.5 + self.clock.random_fraction().clamp(0.0, 1.0) / 2.0;
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(entry) = &mut state.entry {
            let backoff = FIRST_RETRY_DELAY.saturating_mul(1 << entry.failures.min(10));
            entry.failures += 1;
            entry.refresh_at = now + backoff.min(MAX_RETRY_DELAY).mul_f64(jitter);
        }
    }
}

/// Returns how long before the expiration to refresh credentials.
///
/// A quarter of the lifetime, at most 15 minutes, less up to a tenth as jitter.
fn refresh_margin(lifetime: time::Duration, fraction: f64) -> Duration {
    let lifetime = Duration::try_from(lifetime).unwrap_or_default();
    (lifetime / 4).min(MAX_REFRESH_MARGIN).mul_f64(1.0 - fraction.clamp(0.0, 1.0) / 10.0)
}

#[async_trait]
impl<P: CredentialsProvider + 'static> CredentialsProvider for Cached<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.get(None).await
    }

    fn cached(&self) -> Option<Credentials> {
        // A refresh that is due needs `credentials`, which can wait.
        self.valid_entry(None).and_then(|(credentials, due)| (!due).then_some(credentials))
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        self.invalidate(rejected);
        self.get(Some(rejected)).await
    }

    fn correct_clock(&self, service_ahead: time::Duration) {
        {
            let now = self.clock.now();
            let mut state = self.state();
            state.service_ahead = Some(service_ahead);
            let entry = state.entry.take_if(|entry| entry.credentials.server_ahead().is_none());
            // A key that has expired by the service's clock is fetched again.
            if let Some(key) = entry.map(|entry| entry.credentials)
                && let Some(at) = key.local_expiration(service_ahead).filter(|at| *at > now)
            {
                state.entry = Some(CacheEntry::new(key, at, now, &*self.clock));
            }
        }
        self.provider.correct_clock(service_ahead);
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
    fn refresh_margin_shrinks_with_the_lifetime() {
        let hour = time::Duration::hours(1);
        assert_eq!(refresh_margin(hour, 0.0), Duration::from_secs(900));
        assert_eq!(refresh_margin(hour, 1.0), Duration::from_secs(810));
        assert_eq!(refresh_margin(time::Duration::seconds(900), 0.0), Duration::from_secs(225));
        assert_eq!(refresh_margin(time::Duration::seconds(-1), 0.0), Duration::ZERO);
    }
}
