//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use clap::Parser;

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
pub(crate) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    pub(crate) host: IpAddr,
    /// The port to listen on. 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Print the first line as JSON: URL, access key and process id
    #[arg(long)]
    pub(crate) ready_json: bool,
    /// Accept requests that control the emulator from other machines
    #[arg(long = "control-from-anywhere")]
    pub(crate) allow_remote_control: bool,

    /// Make the same ids in every run
    #[arg(long, value_name = "N", help_heading = SERVICE)]
    pub(crate) seed: Option<u64>,
    /// Start with this many plans, of which some are not well
    #[arg(long, value_name = "PLANS", help_heading = SERVICE)]
    pub(crate) fleet: Option<usize>,
    /// Enforce the published rate limits
    #[arg(long, help_heading = SERVICE)]
    pub(crate) rate_limits: bool,
    /// How many times faster than real time its clock runs
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1.0,
        value_parser = parse_speed,
        allow_negative_numbers = true,
        help_heading = SERVICE
    )]
    pub(crate) speed: f64,
    /// Forget client tokens after this many seconds of its clock
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = parse_seconds,
        allow_negative_numbers = true,
        help_heading = SERVICE
    )]
    pub(crate) token_memory: Option<Duration>,

    /// Accept this access key too
    #[arg(long, value_name = "ID", requires = "access_key_secret", help_heading = KEY)]
    pub(crate) access_key_id: Option<String>,
    /// The secret of that access key
    #[arg(long, value_name = "SECRET", requires = "access_key_id", help_heading = KEY)]
    pub(crate) access_key_secret: Option<String>,
    /// The security token of that access key, if it is temporary
    #[arg(long, value_name = "TOKEN", requires = "access_key_id", help_heading = KEY)]
    pub(crate) security_token: Option<String>,
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

impl Options {
    /// Returns the access key that the server accepts in addition to its own.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        let (id, secret) = (self.access_key_id.as_ref()?, self.access_key_secret.as_ref()?);
        let credentials = Credentials::new(id, secret.as_str());
        Some(match &self.security_token {
            Some(token) => credentials.with_security_token(token.as_str()),
            None => credentials,
        })
    }
}
