//! Dates of HTTP headers, in the three forms of RFC 9110.

use time::format_description::well_known::Rfc2822;
use time::{Date, Month, OffsetDateTime, Time};

const MONTHS: [(&str, Month); 12] = [
    ("Jan", Month::January),
    ("Feb", Month::February),
    ("Mar", Month::March),
    ("Apr", Month::April),
    ("May", Month::May),
    ("Jun", Month::June),
    ("Jul", Month::July),
    ("Aug", Month::August),
    ("Sep", Month::September),
    ("Oct", Month::October),
    ("Nov", Month::November),
    ("Dec", Month::December),
];

/// Parses an HTTP date: IMF-fixdate, RFC 850 or asctime.
///
/// `now` decides the century of a year of two digits: the date is at most 50 years in the future.
pub(crate) fn parse(date: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let date = date.trim();
    if let Ok(date) = OffsetDateTime::parse(date, &Rfc2822) {
        return Some(date);
    }
    let words: Vec<_> = date.split_ascii_whitespace().collect();
    match words[..] {
        // Sunday, 06-Nov-94 08:49:37 GMT
        [weekday, date, time, "GMT"] if weekday.ends_with(',') => {
            let mut parts = date.split('-');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            if parts.next().is_some() {
                return None;
            }
            at(full_year(year, now)?, month, day, time)
        }
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year] => at(year.parse().ok()?, month, day, time),
        _ => None,
    }
}

/// Returns the year of two digits or four.
fn full_year(year: &str, now: OffsetDateTime) -> Option<i32> {
    let digits: i32 = year.parse().ok()?;
    if year.len() != 2 {
        return Some(digits);
    }
    let year = now.year() - now.year().rem_euclid(100) + digits;
    Some(if year > now.year() + 50 { year - 100 } else { year })
}

fn at(year: i32, month: &str, day: &str, time: &str) -> Option<OffsetDateTime> {
    let (_, month) = MONTHS.iter().find(|(name, _)| name.eq_ignore_ascii_case(month))?;
    let date = Date::from_calendar_date(year, *month, day.parse().ok()?).ok()?;
    let mut parts = time.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // A leap second is the last second of its minute for this type.
    let time = Time::from_hms(hour, minute, second.min(59)).ok()?;
    parts.next().is_none().then(|| date.with_time(time).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_read_in_all_three_forms() {
        let now = OffsetDateTime::from_unix_timestamp(1_767_225_600).unwrap();
        let expected = OffsetDateTime::from_unix_timestamp(784_111_777).unwrap();
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "  Sun Nov  6 08:49:37 1994\t",
        ] {
            assert_eq!(parse(date, now), Some(expected), "{date}");
        }
        for (year, expected) in [("75", 2075), ("77", 1977), ("26", 2026), ("00", 2000)] {
            let date = parse(&format!("Monday, 01-Jan-{year} 00:00:00 GMT"), now).unwrap();
            assert_eq!(date.year(), expected);
        }
        for date in [
            "",
            "soon",
            "Sunday, 06-Nov-94 08:49:37",
            "Sunday, 06-Nov-94-1 08:49:37 GMT",
            "Sunday, 31-Feb-94 08:49:37 GMT",
            "Sun Nov  6 24:49:37 1994",
            "Sun Nov  6 08:49:37:1 1994",
            "Sun Foo  6 08:49:37 1994",
        ] {
            assert_eq!(parse(date, now), None, "{date}");
        }
    }
}
