//! The headers of a response for the retry delay and the server's time.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use time::OffsetDateTime;

use crate::rpc::http_date;

/// Returns the delay that a response asks for.
///
/// Reads `x-acs-retry-after` in milliseconds, else `Retry-After` in seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = header("x-acs-retry-after").and_then(|millis| millis.parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    let after = header(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = http_date::parse(after, now)?;
    Duration::try_from(at - server_time(headers, now).unwrap_or(now)).ok()
}

/// Returns the server's time, from the header `Date` in any form of HTTP.
pub(super) fn server_time(headers: &HeaderMap, now: OffsetDateTime) -> Option<OffsetDateTime> {
    http_date::parse(headers.get(DATE)?.to_str().ok()?, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_is_read_in_every_format() {
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for (headers, delay) in [
            (vec![("x-acs-retry-after", "1500"), ("retry-after", "9")], Some(1500)),
            (vec![("x-acs-retry-after", "soon"), ("retry-after", "9")], Some(9000)),
            (
                vec![
                    ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
                    ("retry-after", "Tue, 14 Nov 2023 22:13:25 GMT"),
                ],
                Some(5000),
            ),
            (
                vec![
                    ("date", "Tuesday, 14-Nov-23 22:13:20 GMT"),
                    ("retry-after", "Tue Nov 14 22:13:25 2023"),
                ],
                Some(5000),
            ),
            (vec![("retry-after", "Tue, 14 Nov 2000 22:13:25 GMT")], None),
            (vec![("retry-after", "-1")], None),
            (vec![], None),
        ] {
            let headers: HeaderMap = headers
                .into_iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<HeaderMap>();
            assert_eq!(retry_after(&headers, now), delay.map(Duration::from_millis), "{headers:?}");
        }
    }
}
