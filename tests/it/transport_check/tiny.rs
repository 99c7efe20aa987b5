//! `Tiny`: HTTP/1.1 without TLS on sockets, which breaks one rule on demand.

use std::collections::HashMap;
use std::fmt::Write;
use std::io;
use std::sync::{Arc, Mutex};

use aliyun_dbs::transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head of a response in bytes.
const MAX_HEAD: usize = 256 << 10;

/// What a transport does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    EncodesQueryAgain,
    OmitsHeader,
    CutsBody,
    SendsTwice,
    FailsOnStatus,
    FollowsRedirects,
    ConnectsAgain,
    SharesResponses,
    ReturnsInformational,
    ClosesWithoutBody,
    KeepsChunkSizes,
    IgnoresTrailers,
    NeedsLength,
    KeepsRest,
    AcceptsAnything,
    ReadsAnyHead,
    ReportsRefusedAsInterrupted,
    RepeatsOnNewConnection,
    ReportsBreakAsNotSent,
    ReturnsPart,
    IgnoresCancellation,
    ShowsUrl,
    ShowsHeader,
    NeverReturns,
}

/// HTTP/1.1 without TLS.
#[derive(Clone, Debug, Default)]
pub(super) struct Tiny {
    fault: Option<Fault>,
    idle: Arc<Mutex<HashMap<String, Vec<Connection>>>>,
    last: Arc<tokio::sync::Mutex<Option<Response<Bytes>>>>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    is_reused: bool,
}

impl Connection {
    /// Reads more. Returns `false` at the end.
    async fn fill(&mut self) -> io::Result<bool> {
        Ok(self.stream.read_buf(&mut self.unread).await? > 0)
    }

    async fn take_past(&mut self, end: &[u8], max: usize) -> io::Result<Vec<u8>> {
        let mut checked = 0;
        loop {
            let found = self.unread[checked..].windows(end.len()).position(|bytes| bytes == end);
            if let Some(at) = found {
                return Ok(self.unread.drain(..checked + at + end.len()).collect());
            }
            checked = self.unread.len().saturating_sub(end.len());
            if self.unread.len() > max {
                return Err(invalid("too long"));
            }
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < length {
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.unread.drain(..length).collect())
    }
}

/// Returns the status and the headers of a head.
fn parse(head: &[u8]) -> Option<(u16, Vec<(&str, &str)>)> {
    let mut lines = std::str::from_utf8(head).ok()?.trim_end().split("\r\n");
    let mut first = lines.next()?.split(' ');
    first.next().filter(|version| *version == "HTTP/1.1")?;
    let status = first.next()?.parse().ok()?;
    let headers = lines.map(|line| line.split_once(':').map(|(name, value)| (name, value.trim())));
    Some((status, headers.collect::<Option<_>>()?))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// How far a request got.
enum Failure {
    Connect(io::Error),
    /// The connection was kept from an earlier request.
    Stale(io::Error),
    Broken(io::Error),
}

impl Tiny {
    pub(super) fn with(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    async fn connect(&self, authority: &str) -> io::Result<Connection> {
        let kept = self.idle.lock().unwrap().get_mut(authority).and_then(Vec::pop);
        if let Some(mut connection) = kept {
            // A server sends nothing between responses, except the end.
            let mut byte = [0];
            let is_quiet = connection.stream.try_read(&mut byte).is_err();
            if is_quiet || self.has(Fault::KeepsRest) {
                connection.is_reused = true;
                return Ok(connection);
            }
        }
        let stream = TcpStream::connect(authority).await?;
        Ok(Connection { stream, unread: Vec::new(), is_reused: false })
    }

    async fn exchange(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let authority = request.uri().authority().unwrap().as_str();
        let mut connection = self.connect(authority).await.map_err(Failure::Connect)?;
        let is_reused = connection.is_reused;
        match self.roundtrip(&mut connection, request).await {
            Ok((response, is_kept)) => {
                let is_clean = connection.unread.is_empty() || self.has(Fault::KeepsRest);
                if is_kept && is_clean && !self.has(Fault::ConnectsAgain) {
                    let mut idle = self.idle.lock().unwrap();
                    idle.entry(authority.to_owned()).or_default().push(connection);
                }
                Ok(response)
            }
            Err(error) if is_reused => Err(Failure::Stale(error)),
            Err(error) => Err(Failure::Broken(error)),
        }
    }

    fn encode(&self, request: &Request<Bytes>) -> Vec<u8> {
        let mut target = request.uri().path_and_query().unwrap().to_string();
        if self.has(Fault::EncodesQueryAgain) {
            target = target.replace("%20", "+");
        }
        let mut body = &request.body()[..];
        if self.has(Fault::CutsBody) {
            body = &body[..body.len() / 2];
        }
        let mut head = format!("{} {target} HTTP/1.1\r\n", request.method());
        for (name, value) in request.headers() {
            if self.has(Fault::OmitsHeader) && name == "x-empty" {
                continue;
            }
            write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
        }
        write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
        [head.as_bytes(), body].concat()
    }

    async fn roundtrip(
        &self,
        connection: &mut Connection,
        request: &Request<Bytes>,
    ) -> io::Result<(Response<Bytes>, bool)> {
        let sent = self.encode(request);
        for _ in 0..=usize::from(self.has(Fault::SendsTwice)) {
            connection.stream.write_all(&sent).await?;
        }
        let max = if self.has(Fault::ReadsAnyHead) { usize::MAX } else { MAX_HEAD };
        loop {
            let head = match connection.take_past(b"\r\n\r\n", max).await {
                Err(_) if self.has(Fault::AcceptsAnything) => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
                head => head?,
            };
            let (status, headers) = match parse(&head) {
                None if self.has(Fault::AcceptsAnything) => {
                    return Ok((Response::new(Bytes::from(head)), false));
                }
                parsed => parsed.ok_or_else(|| invalid("not HTTP"))?,
            };
            if status < 200 && !self.has(Fault::ReturnsInformational) {
                continue;
            }
            let mut response = Response::builder().status(status);
            // More than a map of headers can contain.
            let headers = headers.into_iter().filter(|(name, _)| *name != "X-Endless");
            for (name, value) in headers {
                response = response.header(name, value);
            }
            let mut response = response.body(Bytes::new()).map_err(|_| invalid("a header"))?;
            let (body, is_kept) = self.body(connection, &response).await?;
            *response.body_mut() = body.into();
            return Ok((response, is_kept));
        }
    }

    /// Reads the body, and returns whether the connection continues.
    async fn body(
        &self,
        connection: &mut Connection,
        response: &Response<Bytes>,
    ) -> io::Result<(Vec<u8>, bool)> {
        let header = |name: &str| {
            let mut values = response.headers().get_all(name).iter();
            let first = values.next().map(|value| value.to_str().unwrap().to_owned());
            if values.next().is_some() { Err(invalid("two headers")) } else { Ok(first) }
        };
        if [204, 304].contains(&response.status().as_u16()) {
            return Ok((Vec::new(), !self.has(Fault::ClosesWithoutBody)));
        }
        let is_kept = header("connection")?.is_none_or(|value| value != "close");
        if header("transfer-encoding")?.is_some() {
            return Ok((self.chunks(connection).await?, is_kept));
        }
        if let Some(length) = header("content-length")? {
            let length = length.parse().map_err(|_| invalid("a length"))?;
            return match connection.take(length).await {
                Err(_) if self.has(Fault::ReturnsPart) => Ok((connection.unread.clone(), false)),
                body => Ok((body?, is_kept)),
            };
        }
        if !self.has(Fault::NeedsLength) {
            while connection.fill().await? {}
        }
        Ok((std::mem::take(&mut connection.unread), false))
    }

    async fn chunks(&self, connection: &mut Connection) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = connection.take_past(b"\r\n", 1000).await?;
            if self.has(Fault::KeepsChunkSizes) {
                body.extend(&line);
            }
            let line = String::from_utf8_lossy(&line);
            let size = line.trim_end().split(';').next().unwrap();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk"))?;
            body.extend(connection.take(size).await?);
            if size == 0 {
                break;
            }
            connection.take(2).await?;
        }
        while !self.has(Fault::IgnoresTrailers)
            && connection.take_past(b"\r\n", 1000).await? != b"\r\n"
        {}
        Ok(body)
    }

    async fn run(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if self.has(Fault::NeverReturns) {
            std::future::pending::<()>().await;
        }
        let mut result = self.exchange(&request).await;
        if self.has(Fault::RepeatsOnNewConnection) && matches!(result, Err(Failure::Stale(_))) {
            self.idle.lock().unwrap().clear();
            result = self.exchange(&request).await;
        }
        let response = result.map_err(|failure| self.error(failure, &request))?;
        if self.has(Fault::FailsOnStatus) && response.status().is_server_error() {
            return Err(TransportError::invalid_response(response.status().to_string()));
        }
        if self.has(Fault::FollowsRedirects) && response.status().is_redirection() {
            let authority = request.uri().authority().unwrap();
            *request.uri_mut() = format!("http://{authority}/other").parse().unwrap();
            return self.exchange(&request).await.map_err(|failure| self.error(failure, &request));
        }
        Ok(response)
    }

    fn error(&self, failure: Failure, request: &Request<Bytes>) -> TransportError {
        if self.has(Fault::ShowsUrl) {
            return TransportError::interrupted(format!("cannot load {}", request.uri()));
        }
        let error = match failure {
            Failure::Connect(error) if self.has(Fault::ReportsRefusedAsInterrupted) => {
                TransportError::interrupted("no connection").with_source(error)
            }
            Failure::Connect(error) => TransportError::not_sent("no connection").with_source(error),
            Failure::Stale(error) | Failure::Broken(error)
                if error.kind() != io::ErrorKind::InvalidData =>
            {
                let is_reported = self.has(Fault::ReportsBreakAsNotSent);
                let error = if is_reported && request.body().len() > 1000 {
                    TransportError::not_sent("the connection broke")
                } else {
                    TransportError::interrupted("the connection broke")
                };
                return error;
            }
            Failure::Stale(error) | Failure::Broken(error) => {
                TransportError::invalid_response(error.to_string())
            }
        };
        if self.has(Fault::ShowsHeader) {
            return error.with_source(format!("{:?}", request.headers()["authorization"]));
        }
        error
    }
}

#[async_trait]
impl Transport for Tiny {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if self.has(Fault::IgnoresCancellation) {
            let transport = self.clone();
            return tokio::spawn(async move { transport.run(request).await }).await.unwrap();
        }
        if !self.has(Fault::SharesResponses) {
            return self.run(request).await;
        }
        // Whoever waits for another request gets its response.
        if let Ok(mut last) = self.last.try_lock() {
            let response = self.run(request).await?;
            *last = Some(response.clone());
            return Ok(response);
        }
        Ok(self.last.lock().await.clone().unwrap())
    }
}
