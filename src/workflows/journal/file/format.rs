//! The lines of a journal file: each has a checksum of itself and of all lines before it.
//!
//! ```text
//! aliyun-dbs journal 1 0123456789abcdef
//! <checksum> {"enter":{"key":"prod/orders/0","entry":{…}}}
//! <checksum> {"bought":{"key":"prod/orders/0","plan":"dbs1"}}
//! <checksum> {"done":{"key":"prod/orders/0"}}
//! ```
//!
//! The digits of the first line are random. They are the checksum that the second line continues.

use std::io::{self, BufRead};

use super::super::records::{Change, Records};
use crate::rpc::sign::acs3::payload_hash;

/// The start of the first line.
const MAGIC: &str = "aliyun-dbs journal 1 ";

/// The digits of a checksum.
const DIGITS: usize = 16;

/// What to do about a file that the mark does not fit.
const RESTORE: &str = "restore the file; or, to continue with what is left, remove the file of the same name with \
     `.mark` at its end";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where a file ends: the number of its lines, and the checksum of the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) lines: u64,
    pub(super) checksum: String,
}

/// What a file contains.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) records: Records,
    pub(super) end: Position,
    /// The length of the valid lines.
    pub(super) length: u64,
    /// Whether the last line is valid, but does not end.
    pub(super) is_unterminated: bool,
}

/// Why a file is refused.
pub(super) enum Refusal {
    /// A line is damaged; the string says why.
    Line(u64, String),
    /// The file could not be read.
    Io(io::Error),
}

/// Returns the first line, and its position.
pub(super) fn first_line(random: &str) -> (String, Position) {
    let checksum = random[..DIGITS].to_owned();
    (format!("{MAGIC}{checksum}\n"), Position { lines: 1, checksum })
}

/// Returns the line of a change after a position, and its position.
pub(super) fn next_line(after: &Position, json: &str) -> (String, Position) {
    let checksum = checksum(&after.checksum, json.as_bytes());
    let line = format!("{checksum} {json}\n");
    (line, Position { lines: after.lines + 1, checksum })
}

fn checksum(previous: &str, json: &[u8]) -> String {
    let mut hash = payload_hash(&[previous.as_bytes(), json].concat());
    hash.truncate(DIGITS);
    hash
}

/// Reads a file, and compares it with the position that an earlier process has marked.
pub(super) fn read(mut file: impl BufRead, mark: Option<&Position>) -> Result<Contents, Refusal> {
    let mut contents = Contents::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = file.read_until(b'\n', &mut line).map_err(Refusal::Io)?;
        if length == 0 {
            break;
        }
        let number = contents.end.lines + 1;
        let is_last = file.fill_buf().map_err(Refusal::Io)?.is_empty();
        match contents.read_line(&line) {
            Ok(()) => contents.length += length as u64,
            Err(_) if is_last && contents.is_torn(&line) => break,
            Err(why) => return Err(Refusal::Line(number, why)),
        }
        contents.is_unterminated = !line.ends_with(b"\n");
        if mark.is_some_and(|mark| mark.lines == number && mark.checksum != contents.end.checksum) {
            let why = "the file is another journal than the one that was written";
            return Err(Refusal::Line(number, format!("{why}: {RESTORE}")));
        }
    }
    let Position { lines, .. } = contents.end;
    if let Some(mark) = mark.filter(|mark| mark.lines > lines) {
        let why = format!(
            "the line is missing, because {} lines were written: the file was emptied or truncated, \
             or is an older copy: {RESTORE}",
            mark.lines
        );
        return Err(Refusal::Line(lines + 1, why));
    }
    contents.records.keep_all();
    Ok(contents)
}

impl Contents {
    /// Reads the next line, or says why it is invalid.
    fn read_line(&mut self, line: &[u8]) -> Result<(), String> {
        let line = text_of(line);
        if self.end.lines == 0 {
            self.end = header(line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line))?;
            return Ok(());
        }
        let json = self.json_of(line).ok_or_else(|| {
            "the checksum is wrong, so the line is damaged: restore the file from a backup"
                .to_owned()
        })?;
        let change: Change = serde_json::from_slice(json).map_err(|error| {
            format!("a later version of the crate wrote it ({error}): update the crate")
        })?;
        if !self.records.apply(change) {
            return Err("it contradicts the lines above: restore the file from a backup".to_owned());
        }
        self.end = next_line(&self.end, &String::from_utf8_lossy(json)).1;
        Ok(())
    }

    /// Returns the JSON of a line, if its checksum is right.
    fn json_of<'l>(&self, line: &'l [u8]) -> Option<&'l [u8]> {
        let (digits, json) = line.split_at_checked(DIGITS)?;
        let json = json.strip_prefix(b" ")?;
        (checksum(&self.end.checksum, json).as_bytes() == digits).then_some(json)
    }

    /// Returns whether the last line, which is invalid, is the rest of a write that did not end.
    ///
    /// It was not synced then, so no purchase followed from it.
    fn is_torn(&self, line: &[u8]) -> bool {
        if self.end.lines == 0 {
            let start = &line[..line.len().min(MAGIC.len())];
            let is_short = line.len() < MAGIC.len() + DIGITS && !line.ends_with(b"\n");
            return is_short && MAGIC.as_bytes().starts_with(start);
        }
        // A power failure can leave zeros in place of the data.
        if line.windows(2).any(|pair| pair == [0, 0]) {
            return true;
        }
        // Of a damaged line end, the rest of the line is valid.
        !line.ends_with(b"\n") && self.json_of(text_of(&line[..line.len() - 1])).is_none()
    }
}

/// Returns a line without its end.
fn text_of(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Reads the first line.
fn header(line: &[u8]) -> Result<Position, String> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if let Some(digits) = line.strip_prefix(MAGIC.as_bytes())
        && digits.len() == DIGITS
        && digits.iter().all(is_digit)
    {
        let checksum = String::from_utf8_lossy(digits).into_owned();
        return Ok(Position { lines: 1, checksum });
    }
    Err(if line.starts_with(b"{") {
        "the example `fleet` of version 0.1 wrote it: use another file".to_owned()
    } else {
        format!("expected a journal, which starts with `{}`: use another file", MAGIC.trim())
    })
}
