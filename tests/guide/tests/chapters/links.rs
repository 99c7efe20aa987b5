//! Relative links and their anchors.

use std::fs;
use std::path::Path;

use super::page::{Page, root};

/// Returns the targets of the links of a page, with their lines.
fn targets(page: &Page) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (line, text) in page.prose() {
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            if !target.contains("://") {
                found.push((line, target));
            }
        }
    }
    found
}

pub(crate) fn count(page: &Page) -> usize {
    targets(page).len()
}

pub(crate) fn findings(page: &Page) -> Vec<String> {
    let folder = Path::new(&page.path).parent().unwrap();
    let mut findings = Vec::new();
    for (line, target) in targets(page) {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let text = match file {
            "" => Some(page.text.clone()),
            file => fs::read_to_string(root().join(folder).join(file)).ok(),
        };
        let leads = text.is_some_and(|text| {
            anchor.is_empty() || headings(&Page::new(target, &text)).iter().any(|it| it == anchor)
        });
        if !leads {
            findings.push(format!("{}:{line}: `{target}` does not exist", page.path));
        }
    }
    findings
}

/// Returns the anchors of the headings, as GitHub and mdBook make them.
fn headings(page: &Page) -> Vec<String> {
    let prose = page.prose().into_iter();
    let titles =
        prose.filter_map(|(_, line)| Some(line.strip_prefix('#')?.trim_start_matches('#')));
    let kept = |c: &char| c.is_alphanumeric() || "-_ ".contains(*c);
    let anchor = |title: &str| title.trim().to_lowercase().chars().filter(kept).collect::<String>();
    titles.map(|title| anchor(title).replace(' ', "-")).collect()
}
