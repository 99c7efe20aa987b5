//! Escapes names and messages, which can contain anything, for each format.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Shows a character that a terminal, a browser or an XML parser would interpret.
const REPLACEMENT: char = '\u{fffd}';

/// Returns what to show instead of a character, or `None` if it is harmless.
///
/// Control characters move the cursor of a terminal and are invalid in XML. Bidirectional
/// overrides reorder the text that follows.
fn replaced(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
            Some(REPLACEMENT)
        }
        c if c.is_control() => Some(REPLACEMENT),
        _ => None,
    }
}

/// Returns a string in one line without characters that are interpreted.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| replaced(c).is_some()) {
        text.chars().map(|c| replaced(c).unwrap_or(c)).collect()
    } else {
        text.into()
    }
}

/// Escapes a string for the text and the attributes of XML and HTML.
#[derive(Clone, Copy, Debug)]
pub(super) struct Xml<'a>(pub(super) &'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                '\'' => f.write_str("&#39;"),
                c => f.write_char(replaced(c).unwrap_or(c)),
            }?;
        }
        Ok(())
    }
}

/// Escapes the value of a Prometheus label, without its quotes.
///
/// A line feed stays recognizable. Other control characters are replaced, because the output may be
/// shown in a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a>(pub(super) &'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\"),
                '"' => f.write_str("\\\""),
                '\n' => f.write_str("\\n"),
                c => f.write_char(replaced(c).unwrap_or(c)),
            }?;
        }
        Ok(())
    }
}

/// Writes a string as a YAML scalar in single quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Yaml<'a>(pub(super) &'a str);

impl fmt::Display for Yaml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", visible(self.0).replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: &str = "a\n\u{1b}[31m<b>&\"'\\\u{202e}\0é";

    #[test]
    fn each_format_escapes_its_characters() {
        assert_eq!(visible(ODD), "a \u{fffd}[31m<b>&\"'\\\u{fffd}\u{fffd}é");
        assert!(matches!(visible("orders é"), Cow::Borrowed(_)));
        let xml = "a \u{fffd}[31m&lt;b&gt;&amp;&quot;&#39;\\\u{fffd}\u{fffd}é";
        assert_eq!(Xml(ODD).to_string(), xml);
        let label = "a\\n\u{fffd}[31m<b>&\\\"'\\\\\u{fffd}\u{fffd}é";
        assert_eq!(Label(ODD).to_string(), label);
        assert_eq!(Yaml("it's: {{ \"x\" }}\n#").to_string(), "'it''s: {{ \"x\" }} #'");
    }
}
