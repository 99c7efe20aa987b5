//! `BackupSchedule`: when full backups run.

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
    /// Whether backups run by themselves, `BackupStrategyType`.
    ///
    /// Source: `ConfigureBackupPlan`.
    pub enum BackupStrategyType {
        /// On a weekly schedule.
        Simple = "simple",
        /// Only when asked for.
        Manual = "manual",
    }
}

wire_enum! {
    /// A day of the week, as `BackupPeriod` lists them.
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

/// One or more days of the week, `BackupPeriod`: never empty, in the order of the week.
///
/// Wire: names joined by commas. Source: `ConfigureBackupPlan`, `ModifyBackupStrategy`.
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
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven days.
    pub const EVERY_DAY: Self = Self(0b111_1111);

    /// Whether a day is among them.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// The days, in the order of the week.
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

    /// Reads day names joined by commas, with or without blanks.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.split(',')
            .try_fold(None, |days: Option<Self>, name| {
                let day: Weekday = name.trim().parse()?;
                Ok(Some(days.map_or(day.into(), |days| days | day)))
            })?
            .ok_or_else(|| InvalidValue::new("BackupPeriod", text, "name at least one day"))
    }
}

/// When full backups run: on request only, or on days of the week at a time of day.
///
/// Wire: `BackupStrategyType`, and for a weekly schedule `BackupPeriod` and `BackupStartTime`.
/// Source: `ConfigureBackupPlan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSchedule", into = "WireSchedule")]
#[non_exhaustive]
pub enum BackupSchedule {
    /// Backups run only when asked for, `manual`.
    Manual,
    /// Backups run every week, `simple`.
    Weekly {
        /// The days.
        weekdays: Weekdays,
        /// The time of day, UTC.
        start_time: StartTime,
    },
}

impl BackupSchedule {
    /// A weekly schedule: `BackupSchedule::weekly(Weekday::Monday, start_time!("02:00"))`.
    pub fn weekly(weekdays: impl Into<Weekdays>, start_time: StartTime) -> Self {
        Self::Weekly { weekdays: weekdays.into(), start_time }
    }
}

/// Reads a schedule among other parameters, if there is one.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BackupSchedule>, D::Error> {
    lenient::optional_group::<WireSchedule, _, _>(deserializer)
}

/// The parameters as they travel.
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
                "a manual plan has neither BackupPeriod nor BackupStartTime",
            )),
            (_, Some(weekdays), Some(start_time)) => Ok(Self::Weekly { weekdays, start_time }),
            (_, None, _) => {
                Err(InvalidValue::new("BackupPeriod", "", "a simple strategy needs its weekdays"))
            }
            (_, _, None) => Err(InvalidValue::new("BackupStartTime", "", NO_TIME)),
        }
    }
}

/// The schedule that a configured plan shall have from now on.
///
/// Unlike [`BackupSchedule`] it names days also when backups run on request only: the service
/// wants `BackupPeriod` with every change. Wire: `BackupStrategyType`, `BackupPeriod`,
/// `BackupStartTime`. Source: `ModifyBackupStrategy`, whose Chinese page asks for at least two
/// days a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireSchedule", into = "WireSchedule")]
#[non_exhaustive]
pub enum NewSchedule {
    /// Backups run every week, `simple`.
    Weekly {
        /// The days.
        weekdays: Weekdays,
        /// The time of day, UTC.
        start_time: StartTime,
    },
    /// Backups run only when asked for, `manual`.
    Manual {
        /// The days, which the service wants all the same.
        weekdays: Weekdays,
        /// The time of day, UTC, if the service shall keep one.
        start_time: Option<StartTime>,
    },
}

impl NewSchedule {
    /// A weekly schedule: `NewSchedule::weekly(Weekday::Monday, start_time!("02:00"))`.
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
        let weekdays = wire
            .weekdays
            .ok_or_else(|| InvalidValue::new("BackupPeriod", "", "name at least one day"))?;
        match (wire.strategy, wire.start_time) {
            (Some(BackupStrategyType::Manual), start_time) => {
                Ok(Self::Manual { weekdays, start_time })
            }
            (_, Some(start_time)) => Ok(Self::Weekly { weekdays, start_time }),
            (_, None) => Err(InvalidValue::new("BackupStartTime", "", NO_TIME)),
        }
    }
}

const NO_TIME: &str = "a simple strategy needs its time of day, HH:mm UTC";

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
    fn a_changed_schedule_always_names_its_days() {
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
    fn weekdays_are_a_set_in_week_order() {
        let days = Weekday::Sunday | Weekday::Monday | Weekday::Sunday;
        assert_eq!(days.iter().collect::<Vec<_>>(), [Weekday::Monday, Weekday::Sunday]);
        assert_eq!("sunday, Monday".parse(), Ok(days));
        assert_eq!(Weekdays::EVERY_DAY.iter().count(), 7);
        assert!("Monday,,Sunday".parse::<Weekdays>().is_err());
    }
}
