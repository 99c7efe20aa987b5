//! Runs the fake service as an HTTP server, for SDKs in any language and for a browser.
//!
//! ```text
//! cargo run --example emulator -- --port 8080 --speed 60
//! ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tFakeDbsAccessKey \
//! ALIBABA_CLOUD_ACCESS_KEY_SECRET=FakeDbsAccessKeySecret0123456789 \
//!     cargo run --example list_plans -- --endpoint http://127.0.0.1:8080
//! ```
//!
//! The first line on standard output is the URL, or with `--ready-json` a JSON object that a program can
//! read: the URL, an access key that the emulator accepts, and its process id. A browser shows plans,
//! backups and calls at the URL; requests to `/_emulator/` control the emulator (see
//! `aliyun_dbs::fake::emulator`). With `--token-memory`, it forgets each client token after that many
//! seconds of its clock. SIGINT or SIGTERM ends it.

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

#[macro_use]
mod support;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use support::BoxError;

const USAGE: &str = "usage: emulator [--port N] [--host ADDRESS] [--access-key-id ID \
--access-key-secret SECRET [--security-token TOKEN]] [--seed N] [--rate-limits] [--speed N] \
[--token-memory SECONDS] [--ready-json] [--control-from-anywhere]";

struct Options {
    host: IpAddr,
    port: u16,
    access_key_id: Option<String>,
    access_key_secret: Option<String>,
    security_token: Option<String>,
    seed: Option<u64>,
    rate_limits: bool,
    speed: f64,
    token_memory: Option<Duration>,
    ready_json: bool,
    allow_remote_control: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    support::exit_code(run().await)
}

async fn run() -> Result<(), BoxError> {
    let Some(options) = options()? else { return Ok(()) };
    let dbs = options.seed.map_or_else(FakeDbs::new, FakeDbs::with_seed);
    dbs.enforce_rate_limits(options.rate_limits);
    dbs.forget_tokens_after(options.token_memory);
    let credentials = options.credentials()?;
    let is_default = credentials.is_none();
    if let Some(credentials) = credentials {
        dbs.add_credentials(credentials);
    }

    // Before the first line is printed, so that no signal after it is missed.
    let shutdown = signals()?;
    let address = SocketAddr::new(options.host, options.port);
    let mut emulator = Emulator::bind(dbs.clone(), address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?
        .speed(options.speed);
    if options.allow_remote_control {
        emulator = emulator.allow_remote_control();
    }
    if options.ready_json {
        println!("{}", ready(&emulator.url(), &dbs.credentials()));
    } else {
        println!("listening on {}", emulator.url());
    }
    if !emulator.local_addr().ip().is_loopback() {
        eprintln!("warning: the network can reach this server, which is for tests only");
    }
    if is_default && !options.ready_json {
        eprintln!("access key id      {}", dbs.credentials().access_key_id());
        eprintln!("access key secret  {}", dbs.credentials().access_key_secret().expose());
    }
    emulator.serve_until(shutdown).await;
    Ok(())
}

/// Returns the first line of `--ready-json`.
///
/// The access key is the emulator's own, which it accepts besides one of the arguments: a secret of
/// the user is not printed.
fn ready(url: &str, key: &Credentials) -> serde_json::Value {
    serde_json::json!({
        "ready": true,
        "url": url,
        "control": format!("{url}/_emulator/"),
        "access_key_id": key.access_key_id(),
        "access_key_secret": key.access_key_secret().expose(),
        "pid": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// Returns a future that ends with the first SIGINT or SIGTERM.
fn signals() -> Result<impl Future<Output = ()> + Send, BoxError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

/// Reads the options; returns `None` after `--help`.
fn options() -> Result<Option<Options>, BoxError> {
    let mut options = Options {
        host: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        access_key_id: None,
        access_key_secret: None,
        security_token: None,
        seed: None,
        rate_limits: false,
        speed: 1.0,
        token_memory: None,
        ready_json: false,
        allow_remote_control: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("missing value after `{name}`"));
        match name.as_str() {
            "--help" => {
                println!("{USAGE}");
                return Ok(None);
            }
            "--host" => options.host = parse(&name, "an IP address", &value()?)?,
            "--port" => options.port = parse(&name, "a port from 0 to 65535", &value()?)?,
            "--access-key-id" => options.access_key_id = Some(value()?),
            "--access-key-secret" => options.access_key_secret = Some(value()?),
            "--security-token" => options.security_token = Some(value()?),
            "--seed" => options.seed = Some(parse(&name, "a whole number", &value()?)?),
            "--speed" => options.speed = parse(&name, "a number", &value()?)?,
            "--token-memory" => {
                let seconds = parse(&name, "a number of seconds", &value()?)?;
                let memory = Duration::try_from_secs_f64(seconds);
                options.token_memory = Some(
                    memory
                        .map_err(|error| format!("{name}: invalid number of seconds: {error}"))?,
                );
            }
            "--ready-json" => options.ready_json = true,
            "--rate-limits" => options.rate_limits = true,
            "--control-from-anywhere" => options.allow_remote_control = true,
            _ => return Err(support::unexpected(&name, USAGE)),
        }
    }
    if !(0.0..=FakeClock::MAX_SPEED).contains(&options.speed) {
        let (speed, max) = (options.speed, FakeClock::MAX_SPEED);
        return Err(format!("--speed: expected a number from 0 to {max}, got `{speed}`").into());
    }
    Ok(Some(options))
}

/// Parses the value of an option. The error names the option.
fn parse<T: std::str::FromStr>(name: &str, kind: &str, value: &str) -> Result<T, BoxError> {
    value.parse().map_err(|_| format!("{name}: expected {kind}, got `{value}`").into())
}

impl Options {
    /// Returns the access key that the server accepts in addition to its own.
    fn credentials(&self) -> Result<Option<Credentials>, BoxError> {
        match (&self.access_key_id, &self.access_key_secret, &self.security_token) {
            (None, None, None) => Ok(None),
            (Some(id), Some(secret), None) => Ok(Some(Credentials::new(id, secret.as_str()))),
            (Some(id), Some(secret), Some(token)) => {
                let credentials = Credentials::new(id, secret.as_str());
                Ok(Some(credentials.with_security_token(token.as_str())))
            }
            _ => {
                Err("incomplete access key: set both --access-key-id and --access-key-secret"
                    .into())
            }
        }
    }
}
