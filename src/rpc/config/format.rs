//! The formats of settings: how each kind of value is parsed and written.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use crate::rpc::endpoint::Endpoint;
use crate::rpc::transport::ProxyUrl;
use crate::rpc::value::{InvalidValue, RegionId};

/// Reads and writes the values of a setting.
pub(super) trait Format<T> {
    /// Parses a value; the error says what is expected.
    fn read(text: &str) -> Result<T, String>;

    /// Returns the value as a file contains it.
    fn write(value: &T) -> impl Serialize;
}

/// A region id, in any case.
pub(super) struct RegionFormat;

impl Format<RegionId> for RegionFormat {
    fn read(text: &str) -> Result<RegionId, String> {
        RegionId::new(text.to_ascii_lowercase()).map_err(|error| error.to_string())
    }

    fn write(value: &RegionId) -> impl Serialize {
        value
    }
}

/// Any string.
pub(super) struct StringFormat;

impl Format<String> for StringFormat {
    fn read(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    fn write(value: &String) -> impl Serialize {
        value
    }
}

/// The endpoint of a service.
pub(super) struct EndpointFormat;

impl Format<String> for EndpointFormat {
    fn read(text: &str) -> Result<String, String> {
        match text.parse::<Endpoint>() {
            Ok(_) => Ok(text.to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn write(value: &String) -> impl Serialize {
        value
    }
}

/// A proxy URL without user and password, or `none`.
pub(super) struct ProxyFormat;

impl Format<String> for ProxyFormat {
    fn read(text: &str) -> Result<String, String> {
        if text != "none" && ProxyUrl::parse(text)?.authorization().is_some() {
            return Err(
                "invalid proxy: a configuration must not contain the user and password of \
                        a proxy; pass the URL to `ClientBuilder::proxy`"
                    .to_owned(),
            );
        }
        Ok(text.to_owned())
    }

    fn write(value: &String) -> impl Serialize {
        value
    }
}

/// A positive integer.
pub(super) struct PositiveFormat;

impl PositiveFormat {
    fn parse<T: FromStr + Default + PartialEq>(text: &str) -> Result<T, String> {
        match text.parse() {
            Ok(number) if number != T::default() => Ok(number),
            _ => Err(format!("expected a positive integer, got `{text}`")),
        }
    }
}

impl Format<u32> for PositiveFormat {
    fn read(text: &str) -> Result<u32, String> {
        Self::parse(text)
    }

    fn write(value: &u32) -> impl Serialize {
        value
    }
}

impl Format<usize> for PositiveFormat {
    fn read(text: &str) -> Result<usize, String> {
        Self::parse(text)
    }

    fn write(value: &usize) -> impl Serialize {
        value
    }
}

/// `true` or `false`, in any case.
pub(super) struct BoolFormat;

impl Format<bool> for BoolFormat {
    fn read(text: &str) -> Result<bool, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("expected `true` or `false`, got `{text}`")),
        }
    }

    fn write(value: &bool) -> impl Serialize {
        value
    }
}

/// A duration: `10`, `1.5`, `10s`, `500ms` or `2m`.
pub(super) struct DurationFormat;

impl Format<Duration> for DurationFormat {
    fn read(text: &str) -> Result<Duration, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit_seconds = match &text[digits.len()..] {
            "" | "s" => Some(1.0),
            "ms" => Some(0.001),
            "m" => Some(60.0),
            _ => None,
        };
        let number = digits.trim_end().parse::<f64>().ok();
        unit_seconds
            .zip(number)
            .and_then(|(unit, number)| Duration::try_from_secs_f64(number * unit).ok())
            .ok_or_else(|| {
                format!(
                    "invalid duration `{text}`: expected seconds (`10`) or a string such as `10s`, \
                     `500ms` or `2m`"
                )
            })
    }

    /// Returns the shortest string that parses to the same duration.
    fn write(value: &Duration) -> impl Serialize {
        match (value.subsec_nanos(), value.as_millis()) {
            (0, _) => format!("{}s", value.as_secs()),
            (nanos, millis) if nanos % 1_000_000 == 0 => format!("{millis}ms"),
            _ => format!("{}s", value.as_secs_f64()),
        }
    }
}

/// The name of a value, as its type parses and writes it.
pub(super) struct NameFormat;

impl<T: FromStr<Err = InvalidValue> + Display> Format<T> for NameFormat {
    fn read(text: &str) -> Result<T, String> {
        text.parse().map_err(|error: InvalidValue| error.to_string())
    }

    fn write(value: &T) -> impl Serialize {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::endpoint::Network;
    use crate::rpc::sign::SignatureVersion;

    #[test]
    fn durations_are_parsed_and_written() {
        for (text, millis) in
            [("10", 10_000), ("1.5", 1500), ("10s", 10_000), ("500ms", 500), ("2m", 120_000)]
        {
            let read = DurationFormat::read(text).unwrap();
            assert_eq!(read, Duration::from_millis(millis), "{text}");
            let written = serde_json::to_value(DurationFormat::write(&read)).unwrap();
            assert_eq!(DurationFormat::read(written.as_str().unwrap()), Ok(read));
        }
        for text in ["", "s", "-1", "10 years", "nan", "inf", "1e400", "10h5m", "ten"] {
            let error = DurationFormat::read(text).unwrap_err();
            assert!(error.contains("500ms"), "{error}");
        }
    }

    #[test]
    fn variants_are_parsed_in_any_spelling() {
        for text in ["rpc-v1", "RPC_V1"] {
            assert_eq!(NameFormat::read(text), Ok(SignatureVersion::RpcV1));
        }
        let error = <NameFormat as Format<Network>>::read("inner").unwrap_err();
        assert_eq!(error, "invalid network `inner`: expected `public` or `vpc`");
    }
}
