//! `Server`: a server of a rule, which runs a script on each connection.
//!
//! The servers are threads with blocking sockets, without an HTTP library: most of what they send is
//! what such a library refuses to send.

mod connection;
pub(crate) mod frames;
pub(crate) mod ledger;
pub(crate) mod proxy;
pub(crate) mod tls;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

pub(crate) use self::connection::{Connection, Received};
use self::ledger::Ledger;
use self::tls::Protocol;

/// A server, which ends with all of its connections when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    ledger: Arc<Ledger>,
    /// Keeps the port until the server has ended.
    _listener: TcpListener,
}

impl Server {
    /// Starts a server that runs a script on each connection, each on its own thread.
    ///
    /// After the script, the connection is closed in order, or as the script has set.
    pub(crate) fn start<F>(protocol: Protocol, script: F) -> io::Result<Self>
    where
        F: Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let config = protocol.config()?;
        let scheme = if config.is_some() { "https" } else { "http" };
        let (ledger, accepting) = (Arc::new(Ledger::default()), listener.try_clone()?);
        let (seen, script) = (ledger.clone(), Arc::new(script));
        spawn(move || {
            for stream in accepting.incoming() {
                if seen.is_over() {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (config, seen, script) = (config.clone(), seen.clone(), script.clone());
                let _ = spawn(move || {
                    if let Ok(mut connection) = Connection::open(stream, config, seen) {
                        let _ = script(&mut connection);
                        connection.end();
                    }
                });
            }
        })?;
        Ok(Self { address, scheme, ledger, _listener: listener })
    }

    /// Returns the URL of the server without a path.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Returns the host and the port.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ledger.end();
        // Ends the thread that accepts connections.
        let _ = TcpStream::connect(self.address);
    }
}

fn spawn(run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name("transport-check".to_owned()).spawn(run).map(drop)
}
