//! What providers reach outside the process with: variables, files, HTTP, programs, time.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::rpc::clock::{Clock, SystemClock, within};
use crate::rpc::credentials::CredentialsError;
use crate::rpc::credentials::process::{RunProgram, SystemPrograms};
use crate::rpc::transport::Transport;

type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;
type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;
type MakeTransport = dyn Fn() -> Result<Arc<dyn Transport>, CredentialsError> + Send + Sync;

/// Everything that credential providers do outside the process, so that a test can stand in for
/// all of it.
///
/// ```
/// use aliyun_dbs::credentials::{DefaultChain, Io};
///
/// let io = Io::system().with_variables(|name| match name {
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
    http: Lazy,
    direct: Lazy,
    programs: Arc<dyn RunProgram>,
    clock: Arc<dyn Clock>,
}

/// A transport that is made when it is first needed: most processes never ask for one.
#[derive(Clone)]
struct Lazy {
    make: Arc<MakeTransport>,
    made: Arc<OnceLock<Arc<dyn Transport>>>,
}

impl Lazy {
    fn new(
        make: impl Fn() -> Result<Arc<dyn Transport>, CredentialsError> + Send + Sync + 'static,
    ) -> Self {
        Self { make: Arc::new(make), made: Arc::default() }
    }

    fn get(&self) -> Result<Arc<dyn Transport>, CredentialsError> {
        if let Some(transport) = self.made.get() {
            return Ok(transport.clone());
        }
        let transport = (self.make)()?;
        Ok(self.made.get_or_init(|| transport).clone())
    }
}

impl Io {
    /// The environment, the files, the network and the clock of this machine.
    pub fn system() -> Self {
        Self {
            variables: Arc::new(|name| std::env::var(name).ok()),
            files: Arc::new(|path| {
                std::fs::read_to_string(path)
                    .map_err(|error| unreadable(error, || path.metadata().is_ok()))
            }),
            http: Lazy::new(|| system_transport(true)),
            direct: Lazy::new(|| system_transport(false)),
            programs: Arc::new(SystemPrograms),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Reads variables by a function of yours.
    #[must_use]
    pub fn with_variables(
        mut self,
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.variables = Arc::new(read);
        self
    }

    /// Reads files by a function of yours.
    #[must_use]
    pub fn with_files(
        mut self,
        read: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        self.files = Arc::new(read);
        self
    }

    /// Sends requests, also those that go past any proxy, by a transport of yours.
    #[must_use]
    pub fn with_transport(mut self, transport: impl Transport + 'static) -> Self {
        let transport: Arc<dyn Transport> = Arc::new(transport);
        let again = transport.clone();
        self.http = Lazy::new(move || Ok(transport.clone()));
        self.direct = Lazy::new(move || Ok(again.clone()));
        self
    }

    /// Runs programs by a runner of yours.
    #[must_use]
    pub fn with_programs(mut self, programs: impl RunProgram + 'static) -> Self {
        self.programs = Arc::new(programs);
        self
    }

    /// Takes time, waits and chance from a clock of yours.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A variable; an empty one counts as not set.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name).filter(|value| !value.is_empty())
    }

    /// Whether a variable says `true`, in any case.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
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

    pub(crate) fn programs(&self) -> &dyn RunProgram {
        &*self.programs
    }

    /// Sends a request and waits for the whole answer, at most so long.
    pub(crate) async fn send(
        &self,
        what: &str,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, CredentialsError> {
        self.exchange(&self.http, what, request, limit).await
    }

    /// The same past any proxy, for what is on this machine or beside it.
    pub(crate) async fn send_directly(
        &self,
        what: &str,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, CredentialsError> {
        self.exchange(&self.direct, what, request, limit).await
    }

    async fn exchange(
        &self,
        transport: &Lazy,
        what: &str,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, CredentialsError> {
        let transport = transport.get()?;
        // The transport's own words may quote the URL, and that may hold a token.
        let why = match within(&*self.clock, limit, transport.send(request)).await {
            Some(Ok(response)) => return Ok(response),
            Some(Err(error)) if error.is_permanent() => {
                let why = if error.may_have_arrived() {
                    "gave an answer that cannot be used, such as one that is too large"
                } else {
                    "cannot be reached: check its URL and certificate, and that this runs inside a \
                     Tokio runtime"
                };
                return Err(CredentialsError::new(format!("{what} {why}")));
            }
            Some(Err(error)) if error.may_have_arrived() => {
                "gave no answer: the connection broke".to_owned()
            }
            Some(Err(_)) => "cannot be reached: no connection".to_owned(),
            None => format!("gave no answer within {limit:?}"),
        };
        Err(CredentialsError::transient(format!("{what} {why}")))
    }
}

/// A file that is there and may not be read is not absent: somebody put it there to be used.
fn unreadable(error: io::Error, is_there: impl FnOnce() -> bool) -> io::Error {
    if error.kind() == io::ErrorKind::PermissionDenied && is_there() {
        return io::Error::other("this process may not read it");
    }
    error
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

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn system_transport(by_proxy: bool) -> Result<Arc<dyn Transport>, CredentialsError> {
    use crate::rpc::transport::{HttpOptions, ProxyChoice, ReqwestTransport};

    let options = HttpOptions {
        connect_timeout: Duration::from_secs(if by_proxy { 5 } else { 1 }),
        proxy: if by_proxy { ProxyChoice::Environment } else { ProxyChoice::None },
        ..HttpOptions::default()
    };
    let transport = ReqwestTransport::with_options(&options).map_err(|error| {
        CredentialsError::new("the HTTP client cannot be set up").with_source(error)
    })?;
    // Answers of these services are short; a long one is none of theirs.
    Ok(Arc::new(transport.max_answer(1 << 20)))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn system_transport(_: bool) -> Result<Arc<dyn Transport>, CredentialsError> {
    Err(CredentialsError::new(
        "this source needs HTTP: enable the feature rustls or native-tls of aliyun-dbs, or give \
         Io::with_transport one of your own",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::credentials::is_absent;

    #[test]
    fn a_file_that_may_not_be_read_is_not_absent() {
        use io::ErrorKind::{NotFound, PermissionDenied};
        for (kind, is_there, absent) in [
            (PermissionDenied, true, false),
            (PermissionDenied, false, true),
            (NotFound, false, true),
        ] {
            let error = unreadable(kind.into(), || is_there);
            assert_eq!(is_absent(&error), absent, "{kind:?}, there: {is_there}");
        }
    }
}
