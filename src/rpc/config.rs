//! `Config`: a client's settings as a file or the environment has them.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::environment::Environment;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::sign::SignatureVersion;
use crate::rpc::transport::parse_proxy;
use crate::rpc::value::invalid_value::closest;
use crate::rpc::value::{InvalidValue, RegionId};

/// What variables begin with; the rest is the member in capitals.
const PREFIX: &str = "ALIYUN_DBS_";

/// A client's settings in a form that a file can hold: what is not there keeps its default.
///
/// | member | in a file | variable |
/// | --- | --- | --- |
/// | `region` | `"cn-hangzhou"` | `ALIYUN_DBS_REGION` |
/// | `endpoint` | `"https://host:port"` | `ALIYUN_DBS_ENDPOINT` |
/// | `network` | `"public"`, `"vpc"` | `ALIYUN_DBS_NETWORK` |
/// | `signature_version` | `"acs3"`, `"rpc-v1"` | `ALIYUN_DBS_SIGNATURE_VERSION` |
/// | `timeout` | `30`, `"30s"`, `"500ms"`, `"2m"` | `ALIYUN_DBS_TIMEOUT` |
/// | `attempt_timeout` | as `timeout` | `ALIYUN_DBS_ATTEMPT_TIMEOUT` |
/// | `connect_timeout` | as `timeout` | `ALIYUN_DBS_CONNECT_TIMEOUT` |
/// | `max_attempts` | `4` | `ALIYUN_DBS_MAX_ATTEMPTS` |
/// | `retry_base_delay` | as `timeout` | `ALIYUN_DBS_RETRY_BASE_DELAY` |
/// | `retry_max_delay` | as `timeout` | `ALIYUN_DBS_RETRY_MAX_DELAY` |
/// | `max_concurrent_calls` | `16` | `ALIYUN_DBS_MAX_CONCURRENT_CALLS` |
/// | `rate_limiting` | `true` | `ALIYUN_DBS_RATE_LIMITING` |
/// | `proxy` | `"http://host:port"`, `"none"` | `ALIYUN_DBS_PROXY` |
/// | `user_agent_suffix` | `"orders/1.4"` | `ALIYUN_DBS_USER_AGENT_SUFFIX` |
/// | `allow_plain_http` | `true` | `ALIYUN_DBS_ALLOW_PLAIN_HTTP` |
///
/// Names are in snake case; `max-attempts` is read as well. A number that is a time is in
/// seconds. What is unknown or wrong is an error that names the member and says what to write.
/// Formats must tell texts from numbers, as JSON, TOML and YAML do.
///
/// There are no secrets here: credentials have a provider of their own, and a proxy with a
/// password belongs into [`ClientBuilder::proxy`](crate::ClientBuilder::proxy).
///
/// ```
/// use aliyun_dbs::{Client, Config};
/// use aliyun_dbs::credentials::Credentials;
///
/// let config: Config =
///     serde_json::from_str(r#"{"region": "cn-shanghai", "timeout": "30s", "max_attempts": 3}"#)?;
/// let client =
///     Client::builder().config(config).credentials(Credentials::new("id", "secret")).build()?;
/// assert_eq!(client.endpoint().authority(), "dbs-api.cn-hangzhou.aliyuncs.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Config {
    /// The region whose endpoint requests go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// An endpoint instead of the region's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The network to reach the region's endpoint by.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_network")]
    pub network: Option<Network>,
    /// The signature version.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_signature")]
    pub signature_version: Option<SignatureVersion>,
    /// How long a call may take with all its attempts and waits.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_duration")]
    pub timeout: Option<Duration>,
    /// How long one attempt may take, connecting included.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_duration")]
    pub attempt_timeout: Option<Duration>,
    /// How long connecting may take.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_duration")]
    pub connect_timeout: Option<Duration>,
    /// The number of attempts, the first included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// The longest wait before the first retry.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_duration")]
    pub retry_base_delay: Option<Duration>,
    /// The longest wait before any retry.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_duration")]
    pub retry_max_delay: Option<Duration>,
    /// How many requests may be on their way at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_calls: Option<usize>,
    /// Whether the client keeps the published limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limiting: Option<bool>,
    /// The proxy, without user and password, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// A word at the end of the user agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent_suffix: Option<String>,
    /// Whether requests may travel unencrypted to other machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_plain_http: Option<bool>,
}

impl Config {
    /// Every member, in the order of the table.
    pub const MEMBERS: &'static [&'static str] = &[
        "region",
        "endpoint",
        "network",
        "signature_version",
        "timeout",
        "attempt_timeout",
        "connect_timeout",
        "max_attempts",
        "retry_base_delay",
        "retry_max_delay",
        "max_concurrent_calls",
        "rate_limiting",
        "proxy",
        "user_agent_suffix",
        "allow_plain_http",
    ];

    /// Reads the variables of the table above. An empty one counts as not set.
    ///
    /// # Errors
    ///
    /// When a variable holds something else than its member; the message names it and says what
    /// to write.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_environment(&Environment::default())
    }

    /// As [`from_env`](Self::from_env), by a function of yours, for tests or another store of
    /// settings.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_env_with(
        read: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::from_environment(&Environment::new(read))
    }

    fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let mut config = Self::default();
        for member in Self::MEMBERS {
            let variable = format!("{PREFIX}{}", member.to_ascii_uppercase());
            if let Some(text) = environment.get(&variable) {
                config.set(member, text.trim()).map_err(|why| {
                    Error::new(ErrorKind::Configuration, format!("{variable}: {why}"))
                })?;
            }
        }
        Ok(config)
    }

    /// Sets a member from its text, or says what to write.
    fn set(&mut self, member: &str, text: &str) -> Result<(), String> {
        match member {
            "region" => self.region = Some(RegionId::new(text.to_ascii_lowercase()).map_err(said)?),
            "endpoint" => {
                text.parse::<Endpoint>().map_err(said)?;
                self.endpoint = Some(text.to_owned());
            }
            "network" => self.network = Some(network(text)?),
            "signature_version" => self.signature_version = Some(signature(text)?),
            "timeout" => self.timeout = Some(duration(text)?),
            "attempt_timeout" => self.attempt_timeout = Some(duration(text)?),
            "connect_timeout" => self.connect_timeout = Some(duration(text)?),
            "max_attempts" => self.max_attempts = Some(count(text)?),
            "retry_base_delay" => self.retry_base_delay = Some(duration(text)?),
            "retry_max_delay" => self.retry_max_delay = Some(duration(text)?),
            "max_concurrent_calls" => {
                self.max_concurrent_calls = usize::try_from(count(text)?).ok();
            }
            "rate_limiting" => self.rate_limiting = Some(flag(text)?),
            "proxy" => self.proxy = Some(proxy(text)?),
            "user_agent_suffix" => self.user_agent_suffix = Some(text.to_owned()),
            "allow_plain_http" => self.allow_plain_http = Some(flag(text)?),
            unknown => {
                return Err(match closest(unknown, Self::MEMBERS.iter().copied()) {
                    Some(near) => format!("there is no such member; did you mean {near}?"),
                    None => format!("there is no such member; use {}", Self::MEMBERS.join(", ")),
                });
            }
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn said(error: InvalidValue) -> String {
    error.to_string()
}

fn network(text: &str) -> Result<Network, String> {
    match text.to_ascii_lowercase().as_str() {
        "public" => Ok(Network::Public),
        "vpc" => Ok(Network::Vpc),
        _ => Err(format!("{text:?} is no network: write public or vpc")),
    }
}

fn network_name(network: Network) -> &'static str {
    match network {
        Network::Public => "public",
        Network::Vpc => "vpc",
    }
}

fn signature(text: &str) -> Result<SignatureVersion, String> {
    match text.to_ascii_lowercase().replace('_', "-").as_str() {
        "acs3" => Ok(SignatureVersion::Acs3),
        "rpc-v1" => Ok(SignatureVersion::RpcV1),
        _ => Err(format!("{text:?} is no signature version: write acs3 or rpc-v1")),
    }
}

fn signature_name(version: SignatureVersion) -> &'static str {
    match version {
        SignatureVersion::Acs3 => "acs3",
        SignatureVersion::RpcV1 => "rpc-v1",
    }
}

/// `10`, `1.5`, `10s`, `500ms`, `2m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds_each = match &text[digits.len()..] {
        "" | "s" => Some(1.0),
        "ms" => Some(0.001),
        "m" => Some(60.0),
        _ => None,
    };
    let number = digits.trim_end().parse::<f64>().ok();
    seconds_each
        .zip(number)
        .and_then(|(each, number)| Duration::try_from_secs_f64(number * each).ok())
        .ok_or_else(|| {
            format!("{text:?} is no time: write seconds (10) or a text such as 10s, 500ms or 2m")
        })
}

/// The shortest text that [`duration`] reads back.
fn duration_text(duration: Duration) -> String {
    match (duration.subsec_nanos(), duration.as_millis()) {
        (0, _) => format!("{}s", duration.as_secs()),
        (nanos, millis) if nanos % 1_000_000 == 0 => format!("{millis}ms"),
        _ => format!("{}s", duration.as_secs_f64()),
    }
}

fn count(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("{text:?} is no number of them: write a whole number from 1 on")),
    }
}

fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{text:?} is neither of true and false: write one")),
    }
}

fn proxy(text: &str) -> Result<String, String> {
    if text == "none" {
        return Ok(text.to_owned());
    }
    let url = parse_proxy(text)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "user and password do not belong into a configuration: leave them out, and give \
             ClientBuilder::proxy the whole URL"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn write_duration<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration.map(duration_text).serialize(serializer)
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn write_network<S: Serializer>(
    network: &Option<Network>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    network.map(network_name).serialize(serializer)
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn write_signature<S: Serializer>(
    version: &Option<SignatureVersion>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    version.map(signature_name).serialize(serializer)
}

/// A member's text; `None` for `null`.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::rpc::value::lenient::optional(deserializer).map(Self)
    }
}

/// One member after the other, so that an error can name the one that is wrong.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "the settings of a client by name, such as {{\"timeout\": \"30s\"}}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let mut config = Config::default();
                let mut seen = Vec::new();
                while let Some(written) = map.next_key::<String>()? {
                    let named = |why: &str| A::Error::custom(format!("{written}: {why}"));
                    let member = written.replace('-', "_");
                    if seen.contains(&member) {
                        return Err(named("it is there twice: leave one out"));
                    }
                    let value = map.next_value::<Text>().map_err(|error| named(&error.to_string()));
                    // An unknown member is told before its value is.
                    let known = Config::MEMBERS.contains(&&*member);
                    let text = if known { value? } else { value.unwrap_or(Text(None)) };
                    match text.0 {
                        Some(text) => config.set(&member, &text).map_err(|why| named(&why))?,
                        None if !known => config.set(&member, "").map_err(|why| named(&why))?,
                        None => {}
                    }
                    seen.push(member);
                }
                Ok(config)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, millis) in
            [("10", 10_000), ("1.5", 1500), ("10s", 10_000), ("500ms", 500), ("2m", 120_000)]
        {
            let read = duration(text).unwrap();
            assert_eq!(read, Duration::from_millis(millis), "{text}");
            assert_eq!(duration(&duration_text(read)), Ok(read));
        }
        for text in ["", "s", "-1", "10 years", "nan", "inf", "1e400", "10h5m", "ten"] {
            let error = duration(text).unwrap_err();
            assert!(error.contains("500ms"), "{error}");
        }
    }

    #[test]
    fn every_member_is_known_to_set() {
        for member in Config::MEMBERS {
            let error = Config::default().set(member, "\n");
            assert!(!error.is_err_and(|error| error.contains("no such member")), "{member}");
        }
    }
}
