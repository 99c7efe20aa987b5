//! The limit on the values of a response, which bounds the memory that decoding needs.

/// The largest number of JSON values that a response may have.
///
/// The largest documented response, a page of 100 rows, has a tenth of it. Decoded, a value takes up
/// to a few hundred bytes, so that a body of 16 MiB could otherwise take gigabytes.
pub(super) const MAX_VALUES: usize = 100_000;

/// Returns whether a body has more than [`MAX_VALUES`] JSON values.
pub(super) fn has_too_many_values(body: &[u8]) -> bool {
    // A value takes at least two bytes: itself and what separates it from the next one.
    body.len() > 2 * MAX_VALUES && count_separators(body) >= MAX_VALUES
}

/// Counts what begins a JSON value, outside of strings: at least one per value but the first.
fn count_separators(body: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_too_many() {
        let list = |count| format!("[{}0]", "0,".repeat(count - 1));
        assert!(!has_too_many_values(list(MAX_VALUES - 2).as_bytes()));
        assert!(has_too_many_values(list(MAX_VALUES).as_bytes()));
        let rows = format!(r#"{{"Items":[{}{{}}]}}"#, "{},".repeat(1 << 20));
        assert!(has_too_many_values(rows.as_bytes()));
    }

    #[test]
    fn long_strings_are_few_values() {
        let text = r#"[{,\"[{,"#.repeat(1 << 18);
        assert!(!has_too_many_values(format!(r#"{{"ErrMessage":"{text}"}}"#).as_bytes()));
    }
}
