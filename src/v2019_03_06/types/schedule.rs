//! `BackupSchedule` and `NewSchedule`: when full backups run.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};

use super::start_time::StartTime;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Whether full backups run on a schedule or on request only.
    ///
    /// The service defaults to `simple`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    pub enum BackupStrategyType {
        /// Full backups run every week, on the days and at the time of the schedule.
        Simple = "simple" ~ "weekly" ~ "periodic" ~ "scheduled",
        /// Full backups run on request only.
        Manual = "manual" ~ "ondemand",
    }
}

wire_enum! {
    /// A day of the week; `|` combines several into [`Weekdays`].
    ///
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    pub enum Weekday {
        /// Monday.
        Monday = "Monday",
        /// Tuesday.
        Tuesday = "Tuesday",
        /// Wednesday.
        Wednesday = "Wednesday",
        /// Thursday.
        Thursday = "Thursday",
        /// Friday.
        Friday = "Friday",
        /// Saturday.
        Saturday = "Saturday",
        /// Sunday.
        Sunday = "Sunday",
    }
}

/// One or more days of the week, never empty, in the order of the week.
///
/// On the wire it is a string of names joined by commas. Wire name: `BackupPeriod`.
/// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan),
/// [`ModifyBackupStrategy`](crate::operations::ModifyBackupStrategy).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{Weekday, Weekdays};
///
/// let days = Weekday::Thursday | Weekday::Monday;
/// assert_eq!(days.to_string(), "Monday,Thursday");
/// assert_eq!("Monday,Thursday".parse(), Ok(days));
/// assert!("".parse::<Weekdays>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, SerializeDisplay, DeserializeFromStr)]
#[doc(alias = "BackupPeriod")]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven days.
    pub const EVERY_DAY: Self = Self(0b111_1111);

    /// Returns whether the set contains a day.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// Returns the days in the order of the week.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL.iter().copied().filter(move |day| self.contains(*day))
    }
}

impl From<Weekday> for Weekdays {
    fn from(day: Weekday) -> Self {
        Self(1 << day as u8)
    }
}

impl<T: Into<Self>> BitOr<T> for Weekdays {
    type Output = Self;

    fn bitor(self, other: T) -> Self {
        Self(self.0 | other.into().0)
    }
}

impl<T: Into<Weekdays>> BitOr<T> for Weekday {
    type Output = Weekdays;

    fn bitor(self, other: T) -> Weekdays {
        Weekdays::from(self) | other
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, day) in self.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            f.write_str(day.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for Weekdays {
    type Err = InvalidValue;

    /// Parses day names joined by commas, with or without spaces.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.split(',')
            .try_fold(None, |days: Option<Self>, name| {
                let day: Weekday = name.trim().parse()?;
                Ok(Some(days.map_or(day.into(), |days| days | day)))
            })?
            .ok_or_else(|| InvalidValue::new("BackupPeriod", text, MISSING_DAYS))
    }
}

/// When full backups run: every week at a time of day, or on request only.
///
/// Wire names: `BackupStrategyType`, and for a weekly schedule `BackupPeriod` and
/// `BackupStartTime`. Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::{BackupSchedule, Weekday, start_time};
///
/// let days = Weekday::Monday | Weekday::Thursday;
/// let schedule = BackupSchedule::weekly(days, start_time!("02:00"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSchedule", into = "WireSchedule")]
#[non_exhaustive]
pub enum BackupSchedule {
    /// Full backups run on request only.
    ///
    /// Wire value: `manual`.
    Manual,
    /// Full backups run every week.
    ///
    /// Wire value: `simple`.
    #[doc(alias = "simple")]
    Weekly {
        /// The days of the week.
        ///
        /// Wire name: `BackupPeriod`.
        #[doc(alias = "BackupPeriod")]
        weekdays: Weekdays,
        /// The time of day, in UTC.
        ///
        /// Wire name: `BackupStartTime`.
        #[doc(alias = "BackupStartTime")]
        start_time: StartTime,
    },
    /// Full backups run every week, which is the default of the service.
    ///
    /// The same as [`Weekly`](Self::Weekly), but the request omits `BackupStrategyType`. The
    /// vendor's Terraform provider sends such requests.
    WeeklyByDefault {
        /// The days of the week.
        ///
        /// Wire name: `BackupPeriod`.
        #[doc(alias = "BackupPeriod")]
        weekdays: Weekdays,
        /// The time of day, UTC.
        ///
        /// Wire name: `BackupStartTime`.
        #[doc(alias = "BackupStartTime")]
        start_time: StartTime,
    },
}

impl BackupSchedule {
    /// Returns a weekly schedule on one day or several.
    pub fn weekly(weekdays: impl Into<Weekdays>, start_time: StartTime) -> Self {
        Self::Weekly { weekdays: weekdays.into(), start_time }
    }

    /// Returns the days and the time, or `None` if full backups run on request only.
    pub const fn days_and_time(self) -> Option<(Weekdays, StartTime)> {
        match self {
            Self::Manual => None,
            Self::Weekly { weekdays, start_time }
            | Self::WeeklyByDefault { weekdays, start_time } => Some((weekdays, start_time)),
        }
    }
}

/// Reads a schedule from a flattened request. Returns `None` if it has none.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BackupSchedule>, D::Error> {
    lenient::optional_group::<WireSchedule, _, _>(deserializer)
}

/// The wire form of [`BackupSchedule`] and [`NewSchedule`].
#[serde_with::skip_serializing_none]
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct WireSchedule {
    #[serde(rename = "BackupStrategyType")]
    strategy: Option<BackupStrategyType>,
    #[serde(rename = "BackupPeriod")]
    weekdays: Option<Weekdays>,
    #[serde(rename = "BackupStartTime")]
    start_time: Option<StartTime>,
}

impl From<BackupSchedule> for WireSchedule {
    fn from(schedule: BackupSchedule) -> Self {
        match schedule {
            BackupSchedule::Manual => {
                Self { strategy: Some(BackupStrategyType::Manual), ..Self::default() }
            }
            BackupSchedule::Weekly { weekdays, start_time } => Self {
                strategy: Some(BackupStrategyType::Simple),
                weekdays: Some(weekdays),
                start_time: Some(start_time),
            },
            BackupSchedule::WeeklyByDefault { weekdays, start_time } => {
                Self { strategy: None, weekdays: Some(weekdays), start_time: Some(start_time) }
            }
        }
    }
}

impl TryFrom<WireSchedule> for BackupSchedule {
    type Error = InvalidValue;

    fn try_from(wire: WireSchedule) -> Result<Self, InvalidValue> {
        match (wire.strategy, wire.weekdays, wire.start_time) {
            (Some(BackupStrategyType::Manual), None, None) => Ok(Self::Manual),
            (Some(BackupStrategyType::Manual), ..) => Err(InvalidValue::new(
                "BackupStrategyType",
                BackupStrategyType::Manual,
                "remove `BackupPeriod` and `BackupStartTime`, or set `simple`",
            )),
            (Some(BackupStrategyType::Simple), Some(weekdays), Some(start_time)) => {
                Ok(Self::Weekly { weekdays, start_time })
            }
            (None, Some(weekdays), Some(start_time)) => {
                Ok(Self::WeeklyByDefault { weekdays, start_time })
            }
            (_, None, _) => Err(InvalidValue::new("BackupPeriod", "", MISSING_DAYS)),
            (_, _, None) => Err(InvalidValue::new("BackupStartTime", "", MISSING_TIME)),
        }
    }
}

/// The new schedule of a configured plan.
///
/// Unlike [`BackupSchedule`], it has days even if full backups run on request only, because the
/// service requires `BackupPeriod` with every change.
///
/// Wire names: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`. Source:
/// [`ModifyBackupStrategy`](crate::operations::ModifyBackupStrategy), whose Chinese page requires
/// at least two days a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSchedule", into = "WireSchedule")]
#[non_exhaustive]
pub enum NewSchedule {
    /// Full backups run every week.
    ///
    /// Wire value: `simple`.
    #[doc(alias = "simple")]
    Weekly {
        /// The days of the week.
        ///
        /// Wire name: `BackupPeriod`.
        #[doc(alias = "BackupPeriod")]
        weekdays: Weekdays,
        /// The time of day, in UTC.
        ///
        /// Wire name: `BackupStartTime`.
        #[doc(alias = "BackupStartTime")]
        start_time: StartTime,
    },
    /// Full backups run on request only.
    ///
    /// Wire value: `manual`.
    Manual {
        /// The days of the week, which the service requires here too.
        ///
        /// Wire name: `BackupPeriod`.
        #[doc(alias = "BackupPeriod")]
        weekdays: Weekdays,
        /// The time of day, in UTC. Optional.
        ///
        /// Wire name: `BackupStartTime`.
        #[doc(alias = "BackupStartTime")]
        start_time: Option<StartTime>,
    },
}

impl NewSchedule {
    /// Returns a weekly schedule on one day or several.
    pub fn weekly(weekdays: impl Into<Weekdays>, start_time: StartTime) -> Self {
        Self::Weekly { weekdays: weekdays.into(), start_time }
    }
}

impl From<NewSchedule> for WireSchedule {
    fn from(schedule: NewSchedule) -> Self {
        let (strategy, weekdays, start_time) = match schedule {
            NewSchedule::Weekly { weekdays, start_time } => {
                (BackupStrategyType::Simple, weekdays, Some(start_time))
            }
            NewSchedule::Manual { weekdays, start_time } => {
                (BackupStrategyType::Manual, weekdays, start_time)
            }
        };
        Self { strategy: Some(strategy), weekdays: Some(weekdays), start_time }
    }
}

impl TryFrom<WireSchedule> for NewSchedule {
    type Error = InvalidValue;

    fn try_from(wire: WireSchedule) -> Result<Self, InvalidValue> {
        let weekdays =
            wire.weekdays.ok_or_else(|| InvalidValue::new("BackupPeriod", "", MISSING_DAYS))?;
        match (wire.strategy, wire.start_time) {
            (Some(BackupStrategyType::Manual), start_time) => {
                Ok(Self::Manual { weekdays, start_time })
            }
            (_, Some(start_time)) => Ok(Self::Weekly { weekdays, start_time }),
            (_, None) => Err(InvalidValue::new("BackupStartTime", "", MISSING_TIME)),
        }
    }
}

const MISSING_DAYS: &str = "expected at least one day, such as `Monday` or `Monday,Thursday`";
const MISSING_TIME: &str =
    "required when `BackupStrategyType` is `simple`; expected a time of day as `HH:mm`, UTC";

#[cfg(test)]
mod tests {
    use super::super::start_time::start_time;
    use super::*;

    #[test]
    fn wire_forms() {
        let weekly =
            BackupSchedule::weekly(Weekday::Monday | Weekday::Thursday, start_time!("14:22"));
        for (schedule, json) in [
            (
                weekly,
                r#"{"BackupStrategyType":"simple","BackupPeriod":"Monday,Thursday","BackupStartTime":"14:22"}"#,
            ),
            (
                BackupSchedule::WeeklyByDefault {
                    weekdays: Weekday::Monday.into(),
                    start_time: start_time!("02:00"),
                },
                r#"{"BackupPeriod":"Monday","BackupStartTime":"02:00"}"#,
            ),
            (BackupSchedule::Manual, r#"{"BackupStrategyType":"manual"}"#),
        ] {
            assert_eq!(serde_json::to_string(&schedule).unwrap(), json);
            assert_eq!(serde_json::from_str::<BackupSchedule>(json).unwrap(), schedule);
        }
        assert!(serde_json::from_str::<BackupSchedule>(r#"{"BackupPeriod":"Monday"}"#).is_err());
        let both = r#"{"BackupStrategyType":"Manual","BackupPeriod":"Monday"}"#;
        assert!(serde_json::from_str::<BackupSchedule>(both).is_err());
    }

    #[test]
    fn a_new_schedule_requires_its_days() {
        for (json, schedule) in [
            (
                r#"{"BackupStrategyType":"simple","BackupPeriod":"Monday","BackupStartTime":"02:00"}"#,
                NewSchedule::weekly(Weekday::Monday, start_time!("02:00")),
            ),
            (
                r#"{"BackupStrategyType":"manual","BackupPeriod":"Monday"}"#,
                NewSchedule::Manual { weekdays: Weekday::Monday.into(), start_time: None },
            ),
        ] {
            assert_eq!(serde_json::from_str::<NewSchedule>(json).unwrap(), schedule);
            assert_eq!(serde_json::to_string(&schedule).unwrap(), json);
        }
        for json in [r#"{"BackupStrategyType":"manual"}"#, r#"{"BackupPeriod":"Monday"}"#] {
            assert!(serde_json::from_str::<NewSchedule>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn weekdays_are_sorted_and_unique() {
        let days = Weekday::Sunday | Weekday::Monday | Weekday::Sunday;
        assert_eq!(days.iter().collect::<Vec<_>>(), [Weekday::Monday, Weekday::Sunday]);
        assert_eq!("sunday, Monday".parse(), Ok(days));
        assert_eq!(Weekdays::EVERY_DAY.iter().count(), 7);
        assert!("Monday,,Sunday".parse::<Weekdays>().is_err());
    }
}
