//! Fuzzes values that people write: a parsed value round-trips through `Display`.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use aliyun_dbs::types::{
    BackupPlanId, ClientToken, DatabaseType, ErrorCode, InstanceClass, Open, PeriodUnit, StartTime,
    Weekdays,
};
use aliyun_dbs::{Period, Region};
use libfuzzer_sys::fuzz_target;

fn check<T: FromStr<Err: Debug + Display> + Display + Debug + PartialEq>(text: &str) -> Option<T> {
    match text.parse::<T>() {
        Ok(value) => {
            let shown = value.to_string();
            assert_eq!(shown.parse::<T>().expect("its own string parses"), value);
            assert!(!shown.contains('\n'), "{shown:?}");
            Some(value)
        }
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            None
        }
    }
}

fuzz_target!(|text: &str| {
    if let Some(period) = check::<Period>(text) {
        let max = if period.unit() == PeriodUnit::Year { 9 } else { 11 };
        assert!((1..=max).contains(&period.used_time().get()));
    }
    check::<StartTime>(text);
    check::<Weekdays>(text);
    check::<Region>(text);
    check::<DatabaseType>(text);
    check::<InstanceClass>(text);
    check::<BackupPlanId>(text);
    check::<ClientToken>(text);
    // Never fails: an unknown value is kept unchanged.
    let code = Open::<ErrorCode>::from_wire(text);
    assert!(code.known().is_some() || code.as_str() == text);
});
