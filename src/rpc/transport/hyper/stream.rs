//! `Stream`: a connection to a service, with or without TLS, and perhaps through a proxy.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection to a proxy, or directly to a service.
pub(super) type FirstHop = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection to a service.
pub(super) struct Stream {
    /// The outer TLS is that of a service behind a proxy.
    io: MaybeHttpsStream<FirstHop>,
    is_proxied: bool,
}

impl Stream {
    /// Returns a connection that needs no more TLS.
    pub(super) fn direct(io: FirstHop) -> Self {
        Self { io: MaybeHttpsStream::Http(io), is_proxied: false }
    }

    /// Returns a connection to a proxy that reads the requests.
    pub(super) fn proxied(io: FirstHop) -> Self {
        Self { io: MaybeHttpsStream::Http(io), is_proxied: true }
    }

    /// Returns a connection to a service through the tunnel of a proxy.
    pub(super) fn tunneled(io: MaybeHttpsStream<FirstHop>) -> Self {
        Self { io, is_proxied: false }
    }

    /// Returns whether a proxy reads the requests, which then contain the whole URL.
    pub(super) fn is_proxied(&self) -> bool {
        self.is_proxied
    }

    /// Returns whether the service selected HTTP/2.
    pub(super) fn is_negotiated_h2(&self) -> bool {
        self.io.connected().is_negotiated_h2()
    }

    fn pinned(self: Pin<&mut Self>) -> Pin<&mut MaybeHttpsStream<FirstHop>> {
        Pin::new(&mut self.get_mut().io)
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.pinned().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.pinned().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.pinned().poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pinned().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.pinned().poll_shutdown(context)
    }
}
