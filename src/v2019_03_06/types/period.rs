//! `Period`: the term of a subscription, which cannot hold a term that is not sold.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Unit of a subscription's term; the parameter is called `Period` on the wire.
    pub enum PeriodUnit {
        /// The term is counted in years.
        Year = "Year",
        /// The term is counted in months.
        Month = "Month",
    }
}

impl PeriodUnit {
    /// Longest term in this unit: 9 years, 11 months.
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

/// Length of a subscription's term in its unit, `UsedTime`: only ever a number that is sold.
///
/// Part of a [`Period`], which is where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UsedTime(u8);

impl UsedTime {
    /// The number of years or months.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for UsedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Term of a subscription: 1 to 9 years or 1 to 11 months. Wire: `Period` and `UsedTime`.
///
/// A term that is not sold cannot be made: a constant one is checked by the compiler, one from
/// outside by [`try_years`](Period::try_years), [`try_months`](Period::try_months) or parsing.
/// Source: `CreateBackupPlan`. The 2020 page sells up to 9 years; today's page says 5, so the
/// service may refuse 6 to 9.
///
/// ```
/// use aliyun_dbs::Period;
///
/// assert_eq!(Period::years::<3>(), "3 years".parse()?);
/// assert!(Period::try_months(12).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WirePeriod", into = "WirePeriod")]
pub struct Period {
    unit: PeriodUnit,
    used_time: UsedTime,
}

impl Period {
    /// A term of `N` years, 1 to 9, checked by the compiler.
    pub const fn years<const N: u8>() -> Self
    where
        Years<N>: YearTerm,
    {
        Self { unit: PeriodUnit::Year, used_time: UsedTime(N) }
    }

    /// A term of `N` months, 1 to 11, checked by the compiler. Twelve months are one year.
    pub const fn months<const N: u8>() -> Self
    where
        Months<N>: MonthTerm,
    {
        Self { unit: PeriodUnit::Month, used_time: UsedTime(N) }
    }

    /// A term of years whose number is known only at run time.
    ///
    /// # Errors
    ///
    /// When the number is not 1 to 9.
    pub fn try_years(years: u8) -> Result<Self, InvalidValue> {
        Self::try_new(PeriodUnit::Year, u64::from(years))
    }

    /// A term of months whose number is known only at run time.
    ///
    /// # Errors
    ///
    /// When the number is not 1 to 11.
    pub fn try_months(months: u8) -> Result<Self, InvalidValue> {
        Self::try_new(PeriodUnit::Month, u64::from(months))
    }

    fn try_new(unit: PeriodUnit, used_time: u64) -> Result<Self, InvalidValue> {
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
                            "a plan is bought for 1 to {max} months; for {months} months say \
                             {years} year{plural}"
                        )
                    }
                    _ => format!("a plan is bought for 1 to {max} {noun}s"),
                };
                let plural = if used_time == 1 { "" } else { "s" };
                Err(InvalidValue::new("Period", format!("{used_time} {noun}{plural}"), expected))
            }
        }
    }

    /// The unit, `Period` on the wire.
    pub const fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// The number of units, `UsedTime` on the wire.
    pub const fn used_time(self) -> UsedTime {
        self.used_time
    }
}

impl fmt::Display for Period {
    /// `3 years`, `1 month`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.used_time.0 == 1 { "" } else { "s" };
        f.pad(&format!("{} {}{plural}", self.used_time, self.unit.noun()))
    }
}

impl FromStr for Period {
    type Err = InvalidValue;

    /// Reads `3 years`, `1 year`, `11 months`; the blank may be missing, case does not matter.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let form = || InvalidValue::new("Period", text, "write it as \"3 years\" or \"11 months\"");
        let trimmed = text.trim();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, noun) = trimmed.split_at(digits);
        let noun = noun.trim_start().to_ascii_lowercase();
        let unit = match noun.strip_suffix('s').unwrap_or(&noun) {
            "year" => PeriodUnit::Year,
            "month" => PeriodUnit::Month,
            _ => return Err(form()),
        };
        Self::try_new(unit, number.parse().map_err(|_| form())?)
    }
}

/// The two parameters as they travel.
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

/// Reads the pair from its two optional members, as they stand among other parameters.
pub(super) fn from_parts(unit: PeriodUnit, used_time: u64) -> Result<Period, InvalidValue> {
    Period::try_new(unit, used_time)
}

/// A number of years, for the compiler to check; see [`Period::years`].
#[derive(Clone, Copy, Debug)]
pub struct Years<const N: u8>(());

/// A number of months, for the compiler to check; see [`Period::months`].
#[derive(Clone, Copy, Debug)]
pub struct Months<const N: u8>(());

mod sealed {
    pub trait YearTerm {}
    pub trait MonthTerm {}
}

/// A number of years that a plan can be bought for: [`Years<1>`](Years) to `Years<9>`.
#[diagnostic::on_unimplemented(
    message = "no plan is sold for `{Self}`: `Period::years::<N>()` takes 1 to 9 years",
    label = "N must be 1, 2, 3, 4, 5, 6, 7, 8 or 9",
    note = "a number that is known only at run time goes through `Period::try_years`"
)]
pub trait YearTerm: sealed::YearTerm {}

/// A number of months that a plan can be bought for: [`Months<1>`](Months) to `Months<11>`.
#[diagnostic::on_unimplemented(
    message = "no plan is sold for `{Self}`: `Period::months::<N>()` takes 1 to 11 months",
    label = "N must be 1 to 11; for 12 months use `Period::years::<1>()`",
    note = "a number that is known only at run time goes through `Period::try_months`"
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

/// Makes a constant [`Period`], checked by `cargo check`.
///
/// Takes 1 to 9 years or 1 to 11 months, written as [`Period`] is displayed and parsed. The same
/// as [`Period::years`] and [`Period::months`].
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
    fn exactly_the_sold_terms_exist() {
        for n in 0..=u8::MAX {
            assert_eq!(Period::try_years(n).is_ok(), (1..=9).contains(&n), "{n} years");
            assert_eq!(Period::try_months(n).is_ok(), (1..=11).contains(&n), "{n} months");
        }
        assert_eq!(Period::try_years(9), Ok(Period::years::<9>()));
        assert_eq!(Period::try_months(11), Ok(Period::months::<11>()));
    }

    #[test]
    fn errors_say_the_range_and_what_to_write() {
        let error = Period::try_years(10).unwrap_err().to_string();
        assert_eq!(error, "\"10 years\" is not a valid Period: a plan is bought for 1 to 9 years");
        let error = Period::try_months(12).unwrap_err().to_string();
        assert!(error.contains("1 to 11 months; for 12 months say 1 year"), "{error}");
        let error = "3 weeks".parse::<Period>().unwrap_err().to_string();
        assert!(error.contains("\"3 years\" or \"11 months\""), "{error}");
    }

    #[test]
    fn text_goes_in_and_out() {
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
    fn the_wire_form_is_two_parameters() {
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
