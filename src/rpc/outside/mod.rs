//! `Io`: everything that the crate reads or starts outside its process.
//!
//! The configuration, the client and the credentials providers read environment variables and
//! files, send HTTP requests, run programs and read the clock through an [`Io`], so a test replaces
//! all of it in one place.

mod files;
mod http;
mod programs;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;

pub use self::files::FileStamp;
pub(crate) use self::files::is_absent;
pub(crate) use self::http::{ExchangeError, Route};
pub use self::programs::ProcessRunner;

use self::files::Files;
use self::http::{ReadVariable, Transports};
use self::programs::SystemProcessRunner;
use crate::rpc::clock::{Clock, SystemClock, within};
use crate::rpc::transport::{Transport, TransportError, process_variable};

/// Access to the environment, files, HTTP, programs and the clock.
///
/// Credentials providers reach the outside of the process only through this type, so a test can
/// replace all of it. Defaults to this machine ([`Io::system`]).
///
/// All providers read environment variables the same way: `Io` removes whitespace around a value,
/// and treats an empty value as an unset variable. That includes the
/// [proxies](crate::ClientBuilder::proxy) of the environment.
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
    files: Files,
    transports: Transports,
    programs: Arc<dyn ProcessRunner>,
    clock: Arc<dyn Clock>,
}

impl Io {
    /// Returns access to the environment, files, network, programs and clock of this machine.
    pub fn system() -> Self {
        Self {
            variables: Arc::new(process_variable),
            files: Files::System,
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
        self.transports = self.transports.rebuilt();
        self
    }

    /// Replaces the files by a function from path to content.
    ///
    /// Providers cannot detect that such a file has changed, and read it at every call, unless
    /// [`with_file_stamps`](Self::with_file_stamps) provides stamps.
    #[must_use]
    pub fn with_files(
        mut self,
        read: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        self.files = Files::Replaced { read: Arc::new(read), stamp: Arc::new(|_| None) };
        self
    }

    /// Replaces the stamps of the files that [`with_files`](Self::with_files) replaced.
    ///
    /// A provider reads a file again when its stamp has changed. `None` stands for an unknown stamp.
    /// Has no effect on the files of this machine.
    #[must_use]
    pub fn with_file_stamps(
        mut self,
        read: impl Fn(&Path) -> Option<FileStamp> + Send + Sync + 'static,
    ) -> Self {
        if let Files::Replaced { stamp, .. } = &mut self.files {
            *stamp = Arc::new(read);
        }
        self
    }

    /// Replaces the HTTP transport, also for requests that bypass the proxy.
    #[must_use]
    pub fn with_transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transports = Transports::only(Arc::new(transport));
        self
    }

    /// Sets the library of the default transports, for tests of both.
    #[cfg(feature = "_http")]
    #[doc(hidden)]
    #[must_use]
    pub fn with_http_library(mut self, library: crate::rpc::transport::HttpLibrary) -> Self {
        self.transports = Transports::of_library(library);
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

    /// Reads a regular file of at most 1 MiB.
    pub(crate) async fn read(&self, path: &Path) -> io::Result<String> {
        self.files.read(path).await
    }

    /// Reads a regular file of at most 1 MiB, on this thread.
    pub(crate) fn read_blocking(&self, path: &Path) -> io::Result<String> {
        self.files.read_blocking(path)
    }

    /// Returns the stamp of a file, or `None` if it is unknown.
    pub(crate) async fn stamp(&self, path: &Path) -> Option<FileStamp> {
        self.files.stamp(path).await
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
        self.transports.get(route, &*self.variables)
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

#[cfg(test)]
mod tests {
    use super::*;

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
