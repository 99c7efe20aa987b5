//! `Proxy`: an HTTP proxy that records its requests, and refuses them on demand.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use super::tls::Protocol;
use super::{Connection, Received, Server, spawn};

/// The user and the password of the proxy, as `Proxy-Authorization` contains them.
pub(crate) const AUTHORIZATION: &str = "Basic cGxhbnRlZC11c2VyOnBsYW50ZWQtcHJveHk=";

/// A proxy, which ends when it is dropped.
pub(crate) struct Proxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What the proxy sends to each request before it closes, or `None` to forward tunnels.
    reply: Option<&'static [u8]>,
    requests: Vec<Received>,
}

impl Proxy {
    pub(crate) fn start() -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let seen = state.clone();
        let server = Server::start(Protocol::Http, move |connection| {
            let request = connection.request()?;
            let reply = {
                let mut state = seen.lock().unwrap_or_else(PoisonError::into_inner);
                state.requests.push(request.clone());
                state.reply
            };
            match reply {
                Some(reply) => connection.write(reply),
                None if request.method == "CONNECT" => tunnel(connection, &request.target),
                None => connection.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied"),
            }
        })?;
        Ok(Self { server, state })
    }

    /// Returns the URL of the proxy, with the user and the password.
    pub(crate) fn url(&self) -> String {
        format!("http://planted-user:planted-proxy@{}", self.server.authority())
    }

    /// Sets what the proxy sends to each request before it closes.
    pub(crate) fn reply(&self, bytes: &'static [u8]) {
        self.state().reply = Some(bytes);
    }

    /// Returns the requests since the last call.
    pub(crate) fn take_requests(&self) -> Vec<Received> {
        std::mem::take(&mut self.state().requests)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connects to the target, and copies in both directions until both have ended.
fn tunnel(connection: &mut Connection, target: &str) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    connection.write("HTTP/1.1 200 OK\r\n\r\n")?;
    let client = connection.socket().try_clone()?;
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    spawn(move || copy(&from_client, &to_server))?;
    copy(&server, &client);
    Ok(())
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
