//! The format of ini files: sections, keys, quotes and comments.

use std::collections::BTreeMap;

use super::fields::FieldValue;

/// A section, with its keys in lower case.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) fields: BTreeMap<String, FieldValue>,
    /// Why the section cannot be used: the first invalid line.
    pub(super) error: Option<String>,
}

/// Returns the sections, or why the file has none.
///
/// An invalid line makes its section unusable, and no other one. Reasons contain the number of a line,
/// but nothing of the line, because it may contain a secret.
pub(super) fn parse(content: &str) -> Result<BTreeMap<String, Section>, String> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current: Option<String> = None;
    for (index, line) in content.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        let invalid = |reason: &str| format!("line {}: {reason}", index + 1);
        if line.is_empty() || is_comment(line) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            let name = header.split_once(']').filter(|(_, rest)| ends(rest));
            let Some((name, _)) = name else {
                return Err(invalid("expected a section such as `[default]`"));
            };
            current = Some(name.trim().to_owned());
            sections.entry(name.trim().to_owned()).or_default();
            continue;
        }
        let Some(section) = current.as_ref().and_then(|name| sections.get_mut(name)) else {
            return Err(invalid("expected a section such as `[default]` before the first key"));
        };
        match read_line(line) {
            Ok((key, value)) => value.insert_into(&mut section.fields, key),
            Err(reason) => {
                section.error.get_or_insert_with(|| invalid(reason));
            }
        }
    }
    Ok(sections)
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}

/// Returns whether nothing or a comment follows.
fn ends(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || is_comment(rest)
}

fn read_line(line: &str) -> Result<(String, FieldValue), &'static str> {
    let expected = "expected `key = value`";
    let (key, value) = line.split_once('=').ok_or(expected)?;
    let key = key.trim_end();
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if key.is_empty() || !key.chars().all(is_key) {
        return Err(expected);
    }
    Ok((key.to_ascii_lowercase(), read_value(value.trim())?))
}

/// Reads a value without its quotes or comment.
///
/// Quotes around a value are removed, as by the readers of the vendor in Go and Node.
fn read_value(value: &str) -> Result<FieldValue, &'static str> {
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) {
        let (quoted, rest) = value[1..].split_once(quote).ok_or("a quote is not closed")?;
        if !ends(rest) {
            return Err("unexpected characters after a closing quote");
        }
        if quote == '"' && quoted.contains('\\') {
            return Err("escape sequences in quotes are not supported");
        }
        return Ok(FieldValue::text(quoted));
    }
    let value = without_comment(value).trim_end();
    if value.ends_with('\\') {
        return Err("continued lines are not supported");
    }
    Ok(FieldValue::text(value))
}

/// Returns a value up to a `#` or `;` that follows a space or tab.
fn without_comment(value: &str) -> &str {
    let mut after_space = true;
    for (at, c) in value.char_indices() {
        if after_space && matches!(c, '#' | ';') {
            return &value[..at];
        }
        after_space = c == ' ' || c == '\t';
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_begins_after_a_space_only() {
        let sections = parse(
            "\u{feff}# a comment\n; another\n[default] # c\nType = access_key ; c\n\
             access_key_secret = a#b;c # d\n empty =\n[ two ]\naccess_key_id=x\nno pair\n",
        )
        .unwrap();
        let text = |section: &str, key: &str| sections[section].fields[key].clone();
        assert_eq!(text("default", "type"), FieldValue::text("access_key"));
        assert_eq!(text("default", "access_key_secret"), FieldValue::text("a#b;c"));
        assert_eq!(text("default", "empty"), FieldValue::Absent);
        assert_eq!(text("two", "access_key_id"), FieldValue::text("x"));
        assert_eq!(sections.len(), 2);
        assert_eq!(sections["default"].error, None);
        assert_eq!(sections["two"].error.as_deref(), Some("line 9: expected `key = value`"));
    }

    #[test]
    fn quotes_around_a_value_are_removed() {
        for (line, value) in [
            ("k = 'LTAI'", Ok("LTAI")),
            ("k = \"LTAI\"  # c", Ok("LTAI")),
            ("k = `LTAI`", Ok("LTAI")),
            ("k = 'a # b'", Ok("a # b")),
            ("k = a'b\"c", Ok("a'b\"c")),
            ("k = ''", Ok("")),
            ("k = 'LTAI", Err("a quote is not closed")),
            ("k = 'LT'AI", Err("unexpected characters after a closing quote")),
            ("k = \"\"\"LTAI\"\"\"", Err("unexpected characters after a closing quote")),
            (r#"k = "LT\AI""#, Err("escape sequences in quotes are not supported")),
            ("k = LTAI\\", Err("continued lines are not supported")),
            ("k: LTAI", Err("expected `key = value`")),
            ("k: LT=AI", Err("expected `key = value`")),
            ("= LTAI", Err("expected `key = value`")),
            ("two words = x", Err("expected `key = value`")),
        ] {
            let read = read_line(line).map(|(_, value)| value);
            assert_eq!(read, value.map(FieldValue::text), "{line}");
        }
    }

    #[test]
    fn invalid_structure_makes_the_file_invalid() {
        for (content, line) in [
            ("k = hunter2\n[default]\n", 1),
            ("[default\nk = v\n", 1),
            ("[default]\n[two] hunter2\n", 2),
        ] {
            let error = parse(content).unwrap_err();
            assert!(error.starts_with(&format!("line {line}: expected a section")), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
