//! Accepts connections up to a limit, serves them, and drains them at shutdown.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::body::MAX_HEAD;
use super::exchange;
use super::shared::Shared;
use super::slots::{Slot, Slots};
use super::write_timeout::WriteTimeout;

/// The most headers of a request.
const MAX_HEADERS: usize = 100;
/// The delay after a failed accept, such as when no file descriptor is free.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Serves connections until `shutdown` resolves, then drains them.
pub(super) async fn run(
    listener: TcpListener,
    shared: Arc<Shared>,
    max_connections: usize,
    drain_timeout: Duration,
    shutdown: impl Future<Output = ()> + Send,
) {
    let slots = Slots::new(max_connections, shared.read_timeout);
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    // Outlives a turn of the loop, so that no accepted connection is lost.
    let mut accepted = None;
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            // Removes finished tasks.
            Some(_) = connections.join_next() => {}
            Some((stream, peer, slot)) = next(&listener, &slots, &mut accepted) => {
                let (shared, stopped) = (shared.clone(), stopped.clone());
                connections.spawn(serve(stream, peer, shared, slot, stopped));
            }
        }
    }
    drop(listener);
    // Signals every connection to shut down.
    drop(stop);
    let drain = async { while connections.join_next().await.is_some() {} };
    if timeout(drain_timeout, drain).await.is_err() {
        connections.shutdown().await;
    }
}

/// Returns the next connection, with its slot.
async fn next(
    listener: &TcpListener,
    slots: &Arc<Slots>,
    accepted: &mut Option<(TcpStream, SocketAddr)>,
) -> Option<(TcpStream, SocketAddr, Slot)> {
    if accepted.is_none() {
        *accepted = Some(accept(listener).await);
    }
    let slot = slots.take().await?;
    accepted.take().map(|(stream, peer)| (stream, peer, slot))
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

/// Serves one connection until it ends.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    slot: Slot,
    mut stopped: watch::Receiver<()>,
) {
    // Sends small responses at once, without waiting for more data.
    let _ = stream.set_nodelay(true);
    let read_timeout = shared.read_timeout;
    let stream = WriteTimeout::new(stream, read_timeout);
    let marker = slot.marker();
    let service =
        service_fn(move |request| exchange::handle(shared.clone(), peer, marker.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(read_timeout)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // An error here comes from the client, or from a fault rule that closed the connection.
    tokio::select! {
        _ = connection.as_mut() => return,
        // Another connection needs the slot.
        () = slot.closed() => return,
        _ = stopped.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
