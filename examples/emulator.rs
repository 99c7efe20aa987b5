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
use clap::Parser;
use support::BoxError;

const EXAMPLES: &str = "\
Examples:
  emulator --port 8080 --speed 60
          a server whose minutes take a second
  emulator --seed 1 --fleet 40
          40 plans, of which some are not well
  emulator --ready-json
          for a program, which reads URL and access key from the first line";

/// Runs the fake service as an HTTP server, for SDKs in any language and for a browser.
///
/// The first line on standard output is the URL, where a browser shows plans, backups and calls. SIGINT
/// or SIGTERM ends the server.
#[derive(Parser)]
#[command(name = "emulator", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,
    /// The port to listen on. 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Print the first line as JSON: URL, access key and process id
    #[arg(long)]
    ready_json: bool,
    /// Accept requests that control the emulator from other machines
    #[arg(long = "control-from-anywhere")]
    allow_remote_control: bool,

    /// Make the same ids in every run
    #[arg(long, value_name = "N", help_heading = SERVICE)]
    seed: Option<u64>,
    /// Start with this many plans, of which some are not well
    #[arg(long, value_name = "PLANS", help_heading = SERVICE)]
    fleet: Option<usize>,
    /// Enforce the published rate limits
    #[arg(long, help_heading = SERVICE)]
    rate_limits: bool,
    /// How many times faster than real time its clock runs
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1.0,
        value_parser = parse_speed,
        allow_negative_numbers = true,
        help_heading = SERVICE
    )]
    speed: f64,
    /// Forget client tokens after this many seconds of its clock
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = parse_seconds,
        allow_negative_numbers = true,
        help_heading = SERVICE
    )]
    token_memory: Option<Duration>,

    /// Accept this access key too
    #[arg(long, value_name = "ID", requires = "access_key_secret", help_heading = KEY)]
    access_key_id: Option<String>,
    /// The secret of that access key
    #[arg(long, value_name = "SECRET", requires = "access_key_id", help_heading = KEY)]
    access_key_secret: Option<String>,
    /// The security token of that access key, if it is temporary
    #[arg(long, value_name = "TOKEN", requires = "access_key_id", help_heading = KEY)]
    security_token: Option<String>,
}

const SERVICE: &str = "Service";
const KEY: &str = "Access key";

fn parse_speed(value: &str) -> Result<f64, String> {
    let max = FakeClock::MAX_SPEED;
    let speed = value.parse().ok().filter(|speed| (0.0..=max).contains(speed));
    speed.ok_or_else(|| format!("expected a number from 0 to {max}"))
}

fn parse_seconds(value: &str) -> Result<Duration, String> {
    let seconds = value.parse().map_err(|_| "expected a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{error}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    support::exit_code(run(Options::parse()).await)
}

async fn run(options: Options) -> Result<(), BoxError> {
    let dbs = options.seed.map_or_else(FakeDbs::new, FakeDbs::with_seed);
    dbs.enforce_rate_limits(options.rate_limits);
    dbs.forget_tokens_after(options.token_memory);
    if let Some(plans) = options.fleet {
        dbs.populate_example_fleet(plans);
    }
    let credentials = options.credentials();
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

impl Options {
    /// Returns the access key that the server accepts in addition to its own.
    fn credentials(&self) -> Option<Credentials> {
        let (id, secret) = (self.access_key_id.as_ref()?, self.access_key_secret.as_ref()?);
        let credentials = Credentials::new(id, secret.as_str());
        Some(match &self.security_token {
            Some(token) => credentials.with_security_token(token.as_str()),
            None => credentials,
        })
    }
}
