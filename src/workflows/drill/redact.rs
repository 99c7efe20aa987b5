//! Removes the password of the scratch database from the messages of a check.

/// What replaces the password.
const REPLACEMENT: &str = "***";

/// Returns a message without a password, also where it is percent-encoded, as in URLs.
pub(super) fn redact(message: &str, password: &str) -> String {
    if password.is_empty() {
        return message.to_owned();
    }
    let message = message.replace(password, REPLACEMENT);
    let decoded = decode(&message);
    let secret = password.as_bytes();
    let mut redacted = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(candidate) = decoded.get(at..at + secret.len()) {
        if candidate.iter().map(|(byte, _)| byte).eq(secret) {
            let from = candidate[0].1;
            redacted += &message[kept..from];
            redacted += REPLACEMENT;
            at += secret.len();
            kept = decoded.get(at).map_or(message.len(), |(_, start)| *start);
        } else {
            at += 1;
        }
    }
    redacted += &message[kept..];
    redacted
}

/// Returns the bytes of a percent-encoded string, each with where it starts.
fn decode(text: &str) -> Vec<(u8, usize)> {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let encoded = (*byte == b'%').then(|| Some((hex(at + 1)?, hex(at + 2)?))).flatten();
        let encoded = encoded.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        decoded.push((encoded.unwrap_or(*byte), at));
        at += if encoded.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_replaced_in_any_encoding() {
        for (message, password, expected) in [
            ("mysql://u:p@ss/w@h", "p@ss/w", "mysql://u:***@h"),
            ("mysql://u:p%40ss%2Fw@h/p@ss/w", "p@ss/w", "mysql://u:***@h/***"),
            ("u:p%40ss%2fw", "p@ss/w", "u:***"),
            ("%70%40%73%73/w end", "p@ss/w", "*** end"),
            ("50%41 of it", "50%41", "*** of it"),
            ("50%2541 of it", "50%41", "*** of it"),
            ("é%C3%A9é", "éé", "***é"),
            ("100 % of %zz and %", "x", "100 % of %zz and %"),
            ("", "x", ""),
            ("unchanged", "", "unchanged"),
        ] {
            assert_eq!(redact(message, password), expected, "{message}");
        }
    }
}
