//! `ProfileFile`: a file with profiles that is read again when it changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tracing::warn;

use crate::rpc::credentials::{CredentialsError, CredentialsProvider};
use crate::rpc::observe::TARGET;
use crate::rpc::outside::{FileStamp, Io, is_absent};

/// How long the file is not checked again.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// How old a change must be before the file is read, because it may still be written.
const SETTLING_TIME: Duration = Duration::from_secs(1);
/// How old a change must be so that a later one has another stamp.
const STAMP_RESOLUTION: Duration = Duration::from_secs(2);
/// How long the last valid profile is used if the file cannot be read any more.
const GRACE_PERIOD: Duration = Duration::from_secs(60);

/// Where the profiles are, and which one to use.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProfileSelection {
    /// The files to try, in this order.
    pub(super) paths: Vec<PathBuf>,
    /// Whether the caller or the environment names the file.
    pub(super) named: bool,
    /// The profile, if the caller or the environment names it.
    pub(super) profile: Option<String>,
}

/// The provider of a profile, and the file that it was read from.
struct LoadedProfile {
    selection: ProfileSelection,
    provider: Arc<dyn CredentialsProvider>,
    path: PathBuf,
    digest: [u8; 32],
    /// The stamp of the content, or `None` if stamps are unknown.
    stamp: Option<FileStamp>,
    /// Whether any later change has another stamp.
    stamp_is_final: bool,
    /// The stamp of a change that was too recent to be read.
    settling: Option<FileStamp>,
    checked_at: Duration,
    failing_since: Option<Duration>,
}

/// The content of the file.
struct FileContent {
    path: PathBuf,
    stamp: Option<FileStamp>,
    text: zeroize::Zeroizing<String>,
}

/// Reads the file of a provider, and keeps the provider of the profile until the file changes.
///
/// * The file is checked at most once per second, and at once when the service rejects the key.
/// * A change is read when it is one second old. A file that is empty, incomplete, absent or
///   otherwise invalid after it was valid may be about to be rewritten: the last valid profile is
///   used for a minute, with a warning.
pub(super) struct ProfileFile {
    /// What the file is, for messages.
    kind: &'static str,
    /// Whether the format shows that the end of a file is missing.
    has_visible_end: bool,
    io: Io,
    loaded: Mutex<Option<LoadedProfile>>,
}

type Loaded = Result<Arc<dyn CredentialsProvider>, CredentialsError>;

impl ProfileFile {
    pub(super) fn json(kind: &'static str, io: Io) -> Self {
        Self { kind, has_visible_end: true, io, loaded: Mutex::default() }
    }

    pub(super) fn ini(kind: &'static str, io: Io) -> Self {
        Self { kind, has_visible_end: false, io, loaded: Mutex::default() }
    }

    fn loaded(&self) -> MutexGuard<'_, Option<LoadedProfile>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the provider of the profile, which `create` makes from the path and the content.
    ///
    /// `rejected` means that the service rejected the key, so that the file must be read.
    pub(super) async fn provider(
        &self,
        selection: &ProfileSelection,
        rejected: bool,
        create: impl Fn(&Path, &str) -> Loaded,
    ) -> Loaded {
        let now = self.io.clock().elapsed();
        {
            let mut loaded = self.loaded();
            // Another variable names another file or profile.
            loaded.take_if(|loaded| loaded.selection != *selection);
            if let Some(loaded) = &*loaded
                && !rejected
                && loaded.stamp.is_some()
                && now.saturating_sub(loaded.checked_at) < CHECK_INTERVAL
            {
                return Ok(loaded.provider.clone());
            }
        }
        let created = match self.read(selection, rejected).await {
            Ok(None) => {
                let mut loaded = self.loaded();
                match &mut *loaded {
                    Some(loaded) => {
                        loaded.checked_at = now;
                        return Ok(loaded.provider.clone());
                    }
                    // Another caller replaced it in the meantime.
                    None => Err(CredentialsError::transient("the profile has changed")),
                }
            }
            Ok(Some(content)) => self.update(selection, content, now, create),
            Err(error) => Err(error),
        };
        created.or_else(|error| self.keep_for_now(error, rejected, now))
    }

    /// Stores the provider of new content.
    fn update(
        &self,
        selection: &ProfileSelection,
        content: FileContent,
        now: Duration,
        create: impl Fn(&Path, &str) -> Loaded,
    ) -> Loaded {
        let digest: [u8; 32] = Sha256::digest(content.text.as_bytes()).into();
        let kept = self
            .loaded()
            .as_ref()
            .filter(|loaded| loaded.digest == digest && loaded.path == content.path)
            .map(|loaded| loaded.provider.clone());
        let provider = match kept {
            // Keeps what the provider has learned, such as the time of a server.
            Some(provider) => provider,
            None => create(&content.path, &content.text)
                .map_err(|error| self.error_of_content(error, content.stamp))?,
        };
        let is_old = |stamp: FileStamp| self.age(&stamp) >= Some(STAMP_RESOLUTION);
        *self.loaded() = Some(LoadedProfile {
            selection: selection.clone(),
            provider: provider.clone(),
            path: content.path,
            digest,
            stamp: content.stamp,
            stamp_is_final: content.stamp.is_some_and(is_old),
            settling: None,
            checked_at: now,
            failing_since: None,
        });
        Ok(provider)
    }

    /// Makes the error of a file transient if its end may follow.
    fn error_of_content(
        &self,
        error: CredentialsError,
        stamp: Option<FileStamp>,
    ) -> CredentialsError {
        let age = stamp.and_then(|stamp| self.age(&stamp));
        let is_recent = age.is_some_and(|age| age < STAMP_RESOLUTION);
        if self.has_visible_end || !is_recent {
            return error;
        }
        CredentialsError::transient(format!("{error} (the file was modified just now)"))
    }

    /// Returns the last valid provider in place of an error, for a limited time.
    fn keep_for_now(&self, error: CredentialsError, rejected: bool, now: Duration) -> Loaded {
        let mut loaded = self.loaded();
        let Some(last) = loaded.as_mut().filter(|_| !rejected) else { return Err(error) };
        let since = *last.failing_since.get_or_insert(now);
        if now.saturating_sub(since) > GRACE_PERIOD {
            return Err(error);
        }
        last.checked_at = now;
        warn!(
            target: TARGET,
            %error,
            "the {} cannot be read any more; the last valid profile is used for a minute",
            self.kind,
        );
        Ok(last.provider.clone())
    }

    /// Returns the time since a change, or `None` if the change is in the future.
    fn age(&self, stamp: &FileStamp) -> Option<Duration> {
        SystemTime::from(self.io.clock().now()).duration_since(stamp.modified()).ok()
    }

    /// Returns the content of the first file that exists, or `None` if the loaded one is current.
    async fn read(
        &self,
        selection: &ProfileSelection,
        rejected: bool,
    ) -> Result<Option<FileContent>, CredentialsError> {
        let mut absent = Vec::new();
        for path in &selection.paths {
            let stamp = self.io.stamp(path).await;
            if !rejected && self.is_current(path, stamp) {
                return Ok(None);
            }
            match self.io.read(path).await {
                Ok(text) => return self.check(selection, path, stamp, text).map(Some),
                Err(error) if is_absent(&error) && !selection.named => absent.push(path),
                Err(error) => return Err(self.unreadable(path, &error)),
            }
        }
        let was_loaded = self.loaded().is_some();
        let list: Vec<_> = absent.iter().map(|path| format!("`{}`", path.display())).collect();
        let message = match list.len() {
            0 => "no home directory: HOME and USERPROFILE are not set".to_owned(),
            1 => format!("{} does not exist", list[0]),
            _ => format!("{} do not exist", list.join(" and ")),
        };
        Err(if was_loaded {
            CredentialsError::transient(format!("the {} is absent: {message}", self.kind))
        } else {
            CredentialsError::not_configured(message)
        })
    }

    /// Returns whether the loaded profile has the stamp, or a change is too recent to be read.
    fn is_current(&self, path: &Path, stamp: Option<FileStamp>) -> bool {
        let mut loaded = self.loaded();
        let (Some(loaded), Some(stamp)) = (&mut *loaded, stamp) else { return false };
        if loaded.path == path && loaded.stamp == Some(stamp) {
            loaded.failing_since = None;
            return loaded.stamp_is_final;
        }
        // A file from the future, by this clock, is read if it did not change since the last check.
        let settling =
            self.age(&stamp) < Some(SETTLING_TIME) && loaded.settling.replace(stamp) != Some(stamp);
        settling && loaded.stamp.is_some()
    }

    /// Rejects an empty file, which may be about to be written.
    fn check(
        &self,
        selection: &ProfileSelection,
        path: &Path,
        stamp: Option<FileStamp>,
        text: String,
    ) -> Result<FileContent, CredentialsError> {
        let text = zeroize::Zeroizing::new(text);
        if !text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Ok(FileContent { path: path.to_owned(), stamp, text });
        }
        let message = format!("{} `{}` is empty", self.kind, path.display());
        let is_old = stamp.is_some_and(|stamp| self.age(&stamp) >= Some(STAMP_RESOLUTION));
        Err(if is_old && !selection.named && self.loaded().is_none() {
            CredentialsError::not_configured(message)
        } else {
            CredentialsError::transient(message)
        })
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> CredentialsError {
        let message = format!(
            "reading {} `{}` failed: {error}; check its path and permissions",
            self.kind,
            path.display()
        );
        if is_absent(error) && self.loaded().is_some() {
            CredentialsError::transient(message)
        } else {
            CredentialsError::new(message)
        }
    }
}
