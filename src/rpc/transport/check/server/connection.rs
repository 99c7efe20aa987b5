//! `Connection`: an accepted connection, for the script of a server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::ledger::Ledger;

/// How long a server waits for the transport: longer than the check does.
const LIMIT: Duration = Duration::from_secs(30);

/// The longest head of a request in bytes.
const MAX_HEAD: usize = 64 << 10;

/// An accepted connection.
pub(crate) struct Connection {
    /// The number of the connection of its server, starting at 0.
    pub(crate) number: usize,
    stream: Stream,
    ledger: Arc<Ledger>,
    /// What was read after the last request.
    rest: Vec<u8>,
    is_in_request: bool,
    ending: Ending,
    /// Counts what it reads as requests. Otherwise, the caller counts.
    pub(super) counts: bool,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// How a connection ends after the script.
enum Ending {
    /// Closes after the transport has closed its side.
    InOrder,
    /// Closes immediately. The system resets a connection with unread bytes.
    Reset,
    /// Ends TCP in order, but TLS without its last message.
    Cut,
}

/// A request that a server read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    /// In lower case, with the values.
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The length of the head in bytes.
    pub(crate) head_len: usize,
}

impl Received {
    /// Returns the values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let matching = self.headers.iter().filter(|(other, _)| other == name);
        matching.map(|(_, value)| value.as_str()).collect()
    }

    fn parse(head: &[u8]) -> io::Result<Self> {
        let text = std::str::from_utf8(head).map_err(|_| invalid("a head in UTF-8"))?;
        let mut lines = text.trim_end().split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (first.next(), first.next(), first.next(), first.next())
        else {
            return Err(invalid("an HTTP/1.1 request line"));
        };
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        Ok(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.collect::<io::Result<_>>()?,
            body: Vec::new(),
            head_len: head.len(),
        })
    }
}

fn invalid(expected: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("expected {expected}"))
}

impl Connection {
    pub(super) fn open(
        stream: TcpStream,
        config: Option<Arc<ServerConfig>>,
        ledger: Arc<Ledger>,
    ) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let number = ledger.open(stream.try_clone()?);
        let stream = match config {
            None => Stream::Plain(stream),
            Some(config) => {
                let session = ServerConnection::new(config).map_err(io::Error::other)?;
                Stream::Tls(Box::new(StreamOwned::new(session, stream)))
            }
        };
        Ok(Self {
            number,
            stream,
            ledger,
            rest: Vec::new(),
            is_in_request: false,
            ending: Ending::InOrder,
            counts: true,
        })
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Reads at most `max` bytes of a request. Returns an error at the end of the connection.
    pub(super) fn read(&mut self, max: usize) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; max];
        let read = match &mut self.stream {
            Stream::Plain(stream) => stream.read(&mut buffer)?,
            Stream::Tls(stream) => stream.read(&mut buffer)?,
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if self.counts {
            self.ledger.count_bytes(read);
            self.begin();
        }
        buffer.truncate(read);
        Ok(buffer)
    }

    fn begin(&mut self) {
        if !self.is_in_request {
            self.is_in_request = true;
            self.ledger.count_begun();
        }
    }

    /// Reads exactly this many bytes of a request, and leaves the others unread.
    pub(crate) fn read_exactly(&mut self, bytes: usize) -> io::Result<()> {
        let mut remaining = bytes;
        while remaining > 0 {
            remaining -= self.read(remaining)?.len();
        }
        Ok(())
    }

    /// Reads what has arrived, which is not a request.
    pub(crate) fn read_some(&mut self) -> io::Result<()> {
        self.counts = false;
        self.read(8 << 10).map(drop)
    }

    /// Reads a whole request.
    pub(crate) fn request(&mut self) -> io::Result<Received> {
        let mut buffer = std::mem::take(&mut self.rest);
        if !buffer.is_empty() {
            self.begin();
        }
        let head = self.read_past(&mut buffer, b"\r\n\r\n")?;
        let mut request = Received::parse(&head)?;
        if request.header("transfer-encoding") == ["chunked"] {
            loop {
                let line = self.read_past(&mut buffer, b"\r\n")?;
                let size = String::from_utf8_lossy(&line);
                let size = size.trim_end().split(';').next().unwrap_or_default();
                let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a size"))?;
                request.body.extend(self.read_body(&mut buffer, size)?);
                self.read_body(&mut buffer, 2)?;
                if size == 0 {
                    break;
                }
            }
        } else if let [length, ..] = request.header("content-length")[..] {
            let length = length.parse().map_err(|_| invalid("a length"))?;
            request.body = self.read_body(&mut buffer, length)?;
        }
        self.rest = buffer;
        self.is_in_request = false;
        Ok(request)
    }

    /// Takes the bytes up to an end, including it, from the buffer and the connection.
    fn read_past(&mut self, buffer: &mut Vec<u8>, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = buffer.windows(end.len()).position(|bytes| bytes == end) {
                let rest = buffer.split_off(at + end.len());
                return Ok(std::mem::replace(buffer, rest));
            }
            if buffer.len() > MAX_HEAD {
                return Err(invalid("a shorter head"));
            }
            buffer.extend(self.read(8 << 10)?);
        }
    }

    fn read_body(&mut self, buffer: &mut Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
        while buffer.len() < length {
            buffer.extend(self.read(64 << 10)?);
        }
        let rest = buffer.split_off(length);
        Ok(std::mem::replace(buffer, rest))
    }

    /// Writes bytes in one call.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes.as_ref()),
            Stream::Tls(stream) => {
                stream.write_all(bytes.as_ref())?;
                stream.flush()
            }
        }
    }

    /// Writes bytes in pieces of `size` bytes, each in its own packet.
    pub(crate) fn write_each(&mut self, bytes: impl AsRef<[u8]>, size: usize) -> io::Result<()> {
        for piece in bytes.as_ref().chunks(size) {
            self.write(piece)?;
            sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    /// Neither reads nor writes until the server ends.
    pub(crate) fn stall(&mut self) {
        while !self.ledger.is_over() {
            sleep(Duration::from_millis(5));
        }
    }

    /// Reads until the transport closes the connection.
    pub(crate) fn read_to_end(&mut self) {
        while self.read(64 << 10).is_ok() {}
    }

    /// Closes the connection at the end of the script without reading what remains.
    pub(crate) fn reset_at_end(&mut self) {
        self.ending = Ending::Reset;
    }

    /// Ends TLS without its last message at the end of the script.
    pub(crate) fn cut_at_end(&mut self) {
        self.ending = Ending::Cut;
    }

    /// Returns the socket, without what TLS or the script has read from it.
    pub(super) fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => &stream.sock,
        }
    }

    pub(super) fn end(mut self) {
        if !matches!(self.ending, Ending::Reset) {
            if let (Stream::Tls(stream), Ending::InOrder) = (&mut self.stream, &self.ending) {
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
            let _ = self.socket().shutdown(Shutdown::Write);
            self.read_to_end();
        }
        self.ledger.forget(self.number);
        let ledger = self.ledger.clone();
        drop(self);
        ledger.count_closed();
    }
}
