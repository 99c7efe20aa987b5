//! `Period`: the term of a subscription.

use std::fmt;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The unit of a subscription's term: years or months.
    ///
    /// Wire name: `Period`. Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    #[doc(alias = "Period")]
    pub enum PeriodUnit {
        /// Years; a term is 1 to 9.
        Year = "Year" ~ "years" ~ "yearly" ~ "annual",
        /// Months; a term is 1 to 11.
        Month = "Month" ~ "months" ~ "monthly",
    }
}

impl PeriodUnit {
    /// Returns the longest term in this unit: 9 years or 11 months.
    pub const fn max(self) -> u8 {
        match self {
            Self::Year => 9,
            Self::Month => 11,
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
        }
    }
}

/// The length of a term: 1 to 9 years or 1 to 11 months.
///
/// [`Period::used_time`] returns it. Wire name: `UsedTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UsedTime(u8);

impl UsedTime {
    /// Returns the number of years or months.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for UsedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The term of a subscription: 1 to 9 years or 1 to 11 months.
///
/// The compiler checks the terms of [`years`](Period::years) and [`months`](Period::months).
/// Use [`try_years`](Period::try_years), [`try_months`](Period::try_months) or parsing for a term
/// that is known only at run time.
///
/// Wire names: `Period` and `UsedTime`. Source:
/// [`CreateBackupPlan`](crate::operations::CreateBackupPlan). Its vendor's page of 2020 allows up
/// to 9 years and today's page up to 5, so the service may reject 6 to 9 years. Deserialization
/// reads the two parameters, or a string as `FromStr` does.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Period;
///
/// assert_eq!(Period::years::<3>(), "3 years".parse()?);
/// assert!(Period::try_months(12).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "WirePeriod")]
pub struct Period {
    unit: PeriodUnit,
    used_time: UsedTime,
}

impl Period {
    /// Returns a term of `N` years, from 1 to 9. The compiler checks the range.
    pub const fn years<const N: u8>() -> Self
    where
        Years<N>: YearTerm,
    {
        Self { unit: PeriodUnit::Year, used_time: UsedTime(N) }
    }

    /// Returns a term of `N` months, from 1 to 11. The compiler checks the range.
    ///
    /// For 12 months use one [year](Self::years).
    pub const fn months<const N: u8>() -> Self
    where
        Months<N>: MonthTerm,
    {
        Self { unit: PeriodUnit::Month, used_time: UsedTime(N) }
    }

    /// Returns a term of years for a number that is known only at run time.
    ///
    /// # Errors
    ///
    /// Returns an error if the number is not from 1 to 9.
    pub fn try_years(years: u8) -> Result<Self, InvalidValue> {
        Self::try_new(PeriodUnit::Year, u64::from(years))
    }

    /// Returns a term of months for a number that is known only at run time.
    ///
    /// # Errors
    ///
    /// Returns an error if the number is not from 1 to 11.
    pub fn try_months(months: u8) -> Result<Self, InvalidValue> {
        Self::try_new(PeriodUnit::Month, u64::from(months))
    }

    pub(super) fn try_new(unit: PeriodUnit, used_time: u64) -> Result<Self, InvalidValue> {
        match u8::try_from(used_time) {
            Ok(number) if (1..=unit.max()).contains(&number) => {
                Ok(Self { unit, used_time: UsedTime(number) })
            }
            _ => {
                let noun = unit.noun();
                let max = unit.max();
                let expected = match used_time {
                    months
                        if unit == PeriodUnit::Month && months > 0 && months.is_multiple_of(12) =>
                    {
                        let years = months / 12;
                        let plural = if years == 1 { "" } else { "s" };
                        format!(
                            "expected 1 to {max} months; for {months} months use {years} \
                             year{plural}"
                        )
                    }
                    _ => format!("expected 1 to {max} {noun}s"),
                };
                let plural = if used_time == 1 { "" } else { "s" };
                Err(InvalidValue::new("Period", format!("{used_time} {noun}{plural}"), expected))
            }
        }
    }

    /// Returns the unit of the term.
    ///
    /// Wire name: `Period`.
    pub const fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// Returns the number of years or months.
    pub const fn used_time(self) -> UsedTime {
        self.used_time
    }
}

impl fmt::Display for Period {
    /// Writes `3 years` or `1 month`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.used_time.0 == 1 { "" } else { "s" };
        f.pad(&format!("{} {}{plural}", self.used_time, self.unit.noun()))
    }
}

impl FromStr for Period {
    type Err = InvalidValue;

    /// Parses `3 years`, `1 year` or `11 months`, in any case. The space is optional.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || {
            let expected = "expected a term such as `3 years` or `11 months`";
            InvalidValue::new("Period", text, expected)
        };
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, noun) = trimmed.split_at(digits);
        let noun = noun.trim_start().to_ascii_lowercase();
        let unit = match noun.strip_suffix('s').unwrap_or(&noun) {
            "year" => PeriodUnit::Year,
            "month" => PeriodUnit::Month,
            _ => return Err(invalid()),
        };
        Self::try_new(unit, number.parse().map_err(|_| invalid())?)
    }
}

/// The wire form of [`Period`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WirePeriod {
    period: PeriodUnit,
    #[serde(deserialize_with = "lenient::required")]
    used_time: u64,
}

impl From<Period> for WirePeriod {
    fn from(period: Period) -> Self {
        Self { period: period.unit, used_time: u64::from(period.used_time.0) }
    }
}

impl TryFrom<WirePeriod> for Period {
    type Error = InvalidValue;

    fn try_from(wire: WirePeriod) -> Result<Self, InvalidValue> {
        Self::try_new(wire.period, wire.used_time)
    }
}

/// Reads the wire form, or the string that a person writes into a file.
impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PeriodVisitor;

        impl<'de> Visitor<'de> for PeriodVisitor {
            type Value = Period;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a term such as `3 years`, or `Period` and `UsedTime`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Period, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Period, A::Error> {
                let wire = WirePeriod::deserialize(MapAccessDeserializer::new(map))?;
                wire.try_into().map_err(de::Error::custom)
            }
        }

        deserializer.deserialize_any(PeriodVisitor)
    }
}

/// A number of years that the compiler checks in [`Period::years`].
#[derive(Clone, Copy, Debug)]
pub struct Years<const N: u8>(());

/// A number of months that the compiler checks in [`Period::months`].
#[derive(Clone, Copy, Debug)]
pub struct Months<const N: u8>(());

mod sealed {
    pub trait YearTerm {}
    pub trait MonthTerm {}
}

/// A valid term in years: [`Years<1>`](Years) to `Years<9>`.
#[diagnostic::on_unimplemented(
    message = "invalid term `{Self}`: `Period::years::<N>()` expects 1 to 9 years",
    label = "expected 1, 2, 3, 4, 5, 6, 7, 8 or 9",
    note = "for a number that is known only at run time, use `Period::try_years`"
)]
pub trait YearTerm: sealed::YearTerm {}

/// A valid term in months: [`Months<1>`](Months) to `Months<11>`.
#[diagnostic::on_unimplemented(
    message = "invalid term `{Self}`: `Period::months::<N>()` expects 1 to 11 months",
    label = "expected 1 to 11; for 12 months use `Period::years::<1>()`",
    note = "for a number that is known only at run time, use `Period::try_months`"
)]
pub trait MonthTerm: sealed::MonthTerm {}

macro_rules! terms {
    ($trait:ident for $($type:ty),+) => {
        $(impl sealed::$trait for $type {} impl $trait for $type {})+
    };
}
terms!(YearTerm for Years<1>, Years<2>, Years<3>, Years<4>, Years<5>, Years<6>, Years<7>, Years<8>,
    Years<9>);
terms!(MonthTerm for Months<1>, Months<2>, Months<3>, Months<4>, Months<5>, Months<6>, Months<7>,
    Months<8>, Months<9>, Months<10>, Months<11>);

#[doc(hidden)]
#[macro_export]
macro_rules! __period {
    ($years:literal year) => {
        $crate::Period::years::<$years>()
    };
    ($years:literal years) => {
        $crate::Period::years::<$years>()
    };
    ($months:literal month) => {
        $crate::Period::months::<$months>()
    };
    ($months:literal months) => {
        $crate::Period::months::<$months>()
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected 1 to 9 years or 1 to 11 months: `period!(3 years)`, `period!(11 months)`"
        )
    };
}

/// Makes a constant [`Period`] that the compiler checks.
///
/// Accepts 1 to 9 years or 1 to 11 months, in the form that [`Period`] parses and displays.
/// Equivalent to [`Period::years`] and [`Period::months`].
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Period;
/// use aliyun_dbs::types::period;
///
/// assert_eq!(period!(3 years), Period::years::<3>());
/// assert_eq!(period!(1 month), Period::months::<1>());
/// ```
#[doc(inline)]
pub use __period as period;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_terms_are_accepted() {
        for n in 0..=u8::MAX {
            assert_eq!(Period::try_years(n).is_ok(), (1..=9).contains(&n), "{n} years");
            assert_eq!(Period::try_months(n).is_ok(), (1..=11).contains(&n), "{n} months");
        }
        assert_eq!(Period::try_years(9), Ok(Period::years::<9>()));
        assert_eq!(Period::try_months(11), Ok(Period::months::<11>()));
    }

    #[test]
    fn errors_name_the_range_and_the_form() {
        let error = Period::try_years(10).unwrap_err();
        assert_eq!((error.name(), error.value()), ("Period", "10 years"));
        assert_eq!(error.to_string(), "invalid period `10 years`: expected 1 to 9 years");
        let error = Period::try_months(12).unwrap_err().to_string();
        assert!(error.contains("1 to 11 months; for 12 months use 1 year"), "{error}");
        let error = "3 weeks".parse::<Period>().unwrap_err().to_string();
        assert!(error.contains("`3 years` or `11 months`"), "{error}");
    }

    #[test]
    fn display_and_from_str_round_trip() {
        for (text, period) in [
            ("3 years", Period::years::<3>()),
            ("1 year", Period::years::<1>()),
            ("11 Months", Period::months::<11>()),
            (" 1month ", Period::months::<1>()),
        ] {
            assert_eq!(text.parse(), Ok(period), "{text}");
            assert_eq!(period.to_string().parse(), Ok(period));
        }
        for text in
            ["", "3", "years", "0 years", "-1 years", "3 yearss", "99999999999999999999 years"]
        {
            assert!(text.parse::<Period>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn wire_form_has_two_parameters() {
        let json = serde_json::to_string(&Period::months::<11>()).unwrap();
        assert_eq!(json, r#"{"Period":"Month","UsedTime":11}"#);
        for json in [r#"{"Period":"Month","UsedTime":11}"#, r#"{"Period":"Month","UsedTime":"11"}"#]
        {
            assert_eq!(serde_json::from_str::<Period>(json).unwrap(), Period::months::<11>());
        }
        for used_time in ["12", "0", "-1", "256", "\"x\""] {
            let json = format!(r#"{{"Period":"Month","UsedTime":{used_time}}}"#);
            assert!(serde_json::from_str::<Period>(&json).is_err(), "{json}");
        }
    }
}
