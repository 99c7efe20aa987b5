//! `Config`: the settings of a client as a file or environment variables have them.
//!
//! [`for_each_setting`] is the one table of settings. The fields, their documentation, reading,
//! writing and [`ClientBuilder::config`](crate::ClientBuilder::config) are generated from it.

mod format;

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use self::format::{Choice, EndpointUrl, Flag, Format, Positive, ProxyUrl, RegionText, Text, Time};
use crate::rpc::endpoint::Network;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::outside::Io;
use crate::rpc::sign::SignatureVersion;
use crate::rpc::value::RegionId;
use crate::rpc::value::invalid_value::closest;
use crate::rpc::value::lenient;

/// Passes the table of settings to a macro. A row is: documentation, name, type, format, examples
/// for a file, and the step of `ClientBuilder` that takes the value.
macro_rules! for_each_setting {
    ($generate:ident) => {
        $generate! {
            /// The region whose endpoint serves the client.
            region: RegionId as RegionText, "a region id", ClientBuilder::region;

            /// The endpoint; overrides the region's.
            endpoint: String as EndpointUrl, r#"`"https://host:port"`"#, ClientBuilder::endpoint;

            /// The network to reach the region's endpoint through.
            network: Network as Choice, r#"`"public"`, `"vpc"`"#, ClientBuilder::network;

            /// The signature version.
            signature_version: SignatureVersion as Choice, r#"`"acs3"`, `"rpc-v1"`"#,
                ClientBuilder::signature_version;

            /// The timeout of a call with all its attempts and waits.
            timeout: Duration as Time, r#"`30`, `"30s"`, `"500ms"`, `"2m"`"#,
                ClientBuilder::timeout;

            /// The timeout of one attempt, connecting included.
            attempt_timeout: Duration as Time, "as `timeout`", ClientBuilder::attempt_timeout;

            /// The timeout of connecting.
            connect_timeout: Duration as Time, "as `timeout`", ClientBuilder::connect_timeout;

            /// The number of attempts, including the first.
            max_attempts: u32 as Positive, "`4`", |builder: ClientBuilder, attempts| {
                let retry = builder.retry.max_attempts(attempts);
                builder.retry(retry)
            };

            /// The longest delay before the first retry.
            retry_base_delay: Duration as Time, "as `timeout`", |builder: ClientBuilder, delay| {
                let retry = builder.retry.base_delay(delay);
                builder.retry(retry)
            };

            /// The longest delay before any retry.
            retry_max_delay: Duration as Time, "as `timeout`", |builder: ClientBuilder, delay| {
                let retry = builder.retry.max_delay(delay);
                builder.retry(retry)
            };

            /// The number of requests that may be in flight at once.
            max_concurrent_calls: usize as Positive, "`16`", ClientBuilder::max_concurrent_calls;

            /// Whether the client enforces the published rate limits.
            rate_limiting: bool as Flag, "`true`", ClientBuilder::rate_limiting;

            /// The proxy, without user and password, or `none`.
            proxy: String as ProxyUrl, r#"`"http://host:port"`, `"none"`"#,
                |builder: ClientBuilder, proxy: String| match &*proxy {
                    "none" => builder.no_proxy(),
                    _ => builder.proxy(proxy),
                };

            /// An application identifier at the end of the user agent.
            user_agent_suffix: String as Text, r#"`"orders/1.4"`"#,
                ClientBuilder::user_agent_suffix;

            /// Whether requests to other machines may be unencrypted.
            allow_plain_http: bool as Flag, "`true`",
                |builder, allow| ClientBuilder { allow_plain_http: allow, ..builder };
        }
    };
}
pub(crate) use for_each_setting;

/// Generates [`Config`] and what depends on each of its fields.
macro_rules! define_config {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty as $format:ty, $file:literal, $_apply:expr;
    )*) => {
        /// The settings of a client, for a file or environment variables.
        ///
        /// A setting that is missing keeps its default.
        ///
        /// | setting | meaning | in a file |
        /// | --- | --- | --- |
        $(#[doc = concat!("| `", stringify!($name), "` |", $($doc,)+ " | ", $file, " |")])*
        ///
        /// In a file, names are in snake case or kebab case (`max-attempts`), and a number that is
        /// a duration is in seconds. An unknown setting or an invalid value is an error that names
        /// the setting and the expected values. The format of the file must distinguish strings
        /// from numbers, as JSON, TOML and YAML do.
        ///
        /// Environment variables have the same names in upper case, behind a prefix; see
        /// [`from_env`](Self::from_env).
        ///
        /// There are no secrets here: credentials come from a provider, and a proxy URL with a
        /// password goes to [`ClientBuilder::proxy`](crate::ClientBuilder::proxy).
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
        /// assert_eq!(client.endpoint().authority(), "dbs-api.cn-hangzhou.aliyuncs.com");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: Option<$type>,)*
        }

        /// The names of all settings, in the order of the table.
        const SETTINGS: &[&str] = &[$(stringify!($name)),*];

        impl Config {
            /// Sets one setting from a string; the error says what is expected.
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
    /// Reads the settings from variables whose names begin with an API's prefix.
    pub(crate) fn from_prefixed_env(prefix: &str, io: &Io) -> Result<Self, Error> {
        let mut config = Self::default();
        for setting in SETTINGS {
            let variable = format!("{prefix}{}", setting.to_ascii_uppercase());
            if let Some(text) = io.variable(&variable) {
                config.set(setting, &text).map_err(|why| {
                    Error::new(ErrorKind::Configuration, format!("{variable}: {why}"))
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

/// The value of a setting as a string; `None` for `null`.
struct Value(Option<String>);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::optional(deserializer).map(Self)
    }
}

/// Reads one setting at a time, so that an error can name the invalid one.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Settings;

        impl<'de> Visitor<'de> for Settings {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "client settings by name, such as {{\"timeout\": \"30s\"}}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let mut config = Config::default();
                let mut seen = Vec::new();
                while let Some(written) = map.next_key::<String>()? {
                    let named = |why: &str| A::Error::custom(format!("{written}: {why}"));
                    let setting = written.replace('-', "_");
                    if !SETTINGS.contains(&&*setting) {
                        return Err(named(&unknown(&setting)));
                    }
                    if seen.contains(&setting) {
                        return Err(named("duplicate setting: remove one of them"));
                    }
                    let value = map.next_value::<Value>();
                    if let Value(Some(text)) = value.map_err(|error| named(&error.to_string()))? {
                        config.set(&setting, &text).map_err(|why| named(&why))?;
                    }
                    seen.push(setting);
                }
                Ok(config)
            }
        }

        deserializer.deserialize_map(Settings)
    }
}
