//! `Io`: everything that the crate reads or starts outside its process.
//!
//! The configuration, the client and the credentials providers read environment variables and
//! files, send HTTP requests, run programs and read the clock through an [`Io`], so a test replaces
//! all of it in one place.

mod http;
mod programs;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;

pub(crate) use self::http::{ExchangeError, Route};
pub use self::programs::ProcessRunner;

use self::http::Transports;
use self::programs::SystemProcessRunner;
use crate::rpc::clock::{Clock, SystemClock, within};
use crate::rpc::transport::{Transport, TransportError};

type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;
type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;

/// Access to the environment, files, HTTP, programs and the clock.
///
/// Credentials providers reach the outside of the process only through this type, so a test can
/// replace all of it. Defaults to this machine ([`Io::system`]).
///
/// All providers read environment variables the same way: `Io` removes whitespace around a value,
/// and treats an empty value as an unset variable. The proxy variables are the exception: the HTTP
/// library reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` directly.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::{DefaultChain, Io};
///
/// let io = Io::system().with_env(|name| match name {
///     "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some("LTAI-example".to_owned()),
///     "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some("the secret".to_owned()),
///     _ => None,
/// });
/// let chain = DefaultChain::builder().io(io).build();
/// ```
#[derive(Clone)]
pub struct Io {
    variables: Arc<ReadVariable>,
    files: Arc<ReadFile>,
    transports: Transports,
    programs: Arc<dyn ProcessRunner>,
    clock: Arc<dyn Clock>,
}

impl Io {
    /// Returns access to the environment, files, network, programs and clock of this machine.
    pub fn system() -> Self {
        Self {
            variables: Arc::new(|name| std::env::var(name).ok()),
            files: Arc::new(|path| {
                std::fs::read_to_string(path)
                    .map_err(|error| unreadable(error, || path.metadata().is_ok()))
            }),
            transports: Transports::system(),
            programs: Arc::new(SystemProcessRunner),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Replaces the environment variables with a function from name to value.
    #[must_use]
    pub fn with_env(
        mut self,
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.variables = Arc::new(read);
        self
    }

    /// Replaces the files with a function from path to content.
    #[must_use]
    pub fn with_files(
        mut self,
        read: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        self.files = Arc::new(read);
        self
    }

    /// Replaces the HTTP transport, also for requests that bypass the proxy.
    #[must_use]
    pub fn with_transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transports = Transports::only(Arc::new(transport));
        self
    }

    /// Replaces the runner of programs.
    #[must_use]
    pub fn with_process_runner(mut self, runner: impl ProcessRunner + 'static) -> Self {
        self.programs = Arc::new(runner);
        self
    }

    /// Replaces the clock, which provides the time, delays and random numbers.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Returns the trimmed value of a variable, or `None` if it is unset or empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let value = (self.variables)(name)?;
        let trimmed = value.trim();
        match trimmed.len() {
            0 => None,
            len if len == value.len() => Some(value),
            _ => Some(trimmed.to_owned()),
        }
    }

    /// Returns whether a variable is `true`, in any case.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn read(&self, path: &Path) -> io::Result<String> {
        (self.files)(path)
    }

    /// Returns a path in the home directory, or `None` if neither variable names one.
    pub(crate) fn home(&self, relative: &str) -> Option<PathBuf> {
        let home = self.variable("HOME").or_else(|| self.variable("USERPROFILE"))?;
        Some(Path::new(&home).join(relative))
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn transport(&self, route: Route) -> Result<Arc<dyn Transport>, TransportError> {
        self.transports.get(route)
    }

    /// Sends a request and waits for the complete response, until the timeout.
    pub(crate) async fn send(
        &self,
        route: Route,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, ExchangeError> {
        let transport = self.transport(route).map_err(ExchangeError::Setup)?;
        within(&*self.clock, timeout, transport.send(request))
            .await
            .ok_or(ExchangeError::TimedOut(timeout))?
            .map_err(ExchangeError::Transport)
    }

    pub(crate) fn programs(&self) -> &dyn ProcessRunner {
        &*self.programs
    }
}

impl Default for Io {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Io").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// Changes the kind of the error of an existing file that the process must not read.
///
/// Such a file is configured, and [`is_absent`] would skip it.
fn unreadable(error: io::Error, exists: impl FnOnce() -> bool) -> io::Error {
    if error.kind() == io::ErrorKind::PermissionDenied && exists() {
        return io::Error::other("permission denied");
    }
    error
}

/// Returns whether a default file does not exist for this process.
///
/// An account may have no home directory, or one that it must not enter.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_unreadable_file_is_not_absent() {
        use io::ErrorKind::{NotFound, PermissionDenied};
        for (kind, exists, absent) in [
            (PermissionDenied, true, false),
            (PermissionDenied, false, true),
            (NotFound, false, true),
        ] {
            let error = unreadable(kind.into(), || exists);
            assert_eq!(is_absent(&error), absent, "{kind:?}, exists: {exists}");
        }
    }

    #[test]
    fn variable_is_trimmed_and_unset_when_empty() {
        let io = Io::system().with_env(|name| Some(name.to_owned()));
        for (value, expected) in [
            ("word", Some("word")),
            (" two words\r\n", Some("two words")),
            ("", None),
            (" \t\n", None),
        ] {
            assert_eq!(io.variable(value).as_deref(), expected, "{value:?}");
        }
        assert!(io.is_true(" TRUE\n") && !io.is_true("yes"));
    }
}
