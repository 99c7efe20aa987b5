//! `Io`: everything that the crate reads or starts outside its process.
//!
//! Configuration, client and credential providers read variables and files, send HTTP requests,
//! run programs and take the time through one [`Io`], so a test replaces all of it in one place.

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
use self::programs::SystemPrograms;
use crate::rpc::clock::{Clock, SystemClock, within};
use crate::rpc::transport::{Transport, TransportError};

type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;
type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;

/// Everything outside the process: variables, files, HTTP, programs, time.
///
/// Credential providers do nothing outside the process except through this type, so a test can
/// replace all of it.
///
/// Variables are read the same way everywhere: whitespace around a value is removed, and an empty
/// value is the same as an unset variable. Proxy variables are the exception: the HTTP library
/// reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` from the process.
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
    /// Uses the environment, the files, the network and the clock of this machine.
    pub fn system() -> Self {
        Self {
            variables: Arc::new(|name| std::env::var(name).ok()),
            files: Arc::new(|path| {
                std::fs::read_to_string(path)
                    .map_err(|error| unreadable(error, || path.metadata().is_ok()))
            }),
            transports: Transports::system(),
            programs: Arc::new(SystemPrograms),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Reads variables through a function instead of from the process.
    #[must_use]
    pub fn with_env(
        mut self,
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.variables = Arc::new(read);
        self
    }

    /// Reads files through a function.
    #[must_use]
    pub fn with_files(
        mut self,
        read: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        self.files = Arc::new(read);
        self
    }

    /// Sends all requests through a transport, including those that bypass proxies.
    #[must_use]
    pub fn with_transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transports = Transports::only(Arc::new(transport));
        self
    }

    /// Runs programs through another runner.
    #[must_use]
    pub fn with_process_runner(mut self, programs: impl ProcessRunner + 'static) -> Self {
        self.programs = Arc::new(programs);
        self
    }

    /// Takes time, waits and random numbers from a clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The value of a variable without surrounding whitespace; `None` for an empty one.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let value = (self.variables)(name)?;
        let trimmed = value.trim();
        match trimmed.len() {
            0 => None,
            len if len == value.len() => Some(value),
            _ => Some(trimmed.to_owned()),
        }
    }

    /// Whether a variable is `true`, in upper or lower case.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn read(&self, path: &Path) -> io::Result<String> {
        (self.files)(path)
    }

    /// A path below the home directory.
    pub(crate) fn home(&self, below: &str) -> Option<PathBuf> {
        let home = self.variable("HOME").or_else(|| self.variable("USERPROFILE"))?;
        Some(Path::new(&home).join(below))
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The transport of a route.
    pub(crate) fn transport(&self, route: Route) -> Result<Arc<dyn Transport>, TransportError> {
        self.transports.of(route)
    }

    /// Sends a request and waits for the whole response, at most for `limit`.
    pub(crate) async fn send(
        &self,
        route: Route,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, ExchangeError> {
        let transport = self.transport(route).map_err(ExchangeError::Setup)?;
        within(&*self.clock, limit, transport.send(request))
            .await
            .ok_or(ExchangeError::TimedOut(limit))?
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

/// Reports a file that exists and may not be read as broken: someone put it there to be used.
fn unreadable(error: io::Error, exists: impl FnOnce() -> bool) -> io::Error {
    if error.kind() == io::ErrorKind::PermissionDenied && exists() {
        return io::Error::other("this process may not read it");
    }
    error
}

/// Whether a default file does not exist for this process: an account may have no home directory,
/// or one that it may not enter.
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
    fn variables_are_trimmed_and_empty_ones_unset() {
        let io = Io::system().with_env(|name| Some(name.to_owned()));
        for (written, read) in [
            ("text", Some("text")),
            (" two words\r\n", Some("two words")),
            ("", None),
            (" \t\n", None),
        ] {
            assert_eq!(io.variable(written).as_deref(), read, "{written:?}");
        }
        assert!(io.is_true(" TRUE\n") && !io.is_true("yes"));
    }
}
