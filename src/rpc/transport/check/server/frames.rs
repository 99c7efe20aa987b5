//! `Http2`: an HTTP/2 connection of a server, frame by frame.

use std::collections::HashMap;
use std::io;

use super::Connection;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

pub(crate) const NO_ERROR: u32 = 0;
pub(crate) const INTERNAL_ERROR: u32 = 2;
pub(crate) const REFUSED_STREAM: u32 = 7;

/// The size of the windows: more than the largest body, so that only TCP limits a transport.
const WINDOW: u32 = 16 << 20;

/// An HTTP/2 connection.
pub(crate) struct Http2<'a> {
    connection: &'a mut Connection,
    unread: Vec<u8>,
    /// The bodies of the streams that have not ended.
    bodies: HashMap<u32, Vec<u8>>,
}

/// A request that ended.
pub(crate) struct Stream {
    pub(crate) id: u32,
    pub(crate) body: Vec<u8>,
}

impl<'a> Http2<'a> {
    /// Reads the preface, and opens the windows.
    pub(crate) fn open(connection: &'a mut Connection) -> io::Result<Self> {
        connection.counts = false;
        let mut http = Self { connection, unread: Vec::new(), bodies: HashMap::new() };
        let preface = http.take(24)?;
        if preface != b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let window = WINDOW.to_be_bytes();
        // The identifier 4 is the initial window of a stream.
        let settings = frame(SETTINGS, 0, 0, &[&[0, 4], &window[..]].concat());
        http.write(&[settings, frame(WINDOW_UPDATE, 0, 0, &window)].concat())?;
        Ok(http)
    }

    /// Reads until a request ends.
    pub(crate) fn request(&mut self) -> io::Result<Stream> {
        self.request_or_bytes(usize::MAX)?.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Reads until a request ends, or has sent that many bytes of its body.
    pub(crate) fn request_or_bytes(&mut self, max: usize) -> io::Result<Option<Stream>> {
        loop {
            let head = self.take(9)?;
            let length =
                usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
            let (kind, flags) = (head[3], head[4]);
            let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut payload = self.take(length)?;
            match kind {
                SETTINGS if flags & ACK == 0 => self.write(&frame(SETTINGS, ACK, 0, &[]))?,
                PING if flags & ACK == 0 => self.write(&frame(PING, ACK, 0, &payload))?,
                HEADERS => {
                    self.connection.ledger().count_begun();
                    self.connection.ledger().count_bytes(length);
                    self.bodies.insert(id, Vec::new());
                }
                DATA => {
                    self.connection.ledger().count_bytes(length);
                    if flags & PADDED != 0 {
                        let padding = usize::from(payload.remove(0));
                        payload.truncate(payload.len().saturating_sub(padding));
                    }
                    let body = self.bodies.entry(id).or_default();
                    body.extend(payload);
                    if body.len() >= max {
                        return Ok(None);
                    }
                }
                _ => {}
            }
            if matches!(kind, HEADERS | DATA) && flags & END_STREAM != 0 {
                let body = self.bodies.remove(&id).unwrap_or_default();
                return Ok(Some(Stream { id, body }));
            }
        }
    }

    /// Sends the head of a response with the status 200.
    pub(crate) fn head(&mut self, stream: u32) -> io::Result<()> {
        // `:status: 200` is the eighth entry of the static table.
        self.write(&frame(HEADERS, END_HEADERS, stream, &[0x88]))
    }

    pub(crate) fn data(&mut self, stream: u32, bytes: &[u8], is_last: bool) -> io::Result<()> {
        self.write(&frame(DATA, if is_last { END_STREAM } else { 0 }, stream, bytes))
    }

    pub(crate) fn respond(&mut self, stream: u32, body: &[u8]) -> io::Result<()> {
        self.head(stream)?;
        self.data(stream, body, true)
    }

    pub(crate) fn reset(&mut self, stream: u32, code: u32) -> io::Result<()> {
        self.write(&frame(RST_STREAM, 0, stream, &code.to_be_bytes()))
    }

    /// Sends `GOAWAY` with the last stream that the server processes.
    pub(crate) fn go_away(&mut self, last: u32, code: u32) -> io::Result<()> {
        self.write(&frame(GOAWAY, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat()))
    }

    /// Neither reads nor writes until the server ends.
    pub(crate) fn stall(&mut self) {
        self.connection.stall();
    }

    /// Returns the number of the connection, starting at 0.
    pub(crate) fn number(&self) -> usize {
        self.connection.number
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.connection.write(bytes)
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < length {
            let read = self.connection.read(16 << 10)?;
            self.unread.extend(read);
        }
        let rest = self.unread.split_off(length);
        Ok(std::mem::replace(&mut self.unread, rest))
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
