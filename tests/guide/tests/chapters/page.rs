//! A page of the book, its prose and its blocks.

use std::fs;
use std::path::{Path, PathBuf};

/// A page, with its path in the repository.
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A fenced block of a page.
pub(crate) struct Block<'p> {
    /// The line of its first fence, starting at 1.
    pub(crate) line: usize,
    /// What follows the first fence, such as `rust,no_run`.
    pub(crate) info: &'p str,
    /// The lines between the fences.
    pub(crate) lines: Vec<&'p str>,
    /// The example and the anchor that the comment before the block names.
    pub(crate) from: Option<(&'p str, &'p str)>,
}

impl Page {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        let (mut open, mut from) = (false, None);
        for (index, line) in self.text.lines().enumerate() {
            match (line.trim_start().strip_prefix("```"), open) {
                (Some(info), false) => {
                    let info = info.trim();
                    blocks.push(Block {
                        line: index + 1,
                        info,
                        lines: Vec::new(),
                        from: from.take(),
                    });
                    open = true;
                }
                (Some(_), true) => open = false,
                (None, true) => blocks.last_mut().unwrap().lines.push(line),
                (None, false) if line.trim().is_empty() => {}
                (None, false) => from = named_example(line),
            }
        }
        blocks
    }

    /// Returns the lines outside blocks, with their numbers.
    pub(crate) fn prose(&self) -> Vec<(usize, &str)> {
        let mut open = false;
        let lines = self.text.lines().enumerate().filter(|(_, line)| {
            let is_fence = line.trim_start().starts_with("```");
            open ^= is_fence;
            !is_fence && !open
        });
        lines.map(|(index, line)| (index + 1, line)).collect()
    }
}

impl Block<'_> {
    pub(crate) fn code(&self) -> String {
        self.lines.join("\n")
    }
}

/// Parses `<!-- from examples/x.rs: anchor -->`.
fn named_example(line: &str) -> Option<(&str, &str)> {
    let named = line.trim().strip_prefix("<!-- from ")?.strip_suffix(" -->")?;
    named.split_once(": ")
}

/// Returns the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the chapters.
pub(crate) fn book() -> Vec<Page> {
    let folder = root().join("docs/guide/src");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| !path.ends_with("SUMMARY.md")).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        Page::new(&format!("docs/guide/src/{name}"), &fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}
