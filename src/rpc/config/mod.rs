//! `Config`: the settings of a client, from a file or environment variables.
//!
//! [`for_each_setting`] is the one table of settings. The fields, their documentation, reading,
//! writing and [`ClientBuilder::config`](crate::ClientBuilder::config) are generated from it.

mod format;

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use self::format::{
    BoolFormat, DurationFormat, EndpointFormat, Format, NameFormat, PositiveFormat, ProxyFormat,
    RegionFormat, StringFormat,
};
use crate::rpc::endpoint::Network;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::outside::Io;
use crate::rpc::sign::SignatureVersion;
use crate::rpc::value::RegionId;
use crate::rpc::value::invalid_value::closest;
use crate::rpc::value::lenient;

/// Passes the table of settings to a macro.
///
/// A row is: the meaning, its documentation, the name, type and format, the values in a file and
/// the default, and the step of `ClientBuilder` that takes the value.
macro_rules! for_each_setting {
    ($generate:ident) => {
        $generate! {
            /// The region of the endpoint.
            ///
            /// A region id, in any case. Required unless `endpoint` is set.
            /// Environment variable: `ALIYUN_DBS_REGION`.
            region: RegionId as RegionFormat, "a region id | required unless `endpoint` is set",
                ClientBuilder::region;

            /// The endpoint, which overrides that of the region.
            ///
            /// A URL `https://host:port` or a host with an optional port. Defaults to the endpoint
            /// of the region. Environment variable: `ALIYUN_DBS_ENDPOINT`.
            endpoint: String as EndpointFormat, r#"`"https://host:port"` | the region's"#,
                ClientBuilder::endpoint;

            /// The network through which the client reaches the region's endpoint.
            ///
            /// `public` or `vpc`, in any case. Defaults to `public`. Environment variable:
            /// `ALIYUN_DBS_NETWORK`.
            network: Network as NameFormat, r#"`"public"`, `"vpc"` | `"public"`"#,
                ClientBuilder::network;

            /// The version of the request signature.
            ///
            /// `acs3` or `rpc-v1`, in any case. Defaults to `acs3`. Environment variable:
            /// `ALIYUN_DBS_SIGNATURE_VERSION`.
            signature_version: SignatureVersion as NameFormat,
                r#"`"acs3"`, `"rpc-v1"` | `"acs3"`"#, ClientBuilder::signature_version;

            /// The timeout of a call, including all attempts and delays.
            ///
            /// A duration. Defaults to 60 seconds. Environment variable: `ALIYUN_DBS_TIMEOUT`.
            timeout: Duration as DurationFormat, "a duration | 60 seconds", ClientBuilder::timeout;

            /// The timeout of one attempt, including connecting.
            ///
            /// A duration. Defaults to 10 seconds. Environment variable:
            /// `ALIYUN_DBS_ATTEMPT_TIMEOUT`.
            attempt_timeout: Duration as DurationFormat, "a duration | 10 seconds",
                ClientBuilder::attempt_timeout;

            /// The timeout of connecting.
            ///
            /// A duration. Defaults to 5 seconds. Environment variable:
            /// `ALIYUN_DBS_CONNECT_TIMEOUT`.
            connect_timeout: Duration as DurationFormat, "a duration | 5 seconds",
                ClientBuilder::connect_timeout;

            /// The number of attempts, including the first.
            ///
            /// A positive integer. Defaults to 4. Environment variable: `ALIYUN_DBS_MAX_ATTEMPTS`.
            max_attempts: u32 as PositiveFormat, "a positive integer | 4",
                |builder: ClientBuilder, attempts| {
                    let retry = builder.retry.max_attempts(attempts);
                    builder.retry(retry)
                };

            /// The longest delay before the first retry; it doubles with each further retry.
            ///
            /// A duration. Defaults to 200 milliseconds. Environment variable:
            /// `ALIYUN_DBS_RETRY_BASE_DELAY`.
            retry_base_delay: Duration as DurationFormat, "a duration | 200 milliseconds",
                |builder: ClientBuilder, delay| {
                    let retry = builder.retry.base_delay(delay);
                    builder.retry(retry)
                };

            /// The longest delay before any retry, unless the service asks for a longer one.
            ///
            /// A duration. Defaults to 20 seconds. Environment variable:
            /// `ALIYUN_DBS_RETRY_MAX_DELAY`.
            retry_max_delay: Duration as DurationFormat, "a duration | 20 seconds",
                |builder: ClientBuilder, delay| {
                    let retry = builder.retry.max_delay(delay);
                    builder.retry(retry)
                };

            /// The number of requests that may be in flight at once.
            ///
            /// A positive integer. Defaults to no limit. Environment variable:
            /// `ALIYUN_DBS_MAX_CONCURRENT_CALLS`.
            max_concurrent_calls: usize as PositiveFormat, "a positive integer | no limit",
                ClientBuilder::max_concurrent_calls;

            /// Whether the client enforces the published rate limits.
            ///
            /// `true` or `false`, in any case. Defaults to `false`. Environment variable:
            /// `ALIYUN_DBS_RATE_LIMITING`.
            rate_limiting: bool as BoolFormat, "`true`, `false` | `false`",
                ClientBuilder::rate_limiting;

            /// The proxy for all requests.
            ///
            /// A URL `http://host:port` without user and password, or `none` to use no proxy.
            /// Defaults to the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` select.
            /// Environment variable: `ALIYUN_DBS_PROXY`.
            proxy: String as ProxyFormat,
                r#"`"http://host:port"`, `"none"` | from `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`"#,
                |builder: ClientBuilder, proxy: String| match &*proxy {
                    "none" => builder.no_proxy(),
                    _ => builder.proxy(proxy),
                };

            /// An application identifier, which the client appends to the user agent.
            ///
            /// A string such as `orders/1.4`. Defaults to no identifier. Environment variable:
            /// `ALIYUN_DBS_USER_AGENT_SUFFIX`.
            user_agent_suffix: String as StringFormat, r#"`"orders/1.4"` | none"#,
                ClientBuilder::user_agent_suffix;

            /// Whether the client may send unencrypted requests to other machines.
            ///
            /// `true` or `false`, in any case. Defaults to `false`. Environment variable:
            /// `ALIYUN_DBS_ALLOW_PLAIN_HTTP`.
            allow_plain_http: bool as BoolFormat, "`true`, `false` | `false`",
                |builder, allow| ClientBuilder { allow_plain_http: allow, ..builder };
        }
    };
}
pub(crate) use for_each_setting;

/// Generates [`Config`] and what depends on each of its fields.
macro_rules! define_config {
    ($(
        #[doc = $meaning:literal]
        $(#[doc = $doc:literal])*
        $name:ident: $type:ty as $format:ty, $values:literal, $_apply:expr;
    )*) => {
        /// The settings of a client, from a file or environment variables.
        ///
        /// [`ClientBuilder::config`](crate::ClientBuilder::config) applies them. A setting that is
        /// missing keeps its default.
        ///
        /// | setting | meaning | values in a file | default |
        /// | --- | --- | --- | --- |
        $(#[doc = concat!(
            "| [`", stringify!($name), "`](Self::", stringify!($name), ") |", $meaning, " | ", $values, " |"
        )])*
        ///
        /// # In a file
        ///
        /// `Config` implements serde's `Deserialize` and `Serialize`. Names are in snake case or
        /// kebab case (`max-attempts`). A duration is a number of seconds, or a string with a unit:
        /// `30`, `1.5`, `"30s"`, `"500ms"`, `"2m"`. The format of the file must distinguish strings
        /// from numbers, as JSON, TOML and YAML do. An unknown setting or an invalid value is an
        /// error that names the setting and the expected values.
        ///
        /// # In the environment
        ///
        /// [`from_env`](Self::from_env) reads the variable of each setting: a prefix and its name
        /// in upper case, such as `ALIYUN_DBS_MAX_ATTEMPTS`. Values are written as in a file,
        /// without quotes.
        ///
        /// # Secrets
        ///
        /// A configuration contains no secrets. Credentials come from a
        /// [provider](crate::credentials), and a proxy URL with a password goes to
        /// [`ClientBuilder::proxy`](crate::ClientBuilder::proxy).
        ///
        /// # Examples
        ///
        /// ```
        /// use aliyun_dbs::{Client, Config};
        /// use aliyun_dbs::credentials::Credentials;
        ///
        /// let config: Config = serde_json::from_str(
        ///     r#"{"region": "cn-shanghai", "timeout": "30s", "max_attempts": 3}"#,
        /// )?;
        /// let client = Client::builder()
        ///     .config(config)
        ///     .credentials(Credentials::new("id", "secret"))
        ///     .build()?;
        /// // The public host of Hangzhou serves Shanghai too.
        /// assert_eq!(client.endpoint().authority(), "dbs-api.cn-hangzhou.aliyuncs.com");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Config {
            $(#[doc = $meaning] $(#[doc = $doc])* pub $name: Option<$type>,)*
        }

        /// The names of all settings.
        const SETTINGS: &[&str] = &[$(stringify!($name)),*];

        impl Config {
            /// Parses one setting; the error says what is expected.
            fn set(&mut self, setting: &str, text: &str) -> Result<(), String> {
                $(if setting == stringify!($name) {
                    self.$name = Some(<$format as Format<$type>>::read(text)?);
                    return Ok(());
                })*
                Err(unknown(setting))
            }
        }

        impl Serialize for Config {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let present = [$(self.$name.is_some()),*];
                let present = present.iter().filter(|present| **present).count();
                let mut fields = serializer.serialize_struct("Config", present)?;
                $(match &self.$name {
                    Some(value) => {
                        let written = <$format as Format<$type>>::write(value);
                        fields.serialize_field(stringify!($name), &written)?;
                    }
                    None => fields.skip_field(stringify!($name))?,
                })*
                fields.end()
            }
        }
    };
}

for_each_setting!(define_config);

impl Config {
    /// Reads the settings from environment variables with the prefix of an API.
    pub(crate) fn from_prefixed_env(prefix: &str, io: &Io) -> Result<Self, Error> {
        let mut config = Self::default();
        for setting in SETTINGS {
            let variable = format!("{prefix}{}", setting.to_ascii_uppercase());
            if let Some(text) = io.variable(&variable) {
                config.set(setting, &text).map_err(|reason| {
                    Error::new(ErrorKind::Configuration, format!("{variable}: {reason}"))
                })?;
            }
        }
        Ok(config)
    }
}

fn unknown(setting: &str) -> String {
    match closest(setting, SETTINGS.iter().copied()) {
        Some(near) => format!("unknown setting: did you mean `{near}`?"),
        None => format!("unknown setting: expected one of {}", SETTINGS.join(", ")),
    }
}

/// The value of a setting as a string, or `None` for `null`.
struct SettingValue(Option<String>);

impl<'de> Deserialize<'de> for SettingValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::optional(deserializer).map(Self)
    }
}

/// Parses one setting at a time, so that an error can name the invalid one.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ConfigVisitor;

        impl<'de> Visitor<'de> for ConfigVisitor {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "client settings by name, such as {{\"timeout\": \"30s\"}}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let mut config = Config::default();
                let mut seen = Vec::new();
                while let Some(written) = map.next_key::<String>()? {
                    let named = |reason: &str| A::Error::custom(format!("{written}: {reason}"));
                    let setting = written.replace('-', "_");
                    if !SETTINGS.contains(&&*setting) {
                        return Err(named(&unknown(&setting)));
                    }
                    if seen.contains(&setting) {
                        return Err(named("duplicate setting: remove one of them"));
                    }
                    let value = map.next_value::<SettingValue>();
                    if let SettingValue(Some(text)) =
                        value.map_err(|error| named(&error.to_string()))?
                    {
                        config.set(&setting, &text).map_err(|reason| named(&reason))?;
                    }
                    seen.push(setting);
                }
                Ok(config)
            }
        }

        deserializer.deserialize_map(ConfigVisitor)
    }
}
