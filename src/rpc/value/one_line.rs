//! `one_line`: escapes what would forge or reorder a line of a log.

use std::borrow::Cow;

/// Returns a string with line breaks, control characters and direction marks escaped.
pub(crate) fn one_line<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
    let text = text.into();
    if !text.contains(must_be_escaped) {
        return text;
    }
    let mut line = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if must_be_escaped(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line.into()
}

fn must_be_escaped(c: char) -> bool {
    let separates_lines = matches!(c, '\u{2028}' | '\u{2029}');
    let changes_direction =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || separates_lines || changes_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, line) in [
            ("plain `ü` \\ \"", "plain `ü` \\ \""),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("a\u{1b}[31m\u{85}\u{2028}", "a\\u{1b}[31m\\u{85}\\u{2028}"),
            ("a\u{202e}b", "a\\u{202e}b"),
        ] {
            assert_eq!(one_line(text), line);
        }
    }
}
