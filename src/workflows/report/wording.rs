//! How reasons write durations, and messages of the service.

use std::time::Duration;

/// The most characters of a reason.
const MAX_CHARS: usize = 300;

/// Returns a duration for people, such as `3 h`. It is rounded down.
pub(super) fn human(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (hours, days) = (minutes / 60, minutes / (60 * 24));
    match minutes {
        0 => "less than 1 min".to_owned(),
        1..120 => format!("{minutes} min"),
        _ if hours < 48 => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

/// Returns a message in one line, shortened to 300 characters.
///
/// Messages of the service can have lines, control characters and any length.
pub(super) fn one_line(message: &str) -> String {
    let mut line = String::new();
    let words = message.split(|c: char| c.is_whitespace() || c.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
        if line.len() > MAX_CHARS * 4 {
            break;
        }
    }
    if line.chars().count() > MAX_CHARS {
        line = line.chars().take(MAX_CHARS - 1).collect();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_down() {
        for (seconds, text) in [
            (0, "less than 1 min"),
            (59, "less than 1 min"),
            (60, "1 min"),
            (119 * 60, "119 min"),
            (120 * 60, "2 h"),
            (47 * 3600 + 3599, "47 h"),
            (48 * 3600, "2 days"),
            (u64::MAX, "213503982334601 days"),
        ] {
            assert_eq!(human(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn message_becomes_one_short_line() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[31m  c\0"), "a b [31m c");
        let long = one_line(&"ä".repeat(5000));
        assert_eq!(long.chars().count(), 300);
        assert!(long.ends_with('…'));
        assert_eq!(one_line(&"ä".repeat(300)), "ä".repeat(300));
    }
}
