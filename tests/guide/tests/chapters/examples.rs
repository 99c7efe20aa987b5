//! Blocks that are a part of an example: `<!-- from examples/x.rs: anchor -->` precedes them.
//!
//! The part is between `// ANCHOR: anchor` and `// ANCHOR_END: anchor`. Hidden lines of the block, which
//! begin with `#`, are not compared.

use std::fs;

use super::page::{Block, Page, root};

/// Reads a file of the repository.
pub(crate) fn of_repository(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

type Read<'f> = &'f dyn Fn(&str) -> Option<String>;

pub(crate) fn findings(page: &Page, read: Read<'_>) -> Vec<String> {
    let mut findings = Vec::new();
    for block in page.blocks() {
        let Some(from) = block.from else { continue };
        let finding = match part(from, read) {
            Err(error) => error,
            Ok(part) if part != visible(&block) => {
                format!("the block differs from {}: run with UPDATE_DOCS=1", from.0)
            }
            Ok(_) => continue,
        };
        findings.push(format!("{}:{}: {finding}", page.path, block.line));
    }
    findings
}

/// Returns the page with the parts of the examples in its blocks.
pub(crate) fn updated(page: &Page, read: Read<'_>) -> Result<String, String> {
    let mut lines: Vec<String> = page.text.lines().map(str::to_owned).collect();
    // From the last block, so that the lines of the others stay.
    for block in page.blocks().iter().rev() {
        let Some(from) = block.from else { continue };
        let part = part(from, read)?;
        let before = block.lines.iter().take_while(|line| is_hidden(line)).count();
        let after = block.lines.iter().rev().take_while(|line| is_hidden(line)).count();
        let end = (block.line + block.lines.len() - after).max(block.line + before);
        lines.splice(block.line + before..end, part);
    }
    Ok(lines.join("\n") + "\n")
}

fn is_hidden(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

fn visible(block: &Block<'_>) -> Vec<String> {
    let lines = block.lines.iter().filter(|line| !is_hidden(line));
    lines.map(|line| (*line).to_owned()).collect()
}

/// Returns the lines between the anchors of an example, without their common indentation.
fn part((path, anchor): (&str, &str), read: Read<'_>) -> Result<Vec<String>, String> {
    let source = read(path).ok_or_else(|| format!("`{path}` does not exist"))?;
    let is_mark = |line: &str, mark: &str| line.trim() == format!("// {mark}: {anchor}");
    let after = source.lines().skip_while(|line| !is_mark(line, "ANCHOR")).skip(1);
    let lines: Vec<_> = after.take_while(|line| !is_mark(line, "ANCHOR_END")).collect();
    let is_complete = source.lines().any(|line| is_mark(line, "ANCHOR_END"));
    if lines.is_empty() || !is_complete {
        return Err(format!("`{path}` has no anchor `{anchor}`"));
    }
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    Ok(lines.iter().map(|line| line.get(common..).unwrap_or_default().to_owned()).collect())
}
