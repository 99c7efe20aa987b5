//! Checks the chapters of the guide: the book, links, blocks, and commands.
//!
//! The code of the blocks runs as doc tests of this package. Each check returns its findings, and a test
//! plants a mistake for each.

#![expect(clippy::unwrap_used, reason = "a check that cannot read its files has failed")]

mod blocks;
mod commands;
mod examples;
mod links;
mod page;

use std::collections::BTreeSet;
use std::fs;

use guide::CHAPTERS;
use page::{Page, book, root};

#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// Returns the chapters that the summary lists.
fn listed(summary: &str) -> Vec<&str> {
    let links = summary.lines().filter_map(|line| line.trim_start().strip_prefix("- ["));
    let files = links.filter_map(|link| link.split_once("](")?.1.strip_suffix(".md)"));
    files.collect()
}

#[test]
fn summary_lists_the_tested_chapters() {
    let summary = fs::read_to_string(root().join("docs/guide/src/SUMMARY.md")).unwrap();
    assert_eq!(listed(&summary), CHAPTERS);
    let files: BTreeSet<_> = book().into_iter().map(|page| page.path).collect();
    let chapters = CHAPTERS.iter().map(|name| format!("docs/guide/src/{name}.md")).collect();
    assert_eq!(files, chapters, "expected a chapter for each file, and no other");
}

#[test]
fn links_lead_to_pages_and_headings() {
    let pages = book();
    assert!(pages.iter().map(links::count).sum::<usize>() > 20, "few links were found");
    let findings: Vec<_> = pages.iter().flat_map(links::findings).collect();
    assert_none(&findings);
}

#[test]
fn planted_links_are_found() {
    let text = "# One & two\n\n[a](many-plans.md#lists) [b](#one--two)\n\n```text\n# Three\n[c](x.md)\n```\n";
    let page = Page::new("docs/guide/src/planted.md", text);
    assert_none(&links::findings(&page));
    for wrong in ["missing.md", "many-plans.md#missing", "#three", "../../missing.md"] {
        let page = Page::new("docs/guide/src/planted.md", &format!("{text}\n[d]({wrong})\n"));
        let findings = links::findings(&page);
        assert!(findings.len() == 1 && findings[0].contains(wrong), "{wrong}: {findings:?}");
    }
}

#[test]
fn blocks_are_tested_and_parse() {
    let pages = book();
    assert!(pages.iter().map(|page| page.blocks().len()).sum::<usize>() > 20);
    let findings: Vec<_> = pages.iter().flat_map(blocks::findings).collect();
    assert_none(&findings);
}

#[test]
fn planted_blocks_are_found() {
    let cases = [
        ("```rust,ignore\nfn main() {}\n```", "`rust,ignore`"),
        ("```\nfn main() {}\n```", "``"),
        ("```yaml\na: [\n```", "yaml"),
        ("```yaml\n- name: orders\n  region: cn-hangzou\n```", "cn-hangzhou"),
        ("```json\n{,}\n```", "json"),
        ("```toml\naliyun-dbs = { version = \"0.1\", features = [\"fakes\"] }\n```", "fakes"),
        ("```python\nx = 1\n```", "`python`"),
    ];
    for (block, expected) in cases {
        let page = Page::new("docs/guide/src/planted.md", block);
        let findings = blocks::findings(&page);
        assert!(findings.len() == 1 && findings[0].contains(expected), "{block}: {findings:?}");
    }
    let good = "```toml\naliyun-dbs = { version = \"0.1\", features = [\"fake\", \"hyper\"] }\n```";
    assert_none(&blocks::findings(&Page::new("docs/guide/src/planted.md", good)));
}

#[test]
fn commands_name_examples_and_options() {
    let pages = book();
    assert!(pages.iter().map(commands::count).sum::<usize>() > 5, "few commands were found");
    let findings: Vec<_> = pages.iter().flat_map(commands::findings).collect();
    assert_none(&findings);
}

#[test]
fn planted_commands_are_found() {
    for (command, expected) in [
        ("cargo run --example missing", "`missing`"),
        ("cargo run -p missing --example fleet", "`missing`"),
        ("cargo run --example fleet -- \\\n    --count 2 --no-such", "`--no-such`"),
    ] {
        let page = Page::new("docs/guide/src/planted.md", &format!("```sh\n{command}\n```"));
        let findings = commands::findings(&page);
        assert!(findings.len() == 1 && findings[0].contains(expected), "{command}: {findings:?}");
    }
}

/// `UPDATE_DOCS=1` rewrites the blocks instead.
#[test]
fn blocks_equal_the_examples() {
    let pages = book();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        for page in &pages {
            let updated = examples::updated(page, &examples::of_repository);
            fs::write(root().join(&page.path), updated.unwrap()).unwrap();
        }
        return;
    }
    let findings: Vec<_> =
        pages.iter().flat_map(|page| examples::findings(page, &examples::of_repository)).collect();
    assert_none(&findings);
}

#[test]
fn planted_anchors_are_found() {
    let source =
        "fn f() {\n    // ANCHOR: a\n    if x {\n        y();\n    }\n    // ANCHOR_END: a\n}\n";
    let read = |path: &str| (path == "examples/x.rs").then(|| source.to_owned());
    let page = |from: &str, code: &str| {
        let text =
            format!("<!-- from {from} -->\n\n```rust\n# fn main() {{\n{code}# }}\n```\nEnd\n");
        Page::new("docs/guide/src/planted.md", &text)
    };
    let same = page("examples/x.rs: a", "if x {\n    y();\n}\n");
    assert_none(&examples::findings(&same, &read));
    assert_eq!(examples::updated(&same, &read).unwrap(), same.text);
    for (from, code, expected) in [
        ("examples/x.rs: b", "", "`b`"),
        ("examples/y.rs: a", "", "`examples/y.rs`"),
        ("examples/x.rs: a", "if x {}\n", "differs"),
    ] {
        let planted = page(from, code);
        let findings = examples::findings(&planted, &read);
        assert!(findings.len() == 1 && findings[0].contains(expected), "{from}: {findings:?}");
    }
    let old = page("examples/x.rs: a", "if x {}\n");
    assert_eq!(examples::updated(&old, &read).unwrap(), same.text);
}
