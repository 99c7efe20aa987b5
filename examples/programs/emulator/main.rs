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
#[path = "../support/mod.rs"]
mod support;
mod options;

use std::net::SocketAddr;
use std::process::ExitCode;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use clap::Parser;
use options::Options;
use support::BoxError;

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
