//! `Mark`: a file beside the journal that says where the journal ended last.
//!
//! With it, a journal that was emptied or replaced by an older copy is detected. It is written after
//! each line without a sync, so it may be behind, but never ahead.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use super::format::Position;
use crate::rpc::private_file::private_options;
use crate::rpc::sign::acs3::payload_hash;

#[derive(Debug)]
pub(super) struct Mark(File);

impl Mark {
    /// Reads the file. `None` if it does not exist or is damaged.
    pub(super) fn read(path: &Path) -> io::Result<Option<Position>> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        let position = parse(&String::from_utf8_lossy(&text));
        if position.is_none() {
            tracing::warn!(
                path = %path.display(),
                "the mark of the journal is damaged, so an older copy is not detected",
            );
        }
        Ok(position)
    }

    /// Creates or opens the file, to overwrite it.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        private_options().write(true).create(true).truncate(false).open(path).map(Self)
    }

    /// Overwrites the mark.
    pub(super) fn write(&mut self, end: &Position) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(format(end).as_bytes())
    }
}

fn format(Position { lines, checksum }: &Position) -> String {
    let text = format!("{lines:016x} {checksum} ");
    let own = payload_hash(text.as_bytes());
    format!("{text}{}\n", &own[..16])
}

fn parse(text: &str) -> Option<Position> {
    let (lines, rest) = text.split_once(' ')?;
    let (checksum, _) = rest.split_once(' ')?;
    let lines = u64::from_str_radix(lines, 16).ok()?;
    let position = Position { lines, checksum: checksum.to_owned() };
    (format(&position) == text).then_some(position)
}
