//! `Pool`: connections that later requests use again.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::connection::{Connection, Http1, Http2, failed, open_http2, take_path, uses_http2};
use super::connector::Connector;
use super::send_error::{SendError, Step};
use crate::rpc::transport::http::tracked_body::TrackedBody;
use crate::rpc::transport::options::{HttpOptions, KeepAlive};

/// How often expired connections are closed, at most.
const MIN_SWEEP: Duration = Duration::from_millis(90);

/// Connections that later requests use again.
///
/// It opens a connection whenever none is free. It repeats a request only on the evidence that no
/// byte of it was written, and that the connection was not new.
pub(super) struct Pool(Arc<PoolState>);

struct PoolState {
    connector: Connector,
    keep_alive: KeepAlive,
    idle_timeout: Duration,
    keeps_connections: bool,
    hosts: Mutex<Hosts>,
}

#[derive(Default)]
struct Hosts {
    /// One or a few, which stay: [`InUse`] has an index.
    list: Vec<Host>,
    /// Closes expired connections while there are any.
    sweeper: Option<JoinHandle<()>>,
}

struct Host {
    scheme: Scheme,
    authority: Authority,
    header: HeaderValue,
    /// Connections without a request, the last used one last.
    idle: Vec<Idle<Http1>>,
    /// The connection that all requests share.
    shared: Option<Idle<Http2>>,
}

struct Idle<C> {
    connection: C,
    since: Instant,
}

/// The connection of a response, until its body is read. Dropping it closes the connection.
pub(super) struct InUse {
    host: usize,
    connection: Connection,
}

impl Pool {
    pub(super) fn new(
        options: &HttpOptions,
        connector: Connector,
        keeps_connections: bool,
    ) -> Self {
        Self(Arc::new(PoolState {
            connector,
            keep_alive: options.keep_alive,
            idle_timeout: options.idle_timeout,
            keeps_connections,
            hosts: Mutex::default(),
        }))
    }

    /// Sends a request, and waits for the head of the response.
    ///
    /// A block, because an `async fn` would have the request twice in its future.
    pub(super) fn send(
        &self,
        mut request: Request<TrackedBody>,
    ) -> impl Future<Output = Result<(Response<Incoming>, InUse), SendError>> {
        let pool = &self.0;
        async move {
            let (host, header, mut free) = pool.locked().find(request.uri(), pool.idle_timeout)?;
            loop {
                let (mut connection, is_reused) = match free {
                    Some(connection) => (connection, true),
                    // In a box, because a call seldom needs it.
                    None => Box::pin(pool.connect(host)).await?,
                };
                connection.prepare(&mut request, &header)?;
                let sent = match &mut connection {
                    Connection::Http1(own) => own.sender.try_send_request(request).await,
                    Connection::Http2(shared) => shared.try_send_request(request).await,
                };
                request = match sent.map_err(failed) {
                    Ok(response) => return Ok((response, InUse { host, connection })),
                    Err((_, Some(unsent))) if is_reused => unsent,
                    Err((error, _)) => return Err(error),
                };
                let mut hosts = pool.locked();
                *request.uri_mut() = hosts.list[host].uri(take_path(&mut request));
                free = hosts.list[host].take(pool.idle_timeout);
            }
        }
    }

    /// Keeps a connection for later requests. The body of its response was read to the end.
    pub(super) fn keep(&self, used: InUse) {
        let InUse { host, connection: Connection::Http1(mut connection) } = used else { return };
        if !self.0.keeps_connections || connection.sender.is_closed() {
            return;
        }
        if connection.sender.is_ready() {
            self.0.keep(host, connection);
            return;
        }
        // Its task has not finished, or the server responded before it read the request.
        let pool = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            if connection.sender.ready().await.is_ok()
                && let Some(pool) = pool.upgrade()
            {
                pool.keep(host, connection);
            }
        });
    }
}

impl PoolState {
    fn locked(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a connection, and returns whether it was used before.
    async fn connect(self: &Arc<Self>, host: usize) -> Result<(Connection, bool), SendError> {
        let destination = self.locked().list[host].uri(None);
        let stream = self.connector.connect(destination).await;
        let stream = stream.map_err(|error| SendError::new(Step::Connect, error))?;
        if !uses_http2(&stream, &self.keep_alive) {
            return Ok((Connection::Http1(Http1::open(stream).await?), false));
        }
        // Another request may have connected at the same time.
        if let Some(shared) = self.locked().list[host].shared(self.idle_timeout) {
            return Ok((Connection::Http2(shared), true));
        }
        let own = open_http2(stream, &self.keep_alive).await?;
        if !self.keeps_connections {
            return Ok((Connection::Http2(own), false));
        }
        let mut hosts = self.locked();
        if let Some(shared) = hosts.list[host].shared(self.idle_timeout) {
            return Ok((Connection::Http2(shared), true));
        }
        hosts.list[host].shared = Some(Idle { connection: own.clone(), since: Instant::now() });
        self.sweep_later(&mut hosts);
        Ok((Connection::Http2(own), false))
    }

    fn keep(self: &Arc<Self>, host: usize, connection: Http1) {
        let mut hosts = self.locked();
        hosts.list[host].idle.push(Idle { connection, since: Instant::now() });
        self.sweep_later(&mut hosts);
    }

    /// Starts to close expired connections, unless that takes place.
    fn sweep_later(self: &Arc<Self>, hosts: &mut Hosts) {
        // It is finished if its runtime was dropped.
        if hosts.sweeper.as_ref().is_none_or(JoinHandle::is_finished) {
            hosts.sweeper = Some(tokio::spawn(sweep(Arc::downgrade(self), self.idle_timeout)));
        }
    }
}

/// Closes expired connections until none is left.
async fn sweep(pool: Weak<PoolState>, timeout: Duration) {
    loop {
        tokio::time::sleep(timeout.max(MIN_SWEEP)).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut hosts = pool.locked();
        let now = Instant::now();
        for host in &mut hosts.list {
            host.idle
                .retain(|idle| idle.is_fresh(now, timeout) && idle.connection.sender.is_ready());
            host.shared.take_if(|idle| !idle.is_fresh(now, timeout) || idle.connection.is_closed());
        }
        if hosts.list.iter().all(|host| host.idle.is_empty() && host.shared.is_none()) {
            hosts.sweeper = None;
            return;
        }
    }
}

impl Hosts {
    /// Returns the index of the host, its header, and a free connection.
    fn find(
        &mut self,
        uri: &Uri,
        timeout: Duration,
    ) -> Result<(usize, HeaderValue, Option<Connection>), SendError> {
        let known = self.list.iter().position(|host| host.is_of(uri));
        let index = known.unwrap_or(self.list.len());
        if known.is_none() {
            self.list.push(Host::new(uri)?);
        }
        let host = &mut self.list[index];
        Ok((index, host.header.clone(), host.take(timeout)))
    }
}

impl Host {
    #[cold]
    fn new(uri: &Uri) -> Result<Self, SendError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(SendError::new(Step::Connect, "expected a scheme and a host"));
        };
        let default_port = if *scheme == Scheme::HTTPS { 443 } else { 80 };
        let mut header = authority.host().to_owned();
        if let Some(port) = authority.port_u16().filter(|port| *port != default_port) {
            let _ = write!(header, ":{port}");
        }
        Ok(Self {
            scheme: scheme.clone(),
            authority: authority.clone(),
            header: HeaderValue::try_from(header)
                .map_err(|error| SendError::new(Step::Connect, error))?,
            idle: Vec::new(),
            shared: None,
        })
    }

    fn is_of(&self, uri: &Uri) -> bool {
        // Byte by byte, which is faster than without regard to case.
        uri.authority().is_some_and(|authority| authority.as_str() == self.authority.as_str())
            && uri.scheme() == Some(&self.scheme)
    }

    /// Returns the URL of a path on the host.
    fn uri(&self, path: Option<PathAndQuery>) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        Uri::from_parts(parts).unwrap_or_default()
    }

    /// Returns a free connection.
    fn take(&mut self, timeout: Duration) -> Option<Connection> {
        if let Some(shared) = self.shared(timeout) {
            return Some(Connection::Http2(shared));
        }
        let now = Instant::now();
        while let Some(idle) = self.idle.pop() {
            if idle.is_fresh(now, timeout) && idle.connection.sender.is_ready() {
                return Some(Connection::Http1(idle.connection));
            }
        }
        None
    }

    /// Returns the connection that all requests share, if it is open.
    fn shared(&mut self, timeout: Duration) -> Option<Http2> {
        let shared = self.shared.as_mut()?;
        let now = Instant::now();
        if !shared.is_fresh(now, timeout) || !shared.connection.is_ready() {
            self.shared = None;
            return None;
        }
        shared.since = now;
        Some(shared.connection.clone())
    }
}

impl<C> Idle<C> {
    fn is_fresh(&self, now: Instant, timeout: Duration) -> bool {
        now.saturating_duration_since(self.since) <= timeout
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use http_body::Body as _;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::rpc::transport::http::proxies::Proxies;
    use crate::rpc::transport::options::ProxyChoice;

    /// A server that responds to each write of a client.
    struct Server {
        url: String,
        opened: Arc<AtomicUsize>,
        closed: Arc<tokio::sync::Notify>,
    }

    impl Server {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let server = Self { url, opened: Arc::default(), closed: Arc::default() };
            let (opened, closed) = (server.opened.clone(), server.closed.clone());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    opened.fetch_add(1, Ordering::Relaxed);
                    let closed = closed.clone();
                    tokio::spawn(async move {
                        let mut buffer = [0; 4096];
                        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
                            stream.write_all(response).await.unwrap();
                        }
                        closed.notify_one();
                    });
                }
            });
            server
        }

        fn opened(&self) -> usize {
            self.opened.load(Ordering::Relaxed)
        }

        async fn sent_by(&self, pool: &Pool) -> (Response<Incoming>, InUse) {
            let request = Request::get(&self.url).body(TrackedBody::new(Bytes::new(), None));
            pool.send(request.unwrap()).await.unwrap()
        }

        /// Makes a whole exchange.
        async fn exchange(&self, pool: &Pool) {
            let (response, used) = self.sent_by(pool).await;
            let mut body = response.into_body();
            while !body.is_end_stream() {
                std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context))
                    .await
                    .unwrap()
                    .unwrap();
            }
            pool.keep(used);
        }
    }

    fn pool(keeps_connections: bool) -> Pool {
        let options = HttpOptions { proxy: ProxyChoice::None, ..HttpOptions::default() };
        let proxies = Proxies::of(&options.proxy, &|_| None).unwrap();
        Pool::new(&options, Connector::new(&options, proxies).unwrap(), keeps_connections)
    }

    #[tokio::test]
    async fn each_host_has_its_own_connections() {
        let (pool, servers) = (pool(true), [Server::start().await, Server::start().await]);
        for server in servers.iter().cycle().take(6) {
            server.exchange(&pool).await;
        }
        assert_eq!(servers.map(|server| server.opened()), [1, 1]);
    }

    #[tokio::test]
    async fn only_a_whole_response_keeps_its_connection() {
        let (pool, server) = (pool(true), Server::start().await);
        drop(server.sent_by(&pool).await);
        server.closed.notified().await;
        server.exchange(&pool).await;
        assert_eq!(server.opened(), 2);
        server.exchange(&pool).await;
        assert_eq!(server.opened(), 2);
    }

    #[tokio::test]
    async fn fresh_pool_keeps_no_connection() {
        let (pool, server) = (pool(false), Server::start().await);
        for opened in 1..3 {
            server.exchange(&pool).await;
            server.closed.notified().await;
            assert_eq!(server.opened(), opened);
        }
    }

    #[tokio::test]
    async fn idle_connection_closes_after_its_timeout() {
        let (pool, server) = (pool(true), Server::start().await);
        server.exchange(&pool).await;
        tokio::time::pause();
        let paused = Instant::now();
        server.closed.notified().await;
        let waited = paused.elapsed();
        let timeout = HttpOptions::IDLE_TIMEOUT;
        assert!(waited >= timeout && waited <= timeout * 2, "{waited:?}");
        // The task that closes connections has ended, and starts again.
        tokio::time::resume();
        server.exchange(&pool).await;
        assert_eq!(server.opened(), 2);
        assert!(!pool.0.locked().sweeper.as_ref().unwrap().is_finished());
    }

    #[tokio::test]
    async fn expired_connection_is_not_used() {
        let (pool, server) = (pool(true), Server::start().await);
        server.exchange(&pool).await;
        pool.0.locked().sweeper.as_ref().unwrap().abort();
        tokio::time::pause();
        tokio::time::advance(HttpOptions::IDLE_TIMEOUT + Duration::from_millis(1)).await;
        tokio::time::resume();
        server.exchange(&pool).await;
        assert_eq!(server.opened(), 2);
    }

    #[tokio::test]
    async fn dropped_pool_closes_its_connections() {
        let (pool, server) = (pool(true), Server::start().await);
        server.exchange(&pool).await;
        drop(pool);
        server.closed.notified().await;
    }
}
