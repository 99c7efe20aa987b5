//! `StartTime`: the time of day at which full backups start.

use std::fmt;
use std::str::FromStr;

use serde_with::{DeserializeFromStr, SerializeDisplay};

use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::schema::value_schema;

/// The time of day, UTC, at which full backups start: 00:00 to 23:59.
///
/// On the wire it is a string of the form `HH:mm`. Wire name: `BackupStartTime`.
/// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{StartTime, start_time};
///
/// assert_eq!(start_time!("14:22"), "14:22".parse()?);
/// assert!(StartTime::new(24, 0).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr,
)]
#[doc(alias = "BackupStartTime")]
pub struct StartTime {
    hour: u8,
    minute: u8,
}

impl StartTime {
    #[doc(hidden)]
    pub const RANGE: &'static str = "expected a time of day from 00:00 to 23:59, UTC";

    /// Parses `HH:mm` in a constant, where `FromStr` cannot be called.
    #[doc(hidden)]
    pub const fn checked(text: &str) -> Option<Self> {
        const fn number(tens: u8, ones: u8) -> u8 {
            if tens.is_ascii_digit() && ones.is_ascii_digit() {
                (tens - b'0') * 10 + (ones - b'0')
            } else {
                u8::MAX
            }
        }
        match text.as_bytes() {
            &[h, hh, b':', m, mm] => Self::in_range(number(h, hh), number(m, mm)),
            _ => None,
        }
    }

    const fn in_range(hour: u8, minute: u8) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self { hour, minute }) } else { None }
    }

    /// Returns a time of day that is known only at run time.
    ///
    /// For a constant use [`start_time!`].
    ///
    /// # Errors
    ///
    /// Returns an error if the hour is above 23 or the minute above 59.
    pub fn new(hour: u8, minute: u8) -> Result<Self, InvalidValue> {
        Self::in_range(hour, minute).ok_or_else(|| {
            let given = format!("{hour:02}:{minute:02}");
            InvalidValue::new("BackupStartTime", given, Self::RANGE)
        })
    }

    /// Returns the hour, 0 to 23.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// Returns the minute, 0 to 59.
    pub const fn minute(self) -> u8 {
        self.minute
    }
}

impl fmt::Display for StartTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl FromStr for StartTime {
    type Err = InvalidValue;

    /// Parses `HH:mm`, with or without the trailing `Z` that one of the vendor's pages shows.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || InvalidValue::new("BackupStartTime", text, "expected `HH:mm`, UTC");
        let (hour, minute) =
            text.strip_suffix('Z').unwrap_or(text).split_once(':').ok_or_else(invalid)?;
        let number = |part: &str| match part.len() {
            1 | 2 if part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse().map_err(|_| invalid())
            }
            _ => Err(invalid()),
        };
        Self::new(number(hour)?, number(minute)?)
    }
}

value_schema! {
    StartTime: {
        "type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5]?[0-9]Z?$", "examples": ["02:30"]
    }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __start_time {
    ($time:expr) => {
        $crate::__constant!($crate::types::StartTime, $crate::types::StartTime::checked($time))
    };
}

/// Makes a constant [`StartTime`] that the compiler checks.
///
/// Accepts a string of the form `HH:mm`, from 00:00 to 23:59, UTC.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{StartTime, start_time};
///
/// assert_eq!(Ok(start_time!("02:30")), StartTime::new(2, 30));
/// ```
#[doc(inline)]
pub use __start_time as start_time;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_of_day_are_accepted() {
        assert_eq!("02:05Z".parse(), Ok(start_time!("02:05")));
        assert_eq!(start_time!("02:05").to_string(), "02:05");
        for text in ["24:00", "12:60", "12", "12:3x", "+1:00", "012:00", ""] {
            assert!(text.parse::<StartTime>().is_err(), "{text}");
        }
    }
}
